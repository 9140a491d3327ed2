"""The monitor: alarms keep their error, stock-outs are no alarms, budgets and stock are warned of in time."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import DAYS, LINES, Running, running
from lived import actuals_of, lived_units, shortfall, write_actuals
from plan_folders import write_folder
from rich.console import Console
from typer.testing import CliRunner

from planner.cli import app
from planner.flight.monitor import MonitorParams, monitor
from planner.flight.readings import MonitorReport
from planner.report.monitor import _verdict, monitor_json, show_monitor
from scenarios.answer.json_records import dump, to_data
from scenarios.flight.actuals import Actuals
from scenarios.flight.kept_out import with_kept_out
from scenarios.futures.tolerance import may_break
from scenarios.language.plan_lines import PlanLine
from scenarios.streams import stream
from surrogate.flight.chance import ChanceParams, with_chance
from surrogate.flight.foresee import breaks, foresee
from surrogate.flight.lots import lot_size
from surrogate.flight.predicted import predict
from surrogate.flight.sequential import SequentialParams, detectable, fix_tests, peak, set_bar

PARAMS = MonitorParams(futures=150, most=200, least=200)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop, running."""
    return running(tmp_path_factory.mktemp("shop"))


def read(case: Running, actuals: Actuals) -> MonitorReport:
    """Monitor the running shop."""
    return monitor(case.frozen, case.plan, actuals, folder="plans", rank=1, params=PARAMS)


def lived(case: Running, **options: object) -> np.ndarray:
    """One lived campaign."""
    return lived_units(case.model, case.frozen.effects, case.plan, seed=3, **options)[0]  # type: ignore[arg-type]


