"""The report says of an offer without a measured effect which it is: nobody kept out, or what the actuals lack."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, running_shop
from printed import printed
from replan_case import happened, sold

from planner.flight.evaluate import EvaluateParams, OutcomeReport, evaluate_campaign
from planner.report.flight.outcome_report import show_outcome
from scenarios.flight.actuals import Actuals
from scenarios.flight.customer_outcomes import CustomerGroup
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import BASKET

case = running_shop
"""The shop with its plan: a coupon on cases to the young, a threshold on baskets to the old."""


def _evaluated(case: Running, actuals: Actuals) -> OutcomeReport:
    params = EvaluateParams(futures=50)
    return evaluate_campaign(case.frozen, case.plan, actuals, folder="plans", rank=1, params=params)


def _said(case: Running, actuals: Actuals, offer: str) -> str:
    return next(note for note in _evaluated(case, actuals).notes if note.startswith(f"{offer}: "))


def _with_groups(case: Running, *, baskets: float = np.nan, held: float = 600, cases: float = 70) -> Actuals:
    """A holdout of the coupon's product; with ``baskets``, daily orders of the held-out old, and 12 times of others."""
    actuals = happened(case, sold(case), last=6)
    units, people = actuals.tables["units"].copy(), np.full_like(actuals.tables["units"], np.nan)
    units[1, 0, 2], people[0, 0, 2], people[1, 0, 2] = cases, 4000 - held, held
    k = len(case.grid.products)
    units[0, 1, k], units[1, 1, k] = 12 * baskets, baskets
    people[0, 1, k], people[1, 1, k] = 5400, 600
    return replace(actuals, tables={**actuals.tables, "units": units, "customers": people})


def test_nobody_kept_out_and_no_basket_rows_are_told_apart(case: Running) -> None:
    """Without a holdout that is the reason; with one, an offer on baskets lacks basket rows, and reads so."""
    plain = happened(case, sold(case), last=6)
    alone = "no customers were kept out: the actuals have no rows of the group holdout"
    assert _said(case, plain, "save-200") == f"save-200: not measurable, {alone}"
    said = _said(case, _with_groups(case), "save-200")
    assert "customers were kept out, but an offer on baskets is measured by rows of product basket" in said
    assert said.endswith("and the actuals have none")


def test_an_offer_on_baskets_is_measured_by_its_orders(case: Running) -> None:
    """12 times the orders by 9 times the customers are a third more an order; it is no lesson on units."""
    report = _evaluated(case, _with_groups(case, baskets=40.0))
    (effect,) = (each for each in report.effects if each.offer == "save-200")
    assert (effect.product, effect.segment) == (BASKET, "old")
    assert effect.planned == pytest.approx(0.12), "the plan's own lift of orders, as the table gives it"
    assert effect.measured.lift == pytest.approx(1 / 3)
    assert "orders" in effect.source
    assert all(row[1] != "save-200" for row in report.lessons)
    assert not any(note.startswith("save-200: not measurable") for note in report.notes)


def test_what_is_too_few_is_named(case: Running) -> None:
    """Too few customers, and no sales of those kept out, are two reasons."""
    few = _said(case, _with_groups(case, held=20), "coupon-20")
    assert few.endswith("too few customers: either group of a segment needs 30, and at most 20 are told")
    none = _said(case, _with_groups(case, cases=0), "coupon-20")
    assert none.endswith("customers were kept out, but no sales of what it was on are told of them where it ran")


def test_a_group_without_rows_is_named(case: Running) -> None:
    """Where rows of the held-out stand on other products only, the missing group is told."""
    actuals = _with_groups(case)
    units = actuals.tables["units"].copy()
    units[1, 0, 1], units[1, 0, 2] = 5.0, np.nan
    moved = replace(actuals, tables={**actuals.tables, "units": units})
    assert _said(case, moved, "coupon-20").endswith(
        "the actuals have no rows of the group holdout by segment where it ran"
    )


def test_customers_one_by_one_of_whom_nothing_can_be_said_are_named(case: Running) -> None:
    """The plan sends the coupon on cases to the young alone; elsewhere a comparison would be a lesson of chance."""

    def group(product: str | None, segment: str, held: np.ndarray) -> CustomerGroup:
        treated = np.arange(60.0) % 4
        past = treated, np.arange(len(held)) % 3.0
        return CustomerGroup(
            segment=segment, offer="coupon-20", product=product, treated=treated, held=held, before=past
        )

    bought = np.arange(40.0) % 3
    groups = (
        group("case", "young", bought),
        group("phone", "young", bought),
        group(None, "old", bought),
        group(None, "young", 0.0 * bought),
    )
    params = EvaluateParams(futures=50)
    actuals = happened(case, sold(case), last=6)
    report = evaluate_campaign(case.frozen, case.plan, actuals, folder="plans", rank=1, customers=groups, params=params)
    assert [each.name for each in report.effects] == ["coupon-20 on case to young"]
    assert len(report.lessons) == 1
    strange, few = (note for note in report.notes if note.startswith("customers one by one: "))
    assert "coupon-20 on phone to young, coupon-20 to old, because the plan has no such line" in strange
    assert "coupon-20 to young (60 and 40); of treated and held out 30 each are needed" in few


def test_places_that_were_not_measured_are_named_beside_those_that_were(case: Running) -> None:
    """The old's coupon has twenty customers kept out, the young's is measured: its lift is not that of everybody."""
    plan = case.plan.copy()
    slot, choice = case.grid.locate(
        PlanLine(date=dt.date(2026, 11, 4), product="case", segment="old", offer="coupon-20", coverage=1.0)
    )
    plan[case.grid.slot_number(slot)] = choice
    actuals = _with_groups(replace(case, plan=plan), held=600)
    report = evaluate_campaign(case.frozen, plan, actuals, folder="plans", rank=1, params=EvaluateParams(futures=50))
    assert any(each.offer == "coupon-20" for each in report.effects)
    (said,) = (note for note in report.notes if note.startswith("coupon-20: not measured"))
    assert said.startswith("coupon-20: not measured on case to old; of treated and kept out 30 each are needed")
    told = _evaluated(case, _with_groups(case)).notes
    assert not any(note.startswith("coupon-20: not measured") for note in told)


def test_a_lift_of_next_to_no_sales_is_no_lesson_and_is_told(case: Running) -> None:
    """Of 35 who were kept out a handful of sales was to come: how many came is chance."""
    report = _evaluated(case, _with_groups(case, held=35, cases=1))
    (effect,) = (each for each in report.effects if each.offer == "coupon-20")
    assert np.isfinite(effect.measured.lift) and not report.lessons
    (told,) = (note for note in report.notes if note.startswith("no lesson of coupon-20 on case to young: "))
    assert told.endswith("less than 5 purchases expected of them all, for a lift that can be weighed")


def test_an_interval_without_ends_is_said_to_be_open(case: Running) -> None:
    """Two units of those kept out bound nothing; the table says so once, and why."""
    report = _evaluated(case, _with_groups(case, cases=1))
    (effect,) = report.effects
    assert (effect.measured.low, effect.measured.high) == (-np.inf, np.inf)
    text = "\n".join(line for part in show_outcome(report) for line in printed(part, 120))
    assert "open to open" not in text and "open: too few were kept out to bound it" in text
