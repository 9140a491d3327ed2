"""The table of attractiveness: its mean over segments is weighted as its legend says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from plan_folders import basic_problem
from printed import printed
from shop import load_shop

from planner.problem import Problem, build_problem, problem_of
from planner.reasons.by_itself.break_even import BreakEven, break_even
from planner.reasons.effect_scores import Score, effect_scores, mean_attractiveness
from planner.report.offers.break_even import show_break_even
from planner.report.offers.effects import show_scores
from scenarios.futures.draws import draw, factor
from scenarios.response.interactions import LIFT_FLOOR


def scored(value: float, base_units: float) -> Score:
    """A score of so much attractiveness, of a segment that buys so much."""
    return Score(
        segment=0,
        offer=0,
        attractiveness=value,
        attractiveness_low=value,
        attractiveness_high=value,
        lift=0.5,
        lift_low=0.4,
        lift_high=0.6,
        take_up=1.0,
        cells=1,
        base_units=base_units,
    )


def test_a_segment_that_buys_little_hardly_moves_the_mean() -> None:
    """Segments are weighed by what they buy without promotion; where nobody buys anything, they count alike."""
    assert mean_attractiveness([scored(0.7, 900.0), scored(0.3, 100.0)]) == pytest.approx(0.66)
    assert mean_attractiveness([scored(0.7, 0.0), scored(0.3, 0.0)]) == pytest.approx(0.5)


def test_weights_are_the_baseline_of_the_cells_that_an_offer_may_fill() -> None:
    """Over all segments and products, the weights of an offer for everything add up to the whole baseline."""
    problem = build_problem("phone-flash-sale")
    scores = effect_scores(problem.grid, problem.effects)
    base = problem.effects.base_units.mean(axis=0)
    everything = next(number for number, o in enumerate(problem.grid.scenario.offers) if o.is_basket)
    assert sum(s.base_units for s in scores if s.offer == everything) == pytest.approx(base.sum())


def test_no_interval_is_below_what_futures_can_sell() -> None:
    """A lift of -40 % give or take much: futures lose half of the sales at most, and the interval says no more."""
    problem = build_problem("template-basic")
    effects, grid = problem.effects, problem.grid
    poor = replace(effects, lift=np.where(effects.lift != 0, -0.4, 0.0), lift_sd=np.full_like(effects.lift_sd, 0.8))
    for score in effect_scores(grid, poor):
        assert score.lift_low >= LIFT_FLOOR and score.lift_high < 0


def test_intervals_are_those_of_the_futures() -> None:
    """90 % of the drawn futures of an offer's lift lie inside the interval that is printed beside it."""
    problem = build_problem("template-basic")
    effects, grid = problem.effects, problem.grid
    draws = draw(grid, effects, 1, count=2000)
    score = next(one for one in effect_scores(grid, effects) if grid.scenario.offers[one.offer].id == "kettle-coupon")
    kettle = grid.product_index["kettle"]
    sd = effects.lift_sd[score.segment, kettle, 0, score.offer]
    lifts = score.lift * factor(draws.lift[:, score.segment, kettle, score.offer], sd)
    assert np.quantile(lifts, (0.05, 0.95)) == pytest.approx((score.lift_low, score.lift_high), rel=0.03)


@pytest.mark.parametrize(
    ("funding", "lift", "said"), [(0.0847, 1.21722, "+121.8% 12.5% 9%"), (0.14, 0.5, "+50.0% 12.5% 14%")]
)
def test_what_is_needed_is_enough(funding: float, lift: float, said: str) -> None:
    """A share of 8.47% that was told as 8% would leave a loss; what is exact stays."""
    need = BreakEven(
        offer=0,
        lift=0.4,
        table_lift=0.4,
        break_even_lift=lift,
        funding=0.125,
        break_even_funding=funding,
        profit=-1.0,
        slots=4,
        paying_slots=0,
    )
    text = " ".join(" ".join(printed(show_break_even(basic_problem().grid, (need,)), 120)).split())
    assert f"+40.0% {said} -1.00 0/4" in text
    assert "rounded up" in text and "how tired it leaves customers after the horizon" in text


def test_what_offers_need_stays_a_table_on_a_narrow_screen() -> None:
    """Long figures let the count of paying slots go, not the table, in which two columns are called needs."""
    need = BreakEven(
        offer=1,
        lift=0.05,
        table_lift=0.05,
        break_even_lift=float("inf"),
        funding=0.0,
        break_even_funding=2.0,
        profit=-123456789012.5,
        slots=1234,
        paying_slots=1234,
    )
    lines = printed(show_break_even(basic_problem().grid, (need,)), 80)
    assert "offer: coffee-flash" not in lines
    assert any(line.startswith("coffee-flash ") and "over 2,000%" in line and "over 100%" in line for line in lines)
    assert "not shown at this width: pays in" in lines and "pays in: slots" not in " ".join(lines)


