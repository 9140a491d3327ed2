"""An offer that is sent once, in the market of single customers: one message, one reading, one use on any day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from little_work import little_work
from sent_once import CONTACT, CUSTOMERS, DOCUMENT, FIXED, START, coupon, effects
from tiny_problem import problem

from planner.simulate.campaign import CampaignParams, World, run
from planner.simulate.life import require_past
from planner.simulate.world import world_of
from scenarios.arrays import Float
from scenarios.language.schema import Scenario
from scenarios.market.likeness import likeness
from scenarios.market.offered import lines_by_day
from scenarios.market.play import Market
from scenarios.market.state import MarketState
from scenarios.problems import InvalidInput

TEA, ALL = 0, 0


def market_of(**changed: Any) -> Market:
    """A market like the tiny shop in which everybody reads every message, hardly wearied by others."""
    asked = problem(Scenario.model_validate(DOCUMENT | changed), effects(), None)
    found = likeness(asked.grid, asked.effects, 1, per_segment=400)
    return replace(found, residents=replace(found.people, notice=np.ones_like(found.people.notice)))


@pytest.fixture(scope="module")
def market() -> Market:
    """The tiny shop's."""
    return market_of()


def evenings(market: Market, *days: int, offer: str = "week", coverage: float = 1.0) -> list[MarketState]:
    """What each of the horizon's six days leaves behind, with a coupon on some of them."""
    by_day, depths = market.by_day(coupon(*days, offer=offer, coverage=coverage)), market.competitor(3)
    state, found = market.open_doors(market.warm(3)), []
    for day in range(6):
        state, _, _ = market.day(state, day, by_day.get(day, ()), 3, depths)
        found.append(state)
    return found


def used(state: MarketState, sending: int = 0) -> Float:
    """[N] uses of each customer's coupon so far."""
    return np.asarray(state.held[sending].used[TEA, ALL])


def test_a_sending_is_one_message_that_is_paid_once(market: Market) -> None:
    """A hundred messages and one fixed cost on Monday; the coupon of a day is sent, and paid, on each of three."""
    once, daily = (market.play(coupon(0, 1, 2, offer=offer), 3).tally for offer in ("week", "day"))
    assert once.contacts.sum(axis=(0, 1)).tolist() == [CUSTOMERS, 0, 0, 0, 0, 0]
    assert daily.contacts.sum(axis=(0, 1)).tolist() == [CUSTOMERS] * 3 + [0] * 3
    assert once.contact_cost.sum() == pytest.approx(CUSTOMERS * CONTACT)
    assert once.fixed_cost.sum(axis=(0, 1)).tolist() == pytest.approx([FIXED, 0, 0, 0, 0, 0])


def test_nobody_uses_a_coupon_twice_and_all_days_use_it(market: Market) -> None:
    """Whoever redeemed it on Monday pays the full price on Tuesday; others still redeem, until the last day."""
    found = evenings(market, 0, 1, 2)
    days = np.diff([np.zeros_like(used(found[0])), *(used(state) for state in found[:3])], axis=0)
    assert (days >= 0).all() and used(found[2]).max() == 1.0
    assert ((days > 0).sum(axis=0) <= 1).all() and (days.sum(axis=1) > 0).all()
    sold = market.play(coupon(0, 1, 2), 3).tally.uses[0, 0]
    assert sold[:3].tolist() == pytest.approx((days * market.people.weight).sum(axis=1).tolist())
    assert not sold[3:].any()


def test_who_was_contacted_on_monday_holds_it_on_all_days(market: Market) -> None:
    """Half of the customers get it, by Monday's lot: Tuesday's and Wednesday's uses are theirs alone."""
    (first, *_, last) = evenings(market, 0, 1, 2, coverage=0.5)[:3]
    told = first.held[0].letters.chance[:, 0] < 0.5
    assert 0.4 < told.mean() < 0.6
    assert not used(last)[~told].any() and used(last)[told].any()


def test_another_sending_is_another_coupon(market: Market) -> None:
    """Thursday's is used again by those who used Monday's, and Monday's is gone by then."""
    last = evenings(market, 0, 1, 2, 3, 4, 5)[-1]
    again = evenings(market, 0, 1, 2)[2]
    assert ((used(last, 3) > 0) & (used(again) > 0)).any() and 0 not in last.held


