"""The evaluation: the bridge adds up, effects are measured, what was not measured is said, lessons are read."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from flight_case import DAYS, LINES, Running, running, running_shop
from little_watch import LIGHT
from lived import actuals_of, lived_units, write_actuals
from plan_folders import write_folder
from printed import printed
from realised_past import realised_of
from typer.testing import CliRunner

from planner.cli import app
from planner.flight.evaluate import EvaluateParams, OutcomeReport, evaluate_campaign
from planner.flight.measure.lessons import lessons, lessons_csv
from planner.flight.measure.measured import Switch
from planner.flight.outcomes_so_far import CASH, profit_bridge
from planner.flight.watch.monitor import monitor
from planner.report.flight.outcome_report import outcome_json, show_outcome
from planner.run.scored import score_plan
from scenarios.answer.json_records import dump, to_data
from scenarios.flight.actuals import Actuals
from scenarios.flight.customer_outcomes import read_customer_outcomes
from scenarios.language.scope import Scope
from scenarios.language.text.csv_files import read_csv
from scenarios.language.words import Measure
from scenarios.problems import InvalidInput
from scenarios.response.totals import sold_by
from scenarios.streams import stream
from surrogate.data.lift_test_file import read_lift_tests

case = running_shop


def evaluated(case: Running, actuals: Actuals, **options: object) -> OutcomeReport:
    """Evaluate the running shop."""
    params = EvaluateParams(futures=100)
    return evaluate_campaign(case.frozen, case.plan, actuals, folder="plans", rank=1, params=params, **options)  # type: ignore[arg-type]


def lived(case: Running) -> Actuals:
    """One lived campaign."""
    return actuals_of(case.grid, lived_units(case.model, case.frozen.effects, case.plan, seed=3)[0], DAYS - 1)


def test_the_bridge_adds_up_to_both_profits(case: Running) -> None:
    """Steps sum to the last one exactly, on both sides; the forecast's is the plan's own profit."""
    realised = realised_of(case, lived(case))
    *steps, net = profit_bridge(realised, case.plan)
    assert sum((step.forecast for step in steps), Decimal(0)) == net.forecast
    assert sum((step.actual for step in steps), Decimal(0)) == net.actual
    assert sum((step.change for step in steps), Decimal(0)) == net.change
    nothing = replace(lived(case), last=DAYS - 1)
    expected = realised_of(case, nothing)
    expected.sold = expected.expected
    wanted = float(expected.use(Measure.PROFIT, Scope()).amounts.sum() - expected.price_surprise(Scope()).sum())
    assert float(net.forecast) == pytest.approx(wanted, abs=0.05)
    real = float(realised.use(Measure.PROFIT, Scope()).amounts.sum())
    assert float(net.actual) == pytest.approx(real, abs=0.05)


def test_actuals_equal_to_the_forecast_change_nothing(case: Running) -> None:
    """Where exactly the expected units were sold at the planned prices, no step of the bridge changes by a unit."""
    units = sold_by(case.model, case.plan, np).units
    actuals = actuals_of(case.grid, units, DAYS - 1)
    report = evaluated(case, actuals)
    assert next(t for t in report.totals if t.measure == "units").actual == pytest.approx(units.sum())
    for step in report.bridge[:-2]:
        assert float(step.change) == pytest.approx(0, abs=0.02), step.name
    assert report.accuracy.error == pytest.approx(0, abs=1e-9)


def test_revenue_that_is_told_counts(case: Running) -> None:
    """Customers who paid less than planned show as prices paid otherwise, net of tax, returns and fees."""
    actuals = lived(case)
    paid = actuals.tables["revenue"].copy()
    paid[0, 0, 2, 0] -= 1000.0
    cheaper = replace(actuals, tables={**actuals.tables, "revenue": paid})
    one, other = (profit_bridge(realised_of(case, a), case.plan)[-1].actual for a in (actuals, cheaper))
    money = case.frozen.scenario.money
    lost = 1000.0 * ((1 - money.return_rate) / (1 + money.tax_rate) - money.fee_rate)
    assert float(one - other) == pytest.approx(lost, abs=0.02)


def held_actuals(case: Running) -> Actuals:
    """A campaign in which a tenth of the young were kept out of the coupon on cases, which lifts by half."""
    actuals = lived(case)
    units, people = actuals.tables["units"].copy(), np.full_like(actuals.tables["units"], np.nan)
    units[0, 0, 2] = [630, 945, 630, 945, 630, 945, 630]
    units[1, 0, 2] = 70
    people[0, 0, 2], people[1, 0, 2] = 3600, 400
    return replace(actuals, tables={**actuals.tables, "units": units, "customers": people})


def test_holdout_rows_give_a_lift_and_a_lesson(case: Running) -> None:
    """Units per customer, treated over held out, on the days of the offer; the row is one that a data file reads."""
    report = evaluated(case, held_actuals(case))
    (effect,) = report.effects
    assert (effect.offer, effect.product, effect.segment) == ("coupon-20", "case", "young")
    assert effect.measured.lift == pytest.approx(0.5)
    assert effect.measured.low < 0.5 < effect.measured.high
    assert effect.planned is not None
    assert len(report.lessons) == 1
    assert any(note.startswith("cut-15: not measurable") for note in report.notes)
    assert any(note.startswith("save-200: not measurable") for note in report.notes)


def test_expected_says_what_a_holdout_takes_off(case: Running) -> None:
    """The plan's own account keeps nobody out: by how much more profit is said, and nothing without a holdout."""
    report = evaluated(case, held_actuals(case))
    plain = evaluated(case, lived(case))
    assert plain.kept_out == ""
    own, expected = (next(t for t in each.totals if t.measure == "profit").expected for each in (plain, report))
    assert own != expected
    more = "more" if own > expected else "less"
    assert report.kept_out == (
        "expected reckons with the customers who were kept out of targeted offers: the plan's own account, whose "
        f"offers reach everybody, has {abs(own - expected):,.2f} CNY {more} profit ({own:,.2f})"
    )
    assert outcome_json(report)["kept_out"] == report.kept_out
    text = " ".join(row.strip() for part in show_outcome(report) for row in printed(part, 80))
    assert report.kept_out in text and "customers whom it did not reach or who were kept out" in text