def scores_of(problem: Problem) -> list[str]:
    """Titles and first words of rows of the tables of scores, as printed."""
    tables = show_scores(problem.grid, effect_scores(problem.grid, problem.effects))
    return [line for table in tables for line in printed(table, 140)]


def test_offers_that_are_alike_in_all_segments_stand_in_one_table() -> None:
    """Where most offers are, only what differs is told segment by segment; where few are, segments stand whole."""
    problem = basic_problem()
    usual = scores_of(problem)
    assert not any("All segments alike" in line for line in usual)
    assert sum(line.startswith("home-page") for line in usual) == 2
    effects = problem.effects
    alike = {
        name: np.broadcast_to(getattr(effects, name)[..., :1, :, :, :], getattr(effects, name).shape).copy()
        for name in ("lift", "lift_sd", "take_up")
    }
    number = problem.grid.offer_index["save-10"]
    alike["lift"][:, 1, ..., number] *= 1.5
    lines = scores_of(replace(problem, effects=replace(effects, **alike)))
    assert lines[0].startswith("All segments alike, where an offer reaches them")
    for offer in problem.grid.scenario.offers:
        assert sum(line.startswith(offer.id) for line in lines) == (2 if offer.id == "save-10" else 1), offer.id
    whole = {name: values.copy() for name, values in alike.items()}
    whole["lift"][:, 1, ..., number] /= 1.5
    assert sum("customers" in line for line in scores_of(replace(problem, effects=replace(effects, **whole)))) == 0


def test_a_lift_that_caps_and_empty_shelves_lower_is_told(tmp_path: Path) -> None:
    """The table of needs has another lift than the effects' row: it names it, and why."""

    def said(**edits: dict[str, str]) -> str:
        problem = problem_of(load_shop(tmp_path, **edits))
        return " ".join(printed(show_break_even(problem.grid, break_even(problem.model, problem.effects)), 200))

    assert "by its effects" not in said()
    orders = {"orders,units\n": "orders,units,product\n", "young,79,60,1\n": "young,79,60,1,\n"}
    orders |= {"young,2700,30,1\n": "young,2700,30,1,\n", "young,4000,10,2\n": "young,4000,10,2,\n"}
    orders |= {"old,79,50,1\n": "old,79,50,1,\n"}
    orders["old,3200,50,1.5\n"] = "old,3200,50,1.5,\nyoung,,40,1,case\nyoung,,20,3,case\nold,,40,2,case\n"
    capped = said(shop={"value: 20, layer": "value: 20, per_customer: 1, layer"}, baskets=orders)
    assert "lift: what the cap per customer leaves of it: coupon-20 (+" in capped
    empty = said(shop={"stock: 500, arrivals: {2026-11-03: 100}": "stock: 60"})
    assert "lift: under an offer on orders, products that sell out anyway rise by nothing: save-200 (+" in empty


def test_lifts_that_may_be_nothing_are_told_so() -> None:
    """Members on both sides of 0 in one segment: its table names the offer, break-even says in how many segments."""
    problem = build_problem("template-basic")
    grid, effects = problem.grid, problem.effects
    surely = effect_scores(grid, effects)
    assert not any(score.may_be_nothing for score in surely)
    table = show_break_even(grid, break_even(problem.model, effects), surely)
    assert "may be nothing" not in " ".join(printed(table, 160))
    offer = next(score.offer for score in surely if not grid.scenario.offers[score.offer].is_basket)
    apart = np.array([-0.05, 0.15])[:, None, None]
    lift = np.repeat(effects.lift.mean(axis=0, keepdims=True), 2, axis=0)
    lift[:, 0, ..., offer] = np.where(lift[:, 0, ..., offer] != 0, apart, 0.0)
    unsure = replace(effects, lift=lift, base_units=effects.base_units[:1].repeat(2, axis=0))
    scores, name = effect_scores(grid, unsure), grid.scenario.offers[offer].id
    idle = [(score.segment, score.offer) for score in scores if score.may_be_nothing]
    assert idle == [(0, offer)]
    tables = " ".join(line for table in show_scores(grid, scores) for line in printed(table, 160))
    assert tables.count(f"may be nothing: the interval of the lift reaches 0: {name}") == 1
    count = sum(score.offer == offer for score in scores)
    told = " ".join(printed(show_break_even(grid, break_even(problem.model, unsure), scores), 160))
    assert f"{name} (in 1 of {count} segments)" in told


def test_a_lift_of_nothing_is_not_told_to_be_unsure() -> None:
    """What is given as 0, surely, and what surely loses sales, is no lift that may be nothing."""
    assert not replace(scored(0.0, 1.0), lift=0.0, lift_low=0.0, lift_high=0.0).may_be_nothing
    assert not replace(scored(0.0, 1.0), lift=-0.2, lift_low=-0.3, lift_high=-0.1).may_be_nothing
    assert replace(scored(0.0, 1.0), lift_low=-0.01).may_be_nothing
