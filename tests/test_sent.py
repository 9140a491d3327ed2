"""An offer is judged by the messages that were sent: what was not sent is no sign that customers care less."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, line, running
from little_watch import LIGHT
from little_work import little_work
from plan_directory import plans_of
from replan_case import again, happened, sold

from planner.flight.evaluate import EvaluateParams, OutcomeReport, evaluate_campaign
from planner.flight.past.learning import Learned, for_the_next, learn, learn_whole
from planner.flight.watch.monitor import monitor
from planner.flight.watch.readings import MonitorReport
from planner.replan.question import problem_in_flight
from scenarios.answer.archive import Frozen
from scenarios.flight.actuals import Actuals
from scenarios.flight.sent import Messages, messages, reckoned_so_far, sent_shares, unsent_places
from surrogate.flight.recalibration.recalibrate import RecalibrateParams

CASE, YOUNG, PEOPLE = 2, 0, 4000
DAYS, LAST = (2, 4, 6), 5
SENT = 0.2
"""Of all the young, who should have had the coupon."""


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is believed of an offer is tested here, not how good the plan is."""
    little_work(monkeypatch)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop, with many cases and a coupon that sells three times as many, to a fifth of the young or all."""
    found = running(
        tmp_path_factory.mktemp("shop"),
        baseline={"young,case,,70": "young,case,,1400"},
        effects={"0.50,0.30,0.80": "2.00,1.90,2.10"},
        shop={"coverage: [50%, 100%]": "coverage: [20%, 100%]", "coverage: 50%": "coverage: 20%"},
    )
    return replace(found, plan=planned(found, 1.0))


def planned(case: Running, *coverage: float) -> np.ndarray:
    """A plan of the coupon on its days, to so many: of all of them, or of each."""
    each = coverage * len(DAYS) if len(coverage) == 1 else coverage
    coupons = [line(day, "case", "coupon-20", "young", one) for day, one in zip(DAYS, each, strict=True) if one]
    return case.grid.plan_of([line(4, "phone", "cut-15"), *coupons])


def with_contacts(actuals: Actuals, *rows: tuple[int, int, float]) -> Actuals:
    """Actuals whose rows of the young (product, period) tell so many messages."""
    contacts = np.full_like(actuals.tables["units"], np.nan)
    for product, period, count in rows:
        contacts[0, YOUNG, product, period] = count
    return replace(actuals, tables={**actuals.tables, "contacts": contacts})


def few_sent(case: Running, *, told: bool = True, last: int = LAST) -> Actuals:
    """Sales, as the response model has them, of a coupon that went to a fifth of those whom the plan has."""
    actuals = happened(case, sold(replace(case, plan=planned(case, SENT))), last)
    return with_contacts(actuals, *((CASE, day - 1, SENT * PEOPLE) for day in DAYS)) if told else actuals


def learned(case: Running, actuals: Actuals, frozen: Frozen | None = None) -> Learned:
    """What the days so far teach."""
    frozen = case.frozen if frozen is None else frozen
    return learn(frozen, problem_in_flight(frozen).model, case.plan, actuals, RecalibrateParams(), ())


def watched(case: Running, actuals: Actuals, frozen: Frozen | None = None) -> MonitorReport:
    """The monitor's reading, of few futures."""
    frozen = case.frozen if frozen is None else frozen
    return monitor(frozen, case.plan, actuals, folder="plans", rank=1, params=LIGHT)


def reported(case: Running, actuals: Actuals) -> OutcomeReport:
    """The report on what happened so far."""
    params = EvaluateParams(futures=50)
    return evaluate_campaign(case.frozen, case.plan, actuals, folder="plans", rank=1, params=params)


def test_what_was_not_sent_is_no_evidence_against_an_offer(case: Running) -> None:
    """A fifth of the messages bring what a fifth brings: the coupon keeps its lift, which was cut by half untold."""
    untold = learned(case, few_sent(case, told=False)).recalibration.offers["coupon-20"]
    told = learned(case, few_sent(case)).recalibration.offers["coupon-20"]
    assert untold.factor < 0.6 < 0.95 < told.factor < 1.07
    assert again(case, few_sent(case, last=3)).recalibration.offers["coupon-20"].factor == pytest.approx(1.0, abs=0.05)


