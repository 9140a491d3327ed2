"""Floors on units above all that there is of their products: no plan is needed to see it.

What is sold of a product up to some day is at most its stock and arrivals until then, whatever the plan. So a floor is
out of reach where it asks for more than all products together have that it counts, and so are floors in spans that
share no period where they do so together up to the end of one of them. Letters as in `scenarios.response.functional`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from math import ceil

import numpy as np

from constraints.infeasible.clash import Clash
from constraints.infeasible.contained import apart
from constraints.infeasible.remedies import Remedy, advice, bound_change, stock_change
from constraints.limits.amounts import amount, bound_text
from constraints.limits.book import LimitRecord, Limits
from scenarios.arrays import Float, Int
from scenarios.first_few import first_few
from scenarios.language.implied_ids import STOCK
from scenarios.response.functional import Functional

_PER_UNIT = ("cell", "public", "targeted", "both")
_OTHERS = tuple(each.name for each in fields(Functional) if each.name not in (*_PER_UNIT, "segments", "periods"))


@dataclass(frozen=True, kw_only=True)
class BeyondStock:
    """Floors of one limit that ask for more units than there are."""

    rows: tuple[int, ...]
    """They share no period; only the last one's end counts."""
    products: tuple[int, ...]
    """All whose units count."""
    there: float
    """Units of them up to that end, stock and arrivals."""
    asked: float
    """What the floors ask for, less what lines before the horizon brought."""


def beyond_stock(limits: Limits) -> Iterator[BeyondStock]:
    """Find floors on units that ask for more than there is: of each limit the fewest that do."""
    for rows in limits.rows_of.values():
        found = next(_short(limits, rows), None)
        if found is not None:
            yield found


def told_beyond_stock(limits: Limits) -> tuple[tuple[Clash, ...], tuple[Remedy, ...]]:
    """Say of each such limit what it asks for and what there is, and what would let a plan keep it."""
    clashes, ways = [], []
    for each in beyond_stock(limits):
        record = limits.records[each.rows[-1]]
        stocks = tuple(limits.stock_ids[number] for number in each.products)
        clashes.append(Clash(members=(record.id, *stocks), reason=_reason(limits, each, record), evident=True))
        ways += _ways(limits, each, record)
    return tuple(clashes), tuple(ways)


def _short(limits: Limits, rows: Int) -> Iterator[BeyondStock]:
    """Floors among the rows of one limit that together ask for more than there is, the earliest first."""
    units = [_units(limits, row) for row in rows.tolist()]
    counted = [(row, *each) for row, each in zip(rows.tolist(), units, strict=True) if each is not None]
    if len(counted) < len(rows) or not counted:
        return
    products = counted[0][1]
    spans = np.array([periods for _, _, periods in counted])
    taken: tuple[int, ...] = ()
    for row in apart(rows, spans):
        taken = (*taken, row)
        last = int(np.flatnonzero(spans[rows == row][0])[-1])
        there = float(limits.available[list(products), last].sum())
        asked = float(limits.bound[list(taken)].clip(0.0).sum())
        hidden = float(limits.rounding[list(taken)].sum()) + 1e-9 * float(limits.scale[row])
        if asked > there + hidden:
            yield BeyondStock(rows=taken, products=products, there=there, asked=asked)


def _units(limits: Limits, row: int) -> tuple[tuple[int, ...], Float] | None:
    """Products whose units a floor counts, each at most once, and its periods; None for all else."""
    sums = limits.functionals[row]
    if limits.sign[row] > 0 or limits.rate_parts[row] is not None or not np.isnan(limits.at_risk[row]):
        return None
    if not isinstance(sums, Functional) or not sums.periods.any() or any(np.any(getattr(sums, at)) for at in _OTHERS):
        return None
    alone = sums.cell[:, None, None] + sums.public[:, :, None] + sums.targeted
    most = np.maximum(alone, alone + sums.both).reshape(len(sums.cell), -1).max(axis=1)
    products = tuple(np.flatnonzero(most > 0).tolist())
    ends = not products or not np.isfinite(limits.available[list(products)]).all() or (most > 1.0).any()
    return None if ends else (products, sums.periods)


def _names(limits: Limits, products: tuple[int, ...]) -> list[str]:
    return [limits.stock_ids[number].removeprefix(STOCK) for number in products]


def _reason(limits: Limits, found: BeyondStock, record: LimitRecord) -> str:
    least = bound_text(record.unit, record.bound, money_digits=record.money_digits)
    there = amount("units", Decimal(repr(round(found.there, 9))))
    until = "" if record.at is None else f" up to the end of {record.at}"
    asks = f"{record.id} asks for at least {least} {record.measure}"
    if len(found.rows) > 1:
        total = amount("units", Decimal(repr(round(found.asked, 9))))
        asks = f"{asks} in each of {first_few([str(limits.records[row].at) for row in found.rows])}, {total} together"
    elif record.at is not None:
        asks = f"{asks} in {record.at}"
    return (
        f"{asks}, and with stock and arrivals there are {there} of {first_few(_names(limits, found.products))}{until}"
    )


def _ways(limits: Limits, found: BeyondStock, record: LimitRecord) -> list[Remedy]:
    """The floor lowered to what there is, lines before the horizon counted, or as much more of its goods."""
    low = (found.there + float(limits.past[list(found.rows)].sum())) / len(found.rows)
    missing = ceil(found.asked - found.there - 1e-9)
    until = "" if record.at is None else f" by the end of {record.at}"
    names = _names(limits, found.products)
    units = f"{amount('units', Decimal(missing))} more unit{'' if missing == 1 else 's'}"
    more = advice(f"have {units} of {first_few(names)}{until}, together")
    if len(names) == 1:
        more = stock_change(f"{STOCK}{names[0]}", missing, until, Decimal(repr(found.there)))
    lowered = bound_change(record, Decimal(repr(record.bound)), Decimal(repr(round(low, 9))))
    return [Remedy(changes=(lowered,)), Remedy(changes=(more,))]
