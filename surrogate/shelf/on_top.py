"""Whether coupons come on top of cut shelf prices or in place of them, as rows with a coupon at cut prices say.

A till where customers get the better of the two may write it as the cut and what the coupon saves beyond it: 10 % and
5 % of a coupon of 15 %. So a row with both says that they go together only where both save more than either.
"""

from __future__ import annotations

from enum import Enum

import numpy as np
import pandas as pd

from scenarios.arrays import Flag
from scenarios.language.words import Layer, Mechanic
from surrogate.data.adding_up.aggregate import CUT
from surrogate.data.events import Events
from surrogate.shelf.priced_by_day import priced_by_day

OFF_THE_PRICE = (Mechanic.COUPON, Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE)
"""Mechanics that a cut of the shelf price competes with: a gift comes along whatever the goods cost."""
NEAR = 0.5
"""Share of an offer's saving from which on a cut of the shelf price takes its place: beside a cut half as deep, a
customer who gets the better of the two gains about half of what the offer brings alone."""
MOST = 0.5
"""Share of the units with a coupon on cut goods that must keep the cut for both to go together."""
LEAST_UNITS = 20.0
"""Such units without which the rows say nothing."""


class Beside(Enum):
    """What becomes of a cut where a coupon is used."""

    ON_TOP = "on top"
    INSTEAD = "instead"
    UNTOLD = "untold"


def beside_cuts(events: Events) -> Beside:
    """Return which of the two the rows show, of what was bought with targeted price offers on days of a cut.

    Where purchases tell no days apart (`surrogate.shelf.priced_by_day`), in weeks of one.
    """
    sales = _timed(events.sales)
    plain = sales[(sales["coupon_discount"] <= 0).to_numpy()]
    depth = plain.groupby(["product", "time"], as_index=False)[["regular", "shelf_discount"]].sum()
    cut = depth.loc[(depth["shelf_discount"] >= CUT * depth["regular"]).to_numpy(), ["product", "time"]]
    mine = sales["coupon_discount"] > 0
    if (sales["offer"] >= 0).any():  # what an offer on orders takes off the rows is no coupon of theirs
        targeted = [
            number
            for number, each in enumerate(events.past_offers.values())
            if Layer(each.layer) is Layer.TARGETED and Mechanic(each.mechanic) in OFF_THE_PRICE
        ]
        mine &= sales["offer"].isin(targeted)
    used = sales[mine.to_numpy()].merge(cut, on=["product", "time"])
    units = used["quantity"].to_numpy(dtype=np.float64)
    kept = units[
        (used["shelf_discount"] >= CUT * used["regular"]).to_numpy() & _both(used, sales[mine.to_numpy()])
    ].sum()
    if not units.sum() >= LEAST_UNITS:
        return Beside.UNTOLD
    return Beside.ON_TOP if kept > MOST * units.sum() else Beside.INSTEAD


def _timed(sales: pd.DataFrame) -> pd.DataFrame:
    """Return sales with the time by which their price is known: the day, or the week."""
    product, day = (sales[name].to_numpy(dtype=np.int64) for name in ("product", "day"))
    plain = (sales["coupon_discount"] <= 0).to_numpy()
    cut = (sales["shelf_discount"] >= CUT * sales["regular"]).to_numpy()
    by_day = priced_by_day(product[plain], day[plain], cut[plain], 1 + int(product.max(initial=-1)))
    return sales.assign(time=np.where(by_day[product], day, -((day - 1) // 7) - 1))


def _both(used: pd.DataFrame, sales: pd.DataFrame) -> Flag:
    """Return which rows [N] save more than the better of cut and coupon; all where no row tells what one saves alone.

    Parameters
    ----------
    used
        With a coupon, in weeks of a cut.
    sales
        All with a coupon.
    """
    alone = sales[(sales["shelf_discount"] < CUT * sales["regular"]).to_numpy()]
    saving = np.full(len(used), np.nan)
    for names in (["offer", "product"], ["offer"]):  # one of a fixed amount saves another share of every price
        sums = alone.groupby(names)[["coupon_discount", "regular"]].sum()
        told = (sums["coupon_discount"] / sums["regular"]).rename("saving").reset_index()
        found = used[names].merge(told, on=names, how="left")["saving"].to_numpy(dtype=np.float64)
        saving = np.where(np.isnan(saving), found, saving)
    regular = np.maximum(used["regular"].to_numpy(dtype=np.float64), 1e-9)
    cut, coupon = (used[name].to_numpy(dtype=np.float64) / regular for name in ("shelf_discount", "coupon_discount"))
    better, together = np.maximum(cut, saving), cut + saving - cut * saving
    return np.asarray(np.isnan(saving) | (cut + coupon > (better + together) / 2.0))
