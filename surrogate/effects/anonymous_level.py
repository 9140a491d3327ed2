"""Level of sales without a customer at the end of the data: as that of a segment of which no feature is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scenarios.arrays import Float
from surrogate.data.events import Events
from surrogate.data.row_store import NOBODYS
from surrogate.digits import to_digits
from surrogate.effects.described import Described
from surrogate.effects.fit import Member
from surrogate.effects.level_noise import with_noise
from surrogate.effects.levels import last_level
from surrogate.people.anonymous_sales import AnonymousSales
from surrogate.shelf.baskets import BINS, OrderBins
from surrogate.shelf.cells import ItemRows, Shelf, units_by_group
from surrogate.shelf.order_growth import planned_shares


def anonymous_sales(
    members: tuple[Member, ...],
    seen: Described,
    rows: ItemRows,
    shelf: Shelf,
    events: Events,
    *,
    spread: Float,
    noise: float,
    least: int,
) -> AnonymousSales | None:
    """Return what a model keeps of sales without a customer; None where the data has none, or too few to tell of.

    Parameters
    ----------
    members
        The final fit.
    seen, rows, shelf, events
        As known at the end of the data.
    spread
        [S] relative standard deviation of the segments' levels; these sales have the largest.
    noise
        Variance over mean of weekly units around the level.
    least
        Smallest number of customers that a figure may be about: of receipts in a bin, and of those who usually buy
        as much.
    """
    if not len(events.nobodys):
        return None
    plain, group = seen.plain(shelf), {NOBODYS: 0}
    units = units_by_group(rows, plain, group, 1)
    everybody = dict.fromkeys(seen.features.customers.tolist(), 0)
    known = units_by_group(rows, plain, everybody, 1).sum()
    strangers = float(units.sum())
    alike = max(round(strangers / known * seen.features.customers.size), 1)
    if alike < least:
        return None
    features, customers = np.zeros((1, len(seen.scale.names))), np.array([float(alike)])
    deals = seen.deals(group, 1)
    base = np.stack([
        last_level(member, plain, units, features, customers, lasting=np.ones(1), deals=deals)[0] for member in members
    ])  # fmt: skip
    by_category = np.stack([base[:, plain.category == c].sum(axis=1) for c in range(len(plain.categories))], axis=1)
    level = by_category.mean(axis=0)
    receipts = events.nobodys_orders
    orders, planned = _order_bins(receipts, least), 0.0
    if orders:
        planned = planned_shares(events.nobodys.assign(customer=NOBODYS), receipts, group, 1)[0]
    return AnonymousSales(
        alike=alike,
        share=round(strangers / (strangers + float(known)), 4),
        base=to_digits(by_category),
        base_cv=to_digits(with_noise(np.array([spread.max()]), noise, level[None]))[0],
        orders=orders,
        planned=planned,
    )


def _order_bins(receipts: pd.DataFrame, least: int) -> OrderBins:
    """Return (order value, orders a week, units an order) in bins of equal numbers of receipts, ``least`` or more."""
    count = min(BINS, len(receipts) // max(least, 1))
    if not count:
        return ()
    weeks = int(receipts["week"].max()) - int(receipts["week"].min()) + 1
    paid, units = (receipts[name].to_numpy(dtype=np.float64) for name in ("paid", "quantity"))
    return tuple(
        (round(float(paid[part].mean()), 2), round(part.size / weeks, 4), round(float(units[part].mean()), 3))
        for part in np.array_split(np.lexsort((units, paid)), count)
    )
