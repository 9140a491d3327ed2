"""Customers who are kept out are reckoned with once: by the monitor, when the rest is planned again, and after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from actuals_files import read_text
from decimal_comma_files import decimal_comma
from flight_case import Running, line, running
from little_watch import LIGHT
from little_work import little_work
from plan_directory import plans_of
from printed import printed
from typer.testing import CliRunner

from planner.cli import app
from planner.export.rollout_floors import floors_missed
from planner.flight.evaluate import EvaluateParams, evaluate_campaign
from planner.flight.rollout.design import DesignParams, design_holdouts, priced
from planner.flight.rollout.kept_on import kept_on
from planner.flight.watch.monitor import monitor
from planner.replan.replan import ReplanParams, replan
from planner.replan.replanned import Replanned
from planner.report.flight.outcome_report import outcome_parts
from planner.simulate.lived import public_alone, write_actuals
from scenarios.answer.archive import Flown
from scenarios.answer.in_flight import InFlight
from scenarios.answer.plan_files import write_plans
from scenarios.flight.actuals import Actuals
from scenarios.flight.messages.kept_out import kept_out_shares, with_kept_out
from scenarios.language.text.csv_files import read_csv_file
from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import sold_by
from surrogate.privacy import contents

DAYS, HELD = 4, 0.25
LINES = tuple(line(day, "case", "coupon-20", "young") for day in (2, 4, 6))
BUSY = {
    "baseline": {"young,case,,70": "young,case,,7000", "old,case,,50": "old,case,,5000"},
    "shop": {"max: 80000}": "max: 800000}"},
}


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is kept out is tested here, not how good the plan is."""
    little_work(monkeypatch)


@dataclass(frozen=True, kw_only=True, eq=False)
class Kept:
    """A campaign in which a quarter of the young were kept out of a coupon that goes as forecast to all others."""

    running: Running
    raw: str
    actuals: Actuals


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Sales of both groups as the forecast has them."""
    case = running(tmp_path_factory.mktemp("shop"), **BUSY)
    grid = case.grid
    case = Running(
        problem=case.problem, frozen=case.frozen, grid=grid, model=case.model, plan=grid.plan_of((*LINES, _agreed()))
    )
    shares = np.array([HELD, 0.0])
    reached = with_kept_out(case.frozen.effects, grid, case.plan, shares)
    together = sold_by(build_coefficients(grid, reached, case.frozen.baskets), case.plan, np).units
    without = sold_by(case.model, public_alone(grid, case.plan), np).units
    rows = ["date,product,segment,group,units,revenue,customers"]
    for day in range(DAYS):
        for k, product in enumerate(grid.products):
            for s, segment in enumerate(grid.segments):
                apart = round(without[s, k, day] * shares[s])
                sizes = {"treated": together[s, k, day] - apart, **({"holdout": apart} if shares[s] else {})}
                for group, units in sizes.items():
                    count = round(segment.customers * (shares[s] if group == "holdout" else 1 - shares[s]))
                    place = f"{grid.scenario.horizon.date_of(day)},{product.id},{segment.id},{group}"
                    rows.append(f"{place},{round(units)},{round(units) * float(product.price):.2f},{count}")
    raw = "\n".join(rows) + "\n"
    return Kept(running=case, raw=raw, actuals=read_text(raw, grid))


def _agreed():
    return line(4, "phone", "cut-15")


def _again(kept: Kept) -> Replanned:
    plan_set, _ = plans_of(kept.running.frozen, [kept.running.plan])
    params = ReplanParams(notice=1)
    return replan(kept.running.frozen, plan_set, plan_set.plans[0], kept.actuals, kept.raw.encode(), params)


@pytest.fixture(scope="module")
def found(kept: Kept) -> Replanned:
    """The rest of it planned again, once for all who look at it."""
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        return _again(kept)


def test_those_kept_out_are_no_evidence_against_an_offer(kept: Kept, found: Replanned) -> None:
    """A coupon that does as forecast for all who got it keeps its factor of 1, as the monitor sees no difference."""
    assert kept_out_shares(kept.actuals) == pytest.approx([HELD, 0.0])
    moved = found.recalibration.offers["coupon-20"]
    assert moved.factor == pytest.approx(1.0, abs=0.02)


def test_a_replanned_folder_reckons_with_them_once(kept: Kept, found: Replanned) -> None:
    """What the new folder's account has of the past is what was sold, in the monitor, too."""
    assert found.plan_set is not None
    plan = kept.running.grid.plan_of(found.plan_set.plans[0].plan_lines)
    watched = monitor(found.frozen, plan, kept.actuals, folder="new", rank=1, params=LIGHT)
    for each in watched.series:
        assert each.expected == pytest.approx(each.actual, rel=1e-3, abs=1.0), each.series.id


