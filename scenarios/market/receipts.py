"""What a retailer's systems write down of one day in the simulated market: receipts at the till, the log of offers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.language.words import Layer
from scenarios.market.day import DayDraws, DayResult
from scenarios.market.offered import Offered
from scenarios.market.play import Market


def receipts(market: Market, day: int, offered: Offered, result: DayResult, names: NDArray[np.object_]) -> pd.DataFrame:
    """Return a day's purchases, one row each; ``names`` [N] are the customers' ids.

    Of a customer who stands for several real ones, of whom only some found the last unit, the larger part speaks.
    """
    bought = result.purchases
    found = bought.filled >= 0.5
    who, what, units = bought.customer[found], bought.product[found], bought.units[found]
    listed = units * market.prices[what]
    shelf, coupon = np.zeros(who.size), np.zeros(who.size)
    under = np.full(who.size, "", dtype=object)
    for k, deal in offered.deals.items():
        rows = np.flatnonzero(what == k)
        buyer = who[rows]
        # A bundle's free units are a saving on a receipt line of its own.
        plain = deal.bundle_units[buyer] == 0
        cut = np.where(plain, deal.saving_public[buyer], 0.0)
        shelf[rows] = listed[rows] * cut
        coupon[rows] = listed[rows] * (1 - cut) * np.where(plain, deal.saving_targeted[buyer], 0.0)
        if deal.public is not None:
            under[rows[deal.under_public[buyer]]] = deal.public.id
        for s, offer in enumerate(deal.targeted):
            if offer is not None:
                under[rows[deal.under_targeted[buyer] & (market.people.segment[buyer] == s)]] = offer.id
    order = np.full(names.size, "", dtype=object)
    for basket, benefit in zip(offered.baskets, result.benefits, strict=True):
        order[benefit > 0] = basket.line.offer.id
    date = market.scenario.horizon.date_of(day)
    return pd.DataFrame(
        {
            "customer": names[who],
            "time": date.isoformat(),
            "basket": who * 10_000 + day,
            "product": np.array([p.id for p in market.products], dtype=object)[what],
            "quantity": units,
            "paid": np.round(listed - np.round(shelf, 2) - np.round(coupon, 2), 2),
            "shelf_discount": np.round(shelf, 2),
            "coupon_discount": np.round(coupon, 2),
            "offer": under,
            "basket_offer": order[who],
        }
    )


def messages_log(
    market: Market, day: int, offered: Offered, draws: DayDraws, names: NDArray[np.object_]
) -> pd.DataFrame:
    """Return the day's rows of the offers log: who (by ``names``) was told what, read or not."""
    channels = {channel.id: c for c, channel in enumerate(market.scenario.channels)}
    goods = [*(product.id for product in market.products), ""]
    parts = []
    for line in offered.lines:
        if line.offer.layer is Layer.PUBLIC:
            who = np.array([""], dtype=object)
        else:
            channel = channels.get(str(line.offer.channel), len(channels))
            hit = (market.people.segment == line.segment) & (draws.chance[:, channel] < line.coverage)
            who = names[hit]
        parts.append(pd.DataFrame({"offer": line.offer.id, "product": goods[line.product], "customer": who}))
    columns = ["offer", "product", "customer"]
    log = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns, dtype=object)
    date = market.scenario.horizon.date_of(day).isoformat()
    return log.assign(first_day=date, last_day=date)
