"""Revenue that seems to be told in thousands, lakhs or millions, where every file of actuals holds single units."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scenarios.arrays import Float
from scenarios.flight.actuals import Actuals
from scenarios.flight.reading.price_of_one import LEAST, MOST
from scenarios.response.economics import price_of


class RevenueUnit(NamedTuple):
    """A unit that finance exports amounts in."""

    factor: int
    """Units of the currency that it holds."""
    words: str


UNITS = (
    RevenueUnit(1_000, "thousands"),
    RevenueUnit(10_000, "ten thousands"),
    RevenueUnit(100_000, "lakhs"),
    RevenueUnit(1_000_000, "millions"),
    RevenueUnit(10_000_000, "crores"),
    RevenueUnit(100_000_000, "hundred millions"),
)
ALIKE = 0.01
"""Spread of the logs of units below which all rows have as many."""
NEAR = 0.25
"""How far the usual price paid may lie from a unit's: discounts are no larger in most of what is sold."""


def unit_of_revenue(actuals: Actuals) -> RevenueUnit | None:
    """Return the unit that revenue seems to be told in; None where it is the currency itself, or cannot be told.

    It is told by what is usually paid of the regular price, each row weighing as much as its sales are worth, so that
    small rows, which such a unit rounds to nothing, decide nothing. Where what is paid for a row does not rise with
    its units, revenue is rather the price of one (`scenarios.flight.reading.price_of_one`).
    """
    price = np.array([float(price_of(product)) for product in actuals.grid.products])[:, None]
    units, revenue = (actuals.tables[name][..., :-1, :] for name in ("units", "revenue"))
    told = np.isfinite(units) & np.isfinite(revenue) & (np.nan_to_num(units) > 0)
    if not told.any():
        return None
    sold, worth = units[told], (units * price)[told]
    paid = revenue[told] / worth
    usual = _median(paid, worth)
    unit = next((each for each in UNITS if abs(usual * each.factor - 1.0) <= NEAR), None)
    return unit if unit is not None and _rises_with_units(paid * sold, sold) else None


def told_in_another_unit(actuals: Actuals) -> tuple[str, ...]:
    """Say in which unit revenue seems to be, and what to write."""
    unit = unit_of_revenue(actuals)
    if unit is None:
        return _of_nothing(actuals)
    currency = actuals.grid.scenario.currency
    return (
        f"revenue in {actuals.name} seems to be in {unit.words} ({unit.factor:,} {currency}): it is about "
        f"1/{unit.factor:,} of the regular price of what was sold; write what customers paid in {currency}, "
        f"{unit.factor:,} times as much",
    )


def _of_nothing(actuals: Actuals) -> tuple[str, ...]:
    """Say that goods were sold and nothing was paid for any of them."""
    units, revenue = (actuals.tables[name][..., :-1, :] for name in ("units", "revenue"))
    sold = np.nan_to_num(units) > 0
    if not sold.any() or not (revenue[sold] == 0).all():
        return ()
    return (
        f"revenue in {actuals.name} is 0 wherever units were sold ({units[sold].sum():,.0f} of them): write what "
        f"customers paid in {actuals.grid.scenario.currency}",
    )


def _median(values: Float, weights: Float) -> float:
    """The value on whose two sides lies half of the weight."""
    order = np.argsort(values)
    passed = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(passed, passed[-1] / 2.0)])


def _rises_with_units(paid_for_row: Float, sold: Float) -> bool:
    """Whether what is paid for a row of twice the units is rather twice as much than the same.

    Where all rows have as many units, this is so where what is paid cannot be one of them.
    """
    some = paid_for_row > 0
    row, units = np.log(paid_for_row[some]), np.log(sold[some])
    units -= units.mean()
    spread = float(units @ units)
    if spread < len(units) * ALIKE**2:
        return not (LEAST < float(np.median(paid_for_row[some])) <= MOST)
    return float(units @ row) > 0.5 * spread
