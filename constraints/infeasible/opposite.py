"""Limits that ask for more than others allow, or than there is, by their numbers alone: no plan is needed to see it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product

from constraints.infeasible.beyond_stock import told_beyond_stock
from constraints.infeasible.clash import Clash
from constraints.infeasible.contained import Contained, contained
from constraints.infeasible.remedies import Remedy, bound_change
from constraints.limits.amounts import amount, bound_text
from constraints.limits.book import LimitRecord, Limits


def opposite(limits: Limits) -> tuple[tuple[Clash, ...], tuple[Remedy, ...]]:
    """Return each such pair once, and the least that it takes: one of the two bounds moved to the other.

    Floors on more units than there are stand beside the stock that they ask too much of (`beyond_stock`).
    """
    pairs = {(ceiling.id, floor.id): (ceiling, floor) for ceiling, floor in _pairs(limits)}
    clashes, ways = [], []
    for ceiling, floor in pairs.values():
        low, high = (Decimal(repr(each.bound)) for each in (ceiling, floor))
        allowed, asked = (
            bound_text(each.unit, each.bound, money_digits=each.money_digits) for each in (ceiling, floor)
        )
        place = "" if ceiling.at is None else f" in {ceiling.at}"
        reason = (
            f"{ceiling.id} allows at most {allowed} of {ceiling.measure}{place}, "
            f"and {floor.id} asks for at least {asked} of the same"
        )
        clashes.append(Clash(members=(ceiling.id, floor.id), reason=reason, evident=True))
        ways += [Remedy(changes=(bound_change(ceiling, low, high),)), Remedy(changes=(bound_change(floor, high, low),))]
    for each in contained(limits):
        ceiling, floor = limits.records[each.ceiling], limits.records[each.floors[0]]
        if (ceiling.id, floor.id) not in pairs:
            clashes.append(Clash(members=(ceiling.id, floor.id), reason=_contained(limits, each), evident=True))
            ways += _ways(limits, each)
    short, more = told_beyond_stock(limits)
    return (*clashes, *short), tuple(dict.fromkeys((*ways, *more)))


def _contained(limits: Limits, found: Contained) -> str:
    """Say what floors ask for together, and what the ceiling that contains them allows."""
    ceiling, floor = limits.records[found.ceiling], limits.records[found.floors[0]]
    digits, count = floor.money_digits, len(found.floors)
    place = "" if ceiling.at is None else f" in {ceiling.at}"
    allowed = bound_text(ceiling.unit, ceiling.bound, money_digits=ceiling.money_digits)
    asked = bound_text(floor.unit, floor.bound, money_digits=digits)
    allows = f"{ceiling.id} allows at most {allowed} of {ceiling.measure}{place}"
    if found.messages:
        least = amount(ceiling.unit, Decimal(repr(found.each)) * Decimal(repr(floor.bound)), money_digits=digits)
        counted = f"each by a message, which come to {least} of {ceiling.measure} at the least"
        return f"{allows}, and {floor.id} asks for at least {asked} {floor.measure}, {counted}"
    if count == 1:
        within = "" if floor.at is None else f" in {floor.at}"
        return (
            f"{allows}, and {floor.id} asks for at least {asked} of {floor.measure}{within}, all of which counts there"
        )
    total = amount(floor.unit, count * Decimal(repr(floor.bound)), money_digits=digits)
    spans = ", ".join(str(limits.records[row].at) for row in found.floors)
    return f"{allows}, and {floor.id} asks for at least {asked} in each of {spans}: {total} together"


def _ways(limits: Limits, found: Contained) -> list[Remedy]:
    """The ceiling raised to what the floors ask for, or these lowered to what it allows; earlier lines counted."""
    ceiling, floor, rows = limits.records[found.ceiling], limits.records[found.floors[0]], list(found.floors)
    earlier, spent = float(limits.past[found.ceiling]), float(limits.past[rows].sum())
    high = found.each * float(limits.bound[rows].sum()) + earlier
    low = (float(limits.bound[found.ceiling]) / found.each + spent) / len(rows)
    now = Decimal(repr(ceiling.bound)), Decimal(repr(floor.bound))
    return [
        Remedy(changes=(bound_change(ceiling, now[0], Decimal(repr(round(high, 9)))),)),
        Remedy(changes=(bound_change(floor, now[1], Decimal(repr(round(low, 9)))),)),
    ]


def _pairs(limits: Limits) -> Iterator[tuple[LimitRecord, LimitRecord]]:
    """Ceilings below floors on one sum, earlier lines counted alike.

    Ratios are left out: where there is nothing to divide by, a plan keeps any two of them.
    """
    rows = zip(limits.records, limits.rate_parts, limits.past.tolist(), strict=True)
    sums = [(record, past) for record, parts, past in rows if parts is None]
    for (ceiling, past), (floor, other) in product(sums, sums):
        same = (ceiling.measure, ceiling.at, ceiling.where, past) == (floor.measure, floor.at, floor.where, other)
        if same and (ceiling.sense, floor.sense) == ("max", "min") and ceiling.bound < floor.bound:
            yield ceiling, floor