def test_a_sending_tires_once_when_it_is_over(market: Market) -> None:
    """On Monday and Tuesday it tires nobody, least of all itself; on Wednesday evening all who knew of it, once."""
    seen = [state.memory.seen[:, TEA] for state in evenings(market, 0, 1, 2)]
    assert not seen[0].any() and not seen[1].any()
    assert seen[2].tolist() == pytest.approx([1.0] * seen[2].size)


def test_a_closed_day_in_a_validity_takes_no_coupon_away() -> None:
    """Nobody shops on Tuesday: what was used on Monday stays used on Wednesday, and the others still hold theirs."""
    closed = {"horizon": {"start": START, "periods": 6, "closed": [START + dt.timedelta(days=1)]}}
    found = evenings(market_of(**closed), 0, 2)
    assert (used(found[2]) >= used(found[0])).all() and used(found[2]).max() == 1.0
    assert used(found[2]).sum() > used(found[0]).sum() > 0


def test_what_history_sent_is_still_held() -> None:
    """A coupon of the last day before the horizon goes on in it, with the uses that it had, and no message more."""
    before = START - dt.timedelta(days=1)
    week = DOCUMENT["offers"][0] | {"valid": {"days": 3, "sent": [before, START + dt.timedelta(days=3)]}}
    ran = {"date": before, "product": "tea", "segment": "all", "offer": "week"}
    market = market_of(offers=[week, DOCUMENT["offers"][1]], history=[ran])
    found = evenings(market, 0, 1)
    warm = market.open_doors(market.warm(3))
    assert used(warm, -1).any() and (used(found[1], -1) >= used(warm, -1)).all() and used(found[1], -1).max() == 1.0
    assert not market.play(coupon(0, 1), 3).tally.contacts.any()


def test_a_line_in_no_validity_is_refused(market: Market) -> None:
    """The market plays what may be planned: the offer runs on days of its sendings only."""
    scenario = market.scenario.model_copy(update={"offers": (_only_monday(market.scenario),)})
    with pytest.raises(ValueError, match="expected a day of a validity"):
        lines_by_day(coupon(4), scenario.offers, market.segments, market.products, scenario.horizon)


def _only_monday(scenario: Scenario) -> Any:
    offer = scenario.offers[0]
    assert offer.valid is not None
    return offer.model_copy(update={"valid": offer.valid.model_copy(update={"sent": (START,)})})


def test_simulate_takes_it_and_a_past_to_train_on_does_not() -> None:
    """The market of a scenario is made; training does not know of coupons that are used up, and says what to do."""
    asked = problem(Scenario.model_validate(DOCUMENT), effects(), None)
    found, _ = world_of(asked, 0)
    assert found.play(coupon(0, 1, 2), 1).tally.uses.any()
    with pytest.raises(InvalidInput, match="training does not know of coupons that are used up"):
        require_past(asked, "--past")


def test_a_campaign_is_planned_again_while_coupons_are_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planned again on Tuesday evening: Wednesday's line of Monday's coupon stands, in the plan and in the market."""
    little_work(monkeypatch)
    asked = problem(Scenario.model_validate(DOCUMENT), effects(), None)
    world, params = World.of(market_of(), 7), CampaignParams(replans=2, watch=False)
    ran = run(asked, coupon(0, 1, 2), world, params, 1)
    assert set(coupon(0, 1, 2)) <= set(ran.lines) and not ran.unused


def test_in_weeks_a_coupon_of_two_weeks_is_one_message_and_one_use() -> None:
    """Two lines, one sending: told in the first week, used once in either."""
    week = DOCUMENT["offers"][0] | {"valid": {"days": 14, "sent": [START]}}
    weeks = {"start": START, "periods": 6, "unit": "week"}
    market = market_of(offers=[week, DOCUMENT["offers"][1]], horizon=weeks)
    lines = [
        line.model_copy(update={"date": START + dt.timedelta(weeks=number)}) for number, line in enumerate(coupon(0, 0))
    ]
    tally = market.play(lines, 3).tally
    assert tally.contacts.sum(axis=(0, 1)).tolist() == [CUSTOMERS, 0, 0, 0, 0, 0]
    uses = tally.uses.sum(axis=(0, 1))
    assert (uses[:2] > 0).all() and not uses[2:].any() and uses.sum() <= CUSTOMERS
