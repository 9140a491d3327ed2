"""Whether data is fit to learn from: enough customers, whole weeks, sales of every product, and promotions at all."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from scenarios.problems import InvalidInput, Problem, did_you_mean
from surrogate.data.data_spec import DataSpec
from surrogate.data.events import Events
from surrogate.data.judged.last_week import REFUSED_FROM, cut_week
from surrogate.data.judged.taxed_prices import below_list_by_tax
from surrogate.data.weeks import monday_of, week_of

MIN_WEEKS = 8
"""Training weeks below which weeks with and without a deal cannot be told from the season."""
RECENT_WEEKS = 8
"""Weeks before the end of the data in which every planned product must have sold."""


def require_fit(events: Events, spec: DataSpec) -> None:
    """Refuse data that nothing can be learned from, with everything that is wrong at once.

    Raises
    ------
    InvalidInput
        With each reason.
    """
    problems = _customers(events, spec) or _weeks(events, spec)
    if not problems:
        problems = [*_products(events, spec), *_promotions(events, spec), *_taxes(events, spec)]
    if problems:
        raise InvalidInput(problems)


def _customers(events: Events, spec: DataSpec) -> list[Problem]:
    count, least = events.visits["customer"].nunique(), spec.min_segment_size
    if count >= least:
        return []
    remedy = "check which column is mapped to customer"
    if count > 1:
        remedy = "use data of more customers; a model about fewer would tell on single persons"
    expected = f"at least {least} customers (min_segment_size)"
    return [Problem(where=events.source, what="customers", expected=expected, got=str(count), remedy=remedy)]


def _weeks(events: Events, spec: DataSpec) -> list[Problem]:
    weeks = np.unique(events.visits["week"])
    first, last = (monday_of(int(weeks[0])), monday_of(int(weeks[-1]) + 1) - dt.timedelta(days=1))
    if last < events.until:
        expected, got = f"purchases up to test_until, {events.until}", f"none after {last}"
        remedy = f"write test_until: {last} and a train_until some weeks before it"
        return [Problem(where=events.source, what="purchases", expected=expected, got=got, remedy=remedy)]
    cut = cut_week(events)
    if cut is not None and cut.share >= REFUSED_FROM:
        expected = f"purchases up to test_until, {events.until}"
        got = f"none {cut.words}"
        remedy = f"write test_until: {cut.whole_until}, the end of the last whole week, or add the missing days"
        return [Problem(where=events.source, what="purchases", expected=expected, got=got, remedy=remedy)]
    trained = week_of(spec.train_until) - int(weeks[0]) + 1
    if not (trained >= MIN_WEEKS):
        got = f"{max(trained, 0)}: whole weeks start on {first}, train_until is {spec.train_until}"
        expected = f"at least {MIN_WEEKS} whole weeks up to train_until"
        remedy = "use a longer history, or check train_until and which column is mapped to time"
        return [Problem(where=events.source, what="weeks", expected=expected, got=got, remedy=remedy)]
    return []


def _products(events: Events, spec: DataSpec) -> list[Problem]:
    """Return one problem for each product that lacks sales: of the spans without any, the first."""
    week = (events.daily["day"] - 1) // 7
    owner = events.daily["product"].map(events.products["category"])
    cut, end = week_of(spec.train_until), week_of(events.until)
    unsold: dict[str, str] = {}
    for span, keep in (
        (f"in the weeks up to {spec.train_until}", week <= cut),
        (f"in the last {RECENT_WEEKS} weeks", week > end - RECENT_WEEKS),
    ):
        sold = set(owner[keep.to_numpy()].unique())
        for product in spec.products:
            if product not in sold:
                unsold.setdefault(product, span)
    unlisted, remedy = events.cleaning.unlisted, "take the product out of the data file, or check its categories"
    if unlisted:
        remedy = f"{remedy}; {unlisted}: if its goods were given new ids, add these to the product list"
    return [
        Problem(
            where=events.source,
            what=f"products.{product}",
            expected=f"purchases {span}",
            got="none",
            remedy=remedy,
        )
        for product, span in unsold.items()
    ]


_CUT = 0.08
"""A price paid so far below the product's usual one is probably a cut."""
_SOME_DAYS = (0.02, 0.40)
"""Share of a product's days on which cuts are found."""
_SEVERAL = 0.3
"""Share of the products from which on unsaid cuts are mentioned."""


def _promotions(events: Events, spec: DataSpec) -> list[Problem]:
    cut = week_of(spec.train_until)
    last_day = spec.train_until.toordinal()
    early = (events.daily["day"] <= last_day).to_numpy()
    marks = events.promotions[(events.promotions["week"] <= cut).to_numpy()]
    seen = (
        (events.daily.loc[early, ["shelf_discount", "coupon_discount"]] > 0).any(axis=None)
        or (marks[["display", "mailer"]] > 0).any(axis=None)
        or (events.coupons["first_day"] <= last_day).any()
        or (events.offers["first_day"] <= last_day).any()
    )
    if seen:
        return []
    return [
        Problem(
            where=events.source,
            what="promotions",
            expected=f"some promotion of the planned products up to {spec.train_until}",
            got="no discount, display, mailer, mailing or offer ever",
            remedy=f"{_cuts_unsaid(events.daily[early])}map shelf_discount or list_price, coupon_discount, "
            "files.promotions, files.mailings or files.offers; effects that no data shows are given as a table",
        )
    ]


def _cuts_unsaid(daily: pd.DataFrame) -> str:
    """Say where prices paid fall and come back although no discount is told: the amounts are those of cut prices."""
    price = (daily["regular"] / daily["quantity"]).to_numpy(dtype=np.float64)
    usual = pd.Series(price).groupby(daily["product"].to_numpy()).transform("median").to_numpy()
    low = pd.Series(price < (1.0 - _CUT) * usual).groupby(daily["product"].to_numpy()).mean()
    falling = int(low.between(*_SOME_DAYS).sum())
    if falling < _SEVERAL * max(len(low), 1):
        return ""
    return (
        f"the prices paid of {falling} of {len(low)} products fall by {_CUT:.0%} and more on some days: if these are "
        "cuts, give the usual price of a unit in a column of its own, list_price; else "
    )


def require_categories(spec: DataSpec, known: set[str], source: str) -> None:
    """Refuse scenario products of which the data holds no category.

    Raises
    ------
    InvalidInput
        With each category that is not there, and the one that was probably meant.
    """
    if not known - {""}:
        expected, remedy = "a category of some product", "check which column is mapped to category"
        raise InvalidInput([Problem(where=source, what="categories", expected=expected, got="blanks", remedy=remedy)])
    missing = [
        (product, category)
        for product, categories in spec.products.items()
        for category in categories
        if category not in known
    ]
    if missing:
        raise InvalidInput(
            Problem(
                where=source,
                what=f"products.{product}",
                expected="categories of the data",
                got=category,
                remedy=did_you_mean(category, known),
            )
            for product, category in missing
        )


def _taxes(events: Events, spec: DataSpec) -> list[Problem]:
    """Refuse amounts of which one side holds a tax that the other does not: every purchase would count as promoted."""
    below = below_list_by_tax(events.daily)
    if spec.files is None or below is None or not below.always:
        return []
    part = spec.files.transactions
    expected = "amounts that all hold the tax, or all do not, and sales at the regular price"
    remedy = "write paid, list_price and discounts with tax, as customers see them, or all without"
    what = part.list_price or part.shelf_discount or part.paid
    return [Problem(where=events.source, what=what, expected=expected, got=below.said, remedy=remedy)]
