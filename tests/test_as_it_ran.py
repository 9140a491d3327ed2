"""The plan as it ran: lines that did not run cost and earn nothing, those that ran unplanned count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import LINES, Running, line, running_shop
from little_watch import LIGHT
from realised_past import realised_of
from really_ran import lived_otherwise, ran_of
from replan_case import LAST, happened

from planner.flight.evaluate import EvaluateParams, OutcomeReport, evaluate_campaign
from planner.flight.measure.measured import Switch
from planner.flight.real_lines import counted_as_it_ran, not_counted
from planner.flight.watch.monitor import monitor
from scenarios.flight.actuals import Actuals, Ran
from scenarios.flight.as_it_ran import as_it_ran
from scenarios.language.plan_lines import PlanLine
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.totals import sold_by

MONEY = (Measure.SPEND, Measure.VENDOR_FUNDING, Measure.USES, Measure.PROFIT, Measure.CONTACTS)
OFF = tuple(each for each in LINES if not (each.product == "phone-pro" and each.date.day == 4))
"""One day of a funded cut is off."""
EXTRA = (
    *LINES,
    line(3, "phone", "cut-15"),
    line(3, "case", "coupon-20", "young"),
    line(1, "basket", "save-200", "old"),
)
"""A cut, a coupon and an offer on orders that nobody had planned."""
INSTEAD = tuple(each if each.product != "phone" else line(4, "phone", "flash-12") for each in LINES)
"""Another offer in the same slot."""

case = running_shop


@pytest.mark.parametrize("lines", [OFF, EXTRA, INSTEAD], ids=["off", "extra", "instead"])
def test_money_is_that_of_what_ran(case: Running, lines: tuple[PlanLine, ...]) -> None:
    """Spend, funding, uses and profit are those of a plan that held these lines from the first."""
    actuals = lived_otherwise(case, lines)
    plan = case.grid.plan_of(lines)
    told = realised_of(case, actuals)
    same = realised_of(case, replace(actuals, ran=None), plan=plan)
    planned = realised_of(case, replace(actuals, ran=None))
    past = np.arange(case.grid.shape[2]) <= LAST
    assert (as_it_ran(actuals, case.plan) == _past_of(case, plan)).all()
    for measure in MONEY:
        one, other = (each.use(measure, Scope()).amounts[past] for each in (told, same))
        assert one == pytest.approx(other, abs=1e-6), measure
    spend = [each.use(Measure.SPEND, Scope()).amounts[past].sum() for each in (told, planned)]
    assert spend[0] != pytest.approx(spend[1], rel=0.01)


def _past_of(case: Running, plan: np.ndarray) -> np.ndarray:
    """The case's plan with the past of another."""
    whole = case.plan.copy()
    for own, other in zip(case.grid.split(whole), case.grid.split(plan), strict=True):
        own[..., : LAST + 1] = other[..., : LAST + 1]
    return whole


def test_told_uses_of_a_line_that_nobody_planned_are_its_money(case: Running) -> None:
    """Forty coupons of 20 were used on a day without a line: 800 less the tax and the returns, and the messages."""
    lines = (*LINES, line(3, "case", "coupon-20", "young"))
    actuals = lived_otherwise(case, lines)
    uses = np.full_like(actuals.tables["units"], np.nan)
    uses[0, 0, 2, 2] = 40.0
    actuals = replace(actuals, tables={**actuals.tables, "uses": uses})
    scope = Scope(offers=("coupon-20",), periods=None)
    spend = realised_of(case, actuals).use(Measure.SPEND, scope).amounts[2]
    assert spend == pytest.approx(40 * 20 * 0.96 / 1.13 + 4000 * 0.02, abs=0.02)


