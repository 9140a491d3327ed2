"""What is bought ahead and nobody knows is drawn within an interval, and told where a plan leans on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import line
from shop import load_shop
from term_panels import panel_of
from test_own_pull_forward_learned import said

from planner.figures import money_style
from planner.problem import Problem, problem_of
from planner.reasons.assumed.assumptions import assumptions
from planner.reasons.assumed.more_ahead import if_more_ahead
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.futures.drawn_model import drawn_model
from scenarios.futures.draws import draw
from scenarios.language.schema import PullForward, ResponseTerms
from scenarios.language.schemas.response import USUAL_HIGH, USUAL_LOW, USUAL_SHARE
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.loading.resolve import fitted_response
from scenarios.response.effects import FittedTerm, OwnShare
from surrogate.evidence.terms.pooled_shares import pooled
from surrogate.evidence.terms.response_terms import fit_response_terms

WRITTEN = "pull_forward: {share: 10%, periods: 3}"
OPEN = {WRITTEN: "pull_forward: {periods: 3}", "history:\n": "history: []\n"}
PAST = {
    "  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}\n": "",
    "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\n": "",
}


def shop(folder, **edits: str) -> Problem:
    """Return the shop, with nobody's word of what is bought ahead unless it is edited in."""
    return problem_of(load_shop(folder, shop={**OPEN, **PAST, **edits}))


def test_a_share_that_nobody_gives_has_an_interval_and_a_written_one_none():
    """Whatever else is written of it; plans that carry it read the same back."""
    for data in ({}, {"periods": 5}, {"own": [{"product": "tea", "share": "20%"}]}):
        found = PullForward.model_validate(data)
        assert (found.share, found.low, found.high) == (USUAL_SHARE, USUAL_LOW, USUAL_HIGH) and not found.told
        again = PullForward.model_validate(found.model_dump(mode="json"))
        assert again == found and again.told
    for data in ({"share": "10%"}, {"share": "30%", "low": "20%", "high": "40%"}):
        found = PullForward.model_validate(data)
        assert found.told and (found.low, found.high) == (data.get("low") and 0.2, data.get("high") and 0.4)


def test_futures_draw_what_nobody_knows(tmp_path):
    """Half of them lie above what is expected and one in twenty above the far end; a written share is one number."""
    problem = shop(tmp_path)
    drawn = drawn_model(problem.model, draw(problem.grid, problem.effects, 1, count=1000)).strengths.pull_forward
    low, middle, high = np.quantile(drawn[:, 0, 0], [0.05, 0.5, 0.95])
    assert low == 0 and middle == pytest.approx(USUAL_SHARE, abs=0.02) and high == pytest.approx(USUAL_HIGH, abs=0.05)
    assert "pull-forward 10% of a bump, from 3 later periods (given), the strength (0% to 40%, default)" in assumptions(
        problem
    )
    assert problem_of(load_shop(tmp_path)).model.ranges is None


def test_the_data_speaks_for_products_that_the_scenario_leaves_out(tmp_path):
    """A row for one category stays as written; learned rows take the other products, and how long it is missing."""
    own = {name: OwnShare(value=0.3, low=0.2, high=0.5) for name in ("phone", "case")}
    term = FittedTerm(value=0.25, low=0.1, high=0.4, words="from 9 items", periods=6.0, own=own)
    given = ResponseTerms.model_validate({"pull_forward": {"own": [{"category": "phones", "share": "40%"}]}})
    products = load_shop(tmp_path).scenario.products
    found = fitted_response(given, {"pull_forward": term}, products).pull_forward
    shares = {product.id: found.of(product).share for product in products}
    assert shares["phone"] == 0.4 and shares["case"] == 0.3 and (found.share, found.periods) == (0.25, 6)


def test_a_vague_fit_is_held_to_what_is_usual():
    """Wide shares are drawn to the usual one and keep wide intervals; narrow ones stay where they are."""
    wide, narrow = said([0.5, -0.2, 0.3, 0.1], [0.4] * 4), said([0.5, 0.0, 0.3, 0.1], [0.02] * 4)
    free, held = pooled(wide), pooled(wide, usual=True)
    assert USUAL_SHARE < held.mean < free.mean and held.high[0] - held.low[0] > 0.3
    np.testing.assert_allclose(pooled(narrow, usual=True).share, pooled(narrow).share, atol=0.01)


def test_thin_data_gives_each_category_an_interval_of_its_own(rng):
    """In place of one certain default: what the data says alone is told beside it."""
    found = fit_response_terms(panel_of(rng, level=2.0, categories=3, weeks=24))
    term, own = found.terms["pull_forward"], found.own
    assert term.supported and "held to what is usual (10%, 0% to 40%): the data alone says" in term.words
    assert own is not None and (own.high - own.low > 0.2).all() and 0 < term.value < 0.4


def test_a_plan_that_leans_on_an_unknown_share_is_worth_what_the_ledger_says(tmp_path):
    """The category, the far end, what the plan would earn there, and the row that says it; known shares say nothing."""
    problem = shop(tmp_path)
    plan = problem.grid.plan_of([line(1, "phone-pro", "front")])
    (told,) = if_more_ahead(problem, account(problem.model, plan))
    row = "pull_forward: {own: [{category: phones, share: 40%}]}"
    assert told.startswith("how much of what promotions of phones sell is bought ahead is hardly known") and row in told
    known = shop(tmp_path, **{WRITTEN: "pull_forward: {own: [{category: phones, share: 40%}], periods: 3}"})
    then, now = (
        (measured(account(each.model, plan), Measure.PROFIT, Scope())
         - measured(account(each.model, each.grid.empty()), Measure.PROFIT, Scope())) / 100
        for each in (known, problem)
    )  # fmt: skip
    money = money_style("EUR", [now, then])
    assert f"profit by {money(then, signed=True)}, not {money(now, signed=True)}," in told
    assert if_more_ahead(known, account(known.model, plan)) == ()
    assert if_more_ahead(problem, account(problem.model, problem.grid.empty())) == ()
    contained = problem.loaded.scenario.effects.model_copy(update={"lift_is": "net"})
    loaded = replace(problem.loaded, scenario=problem.loaded.scenario.model_copy(update={"effects": contained}))
    assert if_more_ahead(replace(problem, loaded=loaded), account(problem.model, plan)) == ()
