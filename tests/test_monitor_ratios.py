"""Ratios and customers reached in the monitor: foreseen as budgets are, and part of the verdict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, running
from printed import printed
from replan_case import happened, sold

from planner.flight.evaluate import EvaluateParams, evaluate_campaign
from planner.flight.limits_kept import LimitKept
from planner.flight.watch.drawn_paths import draw_paths
from planner.flight.watch.monitor import MonitorParams, monitor
from planner.flight.watch.readings import LimitReading, MonitorReport
from planner.report.flight.limits_kept import show_limits_kept
from planner.report.flight.monitor import monitor_json, show_monitor
from planner.report.flight.monitor_findings import warning_sentence, writer
from planner.run.scored import score_plan
from scenarios.answer.json_records import dump
from scenarios.flight.actuals import HOLDOUT, TREATED, Actuals
from scenarios.flight.messages.contacts import Written
from scenarios.flight.messages.reached import newly_reached
from scenarios.language.scope import Scope
from surrogate.flight.chance import ChanceParams

BUDGET = "  - {id: total-budget, measure: spend, max: 80000}\n"
EXTRAS = "where: {products: [case]}"
RATIOS = (
    f"  - {{id: extras, measure: units, max: 61%, {EXTRAS}, share_of: {{measure: units}}}}\n"
    f"  - {{id: begun, measure: units, max: 70%, {EXTRAS}, share_of: {{measure: units}}, each: period}}\n"
    "  - {id: pays, measure: roi, min: -30%}\n"
    "  - {id: reach, measure: customers_reached, min: 3900, where: {segments: [young]}}\n"
    "  - {id: few, measure: customers_reached, max: 4500}\n"
    "  - {id: written, measure: contacts, max: 20000}\n"
)
CASE, YOUNG = 2, 0


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop with ratios and customers reached among its limits."""
    return running(tmp_path_factory.mktemp("shop"), shop={BUDGET: BUDGET + RATIOS})


def as_told(case: Running, units: np.ndarray, last: int = 3) -> Actuals:
    """What was sold at the prices that were planned."""
    actuals = happened(case, units, last)
    actuals.tables["revenue"][:] = np.nan
    return actuals


def watched(case: Running, actuals: Actuals) -> MonitorReport:
    """The monitor's report, by few futures."""
    params = MonitorParams(most=100, least=100)
    return monitor(case.frozen, case.plan, actuals, folder="plans", rank=1, params=params)


def judged(case: Running, actuals: Actuals) -> tuple[LimitKept, ...]:
    """What the report says of the limits."""
    params = EvaluateParams(futures=100)
    return evaluate_campaign(case.frozen, case.plan, actuals, folder="plans", rank=1, params=params).limits


def reading(report: MonitorReport, name: str) -> LimitReading:
    """What is read of a limit."""
    return next(each for each in report.limits if each.id == name)


def planned(case: Running, name: str) -> float:
    """What a limit comes to by the ledger."""
    plan = score_plan(case.problem, case.plan, seed=1).plan
    return float(next(each.used for each in plan.limits if each.id == name))


def text_of(report: MonitorReport) -> str:
    """The whole report as one line."""
    return " ".join(row.strip() for part in show_monitor(report) for row in printed(part, 200))


def test_every_limit_is_read(case: Running) -> None:
    """Ratios, customers reached and what counts from no promotion among them; as plain data, too."""
    report = watched(case, as_told(case, sold(case)))
    assert {"extras", "begun", "pays", "reach", "few", "margin"} <= {each.id for each in report.limits}
    assert "not foreseen" not in text_of(report)
    assert '"extras"' in dump(monitor_json(report))


def test_sales_as_planned_come_to_what_the_ledger_says(case: Running) -> None:
    """The middle future of each ratio is the plan's own figure."""
    report = watched(case, as_told(case, sold(case)))
    for name in ("extras", "margin", "pays"):
        end = reading(report, name).end
        assert end.p05 < planned(case, name) < end.p95
        assert end.p50 == pytest.approx(planned(case, name), abs=0.03)


def test_a_share_that_will_break_is_warned_of(case: Running) -> None:
    """It was called on course: cases sell half more than planned, and all else as planned."""
    units = sold(case)
    calm = watched(case, as_told(case, units))
    units[:, CASE] *= 1.5
    report = watched(case, as_told(case, units))
    found = reading(report, "extras")
    assert reading(calm, "extras").probability < 0.1 < 0.9 < found.probability
    assert found in report.warnings
    assert not report.on_course
    sentence = warning_sentence(found, "CNY")
    assert sentence.startswith("limit extras will ")
    assert sentence.endswith(f"about {writer(found, 'CNY')(found.end.p50)} at the end, at most 61.00% is asked for")
    assert found.on is None, "a share can mend until the last day"
    assert sentence in text_of(report)


def test_parts_that_run_ahead_together_break_no_share(case: Running) -> None:
    """Everything sells a third more: the part does, and the whole does with it."""
    found = reading(watched(case, as_told(case, sold(case, base=1.3))), "extras")
    assert found.end.p50 == pytest.approx(planned(case, "extras"), abs=0.02)
    assert found.probability < 0.1


