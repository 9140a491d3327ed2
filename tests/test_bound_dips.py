"""No plan borrows more from a cell than the bound lets the cell name, given how tired its customers are."""

from __future__ import annotations

import numpy as np
import pytest
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.bound.problem import BoundProblem
from planner.bound.programs import paths
from planner.bound.programs.ladder import follow
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients
from scenarios.response.model import pair_indices

SHAPES = ({"periods": 6}, {"segments": 1, "products": 1, "periods": 8}, {"segments": 1, "products": 3, "periods": 7})


def problem_of(seed: int, states: int) -> BoundProblem:
    """A tiny question with all interactions."""
    scenario, effects, baskets = tiny_scenario(rng_of(seed), rules=False, **SHAPES[seed % len(SHAPES)])
    model = build_coefficients(build_grid(scenario), effects, baskets)
    return BoundProblem(model, build_limits(model), model.grid.allowed_flat, None, states)


@pytest.mark.parametrize("seed", range(12))
def test_what_cells_may_name_is_at_least_what_any_plan_borrows(seed: int) -> None:
    """Random columns in every cell: the sum of their dips stays below the most that the tracked tiredness allows."""
    rng = rng_of(40_000 + seed)
    problem = problem_of(seed, int(rng.integers(2, 14)))
    cells = problem.data.cells
    periods = len(cells.units)
    for chance in (0.2, 0.5, 1.0):
        worth = rng.uniform(0, 1, cells.allowed.shape) * (rng.uniform(0, 1, cells.allowed.shape) < chance)
        column = np.where(cells.allowed, worth, -1.0).argmax(axis=-1)
        held = np.arange(cells.allowed.shape[-1]) == column[..., None]
        borrowed = np.zeros(cells.units.shape)
        for lag, dips in enumerate(cells.dips, start=1):
            taken = np.where(held, dips, 0.0).sum(axis=-1)
            borrowed[lag:] += taken[: max(periods - lag, 0)]
        assert (borrowed <= problem.dips.held(held, problem.data.cell_steps) + 1e-12).all()


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on large questions, where the programs remember nothing but tiredness."""
    monkeypatch.setattr(paths, "REMEMBERED_LINES", 0)


@pytest.mark.parametrize("states", [2, 5, 12, 40])
@pytest.mark.usefixtures("forgetful")
def test_between_states_the_line_lies_above_what_tiredness_allows(states: int) -> None:
    """At any tiredness the programs' interpolated cap is at least the smaller of its share and the largest sum."""
    problem = problem_of(0, states)
    steps, most = problem.data.cell_steps, problem.data.dip_most
    everywhere = np.linspace(0.0, steps.level[-1], 301)
    largest = problem.data.cells.dip_sum.reshape(len(most), -1)
    rate = np.where(largest > 0, problem_rate(problem).reshape(largest.shape), 0.0)
    for t, n in np.ndindex(*largest.shape):
        line = np.interp(everywhere, steps.level, most[t, :, n])
        assert (line >= np.minimum(rate[t, n] * everywhere, largest[t, n]) - 1e-12).all()
    assert (most[:, 0] == 0).all()


def problem_rate(problem: BoundProblem) -> np.ndarray:
    """[T, S, K] largest dip per unit of tiredness, one line at a time."""
    cells, columns, steps = problem.data.cells, problem.layout.columns, problem.data.cell_steps
    rate = np.zeros(cells.units.shape)
    classes = np.zeros(cells.allowed.shape[-1], dtype=int)
    for number, (first, last) in enumerate(columns.slices):
        classes[first:last] = number
    left = steps.tire[classes]
    for lag, dips in enumerate(cells.dips, start=1):
        for t in range(len(rate) - lag):
            here = np.where(cells.allowed[t] & (dips[t] > 0), dips[t] / np.maximum(left, 1e-300), 0.0).max(axis=-1)
            rate[t + lag] = np.maximum(rate[t + lag], here)
        left = follow(left, steps.caps)
    return rate


@pytest.mark.usefixtures("forgetful")
def test_where_lines_do_not_tire_any_sum_may_be_named() -> None:
    """Without fatigue the state tells nothing, and the cap is the largest sum."""
    scenario, effects, baskets = tiny_scenario(rng_of(3), rules=False, periods=5)
    rested = scenario.response.model_copy(update={"fatigue": 0.0})
    model = build_coefficients(build_grid(scenario.model_copy(update={"response": rested})), effects, baskets)
    problem = BoundProblem(model, build_limits(model), model.grid.allowed_flat, None, 6)
    largest = problem.data.cells.dip_sum.reshape(len(problem.data.dip_most), 1, -1)
    assert largest.any()
    assert (problem.data.dip_most == largest).all()


@pytest.mark.parametrize("seed", range(10))
def test_where_programs_carry_rules_cells_may_name_what_plans_that_keep_them_borrow(seed: int) -> None:
    """No line that leads to another state of a rule's automaton counts; those of plans that keep the rule all do."""
    rng = rng_of(41_000 + seed)
    scenario, effects, baskets = tiny_scenario(rng_of(seed), further=True, **SHAPES[seed % len(SHAPES)])
    model = build_coefficients(build_grid(scenario), effects, baskets)
    book = build_rulebook(model.grid, model.economics)
    problem = BoundProblem(model, build_limits(model), book.base, book.locked_lines(), 8, book.rules)
    cells, grid = problem.data.cells, model.grid
    for _ in range(20):
        wild = np.array([rng.choice(np.flatnonzero(row)) for row in book.base], dtype=np.int8)
        plan = book.repair(np.where(rng.random(len(wild)) < 0.5, wild, grid.empty()))
        if book.violations(plan):
            continue
        cell = pair_indices(grid.split(plan), grid.widths, np)[0]
        held = (problem.layout.columns.pair[None, None] == np.moveaxis(cell, 2, 0)[..., None]) & cells.allowed
        borrowed = np.zeros(cells.units.shape)
        for lag, dips in enumerate(cells.dips, start=1):
            taken = np.where(held, dips, 0.0).sum(axis=-1)
            borrowed[lag:] += taken[: max(len(borrowed) - lag, 0)]
        assert (borrowed <= problem.dips.held(held, problem.data.cell_steps) + 1e-12).all()


def test_what_is_remembered_caps_what_cells_name() -> None:
    """Where no line ran in the last periods nothing was borrowed; where naming pays, that lowers the value."""
    scenario, effects, baskets = tiny_scenario(
        rng_of(3), rules=False, segments=1, products=1, periods=8, last_sales=False
    )
    terms = {"fatigue": 0.0, "pull_forward": scenario.response.pull_forward.model_copy(update={"share": 0.4})}
    scenario = scenario.model_copy(update={"response": scenario.response.model_copy(update=terms)})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    problem = BoundProblem(model, build_limits(model), model.grid.allowed_flat, None, 6)
    assert problem.dips.capped
    rested = problem.data.dip_most.reshape(len(problem.data.dip_most), 6, -1)[:, :, 0]
    assert not rested.any()
    assert problem.data.dip_most.any()
    for size, differ in ((0.0, False), (6.0, True)):
        prices = problem.start._replace(dip=np.full_like(problem.start.dip, size))
        capped, free = (problem.slope(naive=False, capped=capped)(prices)[0] for capped in (True, False))
        assert (capped < free) == differ
        assert capped == pytest.approx(problem.evaluate(prices, naive=False)[0], rel=1e-4)
