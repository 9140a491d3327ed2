"""Forecasts beside what was gained: of the same days, and only of first plans that there were."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from flight_case import LINES, Running, running_shop
from rich.console import Console

from planner.report.flight.simulate import planned_late, show_courses, simulate_json
from planner.run.scored import score_plan
from planner.simulate.campaign import CampaignParams, World, run
from planner.simulate.loop import Course, LoopParams, Policy, Season
from scenarios.market.likeness import likeness
from scenarios.market.play import Market

case = running_shop


@pytest.fixture(scope="module")
def market(case: Running) -> Market:
    """A small market like the shop."""
    return likeness(case.grid, case.frozen.effects, 1, per_segment=600)


def course(*seasons: Season) -> Course:
    """The planner's campaigns."""
    return Course(policy=Policy.PLANNER, seasons=seasons)


def shown(*courses: Course) -> str:
    """What the screen says."""
    console = Console(width=200, record=True, file=io.StringIO())
    for part in show_courses(courses, LoopParams(campaigns=len(courses[0].seasons)), "CNY", "a market"):
        console.print(part)
    return console.export_text()


def test_a_forecast_ends_with_the_last_day_as_the_gain_does(case: Running, market: Market) -> None:
    """What a plan charges beyond the horizon is not taken off the forecast, and is told beside it."""
    outcome = score_plan(case.problem, case.plan, seed=1).plan.outcome
    assert outcome.charges > 0
    ran = run(case.problem, LINES, World.of(market, 3), CampaignParams(replans=0), 1)
    assert ran.forecast == pytest.approx(float(outcome.profit_change + outcome.charges))
    assert ran.charges == pytest.approx(float(outcome.charges))
    one = course(Season(number=1, ran=ran, learned={}))
    assert "forecast and gained both end with the last day: " in shown(one)
    (told,) = simulate_json((one,), LoopParams(campaigns=1), "shop", "CNY", "a market")["policies"][0]["campaigns"]
    assert (told["forecast"], told["charges"]) == (round(ran.forecast, 2), round(ran.charges, 2))


def test_a_campaign_without_a_first_plan_forecasts_nothing(case: Running, market: Market) -> None:
    """Where re-plannings alone put lines in, the view says what stood in the way, and misses count the others only."""
    world, quiet = World.of(market, 3), CampaignParams(replans=0)
    none, there = (run(case.problem, lines, world, quiet, 1) for lines in ((), LINES))
    assert none.forecast is None and there.forecast is not None
    late = replace(none, lines=LINES, gained=5000.0)
    both = course(Season(number=1, ran=there, learned={}), Season(number=2, ran=late, learned={}))
    assert both.error == pytest.approx(abs(there.forecast - there.gained) / abs(there.gained))
    text = shown(both)
    assert "planner found no first plan in campaign 2 that keeps rule agreed: nothing was forecast." in text
    assert f"Its {len(LINES)} lines came with re-plannings" in text
    assert "on average, over 1 of 2 campaigns" in text
    (row,) = [row.split() for row in text.splitlines() if row.startswith("2 ") and len(row.split()) == 6]
    assert row[1] == "-"
    data = simulate_json((both,), LoopParams(campaigns=2), "shop", "CNY", "a market")
    assert data["policies"][0]["campaigns"][1]["forecast"] is None
    alone = course(replace(both.seasons[1], number=1))
    assert "missed" not in shown(alone) and planned_late((course(both.seasons[0]),)) == ()
