"""Limits at risk that a plan breaks in the futures of one seed: what they come to in those of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from planner.report.one_plan.limits import figure
from scenarios.answer.verdicts import LimitResult

OTHERS = 5
"""Further draws of futures in which such limits are judged again."""


def broken_by_futures(limits: Sequence[LimitResult]) -> tuple[str, ...]:
    """Ids of limits that are kept by expected use, and broken in the drawn futures only."""
    return tuple(limit.id for limit in limits if not limit.ok and limit.used_at_risk is not None and _expected(limit))


def _expected(limit: LimitResult) -> bool:
    sign = 1 if limit.sense == "max" else -1
    return sign * (limit.limit - limit.used) >= 0


def other_seeds(seed: int) -> tuple[int, ...]:
    """Seeds whose futures are drawn beside those of one: the first that there are."""
    return tuple(other for other in range(OTHERS + 1) if other != seed)[:OTHERS]


def by_other_futures(
    limits: Sequence[LimitResult], seed: int, judged: Callable[[int], Sequence[LimitResult]], currency: str
) -> tuple[str, ...]:
    """Say of limits that only the drawn futures break whether those of other seeds break them, too.

    Parameters
    ----------
    limits
        As judged in the futures of ``seed``.
    judged
        Judges the same plan in those of another seed.

    Returns
    -------
    tuple
        A sentence for each limit that some of the others keep; nothing for the rest, which no luck of the draw breaks.
    """
    broken = broken_by_futures(limits)
    if not broken:
        return ()
    others = {other: {limit.id: limit for limit in judged(other)} for other in other_seeds(seed)}
    said = []
    for limit in limits:
        if limit.id not in broken:
            continue
        again = [(other, results[limit.id]) for other, results in others.items()]
        kept = [str(other) for other, result in again if result.ok]
        if not kept:
            continue
        uses = [result.used_at_risk for _, result in again if result.used_at_risk is not None]
        uses += [] if limit.used_at_risk is None else [limit.used_at_risk]
        low, high = (figure(limit, amount, currency) for amount in (min(uses), max(uses)))
        drawn = len(again) + 1
        said.append(
            f"limit {limit.id}: by other futures (another --seed) it may be kept: {low} to {high} in {drawn} draws of "
            f"them, and kept with --seed {', '.join(kept)}; a plan made with one of these is judged in its futures"
        )
    return tuple(said)
