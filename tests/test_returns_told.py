"""Returns belong to the row of their sale: which products come back too often, and what is not complete yet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, running_shop
from replan_case import happened

from planner.flight.watch.returns_told import returns_beyond, told_late
from scenarios.flight.actuals import Actuals
from scenarios.flight.reading.oddities import oddities

case = running_shop


def _returned(case: Running, rates: np.ndarray) -> Actuals:
    """A hundred units a cell and day, of which so many [K, T] came back."""
    s, k, t = case.grid.shape
    actuals = happened(case, np.full((s, k, t), 100.0), last=t - 1)
    back = np.full((2, s + 1, k + 1, t), np.nan)
    back[0, :s, :k] = np.rint(100.0 * rates)
    return replace(actuals, tables={**actuals.tables, "returns": back})


def _assumed(case: Running) -> np.ndarray:
    money = case.grid.scenario.money
    rates = np.array([money.returns_of(product) for product in case.grid.products])
    return np.repeat(rates[:, None], case.grid.shape[2], axis=1)


def test_a_product_that_comes_back_too_often_is_named(case: Running) -> None:
    """With its rate and the assumed one, and no other; where all are as assumed, nothing is said."""
    rates = _assumed(case)
    assert not list(returns_beyond(_returned(case, rates)))
    rates[1] = 0.6
    (said,) = returns_beyond(_returned(case, rates))
    product = case.grid.products[1].id
    assert f"{product} (60% of " in said and "assumed)" in said
    others = [each.id for number, each in enumerate(case.grid.products) if number != 1]
    assert not any(f" {name} (" in said for name in others)


def test_days_whose_returns_are_still_under_way_are_told(case: Running) -> None:
    """From the day on which they are few; where they are even, nothing is."""
    late = np.full(case.grid.shape[1:], 0.2)
    assert told_late(_returned(case, late)) == ()
    late[:, 4:] = 0.03
    (said,) = told_late(_returned(case, late))
    day = case.grid.scenario.horizon.date_of(4)
    assert f"since {day} are told late, not complete yet (3.0% of their units so far, 20.0% of those before)" in said


@pytest.mark.parametrize("rate", [1.0, 1.1])
def test_rows_with_more_returns_than_units_are_told(case: Running, rate: float) -> None:
    """They stand on the day on which they arrived, and not on that of their sale."""
    rates = np.full(case.grid.shape[1:], 0.1)
    rates[0, 3] = rate
    said = [each for each in oddities(_returned(case, rates), ()) if "more returns than units" in each]
    assert len(said) == (rate > 1.0)
    assert all("row of their sale" in each for each in said)