def test_measured_lifts_stand_beside_what_was_believed_before(kept: Kept, found: Replanned) -> None:
    """Effects of a re-planned folder have learned from the same sales; the planned lift is that of the first plan."""
    params = EvaluateParams(futures=50)
    assert found.plan_set is not None
    new = kept.running.grid.plan_of(found.plan_set.plans[0].plan_lines)
    planned = [
        next(each.planned for each in report.effects if each.product == "case")
        for report in (
            evaluate_campaign(frozen, plan, kept.actuals, folder="plans", rank=1, params=params)
            for frozen, plan in ((kept.running.frozen, kept.running.plan), (found.frozen, new))
        )
    ]
    assert planned[0] == pytest.approx(planned[1])


def test_sales_that_the_plan_was_made_of_are_no_forecast(kept: Kept, found: Replanned) -> None:
    """The accuracy of a re-planned folder is told of later periods only, and of none where none are told."""
    params = EvaluateParams(futures=50)
    assert found.plan_set is not None
    grid = kept.running.grid
    plan = grid.plan_of(found.plan_set.plans[0].plan_lines)
    days = [row for row in kept.raw.splitlines() if row.startswith("2026-11-04")]
    longer = read_text("\n".join([*kept.raw.splitlines(), *(row.replace("11-04", "11-05") for row in days), ""]), grid)
    reports = [
        evaluate_campaign(found.frozen, plan, actuals, folder="plans", rank=1, params=params)
        for actuals in (kept.actuals, longer)
    ]
    assert reports[0].accuracy is None
    assert reports[1].accuracy is not None
    assert reports[1].accuracy.cells == len(grid.products)
    first, second = (" ".join(printed(outcome_parts(report)[0], 200)) for report in reports)
    assert first.startswith("Accuracy: nothing is told after 2026-11-04, up to which the plan's account holds")
    assert second.startswith("Accuracy over 3 products and periods after 2026-11-04, up to which the plan's account")


def test_who_was_kept_out_is_kept_out_on(kept: Kept, found: Replanned) -> None:
    """A rollout of the re-planned campaign keeps out as many as the actuals tell, whatever lift is planned now."""
    assert found.plan_set is not None
    grid = kept.running.grid
    plan = grid.plan_of(found.plan_set.plans[0].plan_lines)
    told, missed = kept_on(found.frozen, grid, plan)
    assert (told, missed) == ((1000, None), False)
    assert kept_on(kept.running.frozen, grid, kept.running.plan) == ((None, None), False), "a first rollout is free"
    model = build_coefficients(grid, found.frozen.effects, found.frozen.baskets)
    sized = design_holdouts(found.frozen, model, plan, [4000, 6000], DesignParams(), (), told)[0]
    assert sized.held == 1000
    assert design_holdouts(found.frozen, model, plan, [4000, 6000], DesignParams(), ())[0].held != 1000
    assert design_holdouts(found.frozen, model, plan, [4000, 6000], DesignParams(holdout=0.1), (), told)[0].held == 400


