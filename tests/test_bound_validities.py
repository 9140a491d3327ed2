"""Offers that are sent once in the bound: programs know what is out, and plans that keep a validity lie below it."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import numpy as np
import pytest
from all_plans import gains_and_feasible, plans_of, thin
from bound_questions import random_prices
from numpy.typing import NDArray
from scenario_factory import rng_of, tiny_scenario
from sent_once import DOCUMENT, SENDINGS
from sure_effects import sure_effects

from constraints.limits.book import Limits, build_limits
from constraints.rulebook import RuleBook, build_rulebook
from planner.bound.problem import BoundProblem
from planner.bound.programs import validities
from planner.bound.programs.validities import carried_validities
from planner.bound.tables import allowed_blocks, basket_columns, cell_columns
from scenarios.grid import build_grid
from scenarios.language.schema import Scenario
from scenarios.response.coefficients import Coefficients, build_coefficients


def question(seed: int) -> tuple[Coefficients, Limits, RuleBook, NDArray[np.int8]]:
    """A tiny question of offers that are sent once, and plans of it; from 60 on one was sent before the horizon."""
    shape = {"segments": 1 + seed % 2, "products": 1 + (seed + 1) % 2, "periods": 4, "baskets": seed % 3 == 0}
    before = {"history": True} if seed >= 60 else {}
    scenario, effects, baskets = tiny_scenario(
        rng_of(seed), rules=False, limits=False, stock=False, valid=True, **shape, **before
    )
    model = build_coefficients(build_grid(scenario), effects, baskets)
    book = build_rulebook(model.grid, model.economics)
    return model, build_limits(model), book, plans_of(thin(rng_of(seed), book.base, 4000))


SEEDS = (0, 1, 2, 3, 9, 12, 15, 62, 103, 359)


@pytest.mark.parametrize("seed", SEEDS)
def test_programs_accept_the_words_that_the_rule_accepts(seed: int) -> None:
    """Walking through what may be out refuses a plan exactly where its validities are not whole."""
    model, _, book, plans = question(seed)
    grid, blocks = model.grid, allowed_blocks(model.grid, book.base)
    columns, cells = cell_columns(model, blocks)
    orders, _ = basket_columns(model, blocks, cells)
    on_products, on_baskets, left = carried_validities(book.rules, columns, orders, grid)
    assert on_products is not None
    assert not validities_left(left)
    split, accepted = grid.split(plans), np.ones(len(plans), dtype=bool)
    s, _, t = grid.shape
    for out, lines, own in (
        (on_products, split.targeted, columns),
        (on_baskets, split.basket_targeted[:, :, None], orders),
    ):
        if out is None:
            continue
        for segment, product in np.ndindex(s, lines.shape[2]):
            place = np.full(len(plans), out.begin[segment, product])
            for period in range(t):
                held = own.targeted[product] == lines[:, segment, product, period, None]
                steps = out.step[place, period, segment, product]
                place = np.where(held, steps, -1).max(axis=1)
                accepted &= place >= 0
                place = np.maximum(place, 0)
    kept = RuleBook(grid, tuple(rule for rule in book.rules if rule.kind == "valid")).keeps(plans)
    assert (accepted == kept).all()
    assert kept.any()


def validities_left(rules: Any) -> bool:
    """Whether any validity is left to prices."""
    return any(rule.kind == "valid" and any(hasattr(form, "low") for form in rule.forms) for rule in rules)


@pytest.mark.parametrize("priced", [False, True], ids=["carried", "priced"])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_plan_lies_above_the_bound(seed: int, priced: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """At any prices, whether programs carry validities or prices of days tell them."""
    model, limits, book, plans = question(seed)
    gains, kept = gains_and_feasible(model, limits, plans[book.keeps(plans)])
    assert kept.any()
    if priced:
        monkeypatch.setattr(validities, "MANY_LINES_OUT", 0)
    problem = BoundProblem(model, limits, book.base, None, 4, book.rules, (0.3,))
    assert (problem.layout.rules.patterns != ()) == priced
    for size in (0.0, 0.3, 3.0):
        prices = random_prices(rng_of(seed), problem, size) if size else problem.start
        for naive in (True, False):
            assert problem.evaluate(prices, naive=naive)[0] >= gains[kept].max()


def test_a_message_that_pays_by_all_days_of_several_products_is_known_at_the_first_prices() -> None:
    """Three products alike, none of which pays for the coupon by itself: no plan is better than the bound says."""
    document = copy.deepcopy(DOCUMENT) | {"response": DOCUMENT["response"] | {"fatigue": 0}}
    document["offers"] = [each | {"fixed_cost": 0} for each in document["offers"] if each["id"] == "week"]
    document["channels"] = [{"id": "push", "cost_per_contact": "0.9"}]
    tea = document["products"][0]
    document["products"] = [tea | {"id": name, "category": name} for name in ("green", "black", "white")]
    scenario = Scenario.model_validate(document)
    shape = (1, 3, 6)
    model = build_coefficients(
        build_grid(scenario), sure_effects(np.full(shape, 20.0), np.full((1, 4, 6, 1), 0.8)), None
    )
    limits, book = build_limits(model), build_rulebook(model.grid, model.economics)
    plans = []
    for levels in itertools.product(range(3), repeat=6):
        plan = model.grid.empty()
        for place, level in zip(itertools.product(range(3), SENDINGS), levels, strict=True):
            days = list(SENDINGS[place[1]])
            slots = model.grid.offsets[1] + 6 * place[0] + np.array(days)
            plan[slots] = np.where(np.array(days) == place[1], level, level + 2) if level else 0
        plans.append(plan)
    gains = gains_and_feasible(model, limits, np.array(plans))[0][book.keeps(np.array(plans))]
    assert len(gains) == 3**6
    alone = [gain for gain, plan in zip(gains, plans, strict=True) if 0 < (plan > 0).sum() <= 3]
    problem = BoundProblem(model, limits, book.base, None, 4, book.rules)
    best = gains.max()
    assert max(alone) < 0 < best
    assert problem.evaluate(problem.start, naive=False)[0] == pytest.approx(best, rel=1e-6)
