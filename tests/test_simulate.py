"""The loop in the simulated market: likeness to a scenario, drift, actuals of a run, and policies side by side."""

from __future__ import annotations

import io
import json
import signal
from dataclasses import replace
from pathlib import Path

import command_line
import numpy as np
import pytest
from flight_case import LINES, Running, running, running_shop
from little_watch import little_watch
from little_work import little_work
from market_shops import write_both
from rich.console import Console

import planner.run.search
from planner.progress import Progress
from planner.replan.replan import ReplanParams
from planner.report.flight.simulate import ran_nothing, show_courses, simulate_json, used_by_nobody
from planner.run.scored import score_plan
from planner.simulate.campaign import CampaignParams, Ran, World, believing, lesson, pieces_of, planned, run, unused
from planner.simulate.loop import Course, LoopParams, Policy, Season, simulate
from planner.simulate.world import world_of
from scenarios.flight.reading.actuals_file import read_actuals
from scenarios.language.text.csv_files import read_csv
from scenarios.market.actuals import actuals_text
from scenarios.market.drift import Drift, draw_drift, with_drift
from scenarios.market.likeness import likeness
from scenarios.market.play import Market
from surrogate.flight.recalibration.recalibrate import RecalibrateParams, recalibrate

case = running_shop


@pytest.fixture(scope="module")
def market(case: Running) -> Market:
    """A small market like the shop."""
    return likeness(case.grid, case.frozen.effects, 1, per_segment=600)


def test_quiet_sales_are_near_the_baseline(case: Running, market: Market) -> None:
    """Without promotion the market sells about what the scenario says, in all and by product."""
    sold = np.mean([market.play((), seed).units for seed in range(12)], axis=0)
    base = case.frozen.effects.base_units.mean(axis=0)
    assert sold.sum() == pytest.approx(base.sum(), rel=0.15)
    np.testing.assert_allclose(sold.sum(axis=(0, 2)), base.sum(axis=(0, 2)), rtol=0.35)


def test_drift_changes_nothing_before_its_day(case: Running, market: Market) -> None:
    """Days before the change are the same to the unit; after it a shop without need sells less."""
    s, c = len(market.segments), len(market.kinds)
    gone = Drift(from_day=3, sensitivity=np.ones(s), attention=np.ones(s), need=np.full(c, 0.01))
    before, after = market.play(LINES, 5), with_drift(market, gone).play(LINES, 5)
    np.testing.assert_array_equal(before.units[..., :3], after.units[..., :3])
    assert after.units[..., 3:].sum() < before.units[..., 3:].sum()


def test_a_drift_is_drawn_from_its_seed(market: Market) -> None:
    """Equal seeds draw the same change, no strength none, and a negative one is refused."""
    one, two = (draw_drift(market, 4, strength=0.5, from_day=2) for _ in range(2))
    np.testing.assert_array_equal(one.sensitivity, two.sensitivity)
    assert (draw_drift(market, 4, strength=0.0, from_day=2).need == 1).all()
    with pytest.raises(ValueError, match="strength"):
        draw_drift(market, 4, strength=-1.0, from_day=2)


def test_what_the_market_sold_is_read_as_actuals(case: Running, market: Market) -> None:
    """The file of a run passes every check, and holds its units."""
    sold = market.play(LINES, 5)
    actuals = read_actuals(read_csv(actuals_text(market, sold, 3).encode(), "actuals.csv"), case.grid, LINES)
    assert actuals.last == 3
    np.testing.assert_allclose(actuals.units[..., :4], np.rint(sold.units[..., :4]))


def test_a_campaign_leaves_a_lesson(case: Running, market: Market) -> None:
    """Lifts that the market did not show go down for the next campaign, on all days; the question stays."""
    doubled = replace(case.frozen.effects, lift=3.0 * case.frozen.effects.lift)
    world = World.of(market, 7)
    ran = Ran(lines=LINES, forecast=0.0, gained=0.0, profit=0.0, spend=0.0, alarms=0, changed=0)
    effects, learned = lesson(believing(case.problem, doubled), ran, world, RecalibrateParams())
    assert learned["cut-15"].factor < 1
    number = case.grid.offer_index["cut-15"]
    assert effects.lift[..., number].sum() < doubled.lift[..., number].sum()
    assert effects.lift.shape == doubled.lift.shape


