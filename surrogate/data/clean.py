"""Cleaning: which purchase rows cannot be true, dropped or repaired, with a report that says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Float
from scenarios.problems import InvalidInput, Problem
from surrogate.data.clean_params import CleanParams
from surrogate.data.given_away import (
    FREE_PIECES,
    FULL_COUPON,
    GIVEN_AWAY,
    NO_PRICE,
    SOLD_FREE,
    asked_nothing,
    free_pieces,
    paid_by_coupon,
)
from surrogate.data.row_store import NOBODYS

TWICE = "the same row twice"
COPIES = "copies of whole receipts"
OTHER_ZEROS = "a product that files.products lists with other leading zeros"


@dataclass(frozen=True, kw_only=True)
class CleaningReport:
    """What cleaning read, dropped and repaired; every row is counted once, under the first reason that applies."""

    read: int
    dropped: dict[str, int]
    """Reason -> rows that cannot be true."""
    repaired: dict[str, int]
    left_out: dict[str, int] = field(default_factory=dict)
    """Reason -> rows that may be true and do not belong here: cancelled, returned, outside of the weeks."""
    taken_for: dict[str, int] = field(default_factory=dict)
    """What rows were taken for that could be something else -> how many; they are counted above, too."""
    suspicious: tuple[str, ...] = ()
    """What a person should look at."""
    unlisted: str = ""
    """Which products the purchases name that the product list lacks, how often and since when; blank: none."""
    without_customer: int = 0
    """Rows that are kept though nobody's name stands on them."""

    @property
    def kept(self) -> int:
        """Rows that remain."""
        return self.read - sum(self.dropped.values()) - sum(self.left_out.values())

    def plus(self, other: CleaningReport) -> CleaningReport:
        """Return both reports added up."""
        return CleaningReport(
            read=self.read + other.read,
            dropped=_sum(self.dropped, other.dropped),
            repaired=_sum(self.repaired, other.repaired),
            left_out=_sum(self.left_out, other.left_out),
            taken_for=_sum(self.taken_for, other.taken_for),
            suspicious=(*self.suspicious, *other.suspicious),
            unlisted=self.unlisted or other.unlisted,
            without_customer=self.without_customer + other.without_customer,
        )

    def noting(self, *suspicious: str) -> CleaningReport:
        """Return the report with more that is suspicious."""
        return replace(self, suspicious=(*self.suspicious, *suspicious))

    def lines(self) -> tuple[str, ...]:
        """Return the report as sentences."""
        head = f"{self.read:,} purchase rows read, {self.kept:,} kept"
        drops = (f"{count:,} dropped: {reason}" for reason, count in self.dropped.items() if count)
        others = (f"{count:,} left out: {reason}" for reason, count in self.left_out.items() if count)
        repairs = (f"{count:,} repaired: {reason}" for reason, count in self.repaired.items() if count)
        taken = (f"{count:,} taken for {what}" for what, count in self.taken_for.items() if count)
        nobodys = self.without_customer
        counted = (f"{nobodys:,} of them sales without a customer ({nobodys / self.kept:.1%})",) if nobodys else ()
        return (head, *counted, *drops, *others, *taken, *repairs, *(f"suspicious: {text}" for text in self.suspicious))


