"""The upper bound holds: at any prices it lies above every plan of tiny scenarios, found by enumeration."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from all_plans import gains_and_feasible, plans_of, sold_by_all, thin
from bound_questions import (
    CUTS,
    DESCENT,
    price_all_automata,
    question_with_a_locked_line,
    question_with_rules,
    random_prices,
    tiny,
)
from scenario_factory import rng_of

from constraints.limits.verdicts import result
from planner.bound.inputs import Prices
from planner.bound.lowering.tight import begin_bound, tight_bound
from planner.bound.problem import BoundProblem, compiled_slopes
from scenarios.response import totals
from scenarios.response.measures import objective_functional


@pytest.mark.parametrize("seed", range(30))
def test_at_any_prices_the_bound_lies_above_the_priced_objective_of_every_plan(seed: int) -> None:
    """Both bounds are at least the largest Lagrangian over all plans, feasible or not, and above every feasible one."""
    rng = rng_of(10_000 + seed)
    model, limits = tiny(seed, rng)
    allowed = thin(rng, model.grid.allowed_flat, 1500)
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


@pytest.mark.parametrize("priced", [False, True], ids=["carried", "priced"])
@pytest.mark.parametrize("seed", range(20))
def test_with_rules_the_bound_lies_above_the_priced_objective_of_every_plan_that_keeps_them(
    seed: int, priced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prices of rules, good or bad, cost no plan that keeps the rules anything; nor do automata that programs carry."""
    if priced:
        price_all_automata(monkeypatch)
    rng = rng_of(20_000 + seed)
    model, limits, book = question_with_rules(seed)
    plans = plans_of(thin(rng, book.base, 300))
    plans = plans[book.keeps(plans)]
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
    assert bound.naive == begin_bound(model, limits, allowed, locked, DESCENT).value
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
        asked.append(compiled_slopes.cache_info().misses)
    BoundProblem(model, limits, allowed, None, DESCENT.states, (), DESCENT.load_cuts).slope(naive=False)
    asked.append(compiled_slopes.cache_info().misses)
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
        price_all_automata(monkeypatch)
        model, limits, book = question_with_rules(0)
        allowed, locked, rules = book.base, book.locked_lines(), book.rules
    else:
        (model, limits, allowed, locked), rules = question_with_a_locked_line(), ()
    problem = BoundProblem(model, limits, allowed, locked, DESCENT.states, rules, DESCENT.load_cuts)
    prices = random_prices(rng, problem, 0.3)
    missing = {name for name, here in prices._asdict().items() if not here.size}
    assert missing == {"reached"} or not with_rules, "the question counts no customers as reached, and all else"
    prices = problem.naive_prices(prices) if naive else prices
    _slopes_hold(problem, prices, rng, naive=naive)


def test_slopes_hold_where_customers_reached_count() -> None:
    """The objective weighs customers who are reached, so that their prices move the bound as well."""
    rng = rng_of(3)
    model, limits = tiny(3, rng)
    problem = BoundProblem(model, limits, thin(rng, model.grid.allowed_flat, 1500), None, DESCENT.states)
    prices = random_prices(rng, problem, 0.3)
    assert prices.reached.size
    _slopes_hold(problem, prices, rng, naive=False)


def _slopes_hold(problem: BoundProblem, prices: Prices, rng: np.random.Generator, *, naive: bool) -> None:
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
