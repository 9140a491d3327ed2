"""Futures draw interaction strengths within their intervals; each is the model with those strengths, no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from agreement import random_plan
from scenario_factory import rng_of, tiny_scenario
from shop import load_shop

from constraints.ledger import Ledger
from planner.problem import Problem, problem_of
from planner.reasons.assumed.assumptions import assumptions
from scenarios.arrays import Plan
from scenarios.futures.drawn_model import drawn_model
from scenarios.futures.drawn_offers import DrawnOffers
from scenarios.futures.draws import draw
from scenarios.futures.expected_future import served
from scenarios.futures.outcomes import outcomes, sales
from scenarios.futures.tilted import tilted_strengths
from scenarios.grid import build_grid
from scenarios.language.schema import OwnPullForward, PullForward
from scenarios.response.coefficients import build_coefficients
from scenarios.response.measures import objective_functional
from scenarios.response.totals import evaluate, sold_by

PLAIN = "pull_forward: {share: 30%, periods: 3}, cannibalisation: 0.2, halo: 0, carry_over: ignore"
ROWS = "own: [{category: extras, share: 20%, low: 5%, high: 50%}]"
WIDE = PLAIN.replace("30%,", f"30%, low: 5%, high: 60%, {ROWS},").replace(
    "0.2,", "0.2, cannibalisation_low: 0.1, cannibalisation_high: 0.35, fatigue_low: 0.1, fatigue_high: 0.5,"
)
GIVEN = "pull_forward: {share: 10%, periods: 3}, cannibalisation: 0.2, halo: 0"


def asked(folder, words: str = WIDE) -> tuple[Problem, Plan]:
    """The shop with some strengths, and a plan with an offer wherever one may stand."""
    problem = problem_of(load_shop(folder, shop={GIVEN: words}))
    grid = problem.grid
    allowed = grid.allowed_flat.copy()
    allowed[:, 0] = False
    plan = np.where(allowed.any(axis=1), allowed.argmax(axis=1), 0).astype(np.int8)
    return problem, plan


def test_each_future_is_the_model_with_its_own_strengths(tmp_path):
    """Profit in a future = profit of the scenario that gives the drawn strengths as exact, past lines included."""
    problem, plan = asked(tmp_path)
    model, effects = problem.model, problem.effects
    assert model.past.borrowed is not None
    profit = objective_functional(model)
    draws = draw(model.grid, effects, 3, count=12)
    found = outcomes(model, effects, plan, draws, [profit]).values[:, 0]
    strengths = drawn_model(model, draws).strengths
    assert strengths.pull_forward.std(axis=0).min() > 0.05 and np.asarray(strengths.cannibalisation).std() > 0.02
    assert strengths.fatigue.std() > 0.05 and model.past.seen is not None
    for number in range(len(draws)):
        exact = exactly(model, effects, problem.baskets, strengths, number)
        alone = outcomes(exact, effects, plan, draws.part(number, number + 1), [profit]).values[0, 0]
        assert found[number] == pytest.approx(alone, rel=1e-9)


def exactly(model, effects, baskets, strengths, number):
    """The model of a scenario that gives the strengths of one future as exact ones."""
    scenario = model.grid.scenario
    own = tuple(
        OwnPullForward(product=product.id, share=float(share))
        for product, share in zip(model.grid.products, strengths.pull_forward[number, 0], strict=True)
    )
    periods = scenario.response.pull_forward.periods
    update = {
        "pull_forward": PullForward(share=0.0, periods=periods, own=own),
        "cannibalisation": float(np.asarray(strengths.cannibalisation)[number, 0]),
        "fatigue": float(strengths.fatigue[number]),
        **dict.fromkeys(("cannibalisation_low", "cannibalisation_high", "fatigue_low", "fatigue_high")),
    }
    response = scenario.response.model_copy(update=update)
    grid = replace(model.grid, scenario=scenario.model_copy(update={"response": response}))
    exact = build_coefficients(grid, effects, baskets)
    assert exact.ranges is None
    return exact


@pytest.mark.parametrize("seed", range(8))
def test_each_future_of_any_scenario_has_its_own_strengths(seed):
    """The same of random scenarios with baskets, stock and past lines; pieces, which the account counts, aside."""
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng, limits=False, rules=False, baskets=True, history=True, terms=False)
    terms = scenario.response
    ahead = {"share": 0.2, "low": 0.02, "high": 0.6, "periods": terms.pull_forward.periods}
    update = {
        "pull_forward": PullForward.model_validate(ahead),
        "cannibalisation": 0.2, "cannibalisation_low": 0.1, "cannibalisation_high": 0.4,
        "fatigue": 0.3, "fatigue_low": 0.1, "fatigue_high": 0.6, "carry_over": "ignore",
    }  # fmt: skip
    response = terms.model_copy(update=update)
    grid = build_grid(scenario.model_copy(update={"response": response}))
    model = build_coefficients(grid, effects, baskets)
    draws, profit = draw(grid, effects, seed, count=4), objective_functional(model)
    plan = random_plan(rng, grid, 0.6)
    found = outcomes(model, effects, plan, draws, [profit]).values[:, 0]
    strengths = drawn_model(model, draws).strengths
    for number in range(len(draws)):
        exact = exactly(model, effects, baskets, strengths, number)
        alone = outcomes(exact, effects, plan, draws.part(number, number + 1), [profit]).values[0, 0]
        assert found[number] == pytest.approx(alone, rel=1e-9)


def test_strengths_without_an_interval_are_exact(tmp_path):
    """Without intervals nothing is drawn: every future has the strengths of the account, and nothing else has moved."""
    problem, plan = asked(tmp_path, PLAIN)
    draws = draw(problem.grid, problem.effects, 3, count=6)
    assert problem.model.ranges is None
    assert drawn_model(problem.model, draws).strengths is problem.model.strengths
    wide, _ = asked(tmp_path)
    other = draw(wide.grid, wide.effects, 3, count=6)
    for name in ("member", "lift", "take_up", "base", "orders"):
        np.testing.assert_array_equal(getattr(draws, name), getattr(other, name))
    assert plan.any()


def test_the_expected_future_is_the_account(tmp_path):
    """In the future in which everything is as expected, so are the strengths, wherever their intervals lie."""
    problem, plan = asked(tmp_path)
    profit = objective_functional(problem.model)
    expected = served(problem.model, problem.effects, plan, [profit]).values[0, 0]
    assert expected == pytest.approx(evaluate(profit, problem.model, plan, np), rel=1e-9)


def test_intervals_hold_nine_futures_in_ten(tmp_path):
    """5 % of the futures lie below the low end, half below the middle, 5 % above the high; rows correlate by half."""
    problem, _ = asked(tmp_path)
    draws = draw(problem.grid, problem.effects, 1, count=2000)
    ahead = drawn_model(problem.model, draws).strengths.pull_forward[:, 0]
    index = problem.grid.product_index
    for name, low, middle, high in (("phone", 0.05, 0.3, 0.6), ("case", 0.05, 0.2, 0.5)):
        below = [(ahead[:, index[name]] < at).mean() for at in (low, middle, high)]
        assert below == pytest.approx([0.05, 0.5, 0.95], abs=0.03)
    np.testing.assert_array_equal(ahead[:, index["phone"]], ahead[:, index["phone-pro"]])
    together = np.corrcoef(draws.ahead[:, index["phone"]], draws.ahead[:, index["case"]])[0, 1]
    assert together == pytest.approx(0.5, abs=0.06)


def test_a_bump_is_never_borrowed_and_stolen_twice(tmp_path):
    """However both are drawn, they are parts of one bump."""
    words = PLAIN.replace("30%,", "60%, low: 5%, high: 95%,").replace(
        "0.2,", "0.4, cannibalisation_low: 0, cannibalisation_high: 0.9,"
    )
    problem, _ = asked(tmp_path, words)
    strengths = drawn_model(problem.model, draw(problem.grid, problem.effects, 1, count=200)).strengths
    assert (strengths.pull_forward[:, 0] + np.asarray(strengths.cannibalisation) <= 1 + 1e-12).all()


def test_the_search_follows_the_strengths_of_the_futures_that_count(tmp_path):
    """Where one future alone counts, the search's table has its strengths; where all do, their means."""
    problem, _ = asked(tmp_path)
    draws = draw(problem.grid, problem.effects, 1, count=400)
    drawn = drawn_model(problem.model, draws).strengths
    one = tilted_strengths(problem.model, draws, np.eye(400)[7])
    np.testing.assert_allclose(one.pull_forward, drawn.pull_forward[7, 0])
    assert (one.fatigue, one.cannibalisation) == pytest.approx((drawn.fatigue[7], drawn.cannibalisation[7, 0]))
    every = tilted_strengths(problem.model, draws, np.full(400, 1 / 400))
    np.testing.assert_allclose(every.pull_forward, drawn.pull_forward[:, 0].mean(axis=0))
    exact, _ = asked(tmp_path, PLAIN)
    assert tilted_strengths(exact.model, draws, np.full(400, 1 / 400)) is exact.model.strengths


