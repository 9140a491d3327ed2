"""Products that stopped selling while others of the same shelf item went on, as sizes do that sell out.

Where goods come and go, what is left of an item late in its life is what is left of its sizes. Without a file of stock
nothing tells a size that is sold out from one that nobody wants, so all that this can do is to say so.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Int
from scenarios.first_few import first_few
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.weeks import week_of
from surrogate.shelf.cells import Shelf
from surrogate.shelf.goods import goods_of

CHANCE = 1e-8
"""At most so likely a product is still there that is told to have stopped selling."""


class Thinned(NamedTuple):
    """What stopped selling."""

    products: Int
    """Numbers of products."""
    items: Int
    """The shelf item of each."""


def thinned(sold: pd.DataFrame, item_of: Int, weeks: Int, passing: Flag) -> Thinned:
    """Find products whose sales ended by no chance while those of the item's others went on.

    A product that is still there sells in proportion to the others, so all its units but the last fall before the last
    with a chance of (before / all) ** (units - 1), by what the others sold until then and in all. So what fades, or is
    cut in price, together with the others is no reason, and neither is an item that left as a whole.

    Parameters
    ----------
    sold
        Columns product, week, quantity.
    item_of
        [P] the shelf item of each product; below 0: none.
    weeks
        [T] consecutive.
    passing
        [I] items that came or left in these weeks. Others are not looked at: there a product is replaced, not sold off.
    """
    inside = sold[((sold["week"] >= weeks[0]) & (sold["week"] <= weeks[-1]) & (sold["quantity"] > 0)).to_numpy()]
    item = item_of[inside["product"].to_numpy()]
    inside = inside[(item >= 0) & passing[np.maximum(item, 0)]]
    by_product = inside.groupby("product").agg(
        first=("week", "min"), last=("week", "max"), units=("quantity", "sum")
    )  # fmt: skip
    product = by_product.index.to_numpy()
    first, last = ((by_product[name] - weeks[0]).to_numpy(dtype=np.int64) for name in ("first", "last"))
    units, mine = by_product["units"].to_numpy(dtype=float), item_of[product]
    cell = item_of[inside["product"].to_numpy()] * weeks.size + inside["week"].to_numpy() - weeks[0]
    weekly = np.bincount(cell, inside["quantity"], passing.size * weeks.size).reshape(passing.size, weeks.size)
    until = np.concatenate([np.zeros((passing.size, 1)), np.cumsum(weekly, axis=1)], axis=1)
    beside = until[mine, last + 1] - until[mine, first] - units
    after = until[mine, -1] - until[mine, last + 1]
    more = np.divide(after, beside, out=np.zeros(len(units)), where=beside > 0)
    found = (units - 1.0) * np.log1p(more) >= -math.log(CHANCE)
    return Thinned(products=product[found], items=mine[found])


def thinned_notes(shelf: Shelf, events: Events, spec: DataSpec) -> tuple[str, ...]:
    """Say which items lost products, where no file of stock tells why."""
    passing, told = shelf.passing, spec.files is not None and spec.files.stock is not None
    if told or not passing.any():
        return ()
    goods = goods_of(events, shelf, settle_until=week_of(spec.train_until))
    item_of = np.full(1 + int(max(goods.index.max(), events.daily["product"].max())), -1, dtype=np.int64)
    item_of[goods.index.to_numpy()] = goods["item"].to_numpy()
    found = thinned(events.daily.assign(week=(events.daily["day"] - 1) // 7), item_of, shelf.weeks, passing)
    items = np.unique(found.items)
    if not items.size:
        return ()
    products, of = found.products.size, first_few([shelf.names[one] for one in items])
    return (
        f"{products:,} product{'s' * (products > 1)} of goods that come and go stopped selling while others of the "
        f"same shelf item went on ({of}), as sizes do that sell out. No file of stock says whether they did: what was "
        "sold without them counts as all that was wanted, so levels and lifts of such goods are those of what was "
        "left.",
    )
