"""The monitor of a running plan: shortfalls are alarms, stock-outs are none, budgets are warned of in time."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import DAYS, LINES, Running, running, running_shop
from little_watch import LIGHT
from lived import actuals_of, lived_units, shortfall, write_actuals
from plan_folders import write_folder
from printed import printed
from rich.console import Console
from typer.testing import CliRunner

from planner.cli import app
from planner.flight.watch.monitor import MonitorParams, monitor
from planner.flight.watch.readings import MonitorReport
from planner.report.flight.monitor import monitor_json, show_monitor, verdict_line
from scenarios.answer.json_records import dump, to_data
from scenarios.flight.actuals import Actuals
from scenarios.flight.messages.kept_out import with_kept_out
from scenarios.flight.series import Kind
from scenarios.language.plan_lines import PlanLine
from scenarios.tolerance import may_break
from surrogate.flight.watch.sequential import SequentialParams

PARAMS = MonitorParams(futures=150, most=200, least=200)


case = running_shop


def read(case: Running, actuals: Actuals, params: MonitorParams = LIGHT) -> MonitorReport:
    """Monitor the running shop, by few futures where it is not told how seldom alarms are false."""
    return monitor(case.frozen, case.plan, actuals, folder="plans", rank=1, params=params)


def lived(case: Running, **options: object) -> np.ndarray:
    """One lived campaign."""
    return lived_units(case.model, case.frozen.effects, case.plan, seed=3, **options)[0]  # type: ignore[arg-type]


def test_rare_alarms_are_kept_by_as_many_campaigns_as_that_takes(case: Running) -> None:
    """200 simulated campaigns cannot tell one in a hundred; the share is said as it was asked for."""
    params = replace(PARAMS, sequential=SequentialParams(false_alarms=0.005))
    report = monitor(case.frozen, case.plan, actuals_of(case.grid, lived(case), 3), folder="p", rank=1, params=params)
    assert report.simulated == 598
    console = Console(width=400, record=True, file=io.StringIO())
    console.print(*show_monitor(report))
    said = console.export_text()
    assert "alarms: at most 0.5% of undisturbed campaigns" in said


def test_an_undisturbed_campaign_is_quiet(case: Running) -> None:
    """A future of the plan raises no alarm; every series, limit and product with stock is read."""
    report = read(case, actuals_of(case.grid, lived(case), 4), PARAMS)
    assert not report.alarms
    assert {f"{each.series.kind}:{each.series.id}" for each in report.series} >= {
        "total:everything",
        "offer:cut-15",
        "offer:coupon-20",
        "offer:save-200",
        "product:phone",
        "segment:old",
    }
    assert {each.id for each in report.limits} == {"total-budget", "margin", "fund:nova", "gift:earbuds", "stock:phone"}
    assert report.alarmed <= may_break(report.simulated, 0.95)


def test_a_large_shortfall_is_found_and_named(case: Running) -> None:
    """An offer that sells 60 % less than forecast is found before its run ends, and said in a sentence."""
    units = lived(case, change=shortfall("cut-15", case.plan, 0.4))
    report = read(case, actuals_of(case.grid, units, DAYS - 1))
    alarm = next(each for each in report.alarms if each.series.id == "cut-15")
    assert alarm.alarm is not None
    assert alarm.ratio is not None
    assert alarm.ratio < 0.55
    assert any(text.startswith("offer cut-15: ") and "fewer units" in text for text in monitor_json(report)["findings"])
    assert not report.on_course


def test_a_plan_that_did_not_run_is_not_on_course(case: Running) -> None:
    """Sales as without promotion and no offer beside them: the verdict does not say that all is well."""
    report = read(case, actuals_of(case.grid, lived(case), DAYS - 1))
    told = replace(report, otherwise=("ran differently from the plan: cut-15 on phone did not run",))
    assert not told.on_course
    assert "1 offer ran otherwise than planned" in verdict_line(told).plain


def test_looking_earlier_finds_the_same(case: Running) -> None:
    """What is found on a day is found by looking on that day: later days do not change it."""
    units = lived(case, change=shortfall("cut-15", case.plan, 0.4))
    whole = read(case, actuals_of(case.grid, units, DAYS - 1))
    day = next(each.alarm for each in whole.alarms if each.series.id == "cut-15")
    assert day is not None
    then = read(case, actuals_of(case.grid, units, case.grid.scenario.horizon.period_of(day)))
    assert day in [each.alarm for each in then.alarms if each.series.id == "cut-15"]


def test_stock_outs_are_no_alarms(case: Running) -> None:
    """An empty shelf is named with its days, whether told or seen by sales at zero, and raises no alarm."""
    units = lived(case)
    told = units.copy()
    told[:, 0, 3:] = 0
    actuals = actuals_of(case.grid, told, 5)
    stock = actuals.tables["stock_end"].copy()
    stock[:, :, 0, 3:6] = np.where(np.isfinite(stock[:, :, 0, 3:6]), 0.0, np.nan)
    report = read(case, replace(actuals, tables={**actuals.tables, "stock_end": stock}))
    assert [(out.product, str(out.first), str(out.last), out.told) for out in report.stock_outs] == [
        ("phone", "2026-11-04", "2026-11-06", True)
    ]
    assert report.stock_outs[0].lost > 100
    silent = units.copy()
    silent[:, 2, 2:] = 0
    report = read(case, actuals_of(case.grid, silent, 5))
    assert [(out.product, out.told, out.periods) for out in report.stock_outs] == [("case", False, 4)]
    assert not report.alarms
    assert not report.on_course


def test_cells_that_ran_otherwise_are_left_out(case: Running) -> None:
    """Where something else ran than planned, the forecast says nothing and nothing is compared."""
    actuals = replace(actuals_of(case.grid, lived(case), 4), ran=frozenset())
    report = read(case, actuals)
    assert "offer:cut-15" not in {f"{each.series.kind}:{each.series.id}" for each in report.series}


def test_the_forecast_reckons_with_the_holdout(case: Running) -> None:
    """With a quarter kept out, a coupon for everybody lifts a quarter less, one for half of the segment as planned."""
    effects, shares = case.frozen.effects, np.array([0.25, 0.0])
    whole = with_kept_out(effects, case.grid, case.plan, shares)
    coupon = case.grid.offer_index["coupon-20"]
    assert whole.lift[:, 0, ..., coupon] == pytest.approx(0.75 * effects.lift[:, 0, ..., coupon])
    assert (whole.lift[:, 1] == effects.lift[:, 1]).all()
    half = case.grid.plan_of((replace_line(LINES[5], coverage=0.5),))
    assert (with_kept_out(effects, case.grid, half, shares).lift == effects.lift).all()


def replace_line(line: PlanLine, **update: object) -> PlanLine:
    """A line with something else."""
    return line.model_copy(update=update)


def test_a_budget_that_will_break_is_warned_of(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A spend limit below what the plan comes to is warned of with its date, before it breaks."""
    tight = running(tmp_path_factory.mktemp("tight"), shop={"measure: spend, max: 80000": "measure: spend, max: 60000"})
    report = read(tight, actuals_of(tight.grid, lived(tight), 3))
    budget = next(each for each in report.limits if each.id == "total-budget")
    assert budget in report.warnings
    assert not budget.broken
    assert budget.on is not None
    assert budget.on > report.as_of
    assert 0.5 <= budget.probability <= 1.0