def test_messages_to_those_who_are_kept_out_are_no_planned_cost(case: Running) -> None:
    """Three messages of 4,000 at 0.02 go to 3,600: 24 less in the plan, as in what was really paid."""
    plain, held = (evaluated(case, each) for each in (lived(case), held_actuals(case)))
    cash, other = (next(step for step in each.bridge if step.name == CASH) for each in (held, plain))
    assert cash.forecast - other.forecast == Decimal(24)
    assert cash.change == 0, "those who were left were written to, as planned"
    total = next(each for each in held.totals if each.measure == "profit")
    assert total.expected == pytest.approx(float(held.bridge[-1].forecast), abs=1e-6)


def test_a_loss_of_the_own_account_is_told_as_one(tmp_path: Path) -> None:
    """Only what lies between the two accounts is told without its sign."""
    dear = {"unit_cost: 1890": "unit_cost: 2690", "unit_cost: 2760": "unit_cost: 3990"}
    shop = running(tmp_path, shop=dear)
    own = next(each for each in evaluated(shop, lived(shop)).totals if each.measure == "profit").expected
    assert own < 0
    told = evaluated(shop, held_actuals(shop)).kept_out
    assert told.endswith(f"CNY less profit ({own:,.2f})") or told.endswith(f"CNY more profit ({own:,.2f})")
    assert " has -" not in told


def test_lessons_are_read_by_a_data_file(case: Running, tmp_path: Path) -> None:
    """What the report writes is what ``experiments: {table: FILE}`` reads; a broken row is one clear message."""
    path = tmp_path / "lessons.csv"
    path.write_bytes(lessons_csv(lessons(evaluated(case, held_actuals(case)).effects, case.grid)))
    (row,) = read_lift_tests({"table": "lessons.csv"}, tmp_path, "data.yaml:9")
    assert (row["offer"], row["product"], row["segment"]) == ("coupon-20", "case", "young")
    assert float(row["lift"].rstrip("%")) == pytest.approx(50, abs=1)
    horizon = case.grid.scenario.horizon
    assert (row["first_day"], row["last_day"]) == (str(horizon.start), str(horizon.last_day))
    path.write_text("offer,lift,standard_error\ncoupon-20,50%,0%\n")
    with pytest.raises(InvalidInput, match=r"lessons.csv:2: standard_error: expected a lift test"):
        read_lift_tests({"table": "lessons.csv"}, tmp_path, "data.yaml:9")
    with pytest.raises(InvalidInput, match="expected a CSV file that can be read"):
        read_lift_tests({"table": "none.csv"}, tmp_path, "data.yaml:9")


