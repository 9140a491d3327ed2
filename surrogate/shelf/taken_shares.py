"""How much is taken with public bundles, gifts and offers on baskets, where the till says which offer a row used."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scenarios.arrays import Float, Int
from scenarios.language.words import Layer, Mechanic
from surrogate.data.events import Events
from surrogate.shelf.order_growth import usual_values, with_mean
from surrogate.shelf.past_offers import EVERYBODY
from surrogate.shelf.run_days import plain_days, usual_days

LEAST = 100.0
"""Fewer units or orders under a mechanic say nothing about its use."""
_ON_GOODS = (Mechanic.BUNDLE, Mechanic.GIFT)
"""Mechanics on goods that not everybody takes who buys these."""


def taken_shares(events: Events) -> dict[str, float]:
    """Return shares by mechanic, as `surrogate.model.LearnedOffers.taken` holds them; what was not seen is left out.

    Shares of bundles and gifts are at most 1; of a mechanic that no row names, the till says nothing. Of orders that
    are usually large enough more than all may use an offer: for some customers it is why theirs is.
    """
    shares: dict[str, float] = {}
    if (events.sales["offer"] >= 0).any():
        shares |= _on_goods(events)
    if len(events.order_uses):
        shares |= _baskets(events)
    return {name: round(float(share), 4) for name, share in shares.items()}


def _on_goods(events: Events) -> dict[str, float]:
    """All that a bundle or gift adds is taken with it: what else is sold on its days is the usual rest."""
    number = {name: place for place, name in enumerate(events.past_offers)}
    public = [name for name, offer in events.past_offers.items() if Layer(offer.layer) is Layer.PUBLIC]
    runs = events.offers[events.offers["offer"].isin(public) & (events.offers["customer"] == EVERYBODY)]
    runs = runs[runs["product"] >= 0]
    usual = usual_days(events.daily, runs)
    days = _days(runs)
    each = plain_days(events.daily, runs)
    week = np.nansum(each, axis=1) / np.maximum((np.isfinite(each) * usual).sum(axis=1), 1e-9)
    base = pd.Series(week / 7, index=np.unique(events.daily["product"]))
    kind = {name: Mechanic(offer.mechanic) for name, offer in events.past_offers.items()}
    names = ["product", "day", "offer", "quantity"]
    everything = pd.concat([events.sales[names], events.nobodys[names]], ignore_index=True)
    shares = {}
    for mechanic in _ON_GOODS:
        mine = days[days["offer"].map(kind) == mechanic]
        sold = everything.merge(mine, on=["product", "day"], suffixes=("", "_run"))
        under = sold["offer"].to_numpy() == sold["offer_run"].map(number).to_numpy()
        others = float(sold["quantity"].to_numpy(dtype=float)[~under].sum())
        expected = float((mine["product"].map(base) * usual[(mine["day"] - 1) % 7] * 7).sum())
        if under.any() and not (expected < LEAST):
            shares[mechanic.value] = float(np.clip(1.0 - others / expected, 0.0, 1.0))
    return shares


def _baskets(events: Events) -> dict[str, float]:
    """Compare orders that used an offer with those on its days that were large enough, by usual order values.

    All orders count, of whatever goods: an offer on orders asks for no planned product. Usual are the values of recent
    orders, larger or smaller as weeks that sell as much usually are.
    """
    number = {name: place for place, name in enumerate(events.past_offers)}
    paid, count = np.unique(events.orders["paid"].to_numpy(dtype=float).round(2), return_counts=True)
    larger = usual_values(events.visits, events.orders["week"])
    usual = usual_days(events.daily, events.offers[events.offers["customer"] == EVERYBODY])
    sums: dict[str, list[float]] = {}
    for name, offer in events.past_offers.items():
        mechanic = Mechanic(offer.mechanic)
        if not mechanic.is_basket:
            continue
        runs = events.offers[events.offers["offer"] == name]
        orders = _orders_on(_days(runs)[["customer", "day"]].drop_duplicates(), events.visits, usual)
        used = float((events.order_uses["offer"] == number[name]).sum())
        key = mechanic.value if Layer(offer.layer) is Layer.PUBLIC else f"sent {mechanic.value}"
        total = sums.setdefault(key, [0.0, 0.0])
        total[0] += used
        enough = [_share_of(paid, count, float(offer.spend or 0), times) for times in larger.loc[orders.index]]
        total[1] += float(orders.to_numpy() @ np.array(enough))
    return {key: used / orders for key, (used, orders) in sums.items() if orders >= LEAST}


def _share_of(paid: Float, count: Int, spend: float, times: float) -> float:
    """Return the share of orders worth ``spend`` where their mean is ``times`` that of ``count`` orders of ``paid``."""
    if not paid.size:
        return 1.0
    counts, left = with_mean(paid, count.astype(np.float64), times)
    return float(counts[paid * left >= spend].sum() / counts.sum())


def _orders_on(days: pd.DataFrame, visits: pd.DataFrame, usual: Float) -> pd.Series:
    """Return how many orders fell on some days, by week: a week's orders, by what of a usual week these days are.

    Parameters
    ----------
    days
        customer, day, each pair once; where any row is about everybody, all customers count on the days of such rows.
    visits
        customer, week, baskets.
    usual
        [7] share of a usual week by weekday, Monday first.
    """
    everybody = days["customer"] == EVERYBODY
    by = ["week"] if everybody.any() else ["customer", "week"]
    days = days[everybody] if everybody.any() else days
    part = days.assign(week=(days["day"] - 1) // 7, part=usual[(days["day"].to_numpy() - 1) % 7])
    each = visits.merge(part.groupby(by, as_index=False)["part"].sum(), on=by)
    return (each["baskets"].astype(float) * each["part"]).groupby(each["week"]).sum()


def _days(runs: pd.DataFrame) -> pd.DataFrame:
    """Return offer, product, customer, day: one row a day of each row."""
    spans = (runs["last_day"] - runs["first_day"] + 1).to_numpy(dtype=np.int64)
    place = np.repeat(np.arange(len(runs)), spans)
    offset = np.arange(place.size) - np.repeat(np.cumsum(spans) - spans, spans)
    rows = runs[["offer", "product", "customer", "first_day"]].iloc[place]
    return rows.assign(day=rows["first_day"].to_numpy() + offset)
