"""Careful objectives: their worth and weights by hand, tilted effects, and searches that prefer the steady offer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from all_plans import plans_of
from bold_or_steady import bold_or_steady
from hypothesis import given, settings
from hypothesis import strategies as st
from little_work import little_work
from scenario_factory import rng_of, tiny_scenario
from tiny_problem import problem

from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.tilted import TiltedEvaluator
from planner.evolution.careful import Careful
from planner.evolution.state import begin
from planner.evolution.workspace import Workspace
from planner.run.cross_fit import cross_fit
from planner.run.effort import Effort
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.futures.draws import draw, factor
from scenarios.futures.optimism import HalfPlan, crossed
from scenarios.futures.tilted import tilted
from scenarios.grid import build_grid
from scenarios.language.aim import Aim, Caution, aim_words, careful_value, caution_of, draw_weights
from scenarios.language.schema import Scenario
from scenarios.response.effects import Effects
from scenarios.response.interactions import LIFT_FLOOR

WORST_FIFTH = Caution(cvar=0.2)
SPREAD = Caution(mean_minus_sd=0.5)


def test_worth_by_hand():
    """Of gains 1 to 10 the worst fifth is 1 and 2, the worst 15 % is 1 and half of 2; the spread is 2.872."""
    gains = np.arange(10.0, 0.0, -1.0)
    assert careful_value("mean", gains) == pytest.approx(5.5)
    assert careful_value(WORST_FIFTH, gains) == pytest.approx(1.5)
    assert careful_value(Caution(cvar=0.15), gains) == pytest.approx((1 + 0.5 * 2) / 1.5)
    assert careful_value(SPREAD, gains) == pytest.approx(5.5 - 0.5 * np.sqrt(8.25))
    assert careful_value(SPREAD, np.full(4, 7.0)) == pytest.approx(7.0)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.integers(-1000, 1000), min_size=5, max_size=40, unique=True), st.sampled_from([WORST_FIFTH, SPREAD]))
def test_weights_are_the_slope_and_the_worst(whole, caution):
    """Weights add up to 1, tell how the worth moves with each gain, and any other plan's weights are kinder."""
    gains = np.array(whole, dtype=float)
    weights = draw_weights(caution, gains)
    assert weights.sum() == pytest.approx(1.0)
    for place in range(len(gains)):
        moved = gains.copy()
        moved[place] += 1e-5
        slope = (careful_value(caution, moved) - careful_value(caution, gains)) / 1e-5
        assert slope == pytest.approx(weights[place], abs=1e-4)
    others = draw_weights(caution, gains[::-1].copy())
    assert others @ gains >= careful_value(caution, gains) - 1e-9


def test_words():
    """Every objective is said as people read it."""
    assert aim_words("profit") == "profit"
    assert aim_words(Aim(risk="mean")) == "mean profit over the futures"
    assert aim_words(Aim(risk={"cvar": "10%"})) == "mean profit over the worst 10% of the futures"
    assert aim_words(Aim(risk={"mean_minus_sd": 0.5})) == "mean profit over the futures less 0.5 standard deviations"
    assert aim_words(Aim(weights={"profit": 1, "revenue": 0.1})) == "1 profit + 0.1 revenue"


def test_even_weights_tilt_nothing_on_average():
    """The mean of many draws is near the expected effects, and one draw alone is that draw."""
    scenario, effects, _ = tiny_scenario(rng_of(5), limits=False, rules=False, members=2)
    grid = build_grid(scenario)
    draws = draw(grid, effects, 3, count=4000)
    mean = tilted(effects, draws, np.full(4000, 1 / 4000))
    assert mean.base_units[0] == pytest.approx(effects.base_units.mean(axis=0), rel=0.02)
    assert mean.lift[0] == pytest.approx(effects.lift.mean(axis=0), rel=0.05, abs=0.02)
    one = draws.part(7, 8)
    sure = replace(effects, base_cv=0 * effects.base_cv, lift_sd=0 * effects.lift_sd, take_up_cv=0 * effects.take_up_cv)
    alone = tilted(sure, one, np.ones(1))
    assert np.allclose(alone.lift[0], effects.lift[one.member[0]])
    assert np.allclose(alone.base_units[0], effects.base_units[one.member[0]])


def test_a_future_that_sells_more_counts_more_in_what_offers_bring():
    """The extra units of a tilted table are the weighted mean of the futures' extra units, not of their lifts."""
    scenario, effects, _ = tiny_scenario(rng_of(5), limits=False, rules=False, members=1)
    effects = replace(effects, base_cv=np.full_like(effects.base_cv, 0.5))
    draws = draw(build_grid(scenario), effects, 3, count=30)
    weights = rng_of(9).dirichlet(np.ones(30))
    found = tilted(effects, draws, weights)
    spread = np.sqrt(np.log1p(effects.base_cv**2))
    units = effects.base_units * factor(draws.base, spread)[..., None]
    lifts = np.maximum(effects.lift * factor(draws.lift[:, :, :, None], effects.lift_sd), LIFT_FLOOR)[:, :, :-1]
    bumps = np.einsum("d,dskt,dskto->skto", weights, units, lifts)
    assert found.base_units[0][..., None] * found.lift[0][:, :-1] == pytest.approx(bumps)
    assert found.base_units[0] == pytest.approx(np.einsum("d,dskt->skt", weights, units))


