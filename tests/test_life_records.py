"""What is recorded between simulated campaigns: as it was played, as ordinary weeks go, and nothing of the truth."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from flight_case import LINES, Running, line, running_shop
from retrain_case import SEED, START, WEEKS, days_of, first_morning, small_market

from planner.simulate.life import BETWEEN, Life, lived_on
from scenarios.language.words import BASKET
from scenarios.market.drift import Drift, with_drift
from scenarios.market.ordinary import ordinary_calendar, ordinary_market, usual_of
from scenarios.market.play import Market
from scenarios.market.records import joined, moved, quiet_memory, record_campaign

case = running_shop
"""The shop with its plan; stock is short enough to run out of phones."""
market = small_market
past = first_morning


@pytest.fixture(scope="module")
def second(past: Life) -> Life:
    """The same on the morning of the second one; nobody has changed."""
    return lived_on(past, past.market, past.market, LINES, SEED, 1)


def test_a_campaign_is_recorded_as_it_was_played(past: Life) -> None:
    """Receipts of a campaign hold the units that the market sold, day by day, also where it changes and runs short."""
    gone = Drift(from_day=3, sensitivity=np.array([2.0, 0.5]), attention=np.ones(2), need=np.array([1.5, 0.5]))
    short = past.market.scenario.model_copy(
        update={"products": tuple(p.model_copy(update={"stock": 40, "arrivals": {}}) for p in past.market.products)}
    )
    here = with_drift(replace(past.market, scenario=short), gone)
    sold, rows = here.play(LINES, 7), record_campaign(here, LINES, 7)
    names, weight = [product.id for product in here.products], here.people.weight
    table = rows.transactions
    real = table["quantity"] * weight[table["customer"].astype(int)]
    day = table["time"].map(lambda text: (dt.date.fromisoformat(text) - START).days)
    for k, name in enumerate(names):
        mine = (table["product"] == name).to_numpy()
        units = np.bincount(day[mine], real[mine], 7)
        # The one customer behind the last unit stands for several: rounded to the larger part.
        np.testing.assert_allclose(units, sold.units.sum(axis=0)[k], atol=2 * weight.max())
    assert sold.stock_left.min() < 1 and set(rows.stock["stock"]) >= {0}
    assert (rows.stock["product"].isin(names)).all()


def test_the_log_names_the_customers_of_a_segment(market: Market) -> None:
    """A message to half of a segment is logged for about half of its customers, one of all customers is told to all."""
    half = (line(2, "case", "coupon-20", "young", 0.5), line(3, "phone", "cut-15"))
    log = record_campaign(market, half, 5).offers
    told = log[log["offer"] == "coupon-20"]["customer"].astype(int)
    assert len(told) == pytest.approx(250, abs=50) and (market.people.segment[told] == 0).all()
    assert log[log["offer"] == "cut-15"]["customer"].tolist() == [""]


def test_a_gift_that_is_gone_is_logged_no_more(market: Market) -> None:
    """Days on which no gift was left are no days of the offer."""
    gifts = tuple(gift.model_copy(update={"stock": 0}) for gift in market.scenario.gifts)
    empty = replace(market, scenario=market.scenario.model_copy(update={"gifts": gifts}))
    lines = [line(day, "phone", "buds", "old") for day in (2, 3)]
    assert record_campaign(market, lines, 5).offers["first_day"].nunique() == 2
    assert record_campaign(empty, lines, 5).offers.empty


def test_ordinary_weeks_hold_the_scenarios_own_offers(past: Life, case: Running) -> None:
    """The past runs what the scenario offers, and the lines that it says ran before."""
    (records,) = past.records
    offers = {offer.id for offer in case.grid.scenario.offers}
    assert set(records.offer_terms) == offers and set(records.offers["offer"]) <= offers
    assert len(set(records.offers["offer"])) >= len(offers) - 1
    (known,) = case.grid.scenario.history
    told = records.offers[(records.offers["first_day"] == str(known.date)) & (records.offers["product"] == "case")]
    assert set(told["offer"]) == {"coupon-20"}
    first, last = days_of(records.transactions, "time")
    assert last == START - dt.timedelta(days=1) and (START - first).days >= 7 * WEEKS
    assert first.weekday() == 0


def test_a_segment_gets_only_offers_that_are_for_it(market: Market) -> None:
    """An offer for one segment is never drawn for another one, neither in the past nor between campaigns."""
    only = {"applies_to": market.scenario.offers[3].applies_to.model_copy(update={"segments": ("old",)})}
    assert market.scenario.offers[3].id == "buds"
    offers = tuple(o.model_copy(update=only) if o.id == "buds" else o for o in market.scenario.offers)
    narrow = replace(market, scenario=market.scenario.model_copy(update={"offers": offers}))
    before = ordinary_market(narrow, days=280)
    lines = ordinary_calendar(before, (), 4).lines
    assert {one.segment for one in lines if one.offer == "buds"} == {"old"}
    assert {one.segment for one in lines if one.offer == "coupon-20"} == {"young", "old"}


def test_the_lower_median_of_a_weekday_is_its_usual_day() -> None:
    """Of two Mondays the calmer one is usual; weekdays that a horizon lacks are as busy as the others in the mean."""
    found = usual_of(np.array([4.0, 1.0, 2.0]), np.array([0, 0, 3]))
    np.testing.assert_allclose(found, [1.0, 1.5, 1.5, 2.0, 1.5, 1.5, 1.5])


def test_records_of_a_campaign_lie_between_the_past_and_the_next(past: Life, second: Life) -> None:
    """Days follow each other without a gap up to the next campaign; receipts keep numbers of their own."""
    before, campaign, after = second.records
    cycle = 7 * (1 + BETWEEN)
    assert days_of(before.transactions, "time")[1] == START - dt.timedelta(days=cycle + 1)
    assert campaign.transactions["time"].nunique() == 7
    assert days_of(campaign.transactions, "time")[0] == START - dt.timedelta(days=cycle)
    assert days_of(after.transactions, "time")[1] == START - dt.timedelta(days=1)
    whole = joined(second.records)
    assert len(whole.transactions) == sum(len(part.transactions) for part in second.records)
    assert whole.transactions["time"].nunique() == (START - days_of(before.transactions, "time")[0]).days
    each = whole.transactions.groupby("basket")[["customer", "time"]].nunique()
    assert (each == 1).to_numpy().all()
    # What ran is logged on its days: the first line of the plan on the third day.
    ran = campaign.offers[(campaign.offers["offer"] == "cut-15") & (campaign.offers["product"] == "phone-pro")]
    assert days_of(ran, "first_day")[0] == START - dt.timedelta(days=cycle - 2)


def test_records_move_with_all_their_dates(past: Life) -> None:
    """Moved by four weeks and back, records are the same; nothing but dates has changed between."""
    (records,) = past.records
    there = moved(records, -28)
    assert days_of(there.offers, "last_day")[0] == days_of(records.offers, "last_day")[0] - dt.timedelta(days=28)
    back = moved(there, 28)
    pd.testing.assert_frame_equal(back.transactions, records.transactions)
    pd.testing.assert_frame_equal(back.offers, records.offers)


def test_campaigns_begin_alike_for_everybody(past: Life, second: Life) -> None:
    """The next morning is that of a market without promotion in the campaign, whatever the planner ran."""
    idle = lived_on(past, past.market, past.market, None, SEED, 1)
    np.testing.assert_array_equal(idle.market.remembered.cupboard, second.market.remembered.cupboard)
    assert not idle.records
    ran = record_campaign(past.market, LINES, 3001).memory
    assert (ran.seen != quiet_memory(past.market, 3001).seen).any()


def test_baskets_are_sold_under_basket_offers(past: Life) -> None:
    """Receipts name the order's offer; its log has no product."""
    (records,) = past.records
    assert set(records.transactions["basket_offer"]) <= {"", "save-200"}
    assert set(records.offers.loc[records.offers["offer"] == "save-200", "product"]) == {""}
    assert BASKET not in set(records.transactions["product"])