def test_days_that_are_over_keep_what_they_sold(tmp_path):
    """Of a campaign that runs, strengths move the days to come and none of those that are known."""
    problem, plan = asked(tmp_path)
    sure = problem.effects
    sure = replace(sure, base_cv=0 * sure.base_cv, lift_sd=0 * sure.lift_sd, take_up_cv=0 * sure.take_up_cv)
    effects = replace(sure, lift=sure.lift.mean(axis=0, keepdims=True), known_periods=4)
    draws = draw(problem.grid, effects, 3, count=20)
    (what,) = sales(problem.model, effects, plan, draws)
    book = sold_by(problem.model, plan, np)
    for name in ("units", "public", "targeted"):
        got, then = getattr(what, name), getattr(book, name)
        np.testing.assert_allclose(got[..., :4], np.broadcast_to(then, got.shape)[..., :4], rtol=1e-9)
        assert got[..., 4:].std(axis=0).max() > 0.1


def test_whom_offers_serve_is_reckoned_once_for_days_over_and_days_to_come(tmp_path, monkeypatch):
    """Strengths of the account and of the future act on the same lines: these cost no second time."""
    problem, plan = asked(tmp_path)
    draws, served, pair = draw(problem.grid, problem.effects, 3, count=20), [], DrawnOffers.pair
    monkeypatch.setattr(DrawnOffers, "pair", lambda *given: served.append(1) or pair(*given))
    counts = []
    for known in (0, 4):
        served.clear()
        list(sales(problem.model, replace(problem.effects, known_periods=known), plan, draws))
        counts.append(len(served))
    assert counts[0] == counts[1] > 0


def test_the_plan_tells_the_intervals(tmp_path):
    """Under the plan stand the ends within which a given strength is drawn."""
    problem, _ = asked(tmp_path)
    said = "\n".join(assumptions(problem))
    assert "fatigue 25% per offer seen" in said and "(10% to 50%, given)" in said
    assert "from 3 later periods (5% to 60%, given); but 20% of extras" in said
    assert "cannibalisation 20% of a bump, from rivals" in said and "(10% to 35%, given)" in said


def test_an_uncertain_share_widens_what_a_plan_may_earn(tmp_path):
    """The ledger's P5 of a plan that leans on what is bought ahead is lower than with an exact share."""
    gained = {}
    for name, words in (("exact", PLAIN), ("wide", WIDE)):
        problem, plan = asked(tmp_path, words)
        ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 1))
        gained[name] = ledger.gained(plan)
    exact, wide = gained["exact"], gained["wide"]
    assert np.quantile(wide, 0.05) < np.quantile(exact, 0.05) and wide.std() > exact.std()
