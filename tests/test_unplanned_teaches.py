"""What ran otherwise than planned is evidence of what ran: by half where somebody chose it, if its reach is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from flight_case import LINES, Running, line, running, running_shop
from little_work import little_work
from really_ran import lived_otherwise, ran_of
from replan_case import again, happened

from planner.flight.evaluate import EvaluateParams, evaluate_campaign
from planner.flight.measure.measured import Switch
from planner.flight.measure.unplanned import what_ran
from planner.replan.replan import ReplanParams, replan
from scenarios.answer.in_flight import InFlight
from scenarios.flight.actuals import HOLDOUT, TREATED, Actuals
from scenarios.flight.as_it_ran import as_it_ran
from scenarios.language.plan_lines import PlanLine
from scenarios.response.coefficients import build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.totals import sold_by
from surrogate.flight.recalibration.recalibrate import Recalibration, recalibrate

CUTS = tuple(line(day, "phone", "cut-15") for day in (1, 2, 3))
"""Cuts on a phone that nobody had planned before the fourth."""
COUPON = line(3, "case", "coupon-20", "young")
YOUNG, CASE = 0, 2

case = running_shop


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learned is tested here, not how good the plan is."""
    little_work(monkeypatch)


def _stronger(case: Running, factor: float, offer: str) -> Effects:
    lift = case.frozen.effects.lift.copy()
    lift[..., case.grid.offer_index[offer]] *= factor
    return replace(case.frozen.effects, lift=lift)


def _wide(case: Running) -> Effects:
    """Lifts of which little is known."""
    return replace(case.frozen.effects, lift_sd=np.where(case.frozen.effects.lift_sd > 0, 0.4, 0.0))


def _lived(case: Running, lines: tuple[PlanLine, ...], effects: Effects) -> Actuals:
    """What is sold under some lines where effects are others."""
    what = sold_by(build_coefficients(case.grid, effects, case.frozen.baskets), case.grid.plan_of(lines), np)
    return replace(happened(case, what.units), ran=ran_of(case, lines))


def _learned(case: Running, actuals: Actuals, **options: object) -> Recalibration:
    return recalibrate(case.model, _wide(case), case.plan, actuals, **options)  # type: ignore[arg-type]


def test_a_price_that_nobody_had_planned_teaches_its_lift(case: Running) -> None:
    """Cuts bring 1.5 times what was forecast on three days without a plan for them: the factor goes there."""
    lines = (*(each for each in LINES if each.offer != "cut-15"), *CUTS)
    found = _learned(case, _lived(case, lines, _stronger(case, 1.5, "cut-15")))
    assert 1.1 < found.offers["cut-15"].factor < 1.6
    fair = _learned(case, _lived(case, lines, case.frozen.effects))
    assert fair.offers["cut-15"].factor == pytest.approx(1.0, abs=0.05)
    assert all(abs(each.factor - 1.0) < 0.05 for each in fair.products.values())


def test_what_somebody_chose_counts_half_and_what_a_lot_switched_off_in_full(case: Running) -> None:
    """Days of which a lot decided are as good as any; of chosen ones nobody knows what else was going on."""
    off = tuple(each for each in LINES if each.product != "phone-pro" or each.date.day != 4)
    actuals = _lived(case, off, case.frozen.effects)
    switches = [Switch(period=3, product="phone-pro", offer="cut-15", on=False)]
    blind, knowing = (what_ran(None, case.plan, actuals, told) for told in ((), switches))
    assert blind.chosen[1].tolist() == [False] * 3 + [True] + [False] * 3 and not blind.chosen[[0, 2]].any()
    assert not knowing.chosen.any() and not knowing.lines
    assert [(each.product, str(each.date), each.ran) for each in blind.lines] == [("phone-pro", "2026-11-04", False)]
    widths = []
    for one in (blind, knowing):
        moved = _learned(case, actuals, sure=one.sure, chosen=one.chosen).products["phone-pro"]
        widths.append(moved.high / moved.low)
    assert widths[1] < widths[0]
    assert blind.said == (
        "1 day of single products on which something else ran than planned counts half as evidence: whoever chose it "
        "may have had a reason",
    )
    assert not knowing.said
    kept = replace(_flight(), otherwise=blind.lines)
    dropped = case.grid.plan_of(off)
    assert what_ran(kept, dropped, actuals).chosen[1, 3], "the past of a new plan holds no such line any more"
    assert not what_ran(kept, dropped, actuals, switches).chosen.any(), "a rollout that is named later tells of its lot"


def _flight() -> InFlight:
    day = dt.date(2026, 11, 4)
    return InFlight(as_of=day, locked_until=day, known_periods=4, actuals="a", plan_sha256="", moved=())


def _with_contacts(actuals: Actuals, contacts: float) -> Actuals:
    table = np.full_like(actuals.tables["units"], np.nan)
    table[TREATED, YOUNG, CASE, 2] = contacts
    return replace(actuals, tables={**actuals.tables, "contacts": table})


