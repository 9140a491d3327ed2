"""Whether coupons come on top of cut shelf prices or in place of them, as rows with a coupon at cut prices say."""

from __future__ import annotations

from enum import Enum

import numpy as np

from scenarios.language.words import Layer, Mechanic
from surrogate.data.adding_up.aggregate import CUT
from surrogate.data.events import Events

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
    """Return which of the two the rows show, of what was bought with targeted price offers in weeks of a cut."""
    sales = events.sales
    plain = sales[(sales["coupon_discount"] <= 0).to_numpy()]
    depth = plain.groupby(["product", "week"], as_index=False)[["regular", "shelf_discount"]].sum()
    cut = depth.loc[(depth["shelf_discount"] >= CUT * depth["regular"]).to_numpy(), ["product", "week"]]
    mine = sales["coupon_discount"] > 0
    if (sales["offer"] >= 0).any():  # what an offer on orders takes off the rows is no coupon of theirs
        targeted = [
            number
            for number, each in enumerate(events.past_offers.values())
            if Layer(each.layer) is Layer.TARGETED and Mechanic(each.mechanic) in OFF_THE_PRICE
        ]
        mine &= sales["offer"].isin(targeted)
    used = sales[mine.to_numpy()].merge(cut, on=["product", "week"])
    units = used["quantity"].to_numpy(dtype=np.float64)
    kept = units[(used["shelf_discount"] >= CUT * used["regular"]).to_numpy()].sum()
    if not units.sum() >= LEAST_UNITS:
        return Beside.UNTOLD
    return Beside.ON_TOP if kept > MOST * units.sum() else Beside.INSTEAD