def _sum(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    return {reason: first.get(reason, 0) + second.get(reason, 0) for reason in dict.fromkeys([*first, *second])}


def drop_repeats(rows: pd.DataFrame, params: CleanParams) -> tuple[pd.DataFrame, int]:
    """Drop rows that stand twice, in all their values, and return how many; none where the params keep them.

    Where they do, copies of whole receipts are taken out before (`surrogate.data.adding_up.repeated_receipts`).
    Of sales without a customer only those of a receipt can: two strangers who buy the same on a day are no repeat.
    """
    if params.duplicates == "keep":
        return rows, 0
    twice = rows.duplicated().to_numpy() & receipt_known(rows)
    return rows[~twice] if twice.any() else rows, int(twice.sum())


def receipt_known(rows: pd.DataFrame) -> Flag:
    """Whether rows [N] of `surrogate.data.row_store.ROW` tell whose receipt they are on, or which one."""
    # without a receipt's name the basket is the day, which says nothing of strangers
    return np.asarray((rows["customer"] != NOBODYS) | (rows["basket"] != rows["day"]))


def clean(
    rows: pd.DataFrame, params: CleanParams, *, median_price: Float, bundles: Flag
) -> tuple[pd.DataFrame, CleaningReport]:
    """Drop and repair impossible rows.

    Parameters
    ----------
    rows
        Purchases with customer, product, day, basket, offer, quantity, regular, shelf_discount and coupon_discount;
        repeats are dropped
        (`drop_repeats`) and returns settled (`surrogate.data.adding_up.returns.settle`) before.
    params
        What counts as impossible.
    median_price
        [K] median unit price by product; NaN where unknown.
    bundles
        [O] past offers that come with free pieces (`surrogate.data.given_away.in_bundles`).
    """
    frame = rows
    dropped: Counter[str] = Counter()

    def drop(bad: Flag, reason: str) -> None:
        nonlocal frame
        dropped[reason] += int(bad.sum())
        if bad.any():
            frame = frame[~bad]

    money = ["regular", "shelf_discount", "coupon_discount"]
    drop(frame[["quantity", *money]].isna().any(axis=1).to_numpy(), "a number is missing")
    drop(np.isinf(frame[["quantity", *money]].to_numpy(dtype=float)).any(axis=1), "a number is infinite")
    drop(~(frame["quantity"] > 0).to_numpy(), "no quantity (voids)")
    drop((frame["quantity"] > params.max_quantity).to_numpy(), _too_many(params))
    repaired = {}
    negative = (frame[["shelf_discount", "coupon_discount"]] < 0).any(axis=1)
    repaired["a negative discount set to 0"] = int(negative.sum())
    frame = frame.assign(
        shelf_discount=frame["shelf_discount"].clip(lower=0.0), coupon_discount=frame["coupon_discount"].clip(lower=0.0)
    )
    drop(~(frame["regular"] > 0).to_numpy(), NO_PRICE)
    price = (frame["regular"] / frame["quantity"]).to_numpy()
    ratio = price / median_price[frame["product"].to_numpy()]
    wild = (ratio > params.max_price_ratio) | (ratio < 1 / params.max_price_ratio)
    drop(wild, f"a unit price more than {params.max_price_ratio:g} times off the product's median")
    above = frame["shelf_discount"] + frame["coupon_discount"] > frame["regular"] + 0.005
    repaired["discounts above the price cut to the price"] = int(above.sum())
    shelf = np.minimum(frame["shelf_discount"], frame["regular"])
    frame = frame.assign(
        shelf_discount=shelf, coupon_discount=np.minimum(frame["coupon_discount"], frame["regular"] - shelf)
    )
    free = asked_nothing(frame, params.max_price_ratio)
    pieces = free_pieces(frame, free, bundles)
    given = free & ~pieces
    taken_for = {FREE_PIECES: int(pieces.sum()), FULL_COUPON: int((paid_by_coupon(frame) & ~free).sum())}
    if params.nothing_paid == "sold":
        taken_for[SOLD_FREE] = int(given.sum())
    else:
        drop(given, GIVEN_AWAY)
    taken_for = {what: count for what, count in taken_for.items() if count}
    return frame, CleaningReport(read=len(rows), dropped=dict(dropped), repaired=repaired, taken_for=taken_for)


def _too_many(params: CleanParams) -> str:
    return f"more than {params.max_quantity} units in one row (weights and fuel)"


def _remedy(worst: str, params: CleanParams) -> str:
    """Return what mends data of which most impossible rows are so for one reason."""
    if worst == TWICE:
        return "write clean: {duplicates: keep} if every scan at the till is a row of its own, else export them once"
    if worst == COPIES:
        return "the same receipts stand in the files twice: export them once, and read each file once"
    if worst == OTHER_ZEROS:
        return "export product ids as text in both files: a spreadsheet has probably taken zeros such as those of 007"
    if worst == _too_many(params):
        return "check which column is mapped to quantity, or raise clean.max_quantity if so many are usual"
    if worst == GIVEN_AWAY:
        return "check which column is mapped to paid, or raise clean.max_dropped if so much is given away"
    return "check the column names of the data file, or raise clean.max_dropped"


def require_mostly_possible(report: CleaningReport, params: CleanParams, source: str) -> None:
    """Refuse data of which too much is impossible.

    Raises
    ------
    InvalidInput
        When more than ``params.max_dropped`` of the rows are impossible: then a column is probably misread.
    """
    gone = sum(report.dropped.values())
    if not (gone <= params.max_dropped * max(report.read, 1)):
        worst = max(report.dropped, key=lambda reason: report.dropped[reason])
        raise InvalidInput(
            [
                Problem(
                    where=source,
                    what="purchases",
                    expected=f"at most {params.max_dropped:.0%} impossible rows",
                    got=f"{gone / report.read:.0%}, mostly: {worst}",
                    remedy=_remedy(worst, params),
                )
            ]
        )