def test_policies_run_side_by_side(case: Running, market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    """Policies meet the same market, only the planner learns, and the report names what each gained."""
    little_work(monkeypatch)
    params = LoopParams(campaigns=1, drift=0.3, campaign=CampaignParams(replans=0))
    policies = (Policy.PLANNER, Policy.UNIFORM)
    one = simulate(case.problem, market, policies, params)
    assert [course.policy for course in one] == list(policies)
    assert not one[1].seasons[0].learned
    assert one[0].gained == sum(season.ran.gained for season in one[0].seasons)
    shown = Console(width=80, record=True, file=io.StringIO())
    for part in show_courses(one, params, "CNY", "a market"):
        shown.print(part)
    text = shown.export_text()
    assert "1 campaign in a market (drift 30% in every campaign)" in text
    assert all(len(row) <= 80 for row in text.splitlines())
    document = simulate_json(one, params, "shop", "CNY", "a market")
    assert [each["policy"] for each in document["policies"]] == ["planner", "uniform"]


def test_a_policy_that_ran_nothing_is_no_yardstick(case: Running, market: Market) -> None:
    """Where a habit finds no plan that keeps a rule, its 0 is told as that of no promotion, with the rule's name."""
    world, quiet = World.of(market, 3), CampaignParams(replans=0)
    idle, busy = (run(case.problem, lines, world, quiet, 1) for lines in ((), LINES))
    assert idle.gained == 0 and "rule agreed" in idle.broken and not busy.broken
    seasons = [Season(number=number, ran=ran, learned={}) for number, ran in ((1, idle), (2, busy))]
    mixed = Course(policy=Policy.PLANNER, seasons=tuple(seasons))
    uniform = Course(policy=Policy.UNIFORM, seasons=(seasons[0], replace(seasons[0], number=2)))
    first, second = ran_nothing((mixed, uniform))
    assert first.startswith("planner ran nothing in campaign 1: no plan was found that keeps rule agreed")
    wanted = "uniform ran nothing: no plan that gives everything the same offer was found that keeps rule agreed"
    assert second.startswith(wanted)
    shown = Console(width=200, record=True, file=io.StringIO())
    for part in show_courses((mixed, uniform), LoopParams(campaigns=2), "CNY", "a market"):
        shown.print(part)
    text = shown.export_text()
    assert wanted in text
    assert "more than uniform, which ran nothing" in text or "than planner" in text


def test_a_shop_in_weeks_with_pieces_and_caps_is_simulated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole loop runs where not everybody gets an offer and weeks are planned, and tells what it earned."""
    little_work(monkeypatch)
    little_watch(monkeypatch)
    result = command_line.run(
        *("simulate", write_both(tmp_path), "--campaigns", 1, "--replans", 1, "--policy", "planner", "--json"),
        *("--set", "horizon.periods=3"),
    )
    assert result.exit_code == 0, result.output
    (policy,) = json.loads(result.stdout)["policies"]
    (campaign,) = policy["campaigns"]
    assert campaign["lines"] > 0 and not campaign["broken"] and campaign["spend"] > 0


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals as Unix sends them")
@pytest.mark.parametrize("stage", ["evolving plans", "checking by the ledger"])
def test_ctrl_c_in_a_search_ends_the_loop(case: Running, monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    """A search that is cut short returns what it has, and one that is as good as done all: neither is gone on from."""
    little_work(monkeypatch)
    heard = Presser(stage)
    monkeypatch.setattr(planner.run.search.Watch, "say", lambda _, *told: heard(Progress(stage=told[0])))
    with pytest.raises(KeyboardInterrupt):
        planned(case.problem, CampaignParams(), 1)
    assert heard.pressed


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals as Unix sends them")
@pytest.mark.parametrize("stage", ["planning the rest", "taking back what does not pay"])
def test_ctrl_c_while_the_rest_is_planned_ends_the_loop(
    case: Running, market: Market, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """As in the search before the campaign."""
    little_work(monkeypatch)
    little_watch(monkeypatch)
    heard, params = Presser(stage), CampaignParams(replans=1, replan=ReplanParams(notice=1))
    with pytest.raises(KeyboardInterrupt):
        run(case.problem, LINES, World.of(market, 7), params, 1, heard)
    assert heard.pressed


class Presser:
    """Presses Ctrl-C at a stage."""

    def __init__(self, stage: str) -> None:
        self.stage, self.pressed = stage, False

    def __call__(self, step: Progress) -> None:
        """Press once."""
        if step.stage == self.stage and not self.pressed:
            self.pressed = True
            signal.raise_signal(signal.SIGINT)


PIECES = {
    "depth: 15%,": "depth: 15%, quantity: [50%, 100%],",
    "save: 200,": "save: 200, quantity: [50%, 100%],",  # on no line: one program serves `basket_case`, too
}


def test_pieces_that_are_out_stay_when_the_rest_is_planned_again(
    tmp_path: Path, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new plan counts the pieces of its free days anew; those of days that are over or locked stay as they were."""
    little_work(monkeypatch)
    little_watch(monkeypatch)
    shop = running(tmp_path, shop=PIECES)
    lines = tuple(each.model_copy(update={"quantity": 0.5}) if each.offer == "cut-15" else each for each in LINES)
    first = pieces_of(score_plan(shop.problem, shop.grid.plan_of(lines), seed=1).plan)
    here = replace(market, scenario=market.scenario.model_copy(update={"offers": shop.grid.scenario.offers}))
    ran = run(shop.problem, lines, World.of(here, 7), CampaignParams(replans=1, replan=ReplanParams(notice=1)), 1)
    over = [place for place in first if place[0].day <= 4]
    assert over and all(ran.pieces[place] == first[place] for place in over)
    counted = {(each.date, each.product, each.segment) for each in ran.lines if each.offer == "cut-15"}
    assert set(ran.pieces) >= counted


def test_a_lesson_of_pieces_that_ran_out_says_at_least(tmp_path: Path, market: Market) -> None:
    """Sales of a cut whose pieces ran out do not make it look weak to the next campaign."""
    shop = running(tmp_path, shop=PIECES)
    lines = tuple(each.model_copy(update={"quantity": 0.5}) if each.offer == "cut-15" else each for each in LINES)
    plan = score_plan(shop.problem, shop.grid.plan_of(lines), seed=1).plan
    here = replace(market, scenario=market.scenario.model_copy(update={"offers": shop.grid.scenario.offers}))
    world, few = World.of(here, 7), dict.fromkeys(pieces_of(plan), 1.0)
    hopeful = believing(shop.problem, replace(shop.problem.effects, lift=3.0 * shop.problem.effects.lift))
    ran = Ran(lines=lines, pieces=few, forecast=1.0, gained=1.0, profit=1.0, spend=0.0, alarms=0, changed=0)
    effects, _ = lesson(hopeful, ran, world, RecalibrateParams())
    text = actuals_text(here, world.play(lines, few), shop.grid.shape[2] - 1)
    happened = read_actuals(read_csv(text.encode(), "actuals.csv"), shop.grid, lines)
    everything = recalibrate(
        hopeful.model, hopeful.effects, shop.grid.plan_of(lines), happened, RecalibrateParams()
    ).carried
    cut = shop.grid.offer_index["cut-15"]
    believed, said, told = (each.lift[..., cut].mean() for each in (hopeful.effects, everything, effects))
    assert said < 0.95 * believed <= told


def test_a_scenario_of_ones_own_may_be_called_singles_day(tmp_path: Path) -> None:
    """The name alone brings nobody the customers of singles-day: the shop is played in a market like itself."""
    shop = running(tmp_path, shop={"scenario: shop": "scenario: singles-day"})
    market, said = world_of(shop.problem, 1)
    assert [segment.id for segment in market.segments] == ["young", "old"] and "resembles" in said


def test_an_offer_that_nobody_could_use_is_named(case: Running, market: Market) -> None:
    """Nobody's order is worth a million: that offer's lines are told; the cut, which everybody takes, is not."""
    scenario = case.grid.scenario
    dear = tuple(
        each.model_copy(update={"spend": each.spend * 1000}) if each.id == "save-200" else each
        for each in scenario.offers
    )
    far = replace(market, scenario=scenario.model_copy(update={"offers": dear}))
    sold = far.play(LINES, 3)
    assert unused(case.grid, LINES, sold.tally.uses) == ("save-200",)
    ran = Ran(lines=LINES, forecast=1.0, gained=1.0, profit=1.0, spend=0.0, alarms=0, changed=0, unused=("save-200",))
    courses = (Course(policy=Policy.PLANNER, seasons=(Season(number=1, ran=ran, learned={}),)),)
    (told,) = used_by_nobody(courses)
    assert told.startswith("save-200 ran, and nobody used it: customers of this market put orders together as they")
    data = simulate_json(courses, LoopParams(campaigns=1), "shop", "CNY", "a market")
    assert list(data["policies"][0]["campaigns"][0]["unused"]) == ["save-200"]
    used = Season(number=2, ran=replace(ran, unused=()), learned={})
    assert used_by_nobody((Course(policy=Policy.PLANNER, seasons=(courses[0].seasons[0], used)),)) == ()
