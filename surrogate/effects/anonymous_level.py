"""Level of sales without a customer at the end of the data: as that of a segment of which no feature is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from surrogate.data.events import Events
from surrogate.data.row_store import NOBODYS
from surrogate.digits import to_digits
from surrogate.effects.described import Described
from surrogate.effects.fit import Member
from surrogate.effects.level_noise import with_noise
from surrogate.effects.levels import last_level
from surrogate.people.anonymous_sales import AnonymousSales, Missed
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
    spread: float,
    noise: float,
    least: int,
    tested: Missed | None,
) -> AnonymousSales | None:
    """Return what a model keeps of sales without a customer; None where the data has none, or too few to tell of.

    Parameters
    ----------
    members
        The final fit.
    seen, rows, shelf, events
        As known at the end of the data.
    spread
        Relative standard deviation of their level.
    noise
        Variance over mean of weekly units around the level.
    least
        Smallest number of customers that a figure may be about: of receipts in a bin, and of those who usually buy
        as much.
    tested
        What the held-out test missed of them; None where it was not of them.
    """
    if not len(events.nobodys):
        return None
    plain, group = seen.plain(shelf), {NOBODYS: 0}
    units = units_by_group(rows, plain, group, 1)
    strangers, known = float(units.sum()), _known_units(seen, rows, plain)
    alike = customers_alike(seen, rows, plain)
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
        share=round(strangers / (strangers + known), 4),
        base=to_digits(by_category),
        base_cv=to_digits(with_noise(np.array([spread]), noise, level[None]))[0],
        orders=orders,
        planned=planned,
        tested=tested,
    )


def customers_alike(seen: Described, rows: ItemRows, plain: Shelf) -> int:
    """Return how many known customers usually buy as much as is sold without one in the shelf's weeks; 0 for nothing.

    Parameters
    ----------
    seen
        Customers as known at the end of these weeks.
    plain
        The weeks.
    """
    strangers = float(units_by_group(rows, plain, {NOBODYS: 0}, 1).sum())
    if not strangers:
        return 0
    return max(round(strangers / _known_units(seen, rows, plain) * seen.features.customers.size), 1)


def _known_units(seen: Described, rows: ItemRows, plain: Shelf) -> float:
    everybody = dict.fromkeys(seen.features.customers.tolist(), 0)
    return max(float(units_by_group(rows, plain, everybody, 1).sum()), 1.0)


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