def test_customers_one_by_one(case: Running) -> None:
    """A file of customers gives CUPED by segment; all its mistakes come at once."""
    rng = stream(15, "tests", "customers")
    rows = ["customer,segment,group,units,before"]
    for number in range(400):
        held, rate = number % 4 == 0, rng.gamma(1.0, 1.0)
        group = "holdout" if held else "treated"
        rows.append(f"c{number},young,{group},{rng.poisson(rate * (1.0 if held else 2.0))},{rng.poisson(3 * rate)}")
    groups = read_customer_outcomes(read_csv("\n".join(rows).encode(), "customers.csv"), case.grid)
    (effect,) = evaluated(case, lived(case), customers=groups).effects
    assert effect.measured.method == "CUPED"
    assert effect.measured.found
    assert not evaluated(case, lived(case), customers=groups).lessons, "all offers together are no lesson of one"
    broken = "segment,group,units\nyung,treated,1\nyoung,control,-1\n"
    with pytest.raises(InvalidInput) as error:
        read_customer_outcomes(read_csv(broken.encode(), "customers.csv"), case.grid)
    assert len(error.value.problems) == 3
    public = "segment,group,offer,units\nyoung,treated,cut-15,1\nyoung,holdout,cut-15,1\n"
    with pytest.raises(InvalidInput, match=r"customers.csv:2: offer: .* kept out of, got cut-15; leave its rows out"):
        read_customer_outcomes(read_csv(public.encode(), "customers.csv"), case.grid)
    with pytest.raises(InvalidInput, match="rows: expected at least one customer, got none"):
        read_customer_outcomes(read_csv(b"segment,group,units\n", "customers.csv"), case.grid)
    huge = "segment,group,units\nyoung,treated,1e200\nyoung,holdout,-1\n"
    with pytest.raises(InvalidInput, match=r"units: expected a number of at most 1,000,000,000, got 1e\+200") as told:
        read_customer_outcomes(read_csv(huge.encode(), "customers.csv"), case.grid)
    assert "at least 0, got -1" in str(told.value.problems[1])
    some = "segment,group,units,before\nyoung,treated,1,2\nyoung,holdout,1,\nyoung,holdout,1,\n"
    with pytest.raises(InvalidInput, match=r"customers.csv:3: before: .* got a blank \(and on 1 more row\); write 0"):
        read_customer_outcomes(read_csv(some.encode(), "customers.csv"), case.grid)
    nobodys = read_csv(some.replace(",2\n", ",\n").encode(), "customers.csv")
    assert all(group.before is None for group in read_customer_outcomes(nobodys, case.grid))


def test_switched_off_days_are_compared(case: Running) -> None:
    """Days that the lot switched off stand against those left on, for the product of the lot."""
    actuals = lived(case)
    units = actuals.tables["units"].copy()
    units[0, :2, 1] = np.array([[10.0], [20.0]]) * np.where(np.arange(DAYS) % 2 == 1, 1.6, 1.0)
    noise = np.array([1.0, 0.95, 1.05, 1.0, 0.97, 1.03, 1.0])
    moved = replace(actuals, tables={**actuals.tables, "units": np.round(units * noise)})
    switches = [Switch(period=t, product="phone-pro", offer="cut-15", on=t % 2 == 1) for t in range(DAYS)]
    effects = evaluated(case, moved, switches=switches).effects
    found = next(each for each in effects if each.measured.method == "switchback")
    assert found.offer == "cut-15"
    assert 0.3 < found.measured.lift < 1.0


def test_the_command_writes_lessons_and_json(case: Running, tmp_path: Path) -> None:
    """One JSON document, the same twice; lessons only as CSV; a folder that is no rollout is refused."""
    write_folder(case.problem, tmp_path / "plan", LINES)
    units = lived_units(case.model, case.frozen.effects, case.plan, seed=3)[0]
    write_actuals(tmp_path / "a.csv", case.frozen, case.model, case.plan, units, 4)
    arguments = ["report", str(tmp_path / "plan"), str(tmp_path / "a.csv")]
    runner = CliRunner()
    lessons_file = tmp_path / "lessons.csv"
    one, two = (runner.invoke(app, [*arguments, "--json", "--lessons", str(lessons_file)]) for _ in range(2))
    assert one.exit_code == 0
    assert one.stdout == two.stdout
    assert json.loads(one.stdout)["periods"] == 5
    assert lessons_file.read_text() == (
        "name,offer,product,segment,lift,standard_error,first_day,last_day,products,segments,"
        "product_weights,segment_weights\n"
    )
    assert runner.invoke(app, [*arguments, "--lessons", "lessons.txt"]).exit_code == 2
    assert runner.invoke(app, [*arguments, "--rollout", str(tmp_path)]).exit_code == 2


def test_the_report_can_be_shown(case: Running) -> None:
    """Every part can be laid out; the JSON of a report is plain data."""
    report = evaluated(case, held_actuals(case))
    assert len(show_outcome(report)) >= 6
    assert "coupon-20" in dump(to_data(outcome_json(report)))


def test_what_was_expected_is_the_plans_own_account_in_report_and_monitor(case: Running) -> None:
    """Report and monitor compare with one forecast, the plan's account, equal to its totals to the minor unit."""
    actuals, book = lived(case), score_plan(case.problem, case.plan).plan.outcome
    report = evaluated(case, actuals)
    expected = {total.measure: total.expected for total in report.totals}
    for name in ("units", "revenue", "spend", "margin", "profit"):
        assert expected[name] == float(getattr(book, name)), name
    assert report.bridge[-1].forecast == book.profit
    watched = monitor(case.frozen, case.plan, actuals, folder="plans", rank=1, params=LIGHT)
    everything = next(each for each in watched.series if each.series.id == "everything")
    assert everything.expected == pytest.approx(expected["units"], abs=0.01)
    assert everything.ratio == pytest.approx(everything.actual / everything.expected)
    planned = {each.id: each.planned for each in watched.limits}
    assert planned["total-budget"] == pytest.approx(float(book.spend), abs=0.05)
