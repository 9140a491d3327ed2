"""Coupons that the till takes off without naming them: whose use a coupon discount is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from scenarios.arrays import Flag
from scenarios.language.words import Mechanic
from surrogate.data.data_parts import PastOffer

SENT = "uses of the coupon that their customer was sent: they carry a coupon discount and name no offer"
_NOBODYS = "uses of no declared offer: they carry a coupon discount and name no offer"
UNSENT = f"{_NOBODYS}, and no coupon that was sent to their customer covers product and day"
NAMED_ELSEWHERE = f"{_NOBODYS}, while other rows name coupons"


def told_by_discount(offers: Mapping[str, PastOffer], named: Iterable[int]) -> Flag:
    """Return which past offers [O] are used where a row carries a coupon discount and names no offer.

    Tills that name gifts and bundles may know a coupon by what it took off alone. One that names any coupon names
    them all: what it takes off beside them is something else, such as a maker's voucher.

    Parameters
    ----------
    offers
        Past offers by id.
    named
        Places of those that any row names; where there is none, no till names offers, and this is not asked.
    """
    coupon = np.array([offer.mechanic == Mechanic.COUPON for offer in offers.values()], dtype=bool)
    return coupon & ~coupon[list(named)].any()


def unnamed(rows: pd.DataFrame) -> Flag:
    """Return which rows [N] carry a coupon discount and name no offer."""
    return np.asarray((rows["offer"] < 0) & (rows["coupon_discount"] > 0), dtype=bool)


def used_by_discount(hits: pd.DataFrame, by_discount: Flag) -> Flag:
    """Return which purchases [N] used the coupon of their run, as told by a discount alone.

    Parameters
    ----------
    hits
        offer, coupon_discount and run_offer: purchases beside a run that covers customer, product and day.
    by_discount
        [O] as `told_by_discount` returns.
    """
    mine = by_discount[hits["run_offer"].to_numpy(dtype=np.int64)]
    return np.asarray(mine & unnamed(hits), dtype=bool)


def taken_for(carrying: int, used: int, by_discount: Flag) -> dict[str, int]:
    """Say what rows count as that carry a coupon discount and name no offer.

    Parameters
    ----------
    carrying, used
        How many do, and how many of these are under a coupon that their customer was sent.
    by_discount
        [O] as `told_by_discount` returns.
    """
    return {SENT: used, UNSENT if by_discount.any() else NAMED_ELSEWHERE: carrying - used}
