"""From a plan's lines to what every simulated customer is offered on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Horizon, Offer, Product, Scenario, Segment
from scenarios.language.words import BASKET, EVERYBODY, Layer
from scenarios.market.baskets import BasketDeal, make_basket_deal
from scenarios.market.customers import MarketParams, Memory, Population
from scenarios.market.day import DayDraws
from scenarios.market.deals import ActiveLine, Allowance, Deal, Place, benefit_of, make_deal
from scenarios.response.economics import units_per_use

Pieces = Mapping[tuple[dt.date, str, str], float]
"""Pieces of lines whose offer counts them, by the period's first day, product and segment."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Letters:
    """Whom the messages of a period reach: drawn once, on its first day. All arrays [N, channels]."""

    chance: Float
    """Uniform draws: who is below a line's coverage is contacted."""
    reads: Flag
    """Whoever is contacted and reads it knows of the offer through the whole period."""

    @classmethod
    def of(cls, people: Population, memory: Memory, draws: DayDraws, params: MarketParams) -> Letters:
        """Draw them; many messages lately are read less."""
        notice = people.notice * np.exp(-params.message_weariness * memory.messages)
        return cls(chance=draws.chance, reads=draws.attention < notice[:, None])

    def picked(self, rows: Int) -> Letters:
        """Return them for some of the customers."""
        return Letters(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})


@dataclass(frozen=True, kw_only=True, eq=False)
class Offered:
    """Everything that is on offer on one day."""

    lines: tuple[ActiveLine, ...]
    deals: dict[int, Deal]
    """By product index."""
    baskets: list[BasketDeal]
    sent: dict[tuple[int, int], float]
    """Coverage of the message that goes out today, of each (segment, channel): the largest of its lines."""
    contacted: dict[tuple[int, int], Flag]
    """[N] who gets that message."""
    over: dict[int, Flag]
    """[N] who knew of a coupon that was sent once and has its last day today, by product index (K: baskets)."""

    def saw(self, people: int, products: int) -> Flag:
        """Return [N, K + 1] who sees each product's offers, and those on baskets (the last column)."""
        found = np.zeros((people, products + 1), dtype=bool)
        for k, deal in self.deals.items():
            found[:, k] = deal.saw
        for basket in self.baskets:
            if basket.line.sending is None:
                found[:, -1] |= basket.who
        for k, knew in self.over.items():
            found[:, k] |= knew
        return found


def lines_by_day(
    lines: Sequence[PlanLine],
    offers: Sequence[Offer],
    segments: Sequence[Segment],
    products: Sequence[Product],
    horizon: Horizon,
    pieces: Pieces | None = None,
) -> dict[int, list[ActiveLine]]:
    """Sort a plan's lines by day (negative before the horizon); a line holds on every day of its period.

    Lines of an offer that is sent once are all of what was sent on the first of them.

    Raises
    ------
    ValueError
        When a line names an unknown offer, product or segment, when two lines fill one slot, when a line of the
        horizon counts its pieces and ``pieces`` does not say how many there are, or when a line of an offer that is
        sent once lies in none of its validities.
    """
    segment_index = {segment.id: s for s, segment in enumerate(segments)}
    product_index = {product.id: k for k, product in enumerate(products)} | {BASKET: len(products)}
    by_id = {offer.id: offer for offer in offers}
    days: dict[int, list[ActiveLine]] = {}
    taken = set()
    until = _last_lines(lines, by_id, horizon)
    for line in lines:
        where = f"line {line.date} {line.product} {line.segment} {line.offer}"
        offer = by_id.get(line.offer)
        if offer is None or line.product not in product_index:
            raise ValueError(f"{where}: the market knows no such offer or product; expected ids of the scenario")
        targeted = offer.layer is Layer.TARGETED
        if (line.segment not in segment_index) if targeted else (line.segment != EVERYBODY):
            raise ValueError(f"{where}: expected a known segment on a targeted line, {EVERYBODY} on a public one")
        if offer.is_basket is not (line.product == BASKET):
            raise ValueError(f"{where}: expected product {BASKET} for a basket offer, a product for the others")
        period = horizon.period_of(line.date)
        slot = (horizon.date_of(period), line.product, line.segment)
        if slot in taken:
            raise ValueError(f"{where}: the slot has two lines; expected at most one")
        taken.add(slot)
        counted = (pieces or {}).get(slot) if offer.quantity is not None else None
        if offer.quantity is not None and counted is None and 0 <= period < horizon.periods:
            raise ValueError(f"{where}: its pieces are counted; expected how many there are, as the plan's lines say")
        sending = None if offer.valid is None else offer.valid.sending_of(horizon, period)
        if offer.valid is not None and sending is None:
            raise ValueError(f"{where}: expected a day of a validity ({offer.valid.words})")
        for day in range(horizon.period_days):
            active = ActiveLine(
                offer=offer,
                product=product_index[line.product],
                segment=segment_index[line.segment] if targeted else -1,
                coverage=line.coverage,
                level=line.quantity,
                pieces=counted,
                first=day == 0 and sending in (None, period),
                sending=None if sending is None else sending * horizon.period_days,
                last=sending is None or until[line.offer, line.product, line.segment, sending] == period,
            )
            days.setdefault(period * horizon.period_days + day, []).append(active)
    return days