def test_the_share_of_a_day_that_is_over_is_broken(case: Running) -> None:
    """Of days the one that broke is told, by name."""
    units = sold(case)
    units[:, CASE, 1] *= 4.0
    report = watched(case, as_told(case, units))
    found = reading(report, "begun")
    assert (found.broken, found.span) == (True, "2026-11-02")
    assert warning_sentence(found, "CNY").startswith("limit begun (2026-11-02) is broken: ")


def test_what_promotions_gained_is_not_what_more_customers_bring(case: Running) -> None:
    """Of ROI only what offers brought counts: a third more base sales alone hardly moves it."""
    calm, busy = (reading(watched(case, as_told(case, sold(case, base=each))), "pays") for each in (1.0, 1.3))
    weak = reading(watched(case, as_told(case, sold(case, lift={"cut-15": 0.3}))), "pays")
    assert not calm.told
    outcome = score_plan(case.problem, case.plan, seed=1).plan.outcome
    counted_in_full = 0.3 * float(outcome.profit / outcome.gross_spend)
    assert abs(busy.end.p50 - calm.end.p50) < 0.1 * counted_in_full
    assert weak.end.p50 < calm.end.p50


def test_no_promotion_is_drawn_on_the_same_good_and_bad_days(case: Running) -> None:
    """What the plan gains scatters less than either side: single days are the same on both."""
    chance = ChanceParams(everywhere=0.3)
    paths = draw_paths(case.model, case.frozen.effects, case.plan, seed=1, count=200, chance=chance)
    place = [entry.id for entry in paths.entries].index("pays")
    gained = paths.use[:, place].sum(axis=1) - paths.without["pays"].sum(axis=1)
    assert gained.std() < 0.5 * paths.use[:, place].sum(axis=1).std()


def test_customers_reached_are_those_of_the_ledger(case: Running) -> None:
    """Where nothing is known beyond the plan, the same number; each customer once."""
    report = watched(case, as_told(case, sold(case)))
    for name in ("reach", "few"):
        found = reading(report, name)
        assert found.end.p50 == pytest.approx(planned(case, name), abs=0.5)
    assert reading(report, "reach").probability == 0.0
    assert reading(report, "few").probability == 1.0, "the old are reached on the fifth"


def test_customers_who_are_kept_out_are_not_reached(case: Running) -> None:
    """A floor that the plan just keeps is missed where a tenth of the segment is kept out."""
    actuals = as_told(case, sold(case))
    shape = actuals.tables["units"].shape
    customers = np.full(shape, np.nan)
    for group, people in ((TREATED, 3600.0), (HOLDOUT, 400.0)):
        customers[group, YOUNG, :, :4] = people
    actuals.tables["units"][HOLDOUT, YOUNG, :, :4] = 1.0
    held = replace(actuals, tables={**actuals.tables, "customers": customers})
    report = watched(case, held)
    found = reading(report, "reach")
    assert found.end.p50 == pytest.approx(3600.0, abs=1.0)
    assert (found.used, found.planned) == (pytest.approx(3600.0, abs=1.0), pytest.approx(3600.0, abs=1.0))
    assert reading(report, "written").planned == pytest.approx(7200.0, abs=1.0), "of two messages"
    kept = {each.id: each for each in judged(case, held)}
    for name in ("reach", "few", "pays", "written"):
        read = reading(report, name)
        assert (kept[name].used, kept[name].planned) == (pytest.approx(read.used), pytest.approx(read.planned)), name
    assert warning_sentence(found, "CNY").startswith("limit reach will almost certainly be missed: about 3,600")


def test_a_campaign_that_is_over_is_told_what_became_of_ratios_and_of_customers_reached(case: Running) -> None:
    """The report's table has them, too: ROI by estimate, with its interval; nothing is left undecided."""
    report = {each.id: each for each in judged(case, as_told(case, sold(case), last=6))}
    assert (report["reach"].kept, report["few"].kept) == (True, False)
    pays = report["pays"]
    assert pays.kept is not None and not pays.told and pays.error > 0
    assert pays.used == pytest.approx(planned(case, "pays"), abs=0.05)
    text = " ".join(" ".join(printed(show_limits_kept([pays], "CNY"), 80)).split())
    assert f"{pays.used:.2f}*" in text and "pays: what no promotion would have made is drawn" in text


def test_messages_that_were_not_sent_reach_nobody(case: Running) -> None:
    """Half of the coupon's messages went out twice by lot: three quarters of the young have one so far."""
    actuals = as_told(case, sold(case), last=5)
    contacts = np.full_like(actuals.tables["units"], np.nan)
    contacts[TREATED, YOUNG, CASE, [1, 3, 5]] = 2000.0, 2000.0, 0.0
    found = reading(watched(case, replace(actuals, tables={**actuals.tables, "contacts": contacts})), "reach")
    assert found.used == pytest.approx(3000.0, abs=1.0)
    assert found.probability == 1.0, "no message is to come"


def test_what_a_scope_reaches_is_counted_in_it(case: Running) -> None:
    """Each period tells the customers whom it is the first to reach."""
    actuals = as_told(case, sold(case))
    going_on, as_planned = newly_reached(case.grid, case.plan, Written(actuals, case.plan), Scope(segments=("young",)))
    assert going_on.tolist() == as_planned.tolist()
    assert (going_on[1], going_on.sum()) == pytest.approx((4000.0, 4000.0))