def test_the_monitor_raises_no_alarm_about_messages_that_were_not_sent(case: Running) -> None:
    """Nor does its forecast lie far from what came; untold, both are so."""

    def coupon(actuals: Actuals) -> tuple[bool, float]:
        (found,) = (each for each in watched(case, actuals).series if each.series.id == "coupon-20")
        return found.alarm is not None, found.actual / found.expected

    assert coupon(few_sent(case, told=False)) == (True, pytest.approx(0.55, abs=0.05))
    assert coupon(few_sent(case)) == (False, pytest.approx(1.0, abs=0.04))


def test_the_next_campaign_begins_with_the_lift_of_all_who_get_a_message(case: Running) -> None:
    """What is carried on is per customer reached, on every day alike, also on those on which few or none were."""
    day = DAYS[-1] - 1
    units = sold(replace(case, plan=planned(case, SENT, SENT, 0.0)))
    rows = [(CASE, DAYS[0] - 1, SENT * PEOPLE), (CASE, DAYS[1] - 1, SENT * PEOPLE), (CASE, day, 0.0)]
    actuals = with_contacts(happened(case, units, LAST), *rows)
    found = learn_whole(case.frozen, case.plan, actuals)
    number = case.grid.offer_index["coupon-20"]
    assert found.reached.lift[:, YOUNG, CASE, day, number] == 0
    later, before = (
        effects.lift[:, YOUNG, CASE, :, number] for effects in (for_the_next(found, case.frozen), case.frozen.effects)
    )
    np.testing.assert_allclose(later / before, (later / before)[:, :1] * np.ones(before.shape), rtol=1e-9)
    np.testing.assert_allclose(later, before, rtol=0.07)
    np.testing.assert_allclose(for_the_next(found, case.frozen).take_up, case.frozen.effects.take_up, rtol=1e-9)


def test_where_no_messages_are_told_nothing_changes(case: Running) -> None:
    """Nor where they are told and are those of the plan, rounded: the effects are the very same objects."""
    plain = few_sent(case, told=False)
    as_planned = with_contacts(plain, *((CASE, day - 1, PEOPLE - 0.6) for day in DAYS))
    for actuals in (plain, as_planned, with_contacts(plain)):
        assert reckoned_so_far(case.frozen, case.plan, actuals) is case.frozen.effects
        assert learned(case, actuals).reached is case.frozen.effects
    one, other = (learned(case, actuals).effects for actuals in (plain, as_planned))
    assert one.lift.tobytes() == other.lift.tobytes() and one.base_units.tobytes() == other.base_units.tobytes()


def test_a_campaign_that_was_planned_again_reckons_with_them_once(case: Running) -> None:
    """Its past is settled as it was sold; days since are reckoned with, and the next re-planning learns the same."""
    first = again(case, few_sent(case, last=3))
    later = few_sent(case)
    frozen = first.frozen
    effects, known = reckoned_so_far(frozen, case.plan, later), DAYS[1]
    np.testing.assert_array_equal(effects.lift[:, :, :, :known], frozen.effects.lift[:, :, :, :known])
    day, number = DAYS[2] - 1, case.grid.offer_index["coupon-20"]
    then = frozen.effects.lift[:, YOUNG, CASE, day, number]
    np.testing.assert_allclose(effects.lift[:, YOUNG, CASE, day, number], SENT * then)
    np.testing.assert_allclose(then, case.frozen.effects.lift[:, YOUNG, CASE, day, number], rtol=0.05)
    seen = {each.series.id: each for each in watched(case, later, frozen).series}
    assert seen["coupon-20"].alarm is None
    assert seen["coupon-20"].actual == pytest.approx(seen["coupon-20"].expected, rel=0.04)
    assert learned(case, later, frozen).recalibration.offers["coupon-20"].factor == pytest.approx(1.0, abs=0.07)
    plan_set, _ = plans_of(frozen, [case.plan])
    assert plan_set.plans, "and the folder's own account is still one that the ledger can make"


