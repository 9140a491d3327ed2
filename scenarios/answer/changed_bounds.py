"""The question as a re-planning changed it: which bounds gave way, how far, and how sure that is.

A plan of the rest keeps the bounds that are asked of it. Where some of them are not those that people asked for, a
sentence that everything is kept would say too much without naming them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from scenarios.answer.in_flight import Floor, GaveWay, InFlight
from scenarios.answer.verdicts import LimitResult

_HOW = {
    GaveWay.PAST: "what cannot be changed any more decides it",
    GaveWay.PROVEN: "proven unreachable beside what else is asked",
    GaveWay.SEARCHED: "not proven unreachable",
}


def changed_bounds(flight: InFlight | None, limits: Sequence[LimitResult]) -> tuple[str, ...]:
    """Say which limits gave way, one text each: ``gm-produce asked 30%, now 29.0318%: not proven unreachable``.

    Parameters
    ----------
    flight
        Record of the re-planning; None for a folder that no re-planning wrote.
    limits
        What the ledger says of the limits as they are asked now: they know how an amount is written.
    """
    if flight is None:
        return ()
    known = {limit.id: limit for limit in limits}
    return tuple(_said(each, known.get(each.id)) for each in (*flight.ceilings, *flight.floors))


def _said(bound: Floor, limit: LimitResult | None) -> str:
    def figure(amount: Decimal) -> str:
        return f"{amount:,f}" if limit is None else limit.figure(amount)

    if bound.now == bound.asked:
        return f"{bound.id} asked of all its spans together, now of each by itself"
    how = "" if bound.by is None else f": {_HOW[bound.by]}"
    return f"{bound.id} asked {figure(bound.asked)}, now {figure(bound.now)}{how}"
