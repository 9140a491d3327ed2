"""The upper bound holds: at any prices it lies above every plan of tiny scenarios, found by enumeration."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from all_plans import gains_and_feasible, plans_of, sold_by_all, thin
from numpy.typing import NDArray
from scenario_factory import rng_of, tiny_scenario
from sure_effects import sure_effects

from constraints.limits.book import Limits, build_limits
from constraints.limits.verdicts import result
from constraints.rulebook import RuleBook, build_rulebook
from planner.bound import paths
from planner.bound.gap import explain_gap
from planner.bound.inputs import Prices
from planner.bound.params import BoundParams
from planner.bound.problem import BoundProblem, _compiled
from planner.bound.tight import Bound, naive_bound, tight_bound
from planner.run.effort import BOUND, Effort
from scenarios.futures.aim import Aim
from scenarios.grid import build_grid
from scenarios.language.rule_schema import Fairness
from scenarios.language.schema import Scenario
from scenarios.language.words import Measure
from scenarios.response import totals
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.measures import objective_functional

Bool = NDArray[np.bool_]
CUTS = ((0.3,), (), (0.2, 0.5), BOUND[Effort.NORMAL].load_cuts, BOUND[Effort.THOROUGH].load_cuts)
SHAPES = ({}, {}, {"segments": 1, "products": 1, "periods": 6}, {"segments": 1, "products": 3}, {"baskets": True})
DESCENT = BoundParams(naive_iterations=15, iterations=25, states=6)
NO_BOUND = Bound(value=0.0, naive=0.0, prices=np.zeros(0), stock_prices=np.zeros((0, 0)))
FAIR = Fairness.model_validate({"id": "fair", "rule": "fairness", "min": 1, "where": {"layer": "targeted"}})
WEIGHTS = {
    Measure.PROFIT: 1.0,
    Measure.ORDERS: 0.7,
    Measure.CUSTOMERS_REACHED: 0.05,
    Measure.CONTACTS: 0.01,
    Measure.DISCOUNT_ON_BASE: -0.3,
    Measure.MAX_LIABILITY: 0.02,
}


def tiny(seed: int, rng: np.random.Generator) -> tuple[Coefficients, Limits]:
    """A tiny question with all interactions; every fourth one has an objective of weights."""
    scenario, effects, baskets = tiny_scenario(rng_of(seed), rules=False, **SHAPES[seed % len(SHAPES)])
    if seed % 4 == 3:
        signs = rng.choice([-1.0, 1.0], size=len(WEIGHTS))
        weights = {word: weight * sign for (word, weight), sign in zip(WEIGHTS.items(), signs, strict=True)}
        weights[Measure.PROFIT] = 1.0
        scenario = scenario.model_copy(update={"objective": Aim(weights=weights)})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    return model, build_limits(model)


def random_prices(rng: np.random.Generator, problem: BoundProblem, size: float) -> Prices:
    """Prices that nobody would choose, on the right side of zero."""
    start = problem.start

    def sparse(shape: tuple[int, ...]) -> np.ndarray:
        return rng.uniform(0, size, shape) * rng.integers(0, 2, shape)

    return Prices(
        limit=sparse(start.limit.shape),
        stock=sparse(start.stock.shape) * problem.stocked,
        theft=rng.normal(1, 0.5 * size, start.theft.shape),
        load=rng.normal(0, 10 * size, start.load.shape),
        dip=rng.normal(1, 0.5 * size, start.dip.shape),
        basket=rng.normal(1, 0.5 * size, start.basket.shape),
        public=rng.normal(0, 10 * size, start.public.shape),
        basket_public=rng.normal(0, size, start.basket_public.shape),
        message=rng.normal(0, 1, start.message.shape),
        message_floor=sparse(start.message_floor.shape) * 10,
        reached=rng.uniform(0, 1, start.reached.shape),
        count=sparse(start.count.shape) * 10,
        window=sparse(start.window.shape) * 10,
        word=rng.normal(0, 10 * size, start.word.shape),
        literal=rng.normal(0, 1, start.literal.shape),
    )


@pytest.mark.parametrize("seed", range(60))
def test_at_any_prices_the_bound_lies_above_the_priced_objective_of_every_plan(seed: int) -> None:
    """Both bounds are at least the largest Lagrangian over all plans, feasible or not, and above every feasible one."""
    rng = rng_of(10_000 + seed)
    model, limits = tiny(seed, rng)
    allowed = thin(rng, model.grid.allowed_flat, 3000)
    plans = plans_of(allowed)
    what = sold_by_all(model, plans)
    gains, kept = gains_and_feasible(model, limits, plans, at_risk=True)
    cuts = CUTS[seed % len(CUTS)]
    problem = BoundProblem(model, limits, allowed, None, int(rng.integers(2, 14)), cuts=cuts)
    scalar = limits.functionals
    uses = np.array([totals.value(each, model, what, np) for each in scalar]).reshape(len(scalar), len(plans))
    stock = np.cumsum(what.units.sum(axis=-3), axis=-1)
    for size in (0.0, 0.3, 3.0):
        prices = random_prices(rng, problem, size) if size else problem.start
        priced = gains - (prices.limit * problem.data.sign) @ (uses - problem.data.bound[:, None])
        priced = priced - (prices.stock.T * (stock - problem.data.available.T)).sum(axis=(-2, -1))
        for naive in (True, False):
            value, parts = problem.evaluate(prices, naive=naive)
            assert value >= priced.max()
            assert value == sum(parts.values())
            if kept.any():
                assert value >= gains[kept].max()


def question_with_rules(seed: int) -> tuple[Coefficients, Limits, RuleBook]:
    """One tiny question and its rules; in every eighth some lines must be messages."""
    scenario, effects, baskets = tiny_scenario(rng_of(500 + seed), further=seed % 2 == 1, **SHAPES[seed % len(SHAPES)])
    if seed % 8 == 0:
        scenario = scenario.model_copy(update={"rules": (*scenario.rules, FAIR)})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    return model, build_limits(model), build_rulebook(model.grid, model.economics)


def _price_all_automata(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on large questions, where the programs carry no automaton of rules."""
    monkeypatch.setattr(paths, "MANY_LINES", 0)


