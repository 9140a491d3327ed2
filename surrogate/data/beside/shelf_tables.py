"""The tables beside the purchases that tell of the shelf by day: displays and mailers, and stock."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from surrogate.data.beside.side_tables import ProductNumbers
from surrogate.data.data_parts import DataFiles, DataPart
from surrogate.data.events import no_rows
from surrogate.data.files.columns import NO_TIME, days, flags, numbers, texts_of
from surrogate.data.files.table_files import LISTED, none_in_time, read_batches, strangers

_STORES = "stores that also stand in the purchases"


def promotions(
    base: Path, files: DataFiles, until: dt.date, known: ProductNumbers, stores: pd.Series, zone: str | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read displays and mailers as shares of the sales-weighted stores, with what a person should look at.

    Parameters
    ----------
    stores
        Sales by store name; empty where purchases are not told by store.

    Raises
    ------
    InvalidInput
        When no row is about a known product, a day up to the last one, or a store that sells.
    """
    part = files.promotions
    if part is None:
        return no_rows("product", "week").assign(display=0.0, mailer=0.0), ()
    share = stores / max(float(stores.sum()), 1e-12)
    sums, seen, dated, here = [], 0, 0, False
    for batch in read_batches(base, part):
        day = days(batch, part.time, zone)
        batch = batch.keep((day <= until.toordinal()) & (day != NO_TIME))
        day = day[(day <= until.toordinal()) & (day != NO_TIME)]
        product = known.find(batch, part.product)
        seen, dated = seen + int((product >= 0).sum()), dated + day.size
        store = texts_of(batch, part.store) if part.store else np.full(day.size, "", dtype=object)
        here = here or bool(np.isin(store.astype(str), share.index.to_numpy(dtype=str)).any())
        frame = pd.DataFrame(
            {
                "product": product,
                "week": (day - 1) // 7,
                "store": store,
                "display": flags(batch, part.display).astype(float),
                "mailer": flags(batch, part.mailer).astype(float),
            }
        )
        frame = frame[(frame["product"] >= 0).to_numpy() & (frame[["display", "mailer"]] > 0).any(axis=1).to_numpy()]
        sums.append(frame.groupby(["product", "week", "store"], as_index=False)[["display", "mailer"]].max())
    _require_known(part, part.product, part.time, until, seen=seen, dated=dated)
    if part.store and len(share) and not here:
        raise strangers(part, part.store, _STORES, "none of them")
    by_store = pd.concat(sums).groupby(["product", "week", "store"], as_index=False)[["display", "mailer"]].max()
    weight = by_store["store"].map(share).fillna(0.0) if part.store and len(share) else pd.Series(1.0, by_store.index)
    by_store = by_store.assign(display=by_store["display"] * weight, mailer=by_store["mailer"] * weight)
    summed = by_store.groupby(["product", "week"])[["display", "mailer"]].sum().clip(upper=1.0).reset_index()
    said = (
        f"{part.label} tells displays and mailers by store, the purchases name no store: one in any store counts as "
        "one in all; map store of the purchases as well",
    )
    table = summed.astype({"product": np.int64, "week": np.int64})
    return table, said if part.store and not len(share) else ()


def stock_outs(base: Path, files: DataFiles, until: dt.date, known: ProductNumbers, zone: str | None) -> pd.DataFrame:
    """Return the share of each week's days on which a product had no stock.

    Rows of one product and day are stores or warehouses: their stock adds up. A blank is no stock-out.

    Raises
    ------
    InvalidInput
        When no row is about a known product, or a day up to the last one.
    """
    part = files.stock
    if part is None:
        return no_rows("product", "week", "share")
    sums, seen, dated = [], 0, 0
    for batch in read_batches(base, part):
        day, product = days(batch, part.time, zone), known.find(batch, part.product)
        inside = (day <= until.toordinal()) & (day != NO_TIME)
        good = inside & (product >= 0)
        seen, dated = seen + int(good.sum()), dated + int(inside.sum())
        stock = np.nan_to_num(numbers(batch, part.stock), nan=np.inf).clip(min=0.0)
        rows = pd.DataFrame({"product": product[good], "day": day[good], "stock": stock[good]})
        sums.append(rows.groupby(["product", "day"], as_index=False)["stock"].sum())
    _require_known(part, part.product, part.time, until, seen=seen, dated=dated)
    left = pd.concat(sums).groupby(["product", "day"], as_index=False)["stock"].sum()
    gone = left[(left["stock"] <= 0).to_numpy()]
    gone = gone.assign(week=(gone["day"] - 1) // 7, share=1 / 7)
    return pd.DataFrame(gone.groupby(["product", "week"], as_index=False)[["share"]].sum())


def _require_known(part: DataPart, product: str, time: str, until: dt.date, *, seen: int, dated: int) -> None:
    """Refuse a table of which no row is dated up to the last day, or of these none is about a known product."""
    if not dated:
        raise none_in_time(part, time, until)
    if not seen:
        raise strangers(part, product, LISTED, "none of them")
