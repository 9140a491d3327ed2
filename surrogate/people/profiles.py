"""Customer features X: what a customer's past purchases say about how they shop, on one robust scale.

The network's linear first layer W makes the user profile of them: profile = W X.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Float, Int
from scenarios.problems import InvalidInput, Problem
from surrogate.data.beside.signals import COUNTED, signal_features
from surrogate.data.events import Events
from surrogate.digits import to_digits
from surrogate.stored_sizes import Holds

CUT = 3.0
"""Normalised features are cut at plus and minus this."""
_BLOCK = 1 << 21
"""Rows that are added up together, so that tens of millions need little memory on top."""
_CUSTOMERS = 1 << 14
"""The same of customers."""
_USUAL_BASKETS = 10.0
"""Baskets on everybody's usual days that are added to a customer's own: few baskets show no habit."""

HABITS = (
    "weeks since last visit",
    "visits per week",
    "spend per week",
    "basket value",
    "units per basket",
    "discount share",
    "coupon share",
    "own-brand share",
    "weekend share",
)
"""Features that every data set gives, in order; category shares (``share of ...``) and demographics follow."""

SHARES, SHARE_REMEDY = "a share from 0 to 1", "write 0.108 for 10.8%"
"""What features that are shares must be, and what to do where they are not."""
AMOUNTS, AMOUNT_REMEDY = "a number of at least 0", "leave the cell blank where it is not known"
"""The same of features that are amounts: -1 for not known would pass for none at all."""
_ROUNDING = 1e-6
"""What sums of parts may err by."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Features:
    """Features of customers. N customers, F features."""

    customers: Int
    """[N] sorted; stays in memory, no model file holds it."""
    names: tuple[str, ...]
    raw: Float
    """[N, F] in people's units; NaN where unknown."""
    baskets: Float
    """[N] baskets in the window."""

    def known_as(self, names: tuple[str, ...]) -> Features:
        """Return those features that are among ``names``, in their order.

        Words of demographics stand by how many customers share them, and later weeks bring customers: two that are
        about as common change places, and a rare one may join.
        """
        place = {name: number for number, name in enumerate(self.names)}
        shared = tuple(name for name in names if name in place)
        if shared == self.names:
            return self
        return replace(self, names=shared, raw=self.raw[:, [place[name] for name in shared]])