@pytest.mark.parametrize("priced", [False, True], ids=["carried", "priced"])
@pytest.mark.parametrize("seed", range(40))
def test_with_rules_the_bound_lies_above_the_priced_objective_of_every_plan_that_keeps_them(
    seed: int, priced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prices of rules, good or bad, cost no plan that keeps the rules anything; nor do automata that programs carry."""
    if priced:
        _price_all_automata(monkeypatch)
    rng = rng_of(20_000 + seed)
    model, limits, book = question_with_rules(seed)
    plans = plans_of(thin(rng, book.base, 300))
    plans = plans[[not book.violations(plan) for plan in plans]]
    if not len(plans):
        return
    gains, kept = gains_and_feasible(model, limits, plans, at_risk=True)
    problem = BoundProblem(model, limits, book.base, book.locked_lines(), 6, book.rules, CUTS[seed % len(CUTS)])
    for size in (0.0, 0.3, 3.0):
        prices = random_prices(rng, problem, size) if size else problem.start
        prices = prices._replace(limit=problem.start.limit, stock=problem.start.stock)
        value, _ = problem.evaluate(prices, naive=False)
        assert value >= gains.max()
    if seed == 0:
        low = tight_bound(model, limits, book.base, book.locked_lines(), params=DESCENT, rules=book.rules)
        assert gains[kept].max() <= low.value < problem.evaluate(problem.start, naive=False)[0]


def test_the_enumeration_agrees_with_the_evaluator_plan_by_plan() -> None:
    """The oracle's gains are the evaluator's: profit of the plan minus profit of the empty plan."""
    rng = rng_of(1)
    model, limits = tiny(2, rng)
    plans = plans_of(thin(rng, model.grid.allowed_flat, 200))
    gains, _ = gains_and_feasible(model, limits, plans)
    objective = objective_functional(model)
    empty = totals.evaluate(objective, model, model.grid.empty(), np)
    for number in (0, len(plans) // 2, len(plans) - 1):
        one = totals.evaluate(objective, model, plans[number], np) - empty
        assert gains[number] == pytest.approx(one, rel=1e-12, abs=1e-9)


def question_with_a_locked_line() -> tuple[Coefficients, Limits, Bool, NDArray[np.int8]]:
    """One tiny question, its masks, and a plan that holds one locked line."""
    scenario, effects, baskets = tiny_scenario(
        rng_of(11), rules=False, segments=2, products=2, periods=3, baskets=True, stock=True
    )
    model = build_coefficients(build_grid(scenario), effects, baskets)
    locked = model.grid.empty()
    locked[int(np.flatnonzero(model.grid.allowed_flat[:, 1])[0])] = 1
    return model, build_limits(model), thin(rng_of(7), model.grid.allowed_flat, 4000), locked


def test_descent_lowers_the_bound_and_stays_above_the_best_plan_with_locked_lines() -> None:
    """The tightened bound is valid, at most the naive one and the one at the first prices, and the same twice."""
    model, limits, allowed, locked = question_with_a_locked_line()
    held = np.where(locked[:, None] > 0, np.arange(allowed.shape[1]) == locked[:, None], allowed)
    gains, kept = gains_and_feasible(model, limits, plans_of(held))
    assert kept.any()
    seen: list[float] = []
    bound = tight_bound(
        model, limits, allowed, locked, params=DESCENT, progress=lambda done, _: seen.append(done) is None
    )
    again = tight_bound(model, limits, allowed, locked, params=DESCENT)
    problem = BoundProblem(model, limits, allowed, locked, DESCENT.states)
    assert gains[kept].max() <= bound.value <= bound.naive
    assert bound.value < problem.evaluate(problem.start, naive=False)[0]
    assert bound.naive == naive_bound(model, limits, allowed, locked, DESCENT)
    assert (bound.value, bound.parts) == (again.value, again.parts)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert (bound.prices >= 0).all()
    assert (bound.stock_prices >= 0).all()


def test_questions_of_one_layout_share_what_is_compiled() -> None:
    """Other numbers in the same columns ask for nothing new; other columns do."""
    model, limits, allowed, locked = question_with_a_locked_line()
    values, asked = [], []
    for bounds in (limits, replace(limits, bound=limits.bound + 1.0)):
        problem = BoundProblem(model, bounds, allowed, locked, DESCENT.states, (), DESCENT.load_cuts)
        prices = problem.start._replace(limit=np.full(len(bounds.bound), 0.5))
        values.append(problem.slope(naive=False)(prices)[0])
        assert values[-1] == pytest.approx(problem.evaluate(prices, naive=False)[0], rel=1e-5)
        asked.append(_compiled.cache_info().misses)
    BoundProblem(model, limits, allowed, None, DESCENT.states, (), DESCENT.load_cuts).slope(naive=False)
    asked.append(_compiled.cache_info().misses)
    assert np.diff(asked).tolist() == [0, 1]
    assert abs(values[1] - values[0]) > 0.1


@pytest.mark.parametrize("naive", [False, True])
@pytest.mark.parametrize("with_rules", [False, True])
def test_slopes_are_those_of_the_value(with_rules: bool, naive: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Along a random direction in each kind of price the slope lies between the differences to both sides.

    Both questions are descended on above: they share what is compiled.
    """
    rng = rng_of(77 + with_rules)
    if with_rules:
        _price_all_automata(monkeypatch)
        model, limits, book = question_with_rules(0)
        allowed, locked, rules = book.base, book.locked_lines(), book.rules
    else:
        (model, limits, allowed, locked), rules = question_with_a_locked_line(), ()
    problem = BoundProblem(model, limits, allowed, locked, DESCENT.states, rules, DESCENT.load_cuts)
    prices = random_prices(rng, problem, 0.3)
    assert all(here.size for here in prices) == with_rules
    prices = problem.naive_prices(prices) if naive else prices
    value, _ = problem.evaluate(prices, naive=naive)
    _, slopes = problem.slope(naive=naive)(prices)
    step = 1e-6
    for name, here in prices._asdict().items():
        if not here.size or (naive and name in ("theft", "dip", "basket")):
            continue
        way = rng.normal(size=here.shape)
        ends = (
            problem.evaluate(prices._replace(**{name: here + side * way}), naive=naive)[0] for side in (-step, step)
        )
        differences = [(end - value) / side for end, side in zip(ends, (-step, step), strict=True)]
        slack = 1e-3 * (1.0 + abs(differences[0]))
        slope = float((getattr(slopes, name) * way).sum())
        assert min(differences) - slack <= slope <= max(differences) + slack, name


@pytest.mark.parametrize("seed", [0, 2, 4, 11, 18])
def test_the_parts_of_the_gap_are_not_negative_and_add_up(seed: int) -> None:
    """At any prices, from any feasible plan: what limits, rules, interactions and other lines give away is the gap."""
    rng = rng_of(30_000 + seed)
    scenario, effects, baskets = tiny_scenario(rng_of(900 + seed), **SHAPES[seed % len(SHAPES)])
    if seed == 0:
        scenario = scenario.model_copy(update={"rules": (*scenario.rules, FAIR)})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    limits, book = build_limits(model), build_rulebook(model.grid, model.economics)
    plans = plans_of(thin(rng, book.base, 300))
    plans = plans[[not book.violations(plan) for plan in plans]]
    gains, kept = gains_and_feasible(model, limits, plans, at_risk=True)
    allowed = (model, limits, book.base, book.locked_lines())
    problem = BoundProblem(*allowed, BoundParams().fine_states, book.rules, BoundParams().load_cuts)
    for size in (0.1, 1.0):
        prices = random_prices(rng, problem, size)
        value, parts = problem.evaluate(prices, naive=False)
        found = replace(NO_BOUND, value=value, parts=parts, at=prices)
        for number in np.flatnonzero(kept)[:: max(1, int(kept.sum()) // 5)]:
            story = explain_gap(*allowed, book.rules, found, plans[number])
            assert story is not None
            assert story.bound == value
            assert story.objective == pytest.approx(gains[number], rel=1e-9, abs=1e-6)
            assert sum(part.amount for part in story.parts) == pytest.approx(
                value - story.objective, rel=1e-9, abs=1e-6
            )
            assert min(part.amount for part in story.parts) >= -1e-6 * (1.0 + abs(value))
    assert explain_gap(*allowed, book.rules, NO_BOUND, plans[0]) is None


def test_a_target_within_reach_ends_the_descent() -> None:
    """A target above the first bound stops the work at once; the bound, at the prices given, is still returned."""
    model, limits, allowed, locked = question_with_a_locked_line()
    seen: list[float] = []
    bound = tight_bound(
        model,
        limits,
        allowed,
        locked,
        prices=np.zeros(len(limits.functionals)),
        stock_prices=np.ones(model.available.shape),
        target=1e12,
        params=DESCENT,
        progress=lambda done, _: seen.append(done) is None,
    )
    assert len(seen) == 2
    assert np.isfinite(bound.value)


def test_a_limit_at_risk_is_priced_because_the_ledger_asks_for_the_expected_use_too() -> None:
    """The ledger refuses an expected use above the bound, however few of the draws exceed it."""
    rng = rng_of(4)
    model, limits = tiny(0, rng)
    risky = replace(limits, at_risk=np.full(len(limits.at_risk), 0.9))
    assert len(BoundProblem(model, risky, model.grid.allowed_flat, None, 4).start.limit) == len(limits.functionals)
    row = {"id": "b", "measure": "spend", "scope": {}, "at_risk": 0.9, "at": None, "share_of": None}
    row |= {"part": None, "whole": None, "before": None, "within": None}
    bound, used = Decimal(100), Decimal(101)
    kept = result(limit=bound, used=used, used_at_risk=Decimal(99), sense="max", ok=used <= bound, **row)
    assert not kept.ok


def test_automata_that_programs_carry_prove_what_prices_of_days_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the price law one run is best; half of the even days and half of the odd ones look as legal, day by day."""
    days = 8
    scenario = Scenario.model_validate(
        {
            "scenario": "law",
            "currency": "EUR",
            "horizon": {"start": "2026-03-02", "periods": days},
            "segments": [{"id": "all", "customers": 100}],
            "products": [{"id": "tea", "category": "tea", "price": 10, "unit_cost": 4}],
            "offers": [{"id": "sale", "mechanic": "price_discount", "depth": "20%"}],
            "rules": [{"id": "law", "rule": "reference_price"}],
            "response": {
                "fatigue": "60%",
                "fatigue_half_life": 1,
                "cannibalisation": 0,
                "pull_forward": {"share": 0},
            },
            "effects": {"table": "none.csv"},
        }
    )
    effects = sure_effects(np.full((1, 1, days), 10.0), np.ones((1, 2, days, 1)))
    model = build_coefficients(build_grid(scenario), effects, None)
    limits, book = build_limits(model), build_rulebook(model.grid, model.economics)
    plans = plans_of(book.base)
    best = gains_and_feasible(model, limits, plans[[not book.violations(plan) for plan in plans]])[0].max()
    question = model, limits, book.base, book.locked_lines()
    carried = tight_bound(*question, params=BoundParams(iterations=150), rules=book.rules).value
    assert best <= carried < 1.03 * best
    _price_all_automata(monkeypatch)
    assert tight_bound(*question, params=BoundParams(iterations=150), rules=book.rules).value > 1.5 * best