def test_nothing_sent_teaches_nothing(case: Running) -> None:
    """No alarm, no factor, nothing measured by a holdout; what is said of it is why."""
    actuals = happened(case, sold(replace(case, plan=planned(case, 0.0))), LAST)
    actuals = with_contacts(actuals, *((CASE, day - 1, 0.0) for day in DAYS))
    assert "coupon-20" not in learned(case, actuals).recalibration.offers
    assert all(each.alarm is None for each in watched(case, actuals).series)
    again(case, replace(actuals, last=3))
    units, people = actuals.tables["units"].copy(), np.full_like(actuals.tables["units"], np.nan)
    people[0, YOUNG, CASE], people[1, YOUNG, CASE], units[1, YOUNG, CASE, : LAST + 1] = 3200, 800, 280
    report = reported(case, replace(actuals, tables={**actuals.tables, "units": units, "customers": people}))
    assert not report.effects
    assert "coupon-20: not measurable, no messages were sent where it ran" in report.notes
    said = "coupon-20: no messages were sent where the plan has 9,600; nothing is expected of it there"
    assert said in report.notes


def test_a_holdout_measures_the_lift_of_those_who_got_a_message(case: Running) -> None:
    """Of 3,200 who were not kept out 1,600 got one, and all together bought 20% more: each of them 40%."""
    actuals = happened(case, sold(case), LAST)
    units, people = actuals.tables["units"].copy(), np.full_like(actuals.tables["units"], np.nan)
    people[0, YOUNG, CASE], people[1, YOUNG, CASE] = 3200, 800
    units[0, YOUNG, CASE, : LAST + 1], units[1, YOUNG, CASE, : LAST + 1] = 4 * 1200, 1000
    actuals = replace(actuals, tables={**actuals.tables, "units": units, "customers": people})
    (full,) = reported(case, with_contacts(actuals, *((CASE, day - 1, 3200) for day in DAYS))).effects
    half = reported(case, with_contacts(actuals, *((CASE, day - 1, 1600) for day in DAYS)))
    (effect,) = half.effects
    assert (full.measured.lift, effect.measured.lift) == (pytest.approx(0.2), pytest.approx(0.4))
    assert effect.planned == pytest.approx(full.planned)
    start = "expected reckons with the customers who were kept out of targeted offers and the messages that were sent:"
    assert half.kept_out.startswith(f"{start} the plan's own account, whose offers reach as many as planned, has ")


def test_never_more_are_reached_than_were_not_kept_out(case: Running) -> None:
    """Three times the messages of a fifth reach three fifths; ten times reach everybody, and nobody twice."""
    few = planned(case, SENT)
    day, number = DAYS[0] - 1, case.grid.offer_index["coupon-20"]
    for times, reached in ((3.0, 3.0), (10.0, 5.0)):
        actuals = with_contacts(happened(case, sold(case)), (CASE, day, times * SENT * PEOPLE))
        assert sent_shares(actuals, few)[YOUNG, CASE, day, number] == pytest.approx(reached)
        effects = reckoned_so_far(case.frozen, few, actuals)
        assert effects.take_up.max() <= 1.0


@pytest.mark.parametrize("rows", [(4000.0, 0.0), (0.0, 4000.0), (4000.0, 4000.0), (2000.0, 2000.0), (4000.0, np.nan)])
def test_one_message_may_carry_two_offers(case: Running, rows: tuple[float, float]) -> None:
    """Written on one row of them, on each, or in the parts of the plan's lines: as many were sent as planned."""
    both = case.grid.plan_of([line(2, "case", "coupon-20", "young"), line(2, "phone", "buds", "young")])
    actuals = with_contacts(happened(case, sold(case)), (CASE, 1, rows[0]), (0, 1, rows[1]))
    assert all(each.off == pytest.approx(0.0) for each in messages(actuals, both).values())
    assert (sent_shares(actuals, both) == 1.0).all()
    fewer = with_contacts(happened(case, sold(case)), (CASE, 1, 1000.0), (0, 1, 0.0))
    coupon, buds = (case.grid.offer_index[name] for name in ("coupon-20", "buds"))
    expected = {(coupon, YOUNG, 1): Messages(1000.0, 4000.0), (buds, YOUNG, 1): Messages(1000.0, 4000.0)}
    assert messages(fewer, both) == expected


