"""Returned goods: each return is set against the customer's latest purchases of the product before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float
from surrogate.data.clean import CleaningReport
from surrogate.data.clean_params import CleanParams
from surrogate.parts import Section, pack

NETTED = "returned goods, set against their purchase"
UNMATCHED = "returned goods whose purchase is not in the data"
BOUGHT = "bought and returned"
NEVER_SOLD = "bought and cancelled"
CANCELLED_LINES = "cancelled lines, set against what they take back"
ONLY_COUNTED = "returned goods (counted only: units are as sold)"
SAME_RECEIPT = (
    "returned goods though the same receipt has bought the product: lines that were cancelled at the till? "
    "(clean: {negative_quantity: cancelled})"
)


class Told(IntEnum):
    """How a row is told from a sale."""

    SOLD = 0
    MARKED = 1
    """By the column ``returned``."""
    QUANTITY = 2
    """By a negative quantity alone."""
    AMOUNT = 3
    """By a negative amount for a quantity that is not negative."""


_UNMARKED = {
    Told.QUANTITY: ("negative_quantity", "a negative quantity that no mark explains"),
    Told.AMOUNT: ("negative_amount", "a negative amount for a quantity that is not negative, as refunds have"),
}
"""Key of ``clean`` that says what such rows are, and what they look like."""


def told_by(marked: Flag, quantity: Float, paid: Float) -> NDArray[np.int8]:
    """Return how each row [N] is told from a sale, as `Told`."""
    unmarked = np.where(quantity < 0, Told.QUANTITY, np.where(paid < 0, Told.AMOUNT, Told.SOLD))
    return np.where(marked, Told.MARKED, unmarked).astype(np.int8)


def ignored(params: CleanParams) -> dict[Told, str]:
    """Return the rows that the data file leaves out, with the reason as the cleaning report tells it."""
    return {
        told: f"{words} (clean.{key}: ignored)"
        for told, (key, words) in _UNMARKED.items()
        if getattr(params, key) == "ignored"
    }


def settle(rows: pd.DataFrame, params: CleanParams, *, net: bool) -> tuple[pd.DataFrame, CleaningReport]:
    """Take returns out, and, if they are to be netted, what they returned out of its purchases.

    A return reduces the units and the money of the same customer's latest purchases of the product on or before its
    day, the latest first, until all its units are found or nothing is left; a purchase with nothing left is none. Where
    tills write a row a scan, one row may hence return several of them. Cancelled lines do so whether returns are netted
    or not: what they take back was never sold.

    Parameters
    ----------
    rows
        Purchases with customer, product, day, basket, quantity, the money columns and ``returned`` (`Told`), sorted;
        quantities of returns may be negative. Of one day's purchases the later row is the later purchase.
    params
        What negative rows are that no column marks.
    net
        Whether purchases are reduced; otherwise returns are only counted.

    Returns
    -------
    tuple
        Rows without returns, and the rows that left, by reason, with what unmarked ones were taken for.
    """
    told = rows["returned"].to_numpy()
    back = (told > 0) | (rows["quantity"] < 0).to_numpy()
    sold = rows[~back].drop(columns="returned")
    if not back.any():
        return sold, CleaningReport(read=0, dropped={}, repaired={})
    void = np.isin(told, [kind for kind, (key, _) in _UNMARKED.items() if getattr(params, key) == "cancelled"])
    counts = {ONLY_COUNTED: 0 if net else int((back & ~void).sum())}
    settled = back if net else void
    if settled.any():
        taken, found = _taken_back(rows, settled)
        units = taken[~back]
        quantity = sold["quantity"].to_numpy()
        with np.errstate(divide="ignore", invalid="ignore"):
            left = np.where(units > 0, np.maximum(1.0 - units / quantity, 0.0), 1.0)
        for name in ("quantity", "regular", "shelf_discount", "coupon_discount"):
            sold = sold.assign(**{name: np.where(units > 0, sold[name] * left, sold[name])})
        gone = (units > 0) & ~(left > 1e-9)
        sold = sold[~gone]
        counts |= {
            NETTED: int((found & ~void).sum()),
            UNMATCHED: int((settled & ~found & ~void).sum()),
            CANCELLED_LINES: int(void.sum()),
            BOUGHT if net else NEVER_SOLD: int(gone.sum()),
        }
    left_out = {reason: count for reason, count in counts.items() if count}
    return sold, CleaningReport(
        read=0, dropped={}, repaired={}, left_out=left_out, taken_for=_taken_for(rows, told, back & ~void)
    )


def _taken_for(rows: pd.DataFrame, told: NDArray[np.int8], returned: Flag) -> dict[str, int]:
    """Count unmarked rows that were taken for returned goods, and which of them may be cancelled lines.

    These are of the receipt and the day of a purchase: web shops book a return days later under its order's number.
    """
    found = {
        f"returned goods: {words} (clean.{key} can say otherwise)": int((returned & (told == kind)).sum())
        for kind, (key, words) in _UNMARKED.items()
    }
    unmarked = returned & (told == Told.QUANTITY)
    if unmarked.any():
        keys = ["customer", "product", "basket", "day"]
        bought = rows.loc[(told == Told.SOLD) & (rows["quantity"] > 0).to_numpy(), keys].drop_duplicates()
        beside = len(rows.loc[unmarked, keys].merge(bought, on=keys))
        found[SAME_RECEIPT] = beside
    return {words: count for words, count in found.items() if count}


def _taken_back(rows: pd.DataFrame, back: Flag) -> tuple[Float, Flag]:
    """Return the units [N] that returns took out of each purchase, and which rows [N] are returns that found one."""
    goods = rows["customer"].to_numpy(dtype=np.int64) * (int(rows["product"].max()) + 1) + rows["product"].to_numpy()
    quantity, day = rows["quantity"].to_numpy(dtype=np.float64), rows["day"].to_numpy()
    matters = np.flatnonzero(np.isin(goods, goods[back]) & (back | (quantity > 0)))
    order = matters[np.lexsort((matters, back[matters], day[matters], goods[matters]))]
    taken, found = np.zeros(len(rows)), np.zeros(len(rows), dtype=bool)
    units = np.abs(np.nan_to_num(quantity))
    stack: list[int] = []
    left: dict[int, float] = {}
    last = None
    for row, owner, returned in zip(order.tolist(), goods[order].tolist(), back[order].tolist(), strict=True):
        if owner != last:
            stack, left, last = [], {}, owner
        if not returned:
            stack.append(row)
            left[row] = units[row]
            continue
        wanted = units[row]
        found[row] = bool(stack)
        while wanted > 0 and stack:
            here = min(wanted, left[stack[-1]])
            taken[stack[-1]] += here
            left[stack[-1]] -= here
            wanted -= here
            if not left[stack[-1]] > 0:
                stack.pop()
    return taken, found


SETTLED = "settled-returns"
"""Name of the model's section that says so."""


@dataclass(frozen=True, kw_only=True)
class SettledReturns:
    """Returns that what was bought is net of."""

    rows: int


def settled_note(left_out: Mapping[str, int], *, net: bool) -> tuple[str, ...]:
    """Say of data whose returns are settled that the scenario has none to take off.

    Parameters
    ----------
    left_out
        Reason -> rows, as cleaning counts them.
    net
        Whether returns were taken out of what was bought.
    """
    back = rows_back(left_out, net=net)
    if not back:
        return ()
    return (
        f"Units are net of {back:,} rows of returned goods: a scenario's return_rate is for what comes back beyond "
        "them, most often 0 (with returns: gross in the data file it is for all).",
    )


def settled_section(left_out: Mapping[str, int], *, net: bool) -> dict[str, Section]:
    """The model's section on returns that were taken out of what was bought; none where there were none."""
    back = rows_back(left_out, net=net)
    return {SETTLED: pack(SettledReturns(rows=back))} if back else {}


def rows_back(left_out: Mapping[str, int], *, net: bool) -> int:
    """Rows of returned goods that units are net of; parameters as of `settled_note`."""
    return left_out.get(NETTED, 0) + left_out.get(UNMATCHED, 0) if net else 0
