"""What a retailer's systems hold of campaigns that ran: recorded day by day, and put behind what they held before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from scenarios.language.plan_lines import PlanLine
from scenarios.market.customers import Memory
from scenarios.market.drift import as_of
from scenarios.market.offered import Offered
from scenarios.market.play import Market
from scenarios.market.purchases import PurchaseData, offer_terms
from scenarios.market.receipts import messages_log, receipts
from scenarios.market.state import MarketState, morning

RECEIPTS = 1_000_000
"""Numbers of receipts of one customer; no date is so far from the calendar's first day."""


def record_campaign(market: Market, lines: Sequence[PlanLine], seed: int) -> PurchaseData:
    """Play a plan over the market's horizon and write down what customers bought and were told.

    The same customers in the same mood as in `Market.play` under this seed: stock, gifts and all. Of customers only the
    segment is known.

    Raises
    ------
    ValueError
        When the market is in weeks, or a line counts its pieces or caps a customer's uses.
    """
    if market.scenario.horizon.period_days != 1:
        raise ValueError("horizon: expected days, because receipts and messages have dates, got weeks")
    by_day = market.by_day(lines)
    if any(line.rationed for lines in by_day.values() for line in lines):
        raise ValueError("lines: expected none with quantity, per_customer or valid, got some")
    names = np.arange(market.people.segment.size).astype(str).astype(object)
    depths, state = market.competitor(seed), market.open_doors(market.warm(seed))
    bought: list[pd.DataFrame] = []
    told: list[pd.DataFrame] = []
    left: list[pd.DataFrame] = []
    for day in range(market.days):
        here, date = as_of(market, day), market.date(day)
        state = morning(state, market.products, market.scenario.horizon, date)
        draws = here.draws(seed, day)
        offered = here.offer(by_day.get(day, ()), state, draws)
        result = here.serve(state, here.demand(state, day, offered, depths, draws.traffic), offered, draws)
        bought.append(receipts(here, day, offered, result, names))
        told.append(messages_log(here, day, _in_stock(offered, state), draws, names))
        state, _, _ = market.day(state, day, by_day.get(day, ()), seed, depths)
        left.append(_evening(market, state, date))
    return PurchaseData(
        transactions=pd.concat(bought, ignore_index=True),
        offers=pd.concat(told, ignore_index=True),
        customers=segments_known(market),
        products=products_of(market),
        offer_terms={offer.id: offer_terms(offer, market.scenario.gifts) for offer in market.scenario.offers},
        memory=state.memory,
        stock=pd.concat(left, ignore_index=True),
    )


def quiet_memory(market: Market, seed: int) -> Memory:
    """Return what customers carry into the day after a horizon without any offer."""
    depths, state = market.competitor(seed), market.open_doors(market.warm(seed))
    for day in range(market.days):
        state = morning(state, market.products, market.scenario.horizon, market.date(day))
        state, _, _ = market.day(state, day, (), seed, depths)
    return state.memory


def segments_known(market: Market) -> pd.DataFrame:
    """Return customer and segment: whom messages to a segment go to, a retailer knows."""
    segment = market.people.segment
    ids = np.array([one.id for one in market.segments], dtype=object)
    return pd.DataFrame({"customer": np.arange(segment.size).astype(str), "segment": ids[segment]})


def products_of(market: Market) -> pd.DataFrame:
    """Return the product list of the data: every product is a category of its own."""
    ids = [product.id for product in market.products]
    return pd.DataFrame({"product": ids, "category": ids})


def moved(data: PurchaseData, days: int) -> PurchaseData:
    """Return the same records so many days later (earlier where negative)."""
    transactions, offers, stock = data.transactions, data.offers, data.stock
    return replace(
        data,
        transactions=transactions.assign(time=_later(transactions["time"], days)),
        offers=offers.assign(**{name: _later(offers[name], days) for name in ("first_day", "last_day")}),
        stock=stock.assign(time=_later(stock["time"], days)),
    )


def joined(parts: Sequence[PurchaseData]) -> PurchaseData:
    """Return the records of one market's customers, one span of days after the other, as one.

    What is known of customers, products and offers, and what they remember, is the last part's.
    """
    rows = pd.concat([part.transactions for part in parts], ignore_index=True)
    day = rows["time"].map({text: dt.date.fromisoformat(text).toordinal() for text in rows["time"].unique()})
    stock = [part.stock for part in parts if len(part.stock)]
    return replace(
        parts[-1],
        transactions=rows.assign(basket=rows["customer"].astype(np.int64) * RECEIPTS + day),
        offers=pd.concat([part.offers for part in parts], ignore_index=True),
        stock=pd.concat(stock, ignore_index=True) if stock else parts[-1].stock,
    )


def _in_stock(offered: Offered, state: MarketState) -> Offered:
    """What was on offer, lines of gifts that were gone in the morning left out."""
    lines = (
        line for line in offered.lines if line.offer.gift is None or state.gift_stock.get(line.offer.gift, np.inf) > 0
    )
    return replace(offered, lines=tuple(lines))


def _evening(market: Market, state: MarketState, date: dt.date) -> pd.DataFrame:
    """What is left of products whose stock is limited."""
    limited, names = np.isfinite(state.stock), np.array([product.id for product in market.products], dtype=object)
    left = np.floor(state.stock[limited]).astype(np.int64)
    return pd.DataFrame({"product": names[limited], "time": date.isoformat(), "stock": left})


def _later(dates: pd.Series, days: int) -> pd.Series:
    """Move dates in ISO form."""
    found = {text: (dt.date.fromisoformat(text) + dt.timedelta(days=days)).isoformat() for text in dates.unique()}
    return dates.map(found)