def test_the_report_can_be_shown_and_written(case: Running) -> None:
    """The same actuals give the same JSON; every part can be laid out."""
    actuals = actuals_of(case.grid, lived(case), 4)
    one, two = (dump(to_data(monitor_json(read(case, actuals)))) for _ in range(2))
    assert one == two
    assert len(show_monitor(read(case, actuals))) >= 4


def test_the_command_answers_with_its_exit_code(case: Running, tmp_path_factory: pytest.TempPathFactory) -> None:
    """0 on course, 1 not, 2 for a file that cannot be right; --json is one document."""
    folder = tmp_path_factory.mktemp("plans")
    write_folder(case.problem, folder / "plan", LINES)
    path = folder / "actuals.csv"
    write_actuals(path, case.frozen, case.model, case.plan, lived(case), 4)
    runner = CliRunner()
    found = runner.invoke(app, ["monitor", str(folder / "plan"), str(path), "--json"])
    assert found.exit_code == (0 if json.loads(found.stdout)["on_course"] else 1)
    write_actuals(path, case.frozen, case.model, case.plan, lived(case, change=shortfall("cut-15", case.plan, 0.3)), 5)
    assert runner.invoke(app, ["monitor", str(folder / "plan"), str(path)]).exit_code == 1
    path.write_text(path.read_text().replace("2026-11-01", "2026-10-01"))
    broken = runner.invoke(app, ["monitor", str(folder / "plan"), str(path)])
    assert broken.exit_code == 2
    assert "before it" in broken.output
    late = runner.invoke(app, ["monitor", str(folder / "plan"), str(path), "--as-of", "soon"])
    assert late.exit_code == 2
    assert Path(path).exists()


def test_the_bound_of_a_stock_says_where_it_is_not_the_plans(case: Running) -> None:
    """Where breakage left less than the plan counted on, the report names both figures and says what each means."""
    actuals = actuals_of(case.grid, lived(case), 4)
    stocked = next(k for k, product in enumerate(case.grid.products) if product.stock is not None)
    told = actuals.tables["stock_end"].copy()
    told[0, :, stocked, 4] -= 3
    fewer = replace(actuals, tables={**actuals.tables, "stock_end": told})
    for found, other in ((read(case, actuals), False), (read(case, fewer), True)):
        reading = next(each for each in found.limits if each.id == f"stock:{case.grid.products[stocked].id}")
        assert (reading.bound != reading.planned_bound) is other
        console = Console(width=400, record=True, file=io.StringIO())
        for part in show_monitor(found):
            console.print(part)
        text = console.export_text()
        assert "arrivals included, while a plan shows the moment at which it is tightest" in text
        assert (f"(the plan has {reading.planned_bound:,.0f})" in text) is other


def test_where_there_is_no_room_evidence_stays_and_what_is_fine_is_counted(case: Running) -> None:
    """Of many series a planner sees all offers and what stands out, with the evidence, however narrow the screen."""
    report = read(case, actuals_of(case.grid, lived(case), 3))
    fine = next(each for each in report.series if each.series.kind is Kind.PRODUCT and each.inside)
    off = replace(fine, series=replace(fine.series, id="far"), actual=10 * fine.forecast.p95)
    near = replace(fine, series=replace(fine.series, id="near"), evidence=0.6)
    many = replace(report, series=(*report.series, *[replace(fine, evidence=0.1)] * 30, off, near))
    told = [row for part in show_monitor(many) for row in printed(part, 70)]
    header = next(row for row in told if row.startswith("series "))
    assert "evidence" in header
    rows = [row.split()[1] for row in told if row.startswith("product ")]
    assert {"far", "near"} <= set(rows) and fine.series.id not in rows
    assert "inside their forecast are not shown: --json has all" in " ".join(told)
    wide = [row for part in show_monitor(many) for row in printed(part, 120)]
    assert any(row.startswith("series ") and "5% to 95%" in row and "finds" in row for row in wide)
