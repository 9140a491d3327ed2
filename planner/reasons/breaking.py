"""What a changed plan would break: limits by true expected use, those at risk by an estimate, rules line by line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.limits.amounts import amount
from constraints.limits.book import LimitRecord, Limits
from constraints.rules.registry import check_rules
from planner.evaluation.evaluator import Evaluator
from scenarios.answer.plan import RankedPlan
from scenarios.answer.verdicts import LimitResult
from scenarios.language.words import Measure
from scenarios.plain_digits import share_text

Float = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A limit or rule that a changed plan would break."""

    id: str
    words: str
    sure: bool
    """False where only the estimate of use at risk says so: nobody has drawn futures for the changed plan."""


def broken_by(
    evaluator: Evaluator, ranked: RankedPlan, plan: NDArray[np.int8], uses: Float, stock: Float
) -> tuple[Broken, ...]:
    """List every limit and rule that a changed plan breaks.

    Parameters
    ----------
    ranked
        The plan before the change, whose use at risk is known.
    plan, uses, stock
        The changed flat plan [N], its uses [L] and its stock [K, T] used.
    """
    rules = check_rules(evaluator.grid, evaluator.grid.lines(plan))
    return (
        *_broken_limits(evaluator.limits, ranked, uses, stock),
        *(Broken(id=rule.id, words=rule.violations[0].message, sure=True) for rule in rules if not rule.satisfied),
    )


def _broken_limits(limits: Limits, ranked: RankedPlan, uses: Float, stock: Float) -> list[Broken]:
    """Where a limit must hold in most futures, its use at risk is scaled with the expected use: an estimate.

    Of a ratio the share is scaled, at what it is a share of before the change.
    """
    known = {limit.id: limit for limit in ranked.limits}
    worst: dict[str, float] = {}
    broken: dict[str, Broken] = {}
    for row, record in enumerate(limits.records):
        ratio = limits.rate_parts[row] is not None
        strain = _strain(known.get(record.id), record)
        past, bound = float(limits.past[row]), float(limits.bound[row])
        expected = float(uses[row]) + past
        whole = float(known[record.id].whole or 0) if ratio and strain != 1.0 else 0.0
        use = expected - (1.0 / strain - 1.0) * record.bound * whole if ratio else expected * strain
        size = float(limits.sign[row]) / float(limits.scale[row])
        over = size * (use - past - bound)
        if over > max(1e-9, worst.get(record.id, 0.0)):
            worst[record.id] = over
            sure = strain == 1.0 or size * (expected - past - bound) > 1e-9
            broken[record.id] = Broken(id=record.id, words=would_break(record, ratio, use), sure=sure)
    found = list(broken.values())
    over_stock = np.where(np.isfinite(limits.available), stock - limits.available, 0.0)
    for product in np.flatnonzero((over_stock > 1e-6).any(axis=1)):
        words = f"{float(over_stock[product].max()):,.1f} units more than there are"
        found.append(Broken(id=limits.stock_ids[product], words=words, sure=True))
    return found


def would_break(record: LimitRecord, ratio: bool, use: float) -> str:
    """Say how a row of a limit would be broken.

    Parameters
    ----------
    ratio
        Whether the row is a ratio, whose use has no figure of its own.
    use
        What it would come to, in the row's own units.
    """
    when = "" if record.at is None else f" in {record.at}"
    if ratio:
        verb = "rise above" if record.sense == "max" else "fall below"
        bound = f"{record.bound:.2f}" if record.measure == Measure.ROI else share_text(record.bound)
        words = "the margin rate" if record.measure == Measure.MARGIN_RATE else record.words
        return f"{words}{when} would {verb} {bound}"
    word, verb, up = ("at most", "allowed", True) if record.sense == "max" else ("at least", "asked for", False)
    text = amount(record.unit, use, money_digits=record.money_digits, up=up)
    bound = amount(record.unit, record.bound, money_digits=record.money_digits)
    return f"{text} {record.measure}{when}, {word} {bound} {verb}"


def _strain(limit: LimitResult | None, record: LimitRecord) -> float:
    """Use at risk per expected use; of a ratio only for the row of which both are known."""
    if limit is None or limit.used_at_risk is None or not limit.used:
        return 1.0
    if limit.ratio and (limit.at != record.at or not (limit.used > 0 and limit.used_at_risk > 0)):
        return 1.0
    return float(limit.used_at_risk / limit.used)
