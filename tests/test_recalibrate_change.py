"""What changed while a campaign ran: found with its moment, carried over to relatives, and never seen in calm days."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from lived import actuals_of

from planner.problem import build_problem
from scenarios.grid import Grid, build_grid
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects
from surrogate.flight.evidence import Forecast
from surrogate.flight.recalibration.recalibrate import Recalibration, recalibrate

LAST, CHANGED = 7, 4
OFFERS = 2
"""Offers that run on each product."""
BUSY = 10.0
"""Times the scenario's sales, so that counting hides nothing."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """A plan that runs."""

    effects: Effects
    grid: Grid
    model: Coefficients
    plan: np.ndarray


@pytest.fixture(scope="module")
def case() -> Case:
    """Two weeks of phones, stock without end; every day half of the products have one of two offers."""
    problem = build_problem("phone-flash-sale")
    products = tuple(each.model_copy(update={"stock": None, "arrivals": {}}) for each in problem.grid.products)
    grid = build_grid(problem.grid.scenario.model_copy(update={"products": products}))
    plan = grid.empty()
    public, allowed = grid.split(plan).public, grid.allowed.public
    for k, t in np.ndindex(*public.shape):
        found = np.flatnonzero(allowed[k, t])
        found = found[found > 0][:OFFERS]
        if (t + k) % 2 and found.size:
            public[k, t] = found[k % found.size]
    effects = replace(problem.effects, base_units=BUSY * problem.effects.base_units)
    model = build_coefficients(grid, effects, problem.loaded.baskets)
    return Case(effects=effects, grid=grid, model=model, plan=plan)


def learned(case: Case, *, lift: np.ndarray | None = None, base: np.ndarray | None = None) -> Recalibration:
    """Recalibrate where lifts [S, K+1, O] and baselines [S, K] are multiplied from a day on."""
    s, k, t = case.grid.shape
    lifts = np.zeros((s, k + 1, len(case.grid.scenario.offers))) if lift is None else np.log(lift)
    bases = np.zeros((s, k)) if base is None else np.log(base)
    forecast = Forecast(case.model, case.effects, case.plan)
    before, after = forecast(np.zeros_like(bases), np.zeros_like(lifts)).units, forecast(bases, lifts).units
    units = np.rint(np.where(np.arange(t) >= CHANGED, after, before))
    return recalibrate(case.model, case.effects, case.plan, actuals_of(case.grid, units, LAST))


@pytest.fixture(scope="module")
def keener(case: Case) -> Recalibration:
    """What is learned where everybody answers offers twice as strongly from a day on."""
    return learned(case, lift=2.0 * ones(case.grid))


def ones(grid: Grid) -> np.ndarray:
    """Factors [S, K+1, O] that change nothing."""
    s, k, _ = grid.shape
    return np.ones((s, k + 1, len(grid.scenario.offers)))


def test_a_change_on_the_way_is_found_with_its_day(keener: Recalibration) -> None:
    """Everybody answers offers twice as strongly from a day on: the day is told, and the rest reckons with it."""
    assert keener.since is not None
    assert abs(keener.since - CHANGED) <= 1
    assert all(moved.factor > 1.5 for moved in keener.offers.values())


def test_what_changed_counts_more_than_the_mean_of_all_days(case: Case) -> None:
    """Half of the days sold as forecast; the factor for the rest is nearer to what the later days say."""
    found = learned(case, lift=0.4 * ones(case.grid))
    assert all(moved.factor < 0.65 for moved in found.offers.values())


def test_a_changed_answer_is_carried_over_to_offers_that_did_not_run(case: Case, keener: Recalibration) -> None:
    """Customers who answer one offer more strongly answer the others so, too, though by less certainty."""
    before, after = case.effects.lift.mean(axis=0), keener.effects.lift.mean(axis=0)
    for number, offer in enumerate(case.grid.scenario.offers):
        on = before[..., number] > 0
        if offer.id not in keener.offers and on.any():
            assert after[..., number][on].sum() > 1.15 * before[..., number][on].sum()


def test_categories_that_are_needed_less_or_more_move_as_a_whole(case: Case) -> None:
    """Needs of categories change, each by its own: baselines of a category follow together, even what sells little."""
    s, k, _ = case.grid.shape
    categories = [product.category for product in case.grid.products]
    need = dict(zip(dict.fromkeys(categories), (0.6, 1.5, 0.7, 1.4, 1.0), strict=True))
    true = np.array([need[each] for each in categories])
    found = learned(case, base=true * np.ones((s, k)))
    last, before = found.effects.base_units[..., -1], case.effects.base_units[..., -1]
    factor = last.sum(axis=(0, 1)) / before.sum(axis=(0, 1))
    assert np.abs(np.log(factor / true)).max() < 0.2


def test_calm_days_tell_of_no_change(case: Case) -> None:
    """Sales as forecast: no day is named, no factor moves."""
    found = learned(case)
    assert found.since is None
    assert all(abs(moved.factor - 1) < 0.03 for moved in (*found.offers.values(), *found.products.values()))


def test_what_is_told_of_baselines_is_what_the_rest_is_planned_with(case: Case) -> None:
    """A product's factor is that of its baselines from here on, with what single segments have for themselves."""
    base = np.ones(case.grid.shape[:2])
    base[:, 0], base[0, 0], base[:, 3] = 1.3, 2.0, 0.7
    found = learned(case, base=base)
    now, before = (each.base_units[..., LAST + 1 :].sum(axis=(0, 3)) for each in (found.effects, case.effects))
    for k, product in enumerate(case.grid.products):
        if product.id in found.products:
            factor = now[:, k].sum() / before[:, k].sum()
            assert found.products[product.id].factor == pytest.approx(factor, rel=0.02), product.id
    assert found.products[case.grid.products[0].id].factor > 1.15
