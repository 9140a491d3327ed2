"""Futures: unbiased around the account, repeatable, never selling what is not there; risk on the safe side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_factory import rng_of, tiny_scenario

from scenarios.futures.draws import draw, futures_of
from scenarios.futures.optimism import optimism
from scenarios.futures.outcomes import at_risk, outcomes, sales
from scenarios.grid import build_grid
from scenarios.language.aim import Aim
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Limit, RiskTerms
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.measures import measure_functional, objective_functional
from scenarios.response.totals import by_period, evaluate, value
from scenarios.streams import stream
from scenarios.tolerance import draws_needed, may_break

SUMS = (Measure.PROFIT, Measure.SPEND, Measure.UNITS, Measure.USES, Measure.CONTACTS)


def _case(seed: int, order_cv: float = 0.1, **options):
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng, limits=False, rules=False, **options)
    scenario = scenario.model_copy(update={"risk": scenario.risk.model_copy(update={"order_cv": order_cv})})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    scores = np.where(model.grid.allowed_flat, rng.random(model.grid.allowed_flat.shape), -1.0)
    plan = np.where(rng.random(model.grid.slots) < 0.6, scores.argmax(axis=1), 0).astype(np.int8)
    return model, effects, baskets, plan


def _certain(effects: Effects) -> Effects:
    """Effects without any uncertainty."""
    return replace(
        effects,
        base_units=effects.base_units.mean(axis=0, keepdims=True),
        lift=effects.lift.mean(axis=0, keepdims=True),
        base_cv=0 * effects.base_cv,
        lift_sd=0 * effects.lift_sd,
        take_up_cv=0 * effects.take_up_cv,
    )


def _functionals(model):
    return [measure_functional(model.grid, model.economics, measure, Scope()) for measure in SUMS]


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_without_uncertainty_every_future_is_the_account(seed):
    """The chosen pairs recomputed in a draw give exactly what the tables give."""
    model, effects, _, plan = _case(seed, order_cv=0.0, stock=False)
    functionals = _functionals(model)
    certain = _certain(effects)
    futures = outcomes(model, certain, plan, draw(model.grid, certain, 1, count=3), functionals)
    expected = [float(evaluate(functional, model, plan, np)) for functional in functionals]
    for values in futures.values:
        assert values == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(derandomize=True, deadline=None, max_examples=15)
@given(st.integers(0, 10**6))
def test_what_lines_weigh_is_added_where_lines_are(seed):
    """Sums over the cells with a line alone are the sums over all cells, in any scope, whole and period by period."""
    model, effects, _, plan = _case(seed)
    days, people = model.grid.scenario.horizon.dates, model.grid.segments
    first = DateRange(first=days[0], last=days[len(days) // 2])
    scopes = [Scope(), Scope(segments=(people[0].id,)), Scope(periods=(first,))]
    wanted = [
        measure_functional(model.grid, model.economics, measure, where)
        for measure in (Measure.PROFIT, Measure.SPEND, Measure.USES, Measure.REVENUE)
        for where in scopes
    ]
    draws = draw(model.grid, effects, 5, count=7)
    futures = outcomes(model, effects, plan, draws, wanted, wanted)
    parts = list(sales(model, effects, plan, draws))
    for number, functional in enumerate(wanted):
        whole = np.concatenate([value(functional, model, what, np) for what in parts])
        assert futures.values[:, number] == pytest.approx(whole, rel=1e-9, abs=1e-9)
        rows = np.concatenate([np.atleast_2d(by_period(functional, model, what, np)) for what in parts])
        assert futures.periods[:, number] == pytest.approx(np.broadcast_to(rows, (7, len(days))), rel=1e-9, abs=1e-9)


@settings(derandomize=True, deadline=None, max_examples=20)
@given(st.integers(0, 10**6))
def test_no_future_sells_what_is_not_there(seed):
    """Units of a product with stock never exceed stock and arrivals, in any draw."""
    model, effects, _, plan = _case(seed, stock=True)
    stocked = np.flatnonzero(np.isfinite(model.available[:, 0]))
    names = [model.grid.products[k].id for k in stocked]
    scopes = [Scope(products=(name,)) for name in names]
    functionals = [measure_functional(model.grid, model.economics, Measure.UNITS, scope) for scope in scopes]
    futures = outcomes(model, effects, plan, draw(model.grid, effects, 5, count=100), functionals)
    for column, k in enumerate(stocked):
        assert (futures.values[:, column] <= model.available[k, -1] + 1e-9).all()


def test_futures_scatter_around_the_account():
    """Factors have mean 1: over many draws the mean of units and spend is near the account, within five errors."""
    model, effects, _, plan = _case(11, stock=False, interactions=False, history=False, baskets=False)
    functionals = _functionals(model)
    futures = outcomes(model, effects, plan, draw(model.grid, effects, 2, count=4000), functionals)
    for column in (2, 3):
        values = futures.values[:, column]
        expected = float(evaluate(functionals[column], model, plan, np))
        assert abs(values.mean() - expected) <= 5 * values.std() / np.sqrt(len(values)) + 0.01 * abs(expected)


def test_draws_repeat_and_differ_by_name():
    """The same seed and name give the same futures; a fresh name gives others."""
    model, effects, _, _ = _case(4)
    one, two = draw(model.grid, effects, 9, count=20), draw(model.grid, effects, 9, count=20)
    fresh = draw(model.grid, effects, 9, name="fresh", count=20)
    assert np.array_equal(one.lift, two.lift)
    assert np.array_equal(one.member, two.member)
    assert not np.array_equal(one.lift, fresh.lift)


@pytest.mark.parametrize("rho", [0.5, 0.8, 0.1])
def test_offers_share_their_luck(rho):
    """Scores of one offer in two segment-products correlate by rho_offer, those of two offers do not."""
    model, effects, _, _ = _case(4, segments=2, products=2)
    scenario = model.grid.scenario
    scenario = scenario.model_copy(update={"effects": scenario.effects.model_copy(update={"rho_offer": rho})})
    scores = draw(build_grid(scenario), effects, 3, count=4000).lift
    assert np.corrcoef(scores[:, 0, 0, 0], scores[:, 1, 1, 0])[0, 1] == pytest.approx(rho, abs=0.06)
    assert np.corrcoef(scores[:, 0, 0, 0], scores[:, 0, 0, 1])[0, 1] == pytest.approx(0.0, abs=0.06)


def test_streams_have_names():
    """Names that join to the same letters are different streams."""
    assert stream(1, "ab", "c").random() != stream(1, "a", "bc").random()
    assert stream(1, "ab", "c").random() == stream(1, "ab", "c").random()


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=50), st.floats(0.5, 0.999), st.sampled_from(["max", "min"]))
@settings(derandomize=True, deadline=None)
def test_the_use_at_risk_is_kept_often_enough(uses, share, sense):
    """A bound at the use at risk holds in at least the asked share of the draws, for max and min alike."""
    values = np.array(uses)
    bound = at_risk(values, sense, share)
    kept = (values <= bound) if sense == "max" else (values >= bound)
    assert kept.mean() >= share - 1e-9


def test_order_quantities_move_orders_and_nothing_else():
    """Orders scatter by order_cv around the account; units do not know in how many orders they are bought."""
    model, effects, _, _ = _case(3, order_cv=0.2, stock=False, baskets=True, members=1, last_sales=False)
    certain = _certain(effects)
    functionals = [measure_functional(model.grid, model.economics, m, Scope()) for m in (Measure.ORDERS, Measure.UNITS)]
    plan = model.grid.empty()
    values = outcomes(model, certain, plan, draw(model.grid, certain, 4, count=4000), functionals).values
    orders, units = (float(evaluate(functional, model, plan, np)) for functional in functionals)
    assert values[:, 1] == pytest.approx(np.full(4000, units), rel=1e-9)
    assert values[:, 0].mean() == pytest.approx(orders, rel=0.02)
    segments = model.orders_per_unit * model.base_units
    expected = 0.2 * np.sqrt((segments.sum(axis=(1, 2)) ** 2).sum())
    assert values[:, 0].std() == pytest.approx(expected, rel=0.08)


def test_few_draws_leave_room_for_those_that_were_not_drawn():
    """Of 200 draws 4 may break a limit that must hold in 95 % of all futures: five would be too likely luck."""
    assert may_break(200, 0.95) == 4
    assert at_risk(np.arange(200.0), "max", 0.95) == 195.0
    assert at_risk(np.arange(200.0), "min", 0.95) == 4.0
    # By hand: 0.95^58 is still above 5 %, 0.95^59 below, so 59 draws that all keep the limit are enough.
    assert (may_break(59, 0.95), draws_needed(0.95)) == (0, 59)
    assert draws_needed(0.99) == 299


@pytest.mark.parametrize(("draws", "share"), [(200, 0.9), (200, 0.95), (400, 0.8), (1000, 0.95), (2000, 0.99)])
def test_a_tolerance_limit_is_right_in_nineteen_of_twenty_cases(draws, share):
    """A bound set at the use at risk of some draws holds in the share of all futures, in 95 % of repetitions."""
    drawn = np.sort(rng_of(1).random((4000, draws)), axis=1)
    bounds = drawn[:, draws - 1 - may_break(draws, share)]
    assert (bounds >= share).mean() >= 0.945


def test_what_is_judged_by_single_futures_draws_more():
    """Without `risk.draws` what is at risk is judged by 1,000 futures, and by fewer in large questions."""
    model, effects, _, _ = _case(4)
    scenario = model.grid.scenario
    limit = Limit(id="rare", measure="spend", max=1, at_risk=0.95)
    careful = Aim.model_validate({"risk": {"cvar": 0.1}})
    assert len(draw(model.grid, effects, 1)) == 200
    for changed in ({"limits": (limit,)}, {"objective": careful}, {"risk": RiskTerms(service=0.95)}):
        assert futures_of(build_grid(scenario.model_copy(update=changed))) == 1000, changed
    judged = build_grid(scenario.model_copy(update={"limits": (limit,)}))
    one, each = judged.products[:1], judged.segments[:1]
    for cells, drawn in ((1_998, 1000), (5_001, 300), (4_998, 400), (13_440, 200)):
        many = each * (cells // scenario.horizon.periods)
        assert futures_of(replace(judged, products=one, segments=many)) == drawn


def test_a_share_near_all_draws_more():
    """A limit at 99 % is judged by 299 draws where 200 are asked for: not even all of these would be enough."""
    model, effects, _, _ = _case(4)
    limit = Limit(id="rare", measure="spend", max=1, at_risk=0.99)
    few = RiskTerms(draws=200)
    scenario = model.grid.scenario.model_copy(update={"limits": (limit,), "risk": few})
    assert len(draw(build_grid(scenario), effects, 1)) == 299


def test_certain_effects_leave_no_optimism():
    """Without uncertainty a plan is worth what it looks like; what it promises beyond is optimism, with its sign."""
    model, effects, baskets, plan = _case(11, order_cv=0.0, stock=False)
    certain = _certain(effects)
    sure = build_coefficients(model.grid, certain, baskets)
    functional = objective_functional(sure)
    worth = float(evaluate(functional, sure, plan, np)) - float(evaluate(functional, sure, model.grid.empty(), np))
    assert optimism(sure, certain, [plan], [worth], 1) == ((0.0, 0.0),)
    promised = [worth + 50.0, worth - 50.0]
    too_much, too_little = optimism(sure, certain, [plan, plan], promised, 1)
    assert too_much.value == pytest.approx(50.0 / max(1.0, abs(promised[0])), abs=1e-6)
    assert too_little.value == pytest.approx(-50.0 / max(1.0, abs(promised[1])), abs=1e-6)
    assert np.isfinite(optimism(model, effects, [plan], [worth], 1)).all()
