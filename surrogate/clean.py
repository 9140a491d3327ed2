"""Cleaning: which purchase rows cannot be true, dropped or repaired, with a report that says so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.problems import InvalidInput, Problem
from surrogate.data_spec import CleanParams


@dataclass(frozen=True, kw_only=True)
class CleaningReport:
    """What cleaning read, dropped and repaired; every row is counted once, under the first reason that applies."""

    read: int
    dropped: dict[str, int]
    """Reason -> rows."""
    repaired: dict[str, int]

    @property
    def kept(self) -> int:
        """Rows that remain."""
        return self.read - sum(self.dropped.values())

    def lines(self) -> tuple[str, ...]:
        """Return the report as sentences."""
        head = f"{self.read:,} purchase rows read, {self.kept:,} kept"
        drops = (f"{count:,} dropped: {reason}" for reason, count in self.dropped.items() if count)
        repairs = (f"{count:,} repaired: {reason}" for reason, count in self.repaired.items() if count)
        return (head, *drops, *repairs)


def clean(purchases: pd.DataFrame, params: CleanParams, *, source: str) -> tuple[pd.DataFrame, CleaningReport]:
    """Drop and repair impossible rows.

    Parameters
    ----------
    purchases
        As in `surrogate.events.Events.purchases`.
    params
        What counts as impossible.
    source
        Where the rows came from, for messages.

    Raises
    ------
    InvalidInput
        When more than ``params.max_dropped`` of the rows are impossible: then a column is probably misread.
    """
    frame = purchases
    dropped: dict[str, int] = {}

    def drop(bad: np.ndarray[tuple[int], np.dtype[np.bool_]], reason: str) -> None:
        nonlocal frame
        dropped[reason] = int(bad.sum())
        if dropped[reason]:
            frame = frame[~bad]

    money = ["regular", "shelf_discount", "coupon_discount"]
    drop(~np.isfinite(frame[["quantity", *money]].to_numpy(dtype=float)).all(axis=1), "a number is missing")
    drop(frame.duplicated().to_numpy(), "the same row twice")
    drop(~(frame["quantity"] > 0).to_numpy(), "no quantity (voids and returns)")
    ceiling = f"more than {params.max_quantity} units in one row (weights and fuel)"
    drop((frame["quantity"] > params.max_quantity).to_numpy(), ceiling)
    repaired = {}
    negative = (frame[["shelf_discount", "coupon_discount"]] < 0).any(axis=1)
    repaired["a negative discount set to 0"] = int(negative.sum())
    frame = frame.assign(
        shelf_discount=frame["shelf_discount"].clip(lower=0.0), coupon_discount=frame["coupon_discount"].clip(lower=0.0)
    )
    drop(~(frame["regular"] > 0).to_numpy(), "no price")
    price = frame["regular"] / frame["quantity"]
    ratio = price / price.groupby(frame["product"]).transform("median")
    wild = (ratio > params.max_price_ratio) | (ratio < 1 / params.max_price_ratio)
    drop(wild.to_numpy(), f"a unit price more than {params.max_price_ratio:g} times off the product's median")
    above = frame["shelf_discount"] + frame["coupon_discount"] > frame["regular"] + 0.005
    repaired["discounts above the price cut to the price"] = int(above.sum())
    shelf = np.minimum(frame["shelf_discount"], frame["regular"])
    frame = frame.assign(
        shelf_discount=shelf, coupon_discount=np.minimum(frame["coupon_discount"], frame["regular"] - shelf)
    )
    report = CleaningReport(read=len(purchases), dropped=dropped, repaired=repaired)
    if not (sum(dropped.values()) <= params.max_dropped * max(report.read, 1)):
        worst = max(dropped, key=lambda reason: dropped[reason])
        raise InvalidInput(
            [
                Problem(
                    where=source,
                    what="purchases",
                    expected=f"at most {params.max_dropped:.0%} impossible rows",
                    got=f"{1 - report.kept / report.read:.0%}, mostly: {worst}",
                    remedy="check the column names of the data file, or raise clean.max_dropped",
                )
            ]
        )
    return frame.reset_index(drop=True), report