def _last_lines(
    lines: Sequence[PlanLine], offers: Mapping[str, Offer], horizon: Horizon
) -> dict[tuple[str, str, str, int], int]:
    """Period of the last line of every sending, by offer, product, segment and the period of the sending."""
    found: dict[tuple[str, str, str, int], int] = {}
    for line in lines:
        offer, period = offers.get(line.offer), horizon.period_of(line.date)
        sending = None if offer is None or offer.valid is None else offer.valid.sending_of(horizon, period)
        if sending is not None:
            key = line.offer, line.product, line.segment, sending
            found[key] = max(found.get(key, period), period)
    return found


def offer_today(
    lines: Sequence[ActiveLine],
    scenario: Scenario,
    segments: tuple[Segment, ...],
    products: tuple[Product, ...],
    people: Population,
    memory: Memory,
    gift_stock: dict[str, float],
    letters: Letters,
    held: Mapping[int, Letters],
    params: MarketParams,
    allowed: Mapping[Place, Allowance],
) -> Offered:
    """Return what the lines of one day are to every customer. A gift that is gone offers nothing.

    ``held`` are the letters of coupons that are out, by the day of their sending. ``allowed`` says of rationed lines
    who may still have them; lines that it leaves out are for everybody.
    """
    channels = {channel.id: c for c, channel in enumerate(scenario.channels)}
    gifts = {gift.id: gift for gift in scenario.gifts}
    sent: dict[tuple[int, int], float] = {}
    contacted: dict[tuple[int, int], Flag] = {}
    public: dict[int, tuple[ActiveLine, Flag]] = {}
    targeted: dict[int, list[tuple[ActiveLine, Flag]]] = {}
    baskets: list[BasketDeal] = []
    over: dict[int, Flag] = {}
    for line in lines:
        who = np.ones(people.segment.size, dtype=bool)
        if line.segment >= 0:
            # Offers without a channel (a note at the till) reach customers by a mailing order of their own.
            channel = channels.get(str(line.offer.channel), len(channels))
            post = letters if line.sending is None else held.get(line.sending, letters)
            hit = (people.segment == line.segment) & (post.chance[:, channel] < line.coverage)
            who = hit & post.reads[:, channel]
            if line.sending is not None and line.last:
                over[line.product] = over.get(line.product, False) | who
            key = (line.segment, channel)
            if line.first and line.offer.channel is not None and line.coverage > sent.get(key, 0.0):
                sent[key], contacted[key] = line.coverage, hit
        if line.place in allowed:
            who = who & allowed[line.place].gets
        if line.offer.gift is not None and not (gift_stock.get(line.offer.gift, np.inf) > 0):
            continue
        if line.product == len(products):
            baskets.append(make_basket_deal(line, who, people, memory.seen[:, -1], params, gifts))
        elif line.segment < 0:
            public[line.product] = (line, who)
        else:
            targeted.setdefault(line.product, []).append((line, who))
    deals = {}
    for k in sorted(public.keys() | targeted.keys()):
        category, product = int(people.category[k]), products[k]
        line_for_all, gets = public.get(k, (None, None))
        everybody = line_for_all.offer if line_for_all is not None else None
        mine = [line for line, _ in targeted.get(k, ())]
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
            gets,
            (
                _room([line_for_all] if line_for_all is not None else [], product, people, allowed),
                _room(mine, product, people, allowed),
            ),
        )
    return Offered(lines=tuple(lines), deals=deals, baskets=baskets, sent=sent, contacted=contacted, over=over)


def _room(
    lines: Sequence[ActiveLine], product: Product, people: Population, allowed: Mapping[Place, Allowance]
) -> Float | None:
    """[N] units of a product that customers may still take under one layer's lines; None where no line is capped."""
    room = None
    for line in lines:
        uses = allowed[line.place].room if line.place in allowed else None
        if uses is None:
            continue
        mine = people.segment == line.segment if line.segment >= 0 else True
        endless = np.full(people.segment.size, np.inf) if room is None else room
        room = np.where(mine, uses * units_per_use(line.offer, product), endless)
    return room


def remember(memory: Memory, offered: Offered, saw: Flag | None, params: MarketParams) -> Memory:
    """Return the memory after a day: what was seen and received fades, what is new is added.

    ``saw`` [N, K + 1] is what tires from tonight on: the promotions of the period that ends today, None on other days.
    So a line tires later ones, never itself.
    """
    seen: Float = memory.seen * 0.5 ** (1.0 / params.fatigue_half_life_days)
    if saw is not None and saw.any():
        seen = seen + saw
    messages: Float = memory.messages * np.exp(-1.0 / 7.0)
    for hit in offered.contacted.values():
        messages = messages + hit
    return Memory(last=memory.last, cupboard=memory.cupboard, seen=seen, messages=messages)