def test_a_line_that_nobody_planned_takes_the_level_of_the_nearest_one(case: Running) -> None:
    """The plan sends a coupon to half of the young late: an unplanned day is taken for the same half."""
    half = [
        each if each.offer != "coupon-20" or each.date.day != 6 else each.model_copy(update={"coverage": 0.5})
        for each in LINES
    ]
    plan = case.grid.plan_of(tuple(half))
    extra = [*half, line(3, "case", "coupon-20", "young"), line(3, "case", "coupon-20", "old")]
    found = case.grid.lines(as_it_ran(replace(happened(case, _sold(case)), ran=ran_of(case, extra)), plan))
    assert {(each.segment, each.coverage) for each in found if each.date.day == 3 and each.product == "case"} == {
        ("young", 1.0),
        ("old", 1.0),
    }
    extra = [*half, line(7, "case", "coupon-20", "young")]
    late = replace(happened(case, _sold(case), last=6), ran=ran_of(case, extra, last=6))
    assert [each.coverage for each in case.grid.lines(as_it_ran(late, plan)) if each.date.day == 7] == [0.5]


def _sold(case: Running) -> np.ndarray:
    return sold_by(case.model, case.plan, np).units


def test_what_the_scenario_has_no_place_for_is_said(case: Running) -> None:
    """A flash sale on a product that it does not apply to is in no account, and the monitor says so."""
    number, pro = case.grid.offer_index["flash-12"], case.grid.product_index["phone-pro"]
    strange = {Ran(period=0, product=pro, segment=segment, offer=number) for segment in (0, 1)}
    actuals = replace(happened(case, _sold(case)), ran=ran_of(case, LINES) | strange)
    ran = as_it_ran(actuals, case.plan)
    assert (ran == case.plan).all()
    (said,) = not_counted(actuals, case.plan)
    assert said.startswith("not counted in money, uses and limits: flash-12 on phone-pro for young, 2026-11-01")
    assert counted_as_it_ran(actuals, case.plan, ran) == (said,)
    assert said in monitor(case.frozen, case.plan, actuals, folder="plans", rank=1, params=LIGHT).notes


def test_the_report_of_a_switchback_counts_no_discount_on_days_off(case: Running) -> None:
    """The lot's days off are no surprise, and give no discount and no funding: the bridge says so to the cent."""
    actuals = lived_otherwise(case, OFF)
    switches = [Switch(period=n, product="phone-pro", offer="cut-15", on=n != 3, block=None) for n in range(2, 6)]
    bridge = {step.name: step for step in _report(case, actuals, switches).bridge}
    without = evaluate_campaign(
        case.frozen, case.grid.plan_of(OFF), replace(actuals, ran=None), folder="plans", rank=1, params=FEW
    )
    real = {step.name: step for step in without.bridge}
    for name in ("vendor funding", "gifts, messages, fixed costs", "discounts, fees spared taken off", "profit"):
        assert float(bridge[name].actual) == pytest.approx(float(real[name].actual), abs=0.05), name
    assert bridge["vendor funding"].forecast > bridge["vendor funding"].actual
    report = _report(case, actuals, switches)
    assert report.accuracy is not None and report.accuracy.cells == 3 * (LAST + 1) - 1, "a day off is no forecast"
    assert (
        "money and uses so far are those of what really ran: 1 line that did not run costs and earns nothing"
        in report.notes
    )
    assert not any("ran differently" in note for note in report.notes)


FEW = EvaluateParams(futures=50)


def _report(case: Running, actuals: Actuals, switches: list[Switch]) -> OutcomeReport:
    return evaluate_campaign(case.frozen, case.plan, actuals, folder="plans", rank=1, switches=switches, params=FEW)


def test_the_monitor_foresees_limits_from_what_ran(case: Running) -> None:
    """Half of the funded lines so far did not run: less is used, and what is to come is not foreseen to be less."""
    on = lived_otherwise(case, LINES)
    off = lived_otherwise(case, OFF)
    budget = [
        next(each for each in monitor(case.frozen, case.plan, actuals, folder="", rank=1, params=LIGHT).limits
             if each.id == "total-budget")
        for actuals in (on, off)
    ]  # fmt: skip
    used = budget[0].used - budget[1].used
    assert used > 0 and budget[0].planned == budget[1].planned
    assert budget[0].end.p50 - budget[1].end.p50 == pytest.approx(used, rel=0.15)
