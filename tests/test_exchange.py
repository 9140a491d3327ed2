"""Exchange on the linear model, and the first plan from the linear relaxation."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import build_limits
from constraints.repairing.exchange import ExchangeParams, exchange
from constraints.rulebook import build_rulebook
from constraints.solver.linear import LinearModel, StockRows
from planner.evaluation.evaluator import Evaluator
from planner.evolution.start.relaxed import adds_up, relaxed
from planner.evolution.workspace import Workspace
from scenarios.grid import build_grid
from scenarios.response.coefficients import Coefficients, build_coefficients

SLOTS, CHOICES, LIMITS = 6, 4, 2


def knapsack(seed: int) -> tuple[LinearModel, np.ndarray, np.ndarray, np.ndarray]:
    """A small knapsack around a plan that takes the most useful choice everywhere and breaks limits."""
    rng = rng_of(seed)
    profit, weight = rng.uniform(1, 10, (SLOTS, CHOICES)), rng.uniform(1, 10, (LIMITS, SLOTS, CHOICES))
    profit[:, 0], weight[:, :, 0] = 0.0, 0.0
    plan = profit.argmax(axis=1).astype(np.int8)
    at = np.arange(SLOTS)
    model = LinearModel(
        slots=at,
        gain=profit - profit[at, plan][:, None],
        use=weight - weight[:, at, plan][:, :, None],
        headroom=0.5 * weight.max(axis=2).sum(axis=1) - weight[:, at, plan].sum(axis=1),
        stock=StockRows.none(),
    )
    return model, plan, profit, weight


def test_exchange_keeps_the_limits_and_is_near_the_optimum():
    """On small knapsacks every result fits, and on average it reaches 95 % of full enumeration."""
    shares = []
    for seed in range(20):
        model, plan, profit, weight = knapsack(seed)
        bound = model.headroom + weight[:, np.arange(SLOTS), plan].sum(axis=1)
        base = np.ones((SLOTS, CHOICES), dtype=bool)
        found = exchange(model, base, plan, np.full(LIMITS, 0.5))
        at = np.arange(SLOTS)
        assert (weight[:, at, found].sum(axis=1) <= bound + 1e-9).all()
        plans = np.array(list(itertools.product(range(CHOICES), repeat=SLOTS)))
        fits = (weight[:, at, plans].sum(axis=2) <= bound[:, None] + 1e-9).all(axis=0)
        shares.append(profit[at, found].sum() / profit[at, plans].sum(axis=1)[fits].max())
    assert np.mean(shares) >= 0.95
    assert min(shares) >= 0.85


def test_exchange_makes_two_changes_where_one_does_not_fit():
    """A slot gives way so that another may take more: no single change of the plan gains and fits."""
    gain = np.array([[0.0, 5.0], [0.0, -2.0]])
    use = np.array([[[0.0, 3.0], [0.0, -3.0]]])
    model = LinearModel(slots=np.arange(2), gain=gain, use=use, headroom=np.zeros(1), stock=StockRows.none())
    found = exchange(model, np.ones((2, 2), dtype=bool), np.zeros(2, dtype=np.int8), np.ones(1))
    assert found.tolist() == [1, 1]


def test_exchange_leaves_masked_choices_and_an_impossible_limit_alone():
    """What masks forbid is never taken; where nothing relieves, the plan comes back."""
    gain = np.array([[0.0, 5.0, 4.0]])
    model = LinearModel(
        slots=np.arange(1), gain=gain, use=np.zeros((1, 1, 3)), headroom=np.array([1.0]), stock=StockRows.none()
    )
    base = np.array([[True, False, True]])
    assert exchange(model, base, np.zeros(1, dtype=np.int8), np.zeros(1)).tolist() == [2]
    broken = LinearModel(
        slots=np.arange(1), gain=gain, use=np.zeros((1, 1, 3)), headroom=np.array([-1.0]), stock=StockRows.none()
    )
    assert exchange(broken, base, np.zeros(1, dtype=np.int8), np.zeros(1)).tolist() == [0]


def test_exchange_settings_are_checked():
    """Settings out of range are refused."""
    with pytest.raises(ValueError, match="partners"):
        ExchangeParams(partners=1)


def model_of(seed: int, **options) -> Coefficients:
    """Coefficients of a tiny scenario; seed 335 has the shape of `sale_shelf`, whose compiled code serves."""
    scenario, effects, baskets = tiny_scenario(
        rng_of(seed), segments=1, products=2, periods=8, baskets=False, history=False, stock=False, **options
    )
    return build_coefficients(build_grid(scenario), effects, baskets)


def space_of(seed: int, **options) -> Workspace:
    """A tiny workspace."""
    model = model_of(seed, **options)
    return Workspace(Evaluator(model, build_limits(model)), build_rulebook(model.grid, model.economics))


def test_what_lines_do_adds_up_only_without_interactions_and_in_one_layer():
    """Fatigue, theft and their like, or two layers in one cell, make the relaxation a rough guide only."""
    assert adds_up(model_of(3, interactions=False, targeted_offers=0))
    assert not adds_up(model_of(3, interactions=True, targeted_offers=0))
    assert not adds_up(model_of(3, interactions=False))


def test_the_relaxation_leads_to_a_plan_that_keeps_rules_and_repeats():
    """Its plan keeps all rules and gains, its prices are not negative, and the same question gives the same plan."""
    space = space_of(335, interactions=False, targeted_offers=0)
    start = space.rules.locked_plan()
    plan, prices = relaxed(space, start)
    assert space.rules.violations(plan) == 0
    assert (prices.scalar >= 0).all() and (prices.stock >= 0).all()
    again, _ = relaxed(space, start)
    assert np.array_equal(plan, again)
    assert space.score(plan).objective > space.score(start).objective