@pytest.mark.parametrize(("coupon_row", "buds_row"), [(1000.0, np.nan), (np.nan, 1000.0), (0.0, np.nan)])
def test_a_message_told_on_one_row_goes_for_every_offer_it_carries(
    case: Running, coupon_row: float, buds_row: float
) -> None:
    """The other row is blank, because limits add rows up: it holds no other message."""
    both = case.grid.plan_of([line(2, "case", "coupon-20", "young"), line(2, "phone", "buds", "young")])
    actuals = with_contacts(happened(case, sold(case)), (CASE, 1, coupon_row), (0, 1, buds_row))
    coupon, buds = (case.grid.offer_index[name] for name in ("coupon-20", "buds"))
    sent = np.nansum([coupon_row, buds_row])
    expected = {(coupon, YOUNG, 1): Messages(sent, 4000.0), (buds, YOUNG, 1): Messages(sent, 4000.0)}
    assert messages(actuals, both) == expected
    shares = sent_shares(actuals, both)
    assert (shares[YOUNG, CASE, 1, coupon], shares[YOUNG, 0, 1, buds]) == (sent / 4000, sent / 4000)
    assert bool(unsent_places(actuals, both)) == (sent == 0)


def test_a_row_that_is_nearer_to_its_own_offer_says_nothing_of_others(case: Running) -> None:
    """Of a coupon for a fifth, 400 messages are half: not a tenth of what it and the gift for everybody have."""
    both = case.grid.plan_of([line(2, "case", "coupon-20", "young", SENT), line(2, "phone", "buds", "young")])
    actuals = with_contacts(happened(case, sold(case)), (CASE, 1, 400.0))
    assert messages(actuals, both) == {(case.grid.offer_index["coupon-20"], YOUNG, 1): Messages(400.0, 800.0)}
    carried = with_contacts(happened(case, sold(case)), (CASE, 1, 4000.0))
    assert (sent_shares(carried, both) == 1.0).all(), "all 4,000 are the message of both"


@pytest.mark.parametrize(
    "terms", ["price_discount, depth: 20%", "flash_sale, price: 63", "bundle, buy: 2, price: 126", "coupon, value: 20"]
)
def test_what_goes_out_over_no_channel_needs_no_messages(tmp_path: Path, terms: str) -> None:
    """A member price is sent to nobody, so a truthful 0 on its row is no failure: no alarm, and its lift stays."""
    member = running(
        tmp_path,
        baseline={"young,case,,70": "young,case,,1400"},
        effects={"0.50,0.30,0.80": "2.00,1.90,2.10"},
        shop={
            "mechanic: coupon, value: 20, layer: targeted, channel: push, coverage: [50%, 100%]": (
                f"mechanic: {terms}, layer: targeted"
            ),
            "history:\n  - {date: 2026-10-30, product: case, segment: old, offer: coupon-20, coverage: 50%}\n": "",
        },
    )
    member = replace(member, plan=planned(member, 1.0))
    blank = happened(member, sold(member), LAST)
    zeros = with_contacts(blank, *((CASE, day - 1, 0.0) for day in DAYS))
    assert messages(zeros, member.plan) == {}
    assert unsent_places(zeros, member.plan) == ()
    assert reckoned_so_far(member.frozen, member.plan, zeros) is member.frozen.effects
    (seen,) = (each for each in watched(member, zeros).series if each.series.id == "coupon-20")
    assert (seen.alarm, seen.actual / seen.expected) == (None, pytest.approx(1.0, abs=0.05))
