"""From a plan's lines to what every simulated customer is offered on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Horizon, Offer, Product, Scenario, Segment
from scenarios.language.words import BASKET, EVERYBODY, Layer
from scenarios.market.baskets import BasketDeal, make_basket_deal
from scenarios.market.customers import Float, MarketParams, Memory, Population
from scenarios.market.day import DayDraws
from scenarios.market.deals import ActiveLine, Bool, Deal, benefit_of, make_deal


@dataclass(frozen=True, kw_only=True, eq=False)
class Offered:
    """Everything that is on offer on one day."""

    lines: tuple[ActiveLine, ...]
    deals: dict[int, Deal]
    """By product index."""
    baskets: list[BasketDeal]
    sent: dict[tuple[int, int], float]
    """Coverage of the message of each (segment, channel): the largest of its lines."""
    contacted: dict[tuple[int, int], Bool]
    """[N] who gets that message."""


def lines_by_day(
    lines: Sequence[PlanLine],
    offers: Sequence[Offer],
    segments: Sequence[Segment],
    products: Sequence[Product],
    horizon: Horizon,
) -> dict[int, list[ActiveLine]]:
    """Sort a plan's lines by day (negative before the horizon).

    Raises
    ------
    ValueError
        When a line names an unknown offer, product or segment, or when two lines fill one slot.
    """
    segment_index = {segment.id: s for s, segment in enumerate(segments)}
    product_index = {product.id: k for k, product in enumerate(products)} | {BASKET: len(products)}
    by_id = {offer.id: offer for offer in offers}
    days: dict[int, list[ActiveLine]] = {}
    taken = set()
    for line in lines:
        where = f"line {line.date} {line.product} {line.segment} {line.offer}"
        offer = by_id.get(line.offer)
        if offer is None or line.product not in product_index:
            raise ValueError(f"{where}: the market knows no such offer or product; expected ids of the scenario")
        targeted = offer.layer is Layer.TARGETED
        if (line.segment not in segment_index) if targeted else (line.segment != EVERYBODY):
            raise ValueError(f"{where}: expected a known segment on a targeted line, {EVERYBODY} on a public one")
        if offer.quantity is not None or offer.per_customer is not None:
            expected = "an offer without quantity and per_customer"
            raise ValueError(f"{where}: the market serves everybody who wants an offer; expected {expected}")
        if offer.mechanic.is_basket is not (line.product == BASKET):
            raise ValueError(f"{where}: expected product {BASKET} for a basket offer, a product for the others")
        slot = (line.date, line.product, line.segment)
        if slot in taken:
            raise ValueError(f"{where}: the slot has two lines; expected at most one")
        taken.add(slot)
        active = ActiveLine(
            offer=offer,
            product=product_index[line.product],
            segment=segment_index[line.segment] if targeted else -1,
            coverage=line.coverage,
        )
        days.setdefault(horizon.period_of(line.date), []).append(active)
    return days


def offer_today(
    lines: Sequence[ActiveLine],
    scenario: Scenario,
    segments: tuple[Segment, ...],
    products: tuple[Product, ...],
    people: Population,
    memory: Memory,
    gift_stock: dict[str, float],
    draws: DayDraws,
    params: MarketParams,
) -> Offered:
    """Return what the lines of one day are to every customer. A gift that is gone offers nothing."""
    channels = {channel.id: c for c, channel in enumerate(scenario.channels)}
    gifts = {gift.id: gift for gift in scenario.gifts}
    reads = draws.attention < (people.notice * np.exp(-params.message_weariness * memory.messages))[:, None]
    sent: dict[tuple[int, int], float] = {}
    contacted: dict[tuple[int, int], Bool] = {}
    public: dict[int, ActiveLine] = {}
    targeted: dict[int, list[tuple[ActiveLine, Bool]]] = {}
    baskets: list[BasketDeal] = []
    for line in lines:
        who = np.ones(people.segment.size, dtype=bool)
        if line.segment >= 0:
            # Offers without a channel (a note at the till) reach customers by a mailing order of their own.
            channel = channels.get(str(line.offer.channel), len(channels))
            hit = (people.segment == line.segment) & (draws.chance[:, channel] < line.coverage)
            who = hit & reads[:, channel]
            key = (line.segment, channel)
            if line.offer.channel is not None and line.coverage > sent.get(key, 0.0):
                sent[key], contacted[key] = line.coverage, hit
        if line.product == len(products):
            baskets.append(make_basket_deal(line, who, people, memory.seen[:, -1], params))
        elif line.offer.gift is not None and not (gift_stock.get(line.offer.gift, np.inf) > 0):
            continue
        elif line.segment < 0:
            public[line.product] = line
        else:
            targeted.setdefault(line.product, []).append((line, who))
    deals = {}
    for k in sorted(public.keys() | targeted.keys()):
        category, product, line_for_all = int(people.category[k]), products[k], public.get(k)
        everybody = line_for_all.offer if line_for_all is not None else None
        deals[k] = make_deal(
            benefit_of(everybody, product, category, people, gifts, params) if everybody is not None else None,
            everybody,
            [
                (line, benefit_of(line.offer, product, category, people, gifts, params), who)
                for line, who in targeted.get(k, ())
            ],
            len(segments),
            people,
            memory.seen[:, k],
            params,
            category,
        )
    return Offered(lines=tuple(lines), deals=deals, baskets=baskets, sent=sent, contacted=contacted)


def remember(memory: Memory, offered: Offered, params: MarketParams) -> Memory:
    """Return the memory after a day: what was seen and received fades, what is new is added."""
    seen: Float = memory.seen * 0.5 ** (1.0 / params.fatigue_half_life_days)
    for k, deal in offered.deals.items():
        seen[:, k] += deal.saw
    if offered.baskets:
        seen[:, -1] += np.any([basket.who for basket in offered.baskets], axis=0)
    messages: Float = memory.messages * np.exp(-1.0 / 7.0)
    for hit in offered.contacted.values():
        messages = messages + hit
    return Memory(last=memory.last, cupboard=memory.cupboard, seen=seen, messages=messages)
