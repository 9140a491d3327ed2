"""Pieces of a campaign that runs: they stay what was counted, and reports say where they hide what customers wanted."""

from __future__ import annotations

import csv
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from basket_case import CUT, SAVE
from command_line import run
from flight_case import Running, line, running
from little_work import little_work
from printed import printed
from replan_case import LAST, again, happened, sold

from planner.export.rollout import export_rollout
from planner.flight.counted import counted_pieces, with_counted
from planner.flight.evaluate import EvaluateParams, evaluate_campaign
from planner.flight.pieces_read import pieces_sentences
from planner.flight.watch.monitor import MonitorParams, monitor
from planner.report.flight.monitor import monitor_json
from planner.report.flight.outcome_report import show_outcome
from planner.report.flight.replan_json import replan_json
from scenarios.answer.plan_files import write_plans
from scenarios.flight.actuals import Actuals
from scenarios.flight.messages.kept_out import with_kept_out
from scenarios.flight.pieces import pieces_there
from scenarios.flight.told_uses import told_units
from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import sold_by

COUPON = "{id: coupon-20, mechanic: coupon, value: 20, layer: targeted,"
PHONE, CASE, YOUNG = 0, 2, 0
MONDAY, TUESDAY, THURSDAY = 1, 2, 4
"""Periods of 2, 3 and 5 November."""
LINES = (
    line(2, "phone", "cut-15").model_copy(update={"quantity": 0.5}),
    line(4, "phone", "cut-15").model_copy(update={"quantity": 0.5}),
    line(5, "phone", "cut-15").model_copy(update={"quantity": 0.5}),
    line(3, "case", "coupon-20", "young"),
    line(3, "case", "front"),
)


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens to pieces is tested here, not how good the plan is."""
    little_work(monkeypatch)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop with a cut for half of those who want it, and a coupon that counts pieces beside a display."""
    shop = {
        CUT: f"{CUT} quantity: [50%, 100%],",
        COUPON: f"{COUPON} quantity: [100%],",
        SAVE: f"{SAVE} quantity: [50%, 100%],",  # on no line: as `basket_case` has it, so that one program serves both
        "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\n": "",
        "stock: 500, arrivals: {2026-11-03: 100}, ": "",
    }
    found = running(tmp_path_factory.mktemp("shop"), shop=shop)
    return replace(found, plan=found.grid.plan_of(LINES))


def _with(actuals: Actuals, column: str, cells: dict[tuple[int, ...], float]) -> Actuals:
    """Actuals with a column that tells some places (group, segment, product, period)."""
    table = np.full_like(actuals.tables["units"], np.nan)
    for place, number in cells.items():
        table[place] = number
    return replace(actuals, tables={**actuals.tables, column: table})


def test_uses_beside_a_display_are_the_coupons(case: Running) -> None:
    """A display grants nothing, so that uses told of its row are of the coupon that runs there, too."""
    actuals = _with(happened(case, sold(case)), "uses", {(0, YOUNG, CASE, TUESDAY): 40.0})
    public, targeted = told_units(case.model, case.plan, sold_by(case.model, case.plan, np), actuals)
    assert targeted[YOUNG, CASE, TUESDAY] == 40.0
    assert np.isnan(public).all()


def test_customers_who_are_kept_out_leave_their_pieces_to_others(case: Running) -> None:
    """A fifth of the young is kept out and half of the coupons are pieces: as many are used, a larger share of each."""
    half = line(3, "case", "coupon-20", "young")
    case = replace(case, plan=case.grid.plan_of([half]))
    grid, there = case.grid, pieces_there(case.frozen, case.plan)
    fewer = with_kept_out(case.frozen.effects, grid, case.plan, np.array([0.2, 0.0]))
    halved = tuple(np.where(np.isnan(each), np.nan, 0.5 * each) for each in there)
    model = with_counted(case.frozen, grid, fewer, case.plan, (halved[0], halved[1]))
    pieces = float(halved[1][YOUNG, CASE, TUESDAY])
    used = sold_by(model, case.plan, np).targeted[YOUNG, CASE, TUESDAY]
    assert used == pytest.approx(pieces, abs=0.5)
    shrunk = sold_by(build_coefficients(grid, fewer, case.frozen.baskets), case.plan, np)
    assert shrunk.targeted[YOUNG, CASE, TUESDAY] == pytest.approx(1.6 * pieces, rel=0.02)


def test_the_monitor_says_which_pieces_are_gone(case: Running) -> None:
    """Lines that ran out are named with what sales do not show; they need no attention by themselves."""
    actuals = happened(case, sold(case))
    actuals.tables["revenue"][:] = np.nan  # paid as planned
    report = monitor(
        case.frozen,
        case.plan,
        actuals,
        folder="plans",
        rank=1,
        params=MonitorParams(futures=60, least=100, most=100),
    )
    cut, coupon = report.pieces
    assert (cut.offer, cut.lines, cut.ran_out, cut.left, cut.unknown) == ("cut-15", 2, 2, 0, 0)
    there = pieces_there(case.frozen, case.plan)[0][0, PHONE]
    pieces = f"{there[MONDAY] + there[3]:.0f}"
    assert cut.used == cut.pieces == there[MONDAY] + there[3]
    assert (coupon.offer, coupon.unknown) == ("coupon-20", 1)
    one, two = pieces_sentences(report.pieces)
    assert one.startswith(f"cut-15: pieces ran out on 2 of 2 lines ({pieces} of {pieces} used so far); where they did")
    assert two.startswith("coupon-20: whether the pieces of 1 line ran out is not told (column uses)")
    assert monitor_json(report)["pieces"][0]["ran_out"] == 2
    assert report.on_course


