"""Lifts per contacted customer: coverage counts the whole segment, of which the holdout left some; one lesson each."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, line, running
from replan_case import happened, sold
from rich.console import Console
from shop import load_shop

from planner.flight.evaluate import EvaluateParams, OutcomeReport, evaluate_campaign
from planner.flight.measure.as_planned import AsPlanned
from planner.report.flight.outcome_report import show_outcome
from scenarios.flight.actuals import Actuals
from scenarios.flight.customer_outcomes import CustomerGroup
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients
from scenarios.streams import stream
from surrogate.flight.measure.effects_measured import from_totals
from surrogate.flight.measure.taught import taught

KEPT_OUT = 800
"""Of 4,000 young customers, a fifth."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop, where every coupon on cases goes to a half of the young."""
    case = running(tmp_path_factory.mktemp("shop"))
    lines = [line(day, "case", "coupon-20", "young", 0.5) for day in (2, 4, 6)]
    return replace(case, plan=case.grid.plan_of((*lines, line(4, "phone", "cut-15"))))


def _held(case: Running, lift: float) -> Actuals:
    """Rows of both groups, in which the treated buy so much more per customer than those kept out."""
    actuals = happened(case, sold(case), last=6)
    units, people = actuals.tables["units"].copy(), np.full_like(actuals.tables["units"], np.nan)
    people[0, 0, 2], people[1, 0, 2] = 4000 - KEPT_OUT, KEPT_OUT
    units[1, 0, 2] = 200
    units[0, 0, 2] = 200 * (4000 - KEPT_OUT) / KEPT_OUT * (1.0 + lift)
    return replace(actuals, tables={**actuals.tables, "units": units, "customers": people})


def _customers(treated: int, held: int, lift: float) -> CustomerGroup:
    """Customers one by one, every second of whom buys."""
    some = np.arange(max(treated, held)) % 2
    return CustomerGroup(
        segment="young",
        offer="coupon-20",
        product="case",
        treated=some[:treated] * (1.0 + lift),
        held=some[:held] * 1.0,
        before=None,
    )


def _report(case: Running, actuals: Actuals, *customers: CustomerGroup) -> OutcomeReport:
    params = EvaluateParams(futures=50)
    return evaluate_campaign(
        case.frozen, case.plan, actuals, folder="plans", rank=1, params=params, customers=customers
    )


def test_a_half_of_the_segment_is_more_of_those_who_are_left(case: Running) -> None:
    """With a fifth kept out, a coverage of 50 % is 62.5 % of the treated: a lift of 25 % is 40 % per contacted one."""
    (effect,) = _report(case, _held(case, 0.25)).effects
    assert effect.measured.lift == pytest.approx(0.25 / 0.625)


def test_what_a_line_cannot_reach_no_other_makes_up_for(case: Running) -> None:
    """A message to all and one to a half: with a fifth kept out they reach all and 62.5 % of those left."""
    lines = [line(2, "case", "coupon-20", "young", 1.0), line(4, "case", "coupon-20", "young", 0.5)]
    varied = replace(case, plan=case.grid.plan_of(tuple(lines)))
    days, reached, true = [case.grid.scenario.horizon.period_of(each.date) for each in lines], [1.0, 0.625], 0.4
    plain = AsPlanned(case.model, varied.plan, 6, np.zeros(2)).plain("coupon-20", "case")[0]
    actuals = _held(case, 0.0)
    for day, share in zip(days, reached, strict=True):
        actuals.tables["customers"][:2, 0, 2, day] = 4000 - KEPT_OUT, KEPT_OUT
        actuals.tables["units"][:2, 0, 2, day] = 4 * plain[day] * (1.0 + true * share), plain[day]
    (effect,) = _report(varied, actuals).effects
    assert effect.measured.lift == pytest.approx(true)
    customers = _customers(4000 - KEPT_OUT, KEPT_OUT, true * float(np.average(reached, weights=plain[days])))
    (group,) = (each for each in _report(varied, actuals, customers).effects if each.source == "customers one by one")
    assert group.measured.lift == pytest.approx(true)


def test_no_offer_reaches_more_than_all_of_those_who_are_left(tmp_path: Path) -> None:
    """A mean of full shares is 1, whatever baselines weigh them: rounding above it stopped monitor, replan, report."""
    loaded = load_shop(tmp_path, shop={"periods: 7": "periods: 28"})
    grid, effects = build_grid(loaded.scenario), loaded.effects
    plan = grid.plan_of(tuple(line(day, "case", "coupon-20", "young") for day in range(1, 29)))
    rng = np.random.default_rng(1)
    for _ in range(20):
        base = effects.base_units * rng.uniform(0.5, 1.5, effects.base_units.shape)
        model = build_coefficients(grid, replace(effects, base_units=base), loaded.baskets)
        share = AsPlanned(model, plan, 27, np.zeros(2)).reaches("coupon-20", "case", "young", 0.0)
        assert share is not None
        assert 1.0 - 1e-12 < share <= 1.0