def test_sales_that_are_known_are_not_tilted():
    """Of a campaign that runs, the days that are over are the same in all futures, whichever of them are feared."""
    scenario, effects, _ = tiny_scenario(rng_of(5), limits=False, rules=False, members=1, periods=4)
    effects = replace(effects, known_periods=2)
    draws = draw(build_grid(scenario), effects, 3, count=30)
    found = tilted(effects, draws, rng_of(9).dirichlet(np.ones(30)))
    assert found.base_units[..., :2] == pytest.approx(effects.base_units[..., :2])
    assert found.base_units[..., 2:] != pytest.approx(effects.base_units[..., 2:])


@pytest.mark.parametrize(
    ("objective", "offer"),
    [("profit", "bold"), ({"risk": {"mean_minus_sd": 1}}, "steady")],
    ids=["profit", "careful"],
)
def test_the_search_finds_the_plan_that_enumeration_finds(objective, offer, monkeypatch):
    """Expected profit takes the bold offer, a careful objective the steady one; no plan of all is worth more."""
    little_work(monkeypatch)
    scenario, effects = bold_or_steady(objective)
    asked = problem(scenario, effects, None)
    found = plan_campaign(asked, SearchParams(seed=1, effort=Effort.QUICK, plans=1)).plan_set
    assert found is not None
    best = found.plans[0]
    assert {line.offer for line in best.lines} == {offer}
    ledger = Ledger(asked.model, effects, draw(asked.grid, effects, 1))
    everything = max(ledger.objective(plan) for plan in plans_of(asked.grid.allowed_flat))
    assert best.objective == everything == ledger.audit(asked.grid.plan_of(best.plan_lines)).objective
    careful = objective != "profit"
    assert (found.bound is None) == careful
    assert (best.gap is None) == careful
    assert any("no bound is known for an objective over the futures" in note for note in found.note_texts) == careful
    assert sum(line.contribution for line in best.lines) + best.interaction == best.outcome.profit_change
    assert found.cross_fit is not None


def test_under_a_new_tilt_plans_may_descend_again():
    """What no shift made better under one tilt may gain under the next, and values of the old one do not go on."""
    scenario, effects = bold_or_steady({"risk": {"mean_minus_sd": 1}})
    asked = problem(scenario, effects, None)
    evaluator = TiltedEvaluator(asked.model, asked.limits)
    space = Workspace(evaluator, asked.rulebook)
    careful = Careful(asked, evaluator, Ledger(asked.model, effects, draw(asked.grid, effects, 1)))
    first = space.score(asked.grid.empty())
    state = replace(begin(first, space.no_prices()), descending=first, descended=frozenset({first.plan.tobytes()}))
    moved = careful.moved(space, state)
    assert moved.descending is None
    assert not moved.descended


def _halves(effects: Effects, scenario: Scenario):
    asked = problem(scenario, effects, None)
    space = Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)
    ledger = Ledger(asked.model, effects, draw(asked.grid, effects, 1))
    return cross_fit(asked, space, ledger, space.no_prices(), 1).halves


def test_certain_effects_promise_what_they_give():
    """Where every future is the same, what one half promises the other half gives."""
    scenario, effects = bold_or_steady("profit")
    halves = _halves(replace(effects, base_cv=0 * effects.base_cv, lift_sd=0 * effects.lift_sd), scenario)
    assert [half.promised for half in halves] == pytest.approx([half.worth for half in halves])
    assert crossed(halves) == (0.0, 0.0)
    assert crossed(()) is None


@pytest.mark.parametrize("objective", ["profit", {"risk": {"mean_minus_sd": 0.1}}], ids=["profit", "careful"])
def test_a_plan_picked_for_its_luck_promises_too_much(objective):
    """Two offers that differ by luck alone: the better one of a half is only average in the other half."""
    scenario, effects = bold_or_steady(objective)
    twins = tuple(scenario.offers[0].model_copy(update={"id": f"bold-{number}"}) for number in range(2))
    wild = {"lift": effects.lift[..., :1], "lift_sd": 0 * effects.lift_sd[..., :1] + 0.5}
    repeated = {name: np.repeat(values, 2, axis=-1) for name, values in wild.items()}
    risky = replace(effects, **repeated, take_up_cv=np.zeros(effects.take_up.shape))
    alone = scenario.effects.model_copy(update={"rho_offer": 0.0})
    halves = _halves(risky, scenario.model_copy(update={"offers": twins, "effects": alone}))
    found = crossed(halves, caution_of(scenario.objective))
    assert found is not None
    assert found.value > 0.0


def test_halves_that_agree_cancel_out():
    """Where both halves make the same plan, one promises too much and the other too little; 200 of 800 by hand."""
    up, down = np.array([400.0, 600.0]), np.array([200.0, 400.0])
    lucky = HalfPlan(promised=500.0, worth=300.0, own=up, other=down)
    unlucky = HalfPlan(promised=300.0, worth=500.0, own=down, other=up)
    assert crossed((lucky, unlucky)) == (0.0, 0.0)  # the same gains in every future: paired, nothing is left to chance
    other = HalfPlan(promised=300.0, worth=300.0, own=down, other=np.array([300.0, 300.0]))
    found = crossed((lucky, other))
    assert found is not None and found.value == 0.25
    assert found.error == pytest.approx(np.hypot(100.0, 0.0) / 800.0)