def test_a_holdout_that_nobody_tells_of_is_missed(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where coupons were sent and the actuals have one group, the rollout warns that its holdout is a new one."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "cache"))
    rows = [row.replace(",treated,", ",,") for row in kept.raw.splitlines() if ",holdout," not in row]
    untold = replace(kept, raw="\n".join(rows) + "\n")
    untold = replace(untold, actuals=read_text(untold.raw, kept.running.grid))
    found = _again(untold)
    assert found.plan_set is not None
    write_plans(tmp_path / "new", found.plan_set, found.accounts, found.frozen)
    people = [f"c{number},{('young', 'old')[number % 2]}" for number in range(400)]
    (tmp_path / "people.csv").write_text("\n".join(["customer,segment", *people]) + "\n")
    arguments = ["export", str(tmp_path / "new"), "--rollout", str(tmp_path / "out")]
    given = [*arguments, "--customers", str(tmp_path / "people.csv")]
    assert "tell of no holdout" in " ".join(CliRunner().invoke(app, given).output.split())
    assert "tell of no holdout" not in " ".join(CliRunner().invoke(app, [*given, "--holdout", "25%"]).output.split())


def test_customers_kept_out_of_a_half_cost_nothing(kept: Kept) -> None:
    """Of a half of a segment, others are reached in place of those kept out; of all of it, their lift is lost."""
    case, costs = kept.running, []
    for coverage in (0.5, 1.0):
        lines = [line(day, "case", "coupon-20", "young", coverage) for day in (2, 4, 6)]
        plan = case.grid.plan_of((*lines, _agreed()))
        drawn = design_holdouts(case.frozen, case.model, plan, [4000, 6000], DesignParams(holdout=0.25))
        gained = (sold_by(case.model, plan, np).units - sold_by(case.model, _none(case), np).units).sum()
        costs.append(priced(drawn, case.frozen, case.model, plan)[0].costs / gained)
    assert costs == pytest.approx([0.0, 0.25], abs=0.01)


def test_a_file_of_a_tenth_of_the_customers_keeps_out_a_tenth_of_the_units(kept: Kept) -> None:
    """The plan counts 4,000: a quarter of the 400 in a file costs a tenth of what a quarter of all would."""
    case = kept.running
    plan = case.grid.plan_of((*(line(day, "case", "coupon-20", "young", 1.0) for day in (2, 4, 6)), _agreed()))
    costs = []
    for customers in ([4000, 6000], [400, 600]):
        drawn = design_holdouts(case.frozen, case.model, plan, customers, DesignParams(holdout=0.25))
        costs.append(priced(drawn, case.frozen, case.model, plan)[0].costs)
    assert costs[1] == pytest.approx(0.1 * costs[0], rel=0.02)


def _none(case: Running) -> np.ndarray:
    return case.grid.plan_of((_agreed(),))


def test_every_line_is_cut_by_its_own_coverage(kept: Kept) -> None:
    """With a quarter kept out, a line to everybody reaches three quarters, and one to a half all that it was to."""
    case = kept.running
    lines = (line(2, "case", "coupon-20", "young", 0.5), line(4, "case", "coupon-20", "young", 1.0), _agreed())
    plan = case.grid.plan_of(lines)
    coupon, effects = case.grid.offer_index["coupon-20"], case.frozen.effects
    reached = with_kept_out(effects, case.grid, plan, np.array([HELD, 0.0]))
    cut = reached.lift[0, :, 2, :, coupon] / effects.lift[0, :, 2, :, coupon]
    assert cut[0, [1, 3]] == pytest.approx([1.0, 0.75])
    assert cut[1] == pytest.approx(1.0), "nobody of the old is kept out"


def test_a_replanned_folder_is_said_to_be_clean_and_what_it_holds_of_the_flight(
    kept: Kept, found: Replanned, tmp_path: Path
) -> None:
    """Record, actuals and former effects belong there; small groups of the actuals are told, and a stray file found."""
    assert found.plan_set is not None
    write_plans(tmp_path / "new", found.plan_set, found.accounts, found.frozen)
    told = contents(tmp_path / "new")
    assert told.faults == ()
    assert all(part.what != "not written by the program" for part in told.parts)
    assert {"flight.json", "flight/actuals.csv", "flight/believed.npz"} <= {
        part.name.removeprefix("problem/") for part in told.parts
    }
    assert not any("actuals" in each for each in told.open)
    assert any("sums of as few as 1,000 customers" in each for each in contents(tmp_path / "new", least=1001).faults)
    (tmp_path / "new" / "problem" / "flight" / "who.csv").write_text("segment,units\nyoung,3\n")
    assert contents(tmp_path / "new").faults == ("problem/flight/who.csv is no file of a plan folder.",)


def test_a_replanned_folder_keeps_actuals_of_a_spreadsheet(kept: Kept, found: Replanned, tmp_path: Path) -> None:
    """With semicolons and the day first, its groups are told, and a life goes on from the same sales."""
    assert found.plan_set is not None
    flown = found.frozen.flown
    assert flown is not None
    sheet = decimal_comma(flown.actuals.decode())
    assert sheet.startswith(b"\xef\xbb\xbfdate;") and b"01.11.2026;" in sheet
    excel = replace(found.frozen, flown=replace(flown, actuals=sheet))
    for name, frozen in (("plain", found.frozen), ("excel", excel)):
        write_plans(tmp_path / name, found.plan_set, found.accounts, frozen)
        write_actuals(tmp_path / name, tmp_path / f"{name}.csv", periods=DAYS + 1, rollout=None, seed=1)
    assert any("sums of as few as 1,000 customers" in each for each in contents(tmp_path / "excel", least=1001).faults)
    told, plain = (read_csv_file(tmp_path / f"{name}.csv") for name in ("excel", "plain"))
    assert told.texts("date")[0] == "2026-11-01" and told.texts("product")[0] == "phone"
    numbers = ("units", "revenue", "customers", "stock_end")
    assert all(told.columns[name] == plain.columns[name] for name in told.columns if name not in numbers)
    for name in numbers:
        assert np.array_equal(told.numbers(name), plain.numbers(name), equal_nan=True)


def test_a_running_campaign_is_not_told_to_give_its_holdout_up(tmp_path: Path) -> None:
    """A least amount that is missed with those kept out on is named, and a smaller holdout is no remedy any more."""
    floor = "max: 80000}\n  - {id: reach, measure: customers_reached, min: 3900}"
    case = running(tmp_path, shop={"max: 80000}": floor})
    plan, share = case.grid.plan_of((*LINES, _agreed())), DesignParams(holdout=HELD)
    holdouts = design_holdouts(case.frozen, case.model, plan, [4000, 6000], share)
    (first,) = floors_missed(case.frozen, case.model, plan, holdouts, None)
    day = case.grid.scenario.horizon.date_of(0)
    flight = InFlight(as_of=day, locked_until=day, known_periods=1, actuals="a.csv", plan_sha256="0", moved=())
    untold = b"date,product,units,revenue\n2026-11-01,phone,1,2699\n2026-11-01,phone-pro,0,0\n2026-11-01,case,0,0\n"
    frozen = replace(case.frozen, flown=Flown(record=flight, actuals=untold, believed=case.frozen.effects))
    (later,) = floors_missed(frozen, case.model, plan, holdouts, None)
    assert "would come to about 3,000, 4,000 without it; give --holdout 0% or a smaller share" in first
    assert "would come to about 3,000, 4,000 without it; plan the rest with a higher bound; --holdout 0% would" in later
