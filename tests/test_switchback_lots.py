"""Switchbacks: drawn only where they can tell something, and said to be too short where the report has too few days."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from flight_case import Running, line, running
from little_watch import LIGHT
from replan_case import happened, sold

from planner.export.switchbacks import draw_switchbacks
from planner.flight.evaluate import EvaluateParams, evaluate_campaign
from planner.flight.measure.by_lot import off_by_lot
from planner.flight.measure.measured import Switch, compared_periods
from planner.flight.rollout.lots import read_switches
from planner.flight.watch.monitor import monitor
from planner.flight.watch.readings import MonitorReport
from planner.run.scored import score_plan
from scenarios.flight.actuals import Actuals, Ran
from scenarios.flight.messages.holdout import switched_off
from scenarios.flight.reading.oddities import oddities, ran_otherwise
from scenarios.problems import InvalidInput

DAYS = 21


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """Three weeks of the shop, in which a cut runs on one phone for twelve days and on the other for seven."""
    folder: Path = tmp_path_factory.mktemp("shop")
    case = running(folder, shop={"periods: 7": f"periods: {DAYS}"})
    lines = [line(day, "phone-pro", "cut-15") for day in range(3, 15)]
    lines += [line(day, "phone", "cut-15") for day in range(4, 11)]
    return Running(
        problem=case.problem,
        frozen=case.frozen,
        grid=case.grid,
        model=case.model,
        plan=case.grid.plan_of(lines),
    )


def test_a_switchback_that_can_tell_nothing_is_not_drawn(case: Running) -> None:
    """One in four of twelve days are three off; of seven days two would be, which costs sales and measures nothing."""
    lines = score_plan(case.problem, case.plan).plan.lines
    tried, off, notes = draw_switchbacks(case.grid, lines, case.plan, 0.25, 1)
    assert {product for _, product, _ in tried} == {"phone-pro"}
    assert list(tried.values()) == [0] * 4 + [1] * 4 + [2] * 4
    assert [tried[key] for key in sorted(off)] == [0, 1, 2], "one of each block"
    said = (
        "cut-15 on phone: no switchback, 2 of 7 periods would be off by lot, and to tell anything takes 3 off and 3 on"
    )
    assert said in notes
    _, _, short = draw_switchbacks(case.grid, lines[:1], case.plan, 0.25, 1)
    assert short == [f"{lines[0].offer} on {lines[0].product}: runs in 1 period, a switchback needs 6"]
    _, half, _ = draw_switchbacks(case.grid, lines, case.plan, 0.5, 1)
    assert sum(product == "phone" for _, product, _ in half) == 3


def test_no_lot_is_drawn_over_what_has_run(case: Running) -> None:
    """A re-planned campaign's rollout leaves the days that are over as they were, and says so."""
    lines = score_plan(case.problem, case.plan).plan.lines
    locked = dt.date(2026, 11, 8)
    tried, off, notes = draw_switchbacks(case.grid, lines, case.plan, 0.5, 1, locked)
    assert {date.day for date, _, _ in tried} == set(range(9, 15))
    assert len(off) == 3
    assert "periods up to 2026-11-08 keep what the rollout before this one has drawn for them" in notes


@pytest.mark.parametrize(("share", "off"), [(0.4, 24), (0.45, 27), (0.38, 23), (0.25, 15), (0.5, 30)])
def test_as_many_periods_are_off_as_were_asked_for(share: float, off: int) -> None:
    """Any share, and every period of the run may be the one: none is on for sure."""
    drawn = [switched_off(range(60), share, seed, "cut") for seed in range(60)]
    assert {len(each) for each in drawn} == {off}
    assert set().union(*drawn) == set(range(60))