def test_nobody_buys_less_than_nothing(case: Running) -> None:
    """A group that chance made small: the interval ends at -100 %, and so does what is shown; the estimate stays."""
    report = _report(case, _held(case, lift=-0.7))
    (effect,) = report.effects
    assert effect.measured.lift < effect.measured.low == -1.0
    console = Console(width=120, record=True, file=io.StringIO())
    for part in show_outcome(report):
        console.print(part)
    shown = console.export_text()
    assert "-140%" not in shown and "-100%: the groups differ by more than those contacted can have bought" in shown


def test_lines_that_have_not_run_yet_reach_nobody(case: Running) -> None:
    """A coupon that is to go to everybody next week says nothing of whom it has reached so far."""
    lines = [line(day, "case", "coupon-20", "young", 0.5) for day in (2, 4)]
    later = replace(case, plan=case.grid.plan_of([*lines, line(6, "case", "coupon-20", "young", 1.0)]))
    actuals = _held(case, 0.25)
    units = actuals.tables["units"].copy()
    units[..., 4:] = np.nan
    (effect,) = _report(later, replace(actuals, last=3, tables={**actuals.tables, "units": units})).effects
    assert effect.measured.lift == pytest.approx(0.25 / 0.625)


def test_what_was_planned_for_a_segment_is_its_own(case: Running) -> None:
    """Whether others get the coupon by half or all of them says nothing of the lift that was planned for the young."""
    planned = []
    for coverage in (0.5, 1.0):
        lines = [line(day, "case", "coupon-20", "young", 0.5) for day in (2, 4, 6)]
        lines += [line(day, "case", "coupon-20", "old", coverage) for day in (2, 4, 6)]
        (effect,) = _report(replace(case, plan=case.grid.plan_of(lines)), _held(case, 0.25)).effects
        planned.append(effect.planned)
    assert planned[0] == pytest.approx(planned[1])


def test_customers_one_by_one_are_read_so_too(case: Running) -> None:
    """By the groups' own sizes; where the actuals tell how many were kept out, a sample of them does not mislead."""
    alone = happened(case, sold(case), last=6)
    (effect,) = _report(case, alone, _customers(3200, 800, 0.25)).effects
    assert effect.measured.lift == pytest.approx(0.25 / 0.625)
    by_customers, _ = _report(case, _held(case, 0.25), _customers(800, 800, 0.25)).effects
    assert by_customers.measured.lift == pytest.approx(0.25 / 0.625)


def test_one_experiment_is_one_lesson(case: Running) -> None:
    """Told by customers and by sums, it stands in the report twice and in the lessons once, as the customers tell."""
    report = _report(case, _held(case, 0.25), _customers(3200, 800, 0.5))
    assert len(report.effects) == 2
    (lesson,) = report.lessons
    assert lesson[1:4] == ("coupon-20", "case", "young")
    assert float(lesson[4].rstrip("%")) == pytest.approx(80, abs=1)


def test_an_offer_without_its_product_is_read_per_contacted_customer(case: Running) -> None:
    """Units of all that an offer was on: its coverage counts as well, and the lesson names what that was."""
    whole = replace(_customers(3200, 800, 0.25), product=None)
    report = _report(case, happened(case, sold(case), last=6), whole)
    assert report.effects[0].measured.lift == pytest.approx(0.25 / 0.625)
    assert report.lessons[0][1:4] == ("coupon-20", "case", "young")
    assert float(report.lessons[0][4].rstrip("%")) == pytest.approx(40, abs=1)
    baskets = replace(whole, offer="save-200")
    assert not _report(case, happened(case, sold(case), last=6), baskets).lessons, "orders are no lesson of products"


@pytest.mark.parametrize(("treated", "held", "lift", "planned"), [(510, 60, 0.25, 0.25), (5000, 500, 0.25, 0.25)])
def test_many_small_holdouts_teach_the_truth(treated: int, held: int, lift: float, planned: float) -> None:
    """Weighed by their errors, as training does; the ratios themselves would come to a lift far below it."""
    rng = stream(17, "tests", "taught")
    ratios, lessons = [], []
    for _ in range(2000):
        units = [
            float(rng.poisson(rng.gamma(1.0, 0.2 * more, count)).sum())
            for more, count in ((1.0 + lift, treated), (1.0, held))
        ]
        measured = from_totals(*units, float(treated), float(held))
        assert measured is not None
        found = taught(measured, planned)
        assert found is not None
        ratios.append((measured.lift, measured.standard_error))
        lessons.append(found)
    plain, wise = (
        float((each[:, 0] / each[:, 1] ** 2).sum() / (1.0 / each[:, 1] ** 2).sum())
        for each in (np.array(ratios), np.array(lessons))
    )
    assert wise == pytest.approx(lift, abs=0.05)
    assert plain < wise
    score = [(each.lift - lift) / each.standard_error for each in lessons]
    assert np.std(score) == pytest.approx(1.0, abs=0.1), "its error is the one that it has"


def test_next_to_nothing_sold_teaches_nothing() -> None:
    """Fewer than five purchases expected of those kept out: whatever came is chance, and is no lesson."""
    measured = from_totals(50.0, 1.0, 1000.0, 40.0)
    assert measured is not None
    assert taught(measured, 0.2) is None
