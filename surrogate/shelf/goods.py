"""The goods on a shelf: which item each product belongs to, its share of it, and what it regularly costs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from surrogate.data.events import Events
from surrogate.shelf.cells import Shelf


def goods_of(events: Events, shelf: Shelf, *, settle_until: int) -> pd.DataFrame:
    """Return the goods on a shelf: index product; item and category (indices), share (of the item's value), price.

    Shares and regular prices are those of the weeks up to ``settle_until``, where a product sold in them.
    """
    goods = events.products[events.products["category"] != ""]
    spot = {name: number for number, name in enumerate(shelf.names)}
    tails = [f"{category}: all else" for category in goods["category"]]
    lines = [f"{category}: {line}" for category, line in zip(goods["category"], goods["line"], strict=True)]
    item = np.array([spot.get(line, spot[tail]) for line, tail in zip(lines, tails, strict=True)], dtype=np.int64)
    daily = events.daily.assign(week=(events.daily["day"] - 1) // 7)
    everything = daily.groupby("product")[["regular", "quantity"]].sum()
    settled = daily[daily["week"] <= settle_until].groupby("product")[["regular", "quantity"]].sum()
    sums = settled.reindex(everything.index).fillna(0.0)
    price = (everything["regular"] / everything["quantity"]).where(
        sums["quantity"] <= 0, sums["regular"] / sums["quantity"].clip(lower=1e-12)
    )
    columns = {
        "item": item,
        "category": shelf.category[item],
        "value": goods["product"].map(sums["regular"]).fillna(0.0).to_numpy(),
        "price": goods["product"].map(price).to_numpy(dtype=float),
    }
    out = pd.DataFrame(columns, index=pd.Index(goods["product"].to_numpy(), name="product"))
    out = out[np.isfinite(out["price"]) & (out["price"] > 0)]
    total = out.groupby("item")["value"].transform("sum")
    share: pd.Series = out["value"] / total.clip(lower=1e-9)
    return pd.DataFrame(out.assign(share=share))


def worth_of(goods: pd.DataFrame) -> pd.Series:
    """Return what a unit of each product counts in an order: its regular price over the mean of what money buys.

    Offers on orders move money: who needs a little more for them adds something cheap, so units would overstate them.
    """
    return goods["price"] * goods["value"].sum() / max(float((goods["value"] * goods["price"]).sum()), 1e-12)
