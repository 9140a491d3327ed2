"""Customer features X: what a customer's past purchases say about how they shop, on one robust scale.

The network's linear first layer W makes the user profile of them: profile = W X.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from surrogate.events import Events

Float = NDArray[np.float64]
_CLIP = 3.0

HABITS = (
    "weeks since last visit",
    "visits per week",
    "spend per week",
    "basket value",
    "units per basket",
    "discount share",
    "coupon share",
    "own-brand share",
)
"""Features that every data set gives, in order; category shares (``share of ...``) and demographics follow."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Features:
    """Features of customers. N customers, F features."""

    customers: NDArray[np.int64]
    """[N] sorted; stays in memory, no model file holds it."""
    names: tuple[str, ...]
    raw: Float
    """[N, F] in people's units; NaN where unknown."""
    baskets: Float
    """[N] baskets in the window."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Scale:
    """Robust normalisation: (transformed - median) / (quartile range / 1.35), unknown = 0, cut at +-3."""

    names: tuple[str, ...]
    logged: NDArray[np.bool_]
    centre: Float
    spread: Float

    def __call__(self, raw: Float) -> Float:
        """Return normalised features of raw ones [..., F]."""
        scaled = (self._transformed(raw) - self.centre) / self.spread
        return np.clip(np.where(np.isfinite(scaled), scaled, 0.0), -_CLIP, _CLIP)

    def _transformed(self, raw: Float) -> Float:
        return np.where(self.logged, np.log1p(np.maximum(raw, 0.0)), raw)


def build_features(events: Events, purchases: pd.DataFrame, categories: tuple[str, ...], *, last_week: int) -> Features:
    """Describe every customer by the cleaned purchases up to ``last_week``."""
    rows = purchases[purchases["week"] <= last_week].merge(
        events.products[["product", "category", "private"]], on="product", how="left"
    )
    weeks = last_week - int(rows["week"].min()) + 1
    rows = rows.assign(private_value=rows["regular"] * rows["private"].fillna(0.0))
    by = rows.groupby("customer")
    sums = by[["regular", "quantity", "shelf_discount", "coupon_discount", "private_value"]].sum()
    baskets = by["basket"].nunique().astype(float)
    spend = sums["regular"] - sums["shelf_discount"] - sums["coupon_discount"]
    columns = [
        last_week - by["week"].max(),
        baskets / weeks,
        spend / weeks,
        spend / baskets,
        sums["quantity"] / baskets,
        sums["shelf_discount"] / sums["regular"],
        sums["coupon_discount"] / sums["regular"],
        sums["private_value"] / sums["regular"],
    ]
    names = list(HABITS)
    value = rows.pivot_table(index="customer", columns="category", values="regular", aggfunc="sum", fill_value=0.0)
    for category in categories:
        columns.append((value[category] if category in value else 0.0 * sums["regular"]) / sums["regular"])
        names.append(f"share of {category}")
    known = events.demographics.set_index("customer").reindex(sums.index)
    for name in known.columns:
        columns.append(known[name])
        names.append(name)
    raw = np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])
    return Features(
        customers=sums.index.to_numpy(dtype=np.int64),
        names=tuple(names),
        raw=raw,
        baskets=np.asarray(baskets, dtype=np.float64),
    )


def fit_scale(features: Features) -> Scale:
    """Fit the normalisation; amounts and rates are taken as logarithms first."""
    logged = np.array([name in HABITS[:5] or name == "income" for name in features.names])
    unfitted = Scale(names=features.names, logged=logged, centre=np.zeros(logged.size), spread=np.ones(logged.size))
    moved = unfitted._transformed(features.raw)
    empty = ~np.isfinite(moved).any(axis=0)
    moved[:, empty] = 0.0
    low, centre, high = np.nanpercentile(moved, [25, 50, 75], axis=0)
    spread = (high - low) / 1.35
    fallback = np.nanstd(moved, axis=0)
    spread = np.where(spread > 1e-9, spread, np.where(fallback > 1e-9, fallback, 1.0))
    return Scale(names=features.names, logged=logged, centre=centre, spread=spread)
