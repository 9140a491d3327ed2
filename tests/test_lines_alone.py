"""What effects tell of an offer alone is what plans of one line gain: by the account, and by the ledger."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from few_futures import few_futures
from scenario_factory import rng_of, tiny_scenario
from shop import load_shop

from constraints.ledger import Ledger
from planner.problem import Problem, build_problem, problem_of
from planner.reasons.by_itself.break_even import break_even
from planner.reasons.by_itself.lines_alone import alone
from scenarios.arrays import Flag
from scenarios.futures.draws import draw
from scenarios.grid import Grid, build_grid
from scenarios.language.words import Mechanic
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.for_sale import for_sale
from scenarios.response.measures import objective_functional
from scenarios.response.totals import evaluate

_few_futures = few_futures

CELLS = 0.1
"""What the ledger's rounding of cells (money to 1/100, units to 1/1000) may add to a line."""


def _one_line_plans(grid: Grid, number: int, sold: Flag | None = None) -> list[np.ndarray]:
    """Plans of one line of an offer at its largest level, in the order of slots, where anything is ``sold`` [S, K, T].

    All of them where nothing is sold in any.
    """
    plans, selling = [], []
    for slot in range(grid.slots):
        place = grid.slot(slot)
        choices = grid.choices[place.block]
        levels = [(choice.served, level) for level, choice in enumerate(choices, start=1) if choice.offer == number]
        if levels and grid.allowed_flat[slot, max(levels)[1]]:
            plan = grid.empty()
            plan[slot] = max(levels)[1]
            plans.append(plan)
            here = (slice(None) if each is None else each for each in (place.segment, place.product))
            selling.append(sold is None or bool(np.any(sold[(*here, place.period)])))
    return [plan for plan, sells in zip(plans, selling, strict=True) if sells or not any(selling)]


def _told_and_true(model: Coefficients, effects: Effects) -> tuple[Counter[Mechanic], float]:
    """Lines that were compared, by mechanic, and the largest difference to the account in units of its size."""
    functional, grid = objective_functional(model), model.grid
    empty, worst, compared = float(evaluate(functional, model, grid.empty(), np)), 0.0, Counter()
    for number, offer in enumerate(grid.scenario.offers):
        plans = _one_line_plans(grid, number, for_sale(model, effects))
        told = alone(model, effects, number).profit()
        true = [float(evaluate(functional, model, plan, np)) - empty for plan in plans]
        assert len(told) == len(true)
        worst = max([worst, *np.abs(told - true) / (1 + abs(empty))])
        compared[offer.mechanic] += len(plans)
    return compared, worst


def test_lines_alone_gain_what_plans_of_one_line_gain() -> None:
    """Every mechanic, with all that a line is charged: fatigue after the horizon, the past, caps, last sales, stock.

    Where nothing is sold, as on a closed day, no line is told.
    """
    compared: Counter[Mechanic] = Counter()
    for seed in range(60):
        scenario, effects, baskets = tiny_scenario(rng_of(seed))
        found, worst = _told_and_true(build_coefficients(build_grid(scenario), effects, baskets), effects)
        assert worst <= 1e-9, seed
        compared += found
    assert set(compared) == set(Mechanic)


@pytest.mark.parametrize("charge", ["charge", "ignore"])
def test_what_customers_are_tired_after_the_horizon_is_charged_as_in_plans(charge: str) -> None:
    """On the last days of a sale fatigue falls after the horizon: effects tell what is left of the gain."""
    problem = build_problem("template-basic", (f"response.carry_over={charge}", "response.fatigue=60%"))
    needs = {need.offer: need for need in break_even(problem.model, problem.effects)}
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    for number in needs:
        gains = [ledger.objective(plan) for plan in _one_line_plans(problem.grid, number)]
        assert needs[number].profit == pytest.approx(float(sum(gains)) / len(gains), abs=CELLS)
    tired = _last_day(problem, "coffee-15")
    free = _last_day(
        build_problem("template-basic", ("response.carry_over=ignore", "response.fatigue=60%")), "coffee-15"
    )
    assert tired < free - 1 if charge == "charge" else tired == pytest.approx(free)


def _last_day(problem: Problem, offer: str) -> float:
    """What effects tell of a line on the last day of the horizon."""
    told = alone(problem.model, problem.effects, problem.grid.offer_index[offer]).profit()
    return float(told[problem.grid.shape[2] - 1])


def test_lines_before_the_horizon_weigh_on_a_line_alone(tmp_path) -> None:
    """A shop with a coupon in its past: what effects tell of the next one is what the ledger says of a plan of it."""
    problem = problem_of(load_shop(tmp_path))
    number = problem.grid.offer_index["coupon-20"]
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 0))
    told = alone(problem.model, problem.effects, number).profit()
    true = [float(ledger.objective(plan)) for plan in _one_line_plans(problem.grid, number)]
    assert told == pytest.approx(true, abs=CELLS)
    past = "  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}\n"
    fresh = problem_of(load_shop(tmp_path, shop={f"history:\n{past}": ""}))
    more = alone(fresh.model, fresh.effects, number).profit() - told
    assert more[:7] == pytest.approx(0) and (more[7:] > 0.5).all()  # young had none of it, old had one two days before