@dataclass(frozen=True, kw_only=True, eq=False)
class Scale:
    """Robust normalisation: (transformed - median) / (quartile range / 1.35), unknown = 0, cut at +-3. F features."""

    names: Annotated[tuple[str, ...], Holds(axes="F")]
    """[F]"""
    logged: Annotated[Flag, Holds(axes="F")]
    """[F] amounts, which are compared by their logarithm."""
    centre: Annotated[Float, Holds(axes="F")]
    """[F] median of the transformed feature."""
    spread: Annotated[Float, Holds(axes="F")]
    """[F] quartile range of the transformed feature over 1.35; that of a normal one is its standard deviation."""

    @property
    def shares(self) -> tuple[str, ...]:
        """Features that are shares between 0 and 1; demographics of such a name may be anything."""
        told = zip(self.names, self.logged, self.centre, strict=True)
        return tuple(
            name
            for name, logged, centre in told
            if not logged and 0 <= centre <= 1 and (name in HABITS or name.startswith("share of "))
        )

    @property
    def amounts(self) -> tuple[str, ...]:
        """Features that are amounts, counts or rates: none is the least."""
        return tuple(name for name, logged in zip(self.names, self.logged, strict=True) if logged)

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Numbers between which features are not cut, by name."""
        ends = self.centre + np.array([[-CUT], [CUT]]) * self.spread
        low, high = np.where(self.logged, np.expm1(ends), ends).tolist()
        return {name: (low[number], high[number]) for number, name in enumerate(self.names)}

    def __call__(self, raw: Float) -> Float:
        """Return normalised features of raw ones [..., F]."""
        scaled = (self._transformed(raw) - self.centre) / self.spread
        return np.clip(np.where(np.isfinite(scaled), scaled, 0.0), -CUT, CUT)

    def rounded(self, raw: Float) -> Float:
        """Return normalised features of raw ones [N, F] in few digits, block by block: they are large."""
        out = np.empty(raw.shape)
        for start in range(0, len(raw), _CUSTOMERS):
            block = slice(start, start + _CUSTOMERS)
            out[block] = to_digits(self(raw[block]))
        return out

    def _transformed(self, raw: Float) -> Float:
        return np.where(self.logged, np.log1p(np.maximum(raw, 0.0)), raw)


def outside_shares(values: Float) -> Flag:
    """Whether values [N] are no shares; unknown ones pass."""
    return np.asarray(~np.isnan(values) & ~((values >= -_ROUNDING) & (values <= 1 + _ROUNDING)))


def below_none(values: Float) -> Flag:
    """Whether values [N] are no amounts; unknown ones pass."""
    return np.asarray(values < -_ROUNDING)


def mean_known(share: Float, values: Float) -> Float:
    """Return the mean [F] of groups' values [G, F] by their shares [G]; NaN where no group's value is known."""
    known = np.isfinite(values) & (share > 0)[:, None]
    weight = np.where(known, share[:, None], 0.0)
    total = (weight * np.where(known, values, 0.0)).sum(axis=0)
    return np.where(known.any(axis=0), total / np.maximum(weight.sum(axis=0), 1e-12), np.nan)


def build_features(events: Events, categories: tuple[str, ...], *, last_week: int) -> Features:
    """Describe every customer by what was seen up to ``last_week``, and by nothing later.

    Raises
    ------
    InvalidInput
        When a demographic column is named as a feature that purchases give.
    """
    week = events.visits["week"].to_numpy()
    early = week <= last_week
    weeks = last_week - int(week.min()) + 1
    customers, place = np.unique(events.visits["customer"].to_numpy()[early], return_inverse=True)

    def total(name: str) -> Float:
        return np.bincount(place, events.visits[name].to_numpy()[early], customers.size).astype(np.float64)

    regular, quantity, baskets = total("regular"), total("quantity"), np.maximum(total("baskets"), 1.0)
    shelf, coupon = total("shelf_discount"), total("coupon_discount")
    spend = regular - shelf - coupon
    usual = total("weekend").sum() / baskets.sum()
    last = np.zeros(customers.size)
    np.maximum.at(last, place, week[early].astype(np.float64))
    columns = [
        last_week - last,
        baskets / weeks,
        spend / weeks,
        spend / baskets,
        quantity / baskets,
        shelf / regular,
        coupon / regular,
        total("private") / regular,
        (total("weekend") + _USUAL_BASKETS * usual) / (baskets + _USUAL_BASKETS),
    ]
    known = events.demographics.set_index("customer").reindex(customers)
    others = [(name, known[name].to_numpy(dtype=np.float64)) for name in known.columns]
    others += signal_features(events, customers, last_week)
    raw = np.empty((customers.size, len(columns) + len(categories) + len(others)))  # written once: the table is large
    for number, column in enumerate(columns):
        raw[:, number] = column
    shares = raw[:, len(columns) : len(columns) + len(categories)]
    np.divide(_category_value(events, categories, customers, last_week), regular[:, None], out=shares)
    for number, (_, column) in enumerate(others):
        raw[:, len(columns) + len(categories) + number] = column
    names = (*HABITS, *(f"share of {category}" for category in categories), *(name for name, _ in others))
    _require_own_names(names)
    return Features(
        customers=customers.astype(np.int64),
        names=names,
        raw=raw,
        baskets=baskets,
    )


def _require_own_names(names: tuple[str, ...]) -> None:
    twice = sorted(name for name in set(names) if names.count(name) > 1)
    if twice:
        expected, remedy = "names of their own", "rename the columns in the file and in the data file"
        got = f"{', '.join(twice)}, a feature that another column or the purchases give already"
        raise InvalidInput([Problem(where="data file", what="demographics", expected=expected, got=got, remedy=remedy)])


def _category_value(events: Events, categories: tuple[str, ...], customers: Int, last_week: int) -> Float:
    """Return the regular value that customers bought of each category [N, C]."""
    named = pd.Index(events.products["category"], dtype=object)
    category = pd.Index(categories, dtype=object).get_indexer(named)
    who, product, week, regular = (events.sales[name].to_numpy() for name in ("customer", "product", "week", "regular"))
    sums = np.zeros(customers.size * len(categories))
    for start in range(0, who.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        keep = week[block] <= last_week
        row = np.searchsorted(customers, who[block][keep])
        sums += np.bincount(row * len(categories) + category[product[block][keep]], regular[block][keep], sums.size)
    return sums.reshape(customers.size, len(categories))


def fit_scale(features: Features) -> Scale:
    """Fit the normalisation; amounts and rates are taken as logarithms first."""
    logged = np.array([name in HABITS[:5] or name == "income" or name.endswith(COUNTED) for name in features.names])
    quartiles, fallback = np.zeros((3, logged.size)), np.zeros(logged.size)
    for number in range(logged.size):  # column by column: the table is large
        column = features.raw[:, number]
        column = np.log1p(np.maximum(column, 0.0)) if logged[number] else column
        if np.isfinite(column).any():
            quartiles[:, number], fallback[number] = np.nanpercentile(column, [25, 50, 75]), np.nanstd(column)
    low, centre, high = quartiles
    spread = (high - low) / 1.35
    spread = np.where(spread > 1e-9, spread, np.where(fallback > 1e-9, fallback, 1.0))
    return Scale(names=features.names, logged=logged, centre=centre, spread=spread)