@pytest.mark.parametrize(
    ("contacts", "coverage", "teaches"),
    [(None, 1.0, False), (2040.0, 0.5, True), (4000.0, 1.0, True), (900.0, 0.5, False)],
)
def test_a_message_teaches_where_contacts_tell_whom_it_reached(
    case: Running, contacts: float | None, coverage: float, teaches: bool
) -> None:
    """Coupons may go to half or all of 4,000: 2,040 messages are a half, 900 are neither, and none told say nothing."""
    lines = (*LINES, COUPON)
    actuals = lived_otherwise(case, lines)
    actuals = actuals if contacts is None else _with_contacts(actuals, contacts)
    (found,) = (
        each
        for each in case.grid.lines(as_it_ran(actuals, case.plan))
        if (each.offer, each.date.day) == ("coupon-20", 3)
    )
    assert found.coverage == coverage
    ran = what_ran(None, case.plan, actuals)
    assert bool((ran.plan == ran.sure).all()) == teaches
    learned = _learned(case, actuals, sure=ran.sure, chosen=ran.chosen)
    left_out = _learned(case, replace(actuals, ran=ran_of(case, LINES))).used - learned.used
    assert left_out == (0 if teaches else 2)
    said = (
        "nothing is learned of lines that ran unplanned where the contacts of their rows do not tell whom they "
        "reached: coupon-20 on case, 2026-11-03"
    )
    assert (said in ran.said) != teaches


def test_customers_who_are_kept_out_are_no_part_of_a_coverage(case: Running) -> None:
    """With a fifth kept out, messages to all the others are those of the whole segment."""
    actuals = _with_contacts(lived_otherwise(case, (*LINES, COUPON)), 3200.0)
    people = np.full_like(actuals.tables["units"], np.nan)
    people[TREATED, YOUNG, CASE, 2], people[HOLDOUT, YOUNG, CASE, 2] = 3200.0, 800.0
    units = actuals.tables["units"].copy()
    units[HOLDOUT, YOUNG, CASE, 2] = 1.0
    actuals = replace(actuals, tables={**actuals.tables, "customers": people, "units": units})
    ran = what_ran(None, case.plan, actuals)
    assert (ran.plan == ran.sure).all()
    coupons = [each for each in case.grid.lines(ran.sure) if each.offer == "coupon-20"]
    assert [each.coverage for each in coupons if each.date.day == 3] == [1.0]


@pytest.mark.parametrize("contacts", [None, 3200.0])
def test_a_holdout_measures_an_offer_that_nobody_had_planned(case: Running, contacts: float | None) -> None:
    """Per contacted customer, where contacts tell who they were; the report says so where they do not."""
    plain = replace(case, plan=case.grid.plan_of([each for each in LINES if each.offer != "coupon-20"]))
    actuals = lived_otherwise(plain, (*(each for each in LINES if each.offer != "coupon-20"), COUPON))
    actuals = actuals if contacts is None else _with_contacts(actuals, contacts)
    units, people = actuals.tables["units"].copy(), np.full_like(actuals.tables["units"], np.nan)
    people[TREATED, YOUNG, CASE, 2], people[HOLDOUT, YOUNG, CASE, 2] = 3200.0, 800.0
    units[TREATED, YOUNG, CASE, 2], units[HOLDOUT, YOUNG, CASE, 2] = 900.0, 150.0
    actuals = replace(actuals, tables={**actuals.tables, "customers": people, "units": units})
    params = EvaluateParams(futures=50)
    report = evaluate_campaign(plain.frozen, plain.plan, actuals, folder="plans", rank=1, params=params)
    measured = [each.measured.lift for each in report.effects if each.offer == "coupon-20"]
    notes = [each for each in report.notes if each.startswith("coupon-20: not measurable")]
    if contacts is None:
        assert not measured
        assert notes == [
            "coupon-20: not measurable, it ran where the plan has no such line and its rows tell no contacts that come "
            "to a coverage it may have, so that nobody knows whom it reached"
        ]
    else:
        assert measured == [pytest.approx(0.5, abs=0.01)]
        assert not notes


def test_pieces_that_nobody_counted_teach_nothing(tmp_path: object) -> None:
    """An unplanned line of an offer with quantity sold what pieces there were, which nobody knows."""
    cut = "{id: cut-15, mechanic: price_discount, depth: 15%,"
    edits = {
        cut: f"{cut} quantity: [50%, 100%],",
        "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\n": "",
    }
    case = running(tmp_path, shop=edits)  # type: ignore[arg-type]
    ran = what_ran(None, case.plan, lived_otherwise(case, (*LINES, CUTS[0])))
    assert (ran.plan != ran.sure).sum() == 1
    assert any("nobody knows how many pieces there were: cut-15 on phone, 2026-11-01" in each for each in ran.said)


def test_the_next_re_planning_weighs_it_as_the_first_one_did(case: Running) -> None:
    """The past of the new plan holds what ran: by the same actuals nothing more, and nothing less, is learned of it."""
    lines = (*(each for each in LINES if each.date.day != 4 or each.product == "case"), CUTS[0], COUPON)
    actuals = lived_otherwise(case, lines)
    first = again(case, actuals)
    assert first.plan_set is not None and isinstance(first.frozen.flight, InFlight)
    assert {(each.offer, each.date.day, each.ran) for each in first.frozen.flight.otherwise} == {
        ("cut-15", 1, True),
        ("coupon-20", 3, True),
        ("cut-15", 4, False),
    }
    second = replan(first.frozen, first.plan_set, first.plan_set.plans[0], actuals, b"date\n", ReplanParams())
    assert second.recalibration.used == first.recalibration.used
    for name, moved in first.recalibration.offers.items():
        assert second.recalibration.offers[name].factor == pytest.approx(moved.factor, rel=1e-6)
        assert second.recalibration.offers[name].high == pytest.approx(moved.high, rel=1e-6)
    assert second.frozen.flight is not None and second.frozen.flight.otherwise == first.frozen.flight.otherwise
    assert [each for each in first.warnings if "evidence" in each] == [
        each for each in second.warnings if "evidence" in each
    ]
