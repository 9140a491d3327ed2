"""Rows that nobody was asked a price for: gifts, replaced goods and samples, which teach nothing of price cuts.

Order systems book them beside sales, with the list price, so that they look like sales at 100 % off. Free pieces of a
deal such as 2 for 3 look the same, but these are sold: what the receipt asks for is spread over all its pieces.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scenarios.arrays import Flag
from scenarios.language.words import Mechanic
from surrogate.data.data_parts import PastOffer
from surrogate.data.row_store import NOBODYS

GIVEN_AWAY = (
    "nothing is paid for it, or next to nothing, and neither a coupon nor a deal says why: gifts, replaced goods, "
    "samples? (clean: {nothing_paid: sold} counts such rows as sold at 100% off)"
)
SOLD_FREE = "sales at 100% off: nothing is paid for them, or next to nothing (clean.nothing_paid: sold)"
FREE_PIECES = "free pieces of a deal such as 2 for 3: nothing is paid for them, beside pieces that are paid for"
FULL_COUPON = "uses of a coupon that pays for everything: are replaced goods or samples booked with such codes?"
NO_PRICE = "no price"
_NOTICED = 0.01
"""Share of the rows from which on free ones are more than the gifts and replaced goods of a usual shop."""


def in_bundles(offers: Mapping[str, PastOffer]) -> Flag:
    """Return which past offers [O] come with pieces that nothing is paid for."""
    return np.array([offer.mechanic is Mechanic.BUNDLE for offer in offers.values()], dtype=bool)


def asked_nothing(rows: pd.DataFrame, ratio: float) -> Flag:
    """Return for which rows [N] the shelf asked next to nothing: its price is more than ``ratio`` times cut.

    Parameters
    ----------
    rows
        Cleaned so far: regular, shelf_discount; what a coupon pays is asked for.
    """
    asked = rows["regular"] - rows["shelf_discount"]
    return np.asarray(asked * ratio < rows["regular"] * (1.0 - 1e-9), dtype=bool)


def paid_by_coupon(rows: pd.DataFrame) -> Flag:
    """Return for which rows [N] a coupon pays everything that the shelf asked."""
    left = rows["regular"] - rows["shelf_discount"] - rows["coupon_discount"]
    return np.asarray((rows["coupon_discount"] > 0) & (left < 0.005), dtype=bool)


def free_pieces(rows: pd.DataFrame, free: Flag, bundles: Flag) -> Flag:
    """Return which free rows [N] are pieces of a deal.

    They name a bundle, or stand on a receipt that has as many pieces of the product or more that are paid for.

    Parameters
    ----------
    rows
        customer, product, day, basket, offer, quantity.
    free
        [N] as `asked_nothing` returns.
    bundles
        [O] as `in_bundles` returns.
    """
    if not free.any():
        return free
    offer = rows["offer"].to_numpy(dtype=np.int64)
    named = free & np.append(bundles, False)[offer]  # -1, no offer, is the last
    keys = ["customer", "product", "day", "basket"]
    told = ((rows["customer"] != NOBODYS) | (rows["basket"] != rows["day"])).to_numpy()
    near = rows[keys].assign(given=rows["quantity"] * free, bought=rows["quantity"] * ~free)
    sums = near.groupby(keys)[["given", "bought"]].transform("sum")
    return np.asarray(named | (free & told & (sums["bought"] >= sums["given"]).to_numpy()), dtype=bool)


def many_free(dropped: Mapping[str, int], taken_for: Mapping[str, int], read: int) -> tuple[str, ...]:
    """Say that more is free than shops usually give away.

    Parameters
    ----------
    dropped, taken_for, read
        As of `surrogate.data.clean.CleaningReport`.
    """
    count = dropped.get(GIVEN_AWAY, 0) + dropped.get(NO_PRICE, 0) + taken_for.get(SOLD_FREE, 0)
    count += taken_for.get(FULL_COUPON, 0)
    if not (count and count >= _NOTICED * read):
        return ()
    return (
        f"nothing is paid for {count:,} rows ({count / read:.1%}): are prices missing in the export, or is paid what "
        "is left after gift cards and points? map paid to the price before such payments",
    )