def test_days_on_which_the_lot_was_not_kept_are_left_out_with_their_block(case: Running) -> None:
    """A shop that ran the price on a day that was to be without it drew no lot for that day."""
    off, last = (3, 6, 9, 12), 13
    switches = [
        Switch(period=t, product="phone-pro", offer="cut-15", on=t not in off, block=str((t - 2) // 3))
        for t in range(2, 14)
    ]
    k, offer = case.grid.product_index["phone-pro"], case.grid.offer_index["cut-15"]

    def told(*days: int) -> Actuals:
        ran = frozenset(Ran(period=t, product=k, segment=None, offer=offer) for t in days)
        return replace(happened(case, sold(case), last=last), ran=ran)

    kept = [t for t in range(2, 14) if t not in off]
    (as_drawn,) = compared_periods(told(*kept), switches)
    assert as_drawn.periods.tolist() == list(range(2, 14))
    assert not as_drawn.otherwise
    (otherwise,) = compared_periods(told(*kept, 6), switches)
    assert otherwise.periods.tolist() == [2, 3, 4, *range(8, 14)]
    report = evaluate_campaign(
        case.frozen,
        case.plan,
        told(*kept, 6),
        folder="plans",
        rank=1,
        params=EvaluateParams(futures=50),
        switches=switches,
    )
    assert (
        "cut-15 on phone-pro: ran otherwise than the lot said on 2026-11-07; the blocks of these periods are left out "
        "of the comparison"
    ) in report.notes


def test_a_lot_that_is_too_short_so_far_is_said_to_be(case: Running) -> None:
    """A price that a lot did switch off is not said to have had no lot."""
    actuals = happened(case, sold(case), last=6)
    switches = [Switch(period=t, product="phone-pro", offer="cut-15", on=t not in (3, 5, 9)) for t in range(2, 14)]
    params = EvaluateParams(futures=50)
    report = evaluate_campaign(
        case.frozen, case.plan, actuals, folder="plans", rank=1, params=params, switches=switches
    )
    (said,) = (note for note in report.notes if note.startswith("cut-15: "))
    assert said == (
        "cut-15: not measurable, a product has at most 1 block of the lot so far with a period off and one on: 3 are "
        "needed, with sales"
    )


def test_days_that_a_lot_switched_off_are_not_odd(case: Running) -> None:
    """With the rollout the report knows which prices were off by lot, and names only what else did not run."""
    grid, last = case.grid, 6
    off = {(3, "phone-pro"), (5, "phone-pro")}
    lines = [(grid.scenario.horizon.period_of(line.date), line.product, line.offer) for line in grid.lines(case.plan)]
    ran = frozenset(
        Ran(period=period, product=grid.product_index[product], segment=segment, offer=grid.offer_index[offer])
        for period, product, offer in lines
        if period <= last and (period, product) not in off | {(4, "phone")}
        for segment in range(grid.shape[0])
    )
    actuals = replace(happened(case, sold(case), last=last), ran=ran)
    otherwise = ran_otherwise(actuals, grid.lines(case.plan))
    actuals = replace(actuals, otherwise=otherwise, warnings=oddities(actuals, otherwise))
    switches = [Switch(period=period, product=product, offer="cut-15", on=False) for period, product in sorted(off)]

    def odd(switches: list[Switch]) -> list[str]:
        report = evaluate_campaign(
            case.frozen,
            case.plan,
            actuals,
            folder="plans",
            rank=1,
            params=EvaluateParams(futures=50),
            switches=switches,
        )
        return [note for note in report.notes if note.startswith("ran differently")]

    (other,) = odd(switches)
    assert other == "ran differently from the plan: cut-15 on phone is in the plan and did not run, 2026-11-05"
    assert len(odd([])) == 2
    blind, knowing = (
        monitor(case.frozen, case.plan, actuals, folder="plans", rank=1, switches=told, params=LIGHT)
        for told in ((), switches)
    )
    assert len(blind.otherwise) == 2 and knowing.otherwise == (other,)
    said = "off by the rollout's lot, as it should be: cut-15 on phone-pro, 2026-11-04, 2026-11-06"
    assert said in knowing.notes and not any(note.startswith("off by") for note in blind.notes)


def test_what_ran_on_a_day_of_the_lot_is_a_departure_and_what_did_not_is_none(case: Running) -> None:
    """Days that are off by lot are told as such; one on which the price ran all the same needs attention."""
    grid, last, off = case.grid, 6, (3, 5)
    actuals = happened(case, sold(case), last=last)
    switches = [Switch(period=t, product="phone-pro", offer="cut-15", on=t not in off) for t in range(2, 14)]

    def watched(*days: int) -> MonitorReport:
        lines = [(line, grid.scenario.horizon.period_of(line.date)) for line in grid.lines(case.plan)]
        ran = frozenset(
            Ran(period=t, product=grid.product_index[line.product], segment=segment, offer=grid.offer_index[line.offer])
            for line, t in lines
            if t <= last and (line.product == "phone" or t in days)
            for segment in range(grid.shape[0])
        )
        told = replace(actuals, ran=ran)
        told = replace(told, otherwise=ran_otherwise(told, grid.lines(case.plan)))
        return monitor(case.frozen, case.plan, told, folder="plans", rank=1, switches=switches, params=LIGHT)

    kept, lot = [t for t in range(2, last + 1) if t not in off], "off by the rollout's lot, as it should be: "
    report = watched(*kept)
    assert not report.otherwise
    assert f"{lot}cut-15 on phone-pro, 2026-11-04, 2026-11-06" in report.notes
    report = watched(*kept, 5)
    assert f"{lot}cut-15 on phone-pro, 2026-11-04" in report.notes, "what ran was not off"
    assert not list(off_by_lot(replace(actuals, ran=None), switches)), "nobody tells what ran"
    (said,) = report.otherwise
    assert said == "ran differently from the plan: cut-15 on phone-pro ran and is not in the plan, 2026-11-06"


@pytest.mark.parametrize("day", ["20261103", "2026-W45-2"])
def test_days_of_a_lot_are_dates_as_everywhere(case: Running, tmp_path: Path, day: str) -> None:
    """Such a number is refused with its row, as in every other file; it was read as a date."""
    path = tmp_path / "switchback.csv"
    path.write_text(f"first_day,product,offer,on\n2026-11-03,phone-pro,cut-15,no\n{day},phone-pro,cut-15,no\n")
    with pytest.raises(InvalidInput, match=rf"switchback.csv:3: .*got {day}, phone-pro, cut-15, no"):
        read_switches(path, case.grid)
    path.write_text("first_day,product,offer,on\n2026-11-03,phone-pro,cut-15,no\n")
    assert [each.period for each in read_switches(path, case.grid)] == [2]
