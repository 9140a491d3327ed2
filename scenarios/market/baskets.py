"""Offers on whole baskets in the simulated market: who may use them, who tops up for them, what they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.language.schema import Gift
from scenarios.language.words import Layer, Mechanic
from scenarios.market.customers import MarketParams, Population, weighted_counts
from scenarios.market.deals import ActiveLine, gift_felt
from scenarios.response.economics import order_saving

TOP_UP_REACH = 4.0
"""The most that a customer adds to a basket to earn a saving, as a multiple of the saving."""
LEAST_GIFT = 1e-9
"""Whoever is given a gift takes it, however little it is worth to them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class BasketDeal:
    """One basket offer on one day: who may use it ([N]), and its terms."""

    line: ActiveLine
    who: Flag
    spend: float
    save: float
    """Taken off an order: 0 of a gift."""
    felt: Float
    """[N] what one use feels worth: the saving, or what the gift is to the customer."""
    pull: Float
    """[N] utility of shopping at all that the prospect of it adds."""


def make_basket_deal(
    line: ActiveLine,
    who: Flag,
    people: Population,
    seen: Float,
    params: MarketParams,
    gifts: Mapping[str, Gift],
) -> BasketDeal:
    """Return a basket offer for the customers who know of it."""
    spend = float(line.offer.spend or 0)
    save = order_saving(line.offer)
    gives = line.offer.gift is not None
    felt = gift_felt(line.offer, people, gifts, 0.0) if gives else np.full(people.segment.size, save)
    # A saving is weighed against the order that it asks for; small orders are about the free-shipping mark.
    share = np.minimum(0.5, felt / max(spend, params.shipping_free_from / 2))
    pull = params.basket_pull * people.sensitivity * share * np.exp(-params.fatigue * seen) * who
    return BasketDeal(line=line, who=who, spend=spend, save=save, felt=felt, pull=pull)


def order_benefits(deals: list[BasketDeal], value: Float, params: MarketParams) -> list[Float]:
    """Return what each basket offer is worth on each customer's order, [N] per offer: money off, or a gift.

    Free shipping saves nothing on orders that ship free anyway. Of two offers that do not stack the better counts.
    """
    benefits = []
    for deal in deals:
        fits = deal.who & (value > 0) & (value >= deal.spend)
        if deal.line.offer.mechanic is Mechanic.FREE_SHIPPING:
            fits &= value < params.shipping_free_from
        worth = np.maximum(deal.felt, LEAST_GIFT) if deal.line.offer.gift is not None else np.minimum(deal.save, value)
        benefits.append(np.where(fits, worth, 0.0))
    for targeted in [d for d in range(len(deals)) if deals[d].line.offer.layer is Layer.TARGETED]:
        if deals[targeted].line.offer.stacks:
            continue
        for public in [d for d in range(len(deals)) if deals[d].line.offer.layer is Layer.PUBLIC]:
            better = benefits[targeted] > benefits[public]
            benefits[public] = np.where(better, 0.0, benefits[public])
            benefits[targeted] = np.where(better, benefits[targeted], 0.0)
    return benefits


def top_ups(
    people: Population,
    weight: Float,
    baskets: list[BasketDeal],
    arrives: Float,
    tops_up: Float,
    reach_draw: Float,
    prices: Float,
    value: Float,
    available: Float,
    who: Int,
    what: Int,
    sold: Float,
) -> tuple[Int, Int, Float]:
    """Return who adds one item to reach a basket offer's spend, which one, and the share that still finds it.

    ``weight`` [N, K] is how attractive each product is, ``value`` [N] what is in the basket, ``available`` [K] the
    stock at the start of the day, and ``who``, ``what``, ``sold`` [J] the purchases so far. All draws are [N].
    """
    count = people.segment.size
    gap = np.full(count, np.inf)
    reach = np.zeros(count)
    for basket in baskets:
        missing = basket.spend - value
        most = basket.felt * TOP_UP_REACH * reach_draw
        near = basket.who & (value > 0) & (missing > 0) & (missing <= most) & (missing < gap)
        gap = np.where(near, missing, gap)
        reach = np.where(near, most + basket.felt / 2, reach)
    buyers = np.nonzero(np.isfinite(gap))[0]
    fits = (prices[None, :] >= gap[buyers, None]) & (prices[None, :] <= reach[buyers, None])
    weights = np.where(fits, weight[buyers], 0.0)
    edges = np.cumsum(weights, axis=1)
    found = edges[:, -1] > 0
    buyers, edges = buyers[found], edges[found]
    spot = tops_up[buyers] * edges[:, -1]
    items = np.minimum((spot[:, None] >= edges).sum(axis=1), prices.size - 1)
    order = np.argsort(arrives[buyers], kind="stable")
    buyers, items = buyers[order], items[order]
    left = available - weighted_counts(what, sold * people.weight[who], prices.size)
    share = np.ones(buyers.size)
    for k in np.unique(items[np.isfinite(left[items])]):
        rows = np.nonzero(items == k)[0]
        taken = np.cumsum(people.weight[buyers[rows]])
        room = np.clip(left[k] - (taken - people.weight[buyers[rows]]), 0.0, people.weight[buyers[rows]])
        share[rows] = room / people.weight[buyers[rows]]
    keep = share > 0
    return buyers[keep], items[keep], share[keep]