def _held(case: Running, uses: float) -> Actuals:
    """Half of the young kept out, told apart; so many coupons used."""
    actuals = happened(case, sold(case))
    units = actuals.tables["units"].copy()
    units[1, :2] = np.floor(0.5 * units[0, :2])
    units[0, :2] -= units[1, :2]
    people = np.where(np.isfinite(units), 2000.0, np.nan)
    found = replace(actuals, tables={**actuals.tables, "units": units, "customers": people})
    return _with(found, "uses", {(0, YOUNG, CASE, TUESDAY): uses})


@pytest.mark.parametrize("left", [True, False])
def test_no_lesson_of_a_lift_that_pieces_cut(case: Running, left: bool) -> None:
    """A lift is a lesson where everybody found a piece; else it is shown, and the report says why it is none."""
    pieces = float(pieces_there(case.frozen, case.plan)[1][YOUNG, CASE, TUESDAY])
    report = evaluate_campaign(
        case.frozen,
        case.plan,
        _held(case, pieces - 20 if left else pieces),
        folder="plans",
        rank=1,
        params=EvaluateParams(futures=50),
    )
    assert [each.offer for each in report.effects] == ["coupon-20"]
    assert report.accuracy.cut == (2 if left else 3), "the cut ran out twice, the coupon once or not"
    text = " ".join(row for part in show_outcome(report) for row in printed(part, 80))
    assert f"Stock or pieces ran out on {report.accuracy.cut} of them: there sales are compared" in text
    assert [row[1] for row in report.lessons] == (["coupon-20"] if left else [])
    assert any(note.startswith("no lessons of coupon-20: ") for note in report.notes) == (not left)


def test_lines_that_cannot_be_stopped_keep_their_pieces(case: Running, tmp_path: Path) -> None:
    """Demand is half as high again: the line of the notice has as many pieces as were printed, and so says its rollout.

    The next re-planning reads what was sold by the pieces that were really there.
    """
    there = pieces_there(case.frozen, case.plan)[0][0, PHONE]
    actuals = happened(case, sold(case, base=1.5, lift={"cut-15": 1.5}))
    found = again(case, actuals)
    assert found.plan_set is not None
    notice = dt.date(2026, 11, 5)
    by_date = {each.period: each for each in found.plan_set.plans[0].lines if each.product == "phone"}
    assert by_date[notice].pieces == there[THURSDAY]
    counted = {each.date: each.pieces for each in found.frozen.flight.pieces if each.offer == "cut-15"}
    assert counted == {dt.date(2026, 11, 1 + t): there[t] for t in (MONDAY, 3, THURSDAY)}
    assert found.recalibration.ran_out["cut-15"] == 2
    assert replan_json(found, folder="plans", plan=1)["learned"]["lines_whose_pieces_ran_out"] == {"cut-15": 2}

    days = "".join(f"2026-11-0{day},phone,9,9\n" for day in (1, 2, 3, 4))
    flown = found.frozen.flown
    assert flown is not None
    untold = replace(flown, actuals=f"date,product,units,revenue\n{days}".encode())
    frozen = replace(found.frozen, flown=untold)
    export_rollout(frozen, found.plan_set.plans[0], "0" * 64, tmp_path / "out", None)
    with (tmp_path / "out" / "prices.csv").open() as file:
        prices = {(row["first_day"], row["product"]): row for row in csv.DictReader(file)}
    assert prices[str(notice), "phone"]["pieces"] == str(int(there[THURSDAY]))
    assert prices["2026-11-01", "phone"]["pieces"] == ""
    with (tmp_path / "out" / "calendar.csv").open() as file:
        words = {row["offer"]: row["what"] for row in csv.DictReader(file)}
    assert words["coupon-20"] == "20.00 off"

    write_plans(tmp_path / "new", found.plan_set, found.accounts, frozen)
    told = json.loads(run("explain", tmp_path / "new", "--json").stdout)["lines"]
    pieces = {each["period"]: each["pieces"] for each in told if each["offer"] == "cut-15"}
    assert {day: pieces[str(day)] for day in counted} == counted, "those that were printed"
    assert run("export", tmp_path / "new", "--csv", "--out", tmp_path / "tables").exit_code == 0
    with (tmp_path / "tables" / "lines.csv").open() as file:
        rows = {row["date"]: row["pieces"] for row in csv.DictReader(file) if row["offer"] == "cut-15"}
    assert {day: rows[str(day)] for day in counted} == {day: str(int(count)) for day, count in counted.items()}

    new = found.plan_set.plans[0].plan_lines
    flat = case.grid.plan_of(new)
    assert counted_pieces(found.frozen, case.grid, flat)[0][0, PHONE, THURSDAY] == there[THURSDAY]


def test_what_was_left_over_is_known_to_the_next_replanning(case: Running) -> None:
    """The new account holds what was used; that more pieces were there is not forgotten, so nothing ran out later."""
    full = [each.model_copy(update={"quantity": 1.0}) for each in LINES if each.offer == "cut-15"]
    case = replace(case, plan=case.grid.plan_of(full))
    units = sold(case, lift={"cut-15": 0.4})
    first = again(case, happened(case, units))
    assert first.recalibration.ran_out == {}
    second = again(replace(case, frozen=first.frozen), happened(case, units, last=LAST), notice=1)
    assert second.recalibration.ran_out == {}
    for name, moved in first.recalibration.offers.items():
        assert second.recalibration.offers[name].factor == pytest.approx(moved.factor, rel=1e-6), name