def level(rng: np.random.Generator, count: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Two series of 12 periods whose forecast errs by a lasting factor: expected, and with chance."""
    base = np.array([[80.0], [300.0]]) * np.ones(12)
    means = base * np.exp(spread * rng.standard_normal((count, 2, 1)) - spread**2 / 2)
    return means, rng.poisson(means).astype(float)


def test_few_undisturbed_campaigns_pass_the_bar_and_uncertainty_is_no_alarm() -> None:
    """With lasting errors of 20 % in every forecast, 4,000 fresh campaigns pass the bar as rarely as stated.

    Counting 4,000 leaves a standard error of 0.35 points, of which three are granted.
    """
    rng = stream(5, "tests", "bar")
    means, chanced = level(rng, 400, 0.2)
    tests = fix_tests(predict(means, chanced, np.ones((2, 12), dtype=bool)), np.ones(2), np.arange(2))
    bar = set_bar(tests, level(rng, 1000, 0.2)[1], SequentialParams())
    assert bar.alarmed <= may_break(1000, 0.95)
    fresh = peak(tests, tests.evidence(tests.predicted.innovations(level(rng, 4000, 0.2)[1])))
    assert (fresh > bar.log_evidence).mean() <= 0.05 + 3 * 0.0035
    halved = peak(tests, tests.evidence(tests.predicted.innovations(rng.poisson(0.4 * level(rng, 200, 0.2)[0]) * 1.0)))
    assert (halved > bar.log_evidence).mean() >= 0.9


def test_evidence_keeps_villes_bound() -> None:
    """For normal innovations the peak of the evidence passes 20 in at most 5 % of the paths, whatever the look."""
    rng = stream(6, "tests", "martingale")
    means, chanced = level(rng, 400, 0.1)
    tests = fix_tests(predict(means, chanced, np.ones((2, 12), dtype=bool)), np.ones(2), np.arange(0))
    evidence = tests.evidence(rng.standard_normal((4000, 2, 12)))
    assert (peak(tests, evidence) > np.log(20)).mean() <= 0.05


def test_a_change_that_begins_later_is_found_though_the_level_was_unknown() -> None:
    """Earlier days teach the level: a fall by 40 % half-way is found although the forecast itself errs by 30 %."""
    rng = stream(7, "tests", "later")
    means, chanced = level(rng, 400, 0.3)
    tests = fix_tests(predict(means, chanced, np.ones((2, 12), dtype=bool)), np.ones(2), np.arange(2))
    bar = set_bar(tests, level(rng, 500, 0.3)[1], SequentialParams())
    fallen = level(rng, 100, 0.3)[0]
    fallen[..., 6:] *= 0.6
    found = peak(tests, tests.evidence(tests.predicted.innovations(rng.poisson(fallen).astype(float))))
    assert (found > bar.log_evidence).mean() >= 0.8


def test_what_can_be_found_shrinks_with_certainty() -> None:
    """A forecast that is known better finds smaller shortfalls; the error's share of a series counts too."""
    rng = stream(8, "tests", "detectable")
    shares = []
    for spread in (0.05, 0.3):
        means, chanced = level(rng, 300, spread)
        tests = fix_tests(predict(means, chanced, np.ones((2, 12), dtype=bool)), np.ones(2), np.arange(2))
        shares.append(detectable(tests, set_bar(tests, level(rng, 200, spread)[1], SequentialParams())))
    assert (shares[0] < shares[1]).all()


def test_lots_are_told_by_how_days_differ() -> None:
    """Sales in lots of 12 are told as such whatever lasting errors the forecast has; single purchases as ones."""
    rng = stream(16, "tests", "lots")
    expected = rng.uniform(40, 200, size=(4, 10, 1)) * np.ones(14)
    wrong = np.exp(0.3 * rng.standard_normal((4, 10, 1)))
    usable = np.ones((10, 14), dtype=bool)
    for size in (1.0, 12.0):
        sold = with_chance(expected * wrong, ChanceParams(lot=size), rng)
        assert lot_size(sold, expected, usable, ChanceParams()) == pytest.approx(size, rel=0.4)
    assert lot_size(expected[:1, :2], expected[:1, :2], usable[:2], ChanceParams()) == 1.0
    with pytest.raises(ValueError, match="at least 1 unit"):
        ChanceParams(lot=0.5)


def test_foresight_follows_what_lasts() -> None:
    """Where errors last, a use 30 % above plan is foreseen to go on; where days err alone, it is not."""
    rng = stream(9, "tests", "foresee")
    lasting = 100 * np.exp(0.2 * rng.standard_normal((500, 1))) * np.ones(10)
    alone = 100 * np.exp(0.2 * rng.standard_normal((500, 10)))
    seen = np.full(5, 130.0)
    assert np.median(foresee(lasting, seen).total) == pytest.approx(1300, rel=0.03)
    assert np.median(foresee(alone, seen).total) == pytest.approx(650 + 500, rel=0.05)


@pytest.mark.parametrize("known", [2, 7])
def test_foresight_is_as_uncertain_as_it_should_be(known: int) -> None:
    """Where errors that last and errors of days are Gaussian, the spread of the end is that of Bayes' rule."""
    rng, days = stream(11, "tests", "foresee"), 14
    paths = 1000 + 10 * rng.standard_normal((20_000, 1)) + 10 * rng.standard_normal((20_000, days))
    rest = days - known
    lasting, alone = np.array([known, rest]) * 10.0, np.array([known, rest]) * 100.0
    seen, left = lasting**2 + alone
    exact = np.sqrt(left - (lasting[0] * lasting[1]) ** 2 / seen)
    assert foresee(paths, np.full(known, 1000.0)).total.std() == pytest.approx(exact, rel=0.03)


def test_rare_alarms_are_kept_by_as_many_campaigns_as_that_takes(case: Running) -> None:
    """200 simulated campaigns cannot tell one in a hundred; the share is said as it was asked for."""
    params = replace(PARAMS, sequential=SequentialParams(false_alarms=0.005))
    report = monitor(case.frozen, case.plan, actuals_of(case.grid, lived(case), 3), folder="p", rank=1, params=params)
    assert report.simulated == 598
    console = Console(width=400, record=True, file=io.StringIO())
    console.print(*show_monitor(report))
    said = console.export_text()
    assert "alarms: at most 0.5% of undisturbed campaigns" in said


def test_breaks_come_with_date_and_probability() -> None:
    """A budget used up on the eighth day breaks there; a larger one never; a least amount is missed at the end."""
    paths = np.full((50, 10), 100.0)
    foreseen = foresee(paths, np.full(3, 100.0))
    broke = breaks(foreseen, np.full(10, 750.0))
    assert (broke.probability, broke.period, broke.earliest) == (1.0, 7, 7)
    assert breaks(foreseen, np.full(10, 1000.0)).probability == 0.0
    assert breaks(foreseen, np.full(10, 1100.0), at_end=True, below=True).period == 9


def test_an_undisturbed_campaign_is_quiet(case: Running) -> None:
    """A future of the plan raises no alarm; every series, limit and product with stock is read."""
    report = read(case, actuals_of(case.grid, lived(case), 4))
    assert not report.alarms
    assert {f"{each.series.kind}:{each.series.id}" for each in report.series} >= {
        "total:everything",
        "offer:cut-15",
        "offer:coupon-20",
        "offer:save-200",
        "product:phone",
        "segment:old",
    }
    assert {each.id for each in report.limits} == {"total-budget", "fund:nova", "gift:earbuds", "stock:phone"}
    assert any("margin" in note for note in report.notes), "a ratio is not foreseen, and that is said"
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
    assert "1 offer ran otherwise than planned" in _verdict(told).plain


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
        assert "arrivals included, while a plan shows the moment with the least left" in text
        assert (f"(the plan has {reading.planned_bound:,.0f})" in text) is other
