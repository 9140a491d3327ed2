"""Amounts with and without tax in one file: what was paid net of tax, list prices or discounts with it.

Every sale then looks promoted by the tax, or every discount deeper than it was, and lifts are learned of other depths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arrays import Float

RATES = (0.05, 0.055, 0.06, 0.07, 0.077, 0.08, 0.081, 0.09, 0.10, 0.12, 0.13, 0.135, 0.14, 0.15, 0.16, 0.17, 0.18,
         0.19, 0.20, 0.21, 0.22, 0.23, 0.24, 0.25, 0.27)  # fmt: skip
"""Usual rates of taxes on sales that prices hold."""
_MOST = 0.8
"""Share of the products of which it must be so."""
_HALF = 0.5
"""Share of a product's units that must lie at one share below the list price."""
_AT_LIST = 0.05
"""Share of a product's units that may be sold at the list price all the same."""
_NONE_AT_LIST = 0.01
"""Share of all units, on days of a product, that may be dearer where everything is said to lie there."""
_NEAR = 0.01
"""What prices are off by rounding, as a share of the list price."""
_RATE_NEAR = 0.003
_ROUND = 0.05
"""Discounts that shops give are multiples of it, within a twentieth of that: list prices may always be cut so."""
_PRODUCTS = 3
_DEALS = 8
"""Fewest days of a product on deal that say what its discounts hold."""
_SPREAD = 0.03
_DAYS = 45
"""Days around a deal whose prices without one are its usual price: list prices rise."""


@dataclass(frozen=True, kw_only=True)
class BelowList:
    """Sales that lie below the list price by what a tax is of it."""

    shares: tuple[float, ...]
    """Shares below the list price, one a rate."""
    rates: tuple[float, ...]
    always: bool
    """Whether every product lies there on every day that is no deal, and no share is a usual discount."""

    @property
    def said(self) -> str:
        """What was found, for a sentence."""
        shares, rates = (
            " or ".join(f"{one:.3g}%" for one in 100 * np.array(each)) for each in (self.shares, self.rates)
        )
        return f"most sales {shares} below the regular price and hardly any at it, as if paid were net of {rates} tax"


def below_list_by_tax(daily: pd.DataFrame) -> BelowList | None:
    """Return by how much most sales of most products lie below the list price, where that is a tax; None elsewhere.

    Parameters
    ----------
    daily
        product, day, quantity, regular (the list price's value), shelf_discount, coupon_discount.
    """
    rows = daily[(daily["quantity"] > 0) & (daily["regular"] > 0)]
    off = (rows["shelf_discount"] / rows["regular"]).to_numpy(dtype=np.float64)
    units, product = rows["quantity"].to_numpy(dtype=np.float64), rows["product"].to_numpy()
    names, place = np.unique(product, return_inverse=True)
    if not names.size:
        return None
    order = np.argsort(place, kind="stable")
    usual = np.array([_weighted_median(off[mine], units[mine]) for mine in np.split(order, _ends(place[order]))])
    total = np.bincount(place, units)
    at_it = np.bincount(place, units * (np.abs(off - usual[place]) <= _NEAR)) / total
    at_list = np.bincount(place, units * (off < _NEAR)) / total
    rate = _nearest(usual)
    fits = (rate > 0) & (at_it >= _HALF) & (at_list <= _AT_LIST)
    if not (fits.mean() >= _MOST):
        return None
    rates = np.unique(rate[fits])
    shares = [float(np.median(usual[fits & (rate == one)])) for one in rates]
    steps = usual / _ROUND
    plain = (rows["coupon_discount"] == 0).to_numpy()  # a coupon with the tax is worth more than what it took off
    dearer = plain & (off < usual[place] - _NEAR)
    nothing = float(units[dearer].sum()) <= _NONE_AT_LIST * float(units[plain].sum()) and plain.any()
    return BelowList(
        shares=tuple(shares),
        rates=tuple(rates.tolist()),
        always=bool(fits.all() and nothing and not (np.abs(steps - np.round(steps)) < _ROUND).any()),
    )


def taxed_discounts(daily: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence where paid plus discount exceeds the usual price by the tax that the discount holds.

    With paid net of a tax and the discount with it, that is the same share of every discount, whatever its depth.

    Parameters
    ----------
    daily
        As of `below_list_by_tax`.
    """
    rows = daily[(daily["quantity"] > 0) & (daily["coupon_discount"] == 0)].sort_values(["product", "day"])
    units, ends = rows["quantity"].to_numpy(dtype=np.float64), _ends(rows["product"].to_numpy())
    prices, cuts = (rows[name].to_numpy(dtype=np.float64) / units for name in ("regular", "shelf_discount"))
    columns = rows["day"].to_numpy(), prices, cuts, cuts > _SPREAD * prices
    shares = []
    for day, price, cut, deal in zip(*(np.split(column, ends) for column in columns), strict=True):
        if deal.sum() < _DEALS or deal.all():
            continue
        plain_day, plain = day[cut == 0], price[cut == 0]
        first, last = (np.searchsorted(plain_day, day[deal] + step) for step in (-_DAYS, _DAYS + 1))
        usual = [np.median(plain[one:two]) if two > one else np.nan for one, two in zip(first, last, strict=True)]
        shares.append(np.nanmedian((price[deal] - usual) / cut[deal]) if np.isfinite(usual).any() else np.nan)
    found = np.array([one for one in shares if np.isfinite(one)])
    middle = float(np.median(found)) if found.size >= _PRODUCTS else 0.0
    rate = float(_nearest(np.array([middle]), near=_NEAR)[0])
    if not rate or not ((np.abs(found - middle) <= _SPREAD).mean() >= _MOST):
        return ()
    return (
        f"on most days with a discount, paid plus shelf_discount is above the usual price by {middle:.1%} of the "
        f"discount, as if paid were net of {100 * rate:.3g}% tax and the discount held it: every discount counts as "
        "deeper than it was; write both with tax, or both without",
    )


def _ends(sorted_keys: NDArray[Any]) -> NDArray[np.intp]:
    """Return where in sorted keys another one begins: a mask or a frame for each of many products would take long."""
    return np.flatnonzero(sorted_keys[1:] != sorted_keys[:-1]) + 1


def _nearest(shares: Float, *, near: float = _RATE_NEAR) -> Float:
    """Return the usual rate [N] that is nearest by its share of a price with tax; 0 where none is near."""
    held = np.array([rate / (1 + rate) for rate in RATES])
    gap = np.abs(np.asarray(shares)[:, None] - held)
    return np.where(gap.min(axis=1) <= near, np.array(RATES)[gap.argmin(axis=1)], 0.0)


def _weighted_median(values: Float, weights: Float) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
