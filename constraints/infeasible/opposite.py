"""Two limits on the same sum of which one allows less than the other asks for: no plan is needed to see it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product

from constraints.infeasible.clash import Clash
from constraints.infeasible.remedies import Remedy, bound_change
from constraints.limits.amounts import bound_text
from constraints.limits.book import LimitRecord, Limits


def opposite(limits: Limits) -> tuple[tuple[Clash, ...], tuple[Remedy, ...]]:
    """Return each such pair once, and the least that it takes: one of the two bounds moved to the other."""
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
    return tuple(clashes), tuple(dict.fromkeys(ways))


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
