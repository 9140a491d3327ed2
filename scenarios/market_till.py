"""The till of the simulated market: one day's purchases as units, savings, gifts, messages and vendor funding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from scenarios.market_account import Tally
from scenarios.market_customers import Float, Int, Population
from scenarios.market_day import DayDraws, DayResult
from scenarios.market_deals import ActiveLine, BasketDeal, Deal
from scenarios.schema import Offer, Scenario


class OnOffer(Protocol):
    """What the till must know of a day's offers."""

    @property
    def lines(self) -> tuple[ActiveLine, ...]:
        """All lines of the day."""

    @property
    def deals(self) -> dict[int, Deal]:
        """Deals by product."""

    @property
    def baskets(self) -> list[BasketDeal]:
        """Basket offers."""

    @property
    def sent(self) -> dict[tuple[int, int], float]:
        """Coverage of each (segment, channel) that sends a message."""

    @property
    def chance(self) -> Float:
        """[N, channels] position of each customer in the mailing order."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Funded:
    """Costs of one offer that its vendor shares: gross discounts, net gifts and fixed cost, in one cell."""

    vendor: str
    share: float
    segment: int
    row: int
    discount: float
    other: float


@dataclass(frozen=True, kw_only=True, eq=False)
class DayTill:
    """One day, per segment and product [S, K]; baskets [S]. Money gross unless the name says net."""

    units: Float
    listed: Float
    discount: Float
    cost_net: Float
    gift_units: Float
    gift_cost_net: Float
    uses: Float
    topped_up: Float
    fixed_net: Float
    """[S, K + 1]"""
    basket_discount: Float
    basket_uses: Float
    orders: Float
    contacts: Float
    contact_cost_net: Float
    funded: tuple[Funded, ...]
    gift_stock: dict[str, float]

    def add_to(self, tally: Tally, day: int, funds: dict[str, float], net: float) -> dict[str, float]:
        """Add the day to a tally and return what is left of the vendors' funds; a fund pays until it is empty."""
        for name in ("units", "listed", "discount", "gift_units", "uses", "topped_up"):
            getattr(tally, name)[:, :-1, day] += getattr(self, name)
        tally.cost[:, :-1, day] += self.cost_net
        tally.gift_cost[:, :-1, day] += self.gift_cost_net
        tally.discount[:, -1, day] += self.basket_discount
        tally.uses[:, -1, day] += self.basket_uses
        tally.orders[:, -1, day] += self.orders
        tally.contacts[:, -1, day] += self.contacts
        tally.contact_cost[:, -1, day] += self.contact_cost_net
        tally.fixed_cost[:, :, day] += self.fixed_net
        asked = {vendor: 0.0 for vendor in funds}
        for part in self.funded:
            asked[part.vendor] += part.share * (part.discount * net + part.other)
        paid = {vendor: min(1.0, funds[vendor] / amount) if amount > 0 else 1.0 for vendor, amount in asked.items()}
        for part in self.funded:
            amount = part.share * (part.discount * net + part.other) * paid[part.vendor]
            tally.funding[part.segment, part.row, day] += amount
        return {vendor: max(0.0, fund - asked[vendor]) for vendor, fund in funds.items()}


def ring_up(
    result: DayResult,
    offered: OnOffer,
    people: Population,
    scenario: Scenario,
    prices: Float,
    unit_costs: Float,
    draws: DayDraws,
    gift_stock: dict[str, float],
) -> DayTill:
    """Turn one day's purchases into units and money per segment and product."""
    bought = result.purchases
    segments, count = len(scenario.segments), prices.size  # type: ignore[arg-type]
    segment = people.segment[bought.customer]
    real = bought.units * bought.filled * people.weight[bought.customer]

    def cells(values: Float, rows: Int | slice = slice(None)) -> Float:
        index = segment[rows] * count + bought.product[rows]
        return np.bincount(index, weights=values, minlength=segments * count).reshape(segments, count)

    units = cells(real)
    discount, uses = np.zeros((segments, count)), np.zeros((segments, count))
    gift_units, gift_cost = np.zeros((segments, count)), np.zeros((segments, count))
    left = dict(gift_stock)
    costs = {gift.id: float(gift.unit_cost) for gift in scenario.gifts}
    funded: list[Funded] = []

    def charge(offer: Offer, k: int, rows: Int, saving: Float, given: Float) -> None:
        """Book one offer's savings (gross) and gifts (units) on the purchases ``rows`` of product k."""
        off = np.bincount(segment[rows], weights=saving, minlength=segments)
        gifts = np.bincount(segment[rows], weights=given, minlength=segments)
        discount[:, k] += off
        gift_units[:, k] += gifts
        cost = gifts * costs.get(str(offer.gift), 0.0)
        gift_cost[:, k] += cost
        if offer.funding is not None:
            for s in np.nonzero((off > 0) | (cost > 0))[0]:
                funded.append(
                    Funded(
                        vendor=offer.funding.vendor,
                        share=offer.funding.share,
                        segment=int(s),
                        row=k,
                        discount=float(off[s]),
                        other=float(cost[s]),
                    )
                )

    def give(offer: Offer, rows: Int) -> Float:
        """Hand out gifts in order of arrival while there are any; returns the gifts of each row."""
        if offer.gift is None:
            return np.zeros(rows.size)
        order = np.argsort(draws.arrives[bought.customer[rows]], kind="stable")
        wanted = real[rows][order]
        room = left.get(offer.gift, np.inf)
        got = np.clip(room - (np.cumsum(wanted) - wanted), 0.0, wanted)
        if offer.gift in left:
            left[offer.gift] = max(0.0, room - float(got.sum()))
        given = np.zeros(rows.size)
        given[order] = got
        return given

    for k, deal in sorted(offered.deals.items()):
        rows = np.nonzero(bought.product == k)[0]
        buyer = bought.customer[rows]
        public, targeted = deal.saving_public[buyer], deal.saving_targeted[buyer]
        list_value = real[rows] * prices[k]
        pieces = np.maximum(deal.bundle_units[buyer], 1)
        uses[:, k] += cells(
            (deal.under_public[buyer].astype(float) + deal.under_targeted[buyer]) * real[rows] / pieces, rows
        )[:, k]
        if deal.public is not None:
            under = rows[deal.under_public[buyer]]
            mask = deal.under_public[buyer]
            charge(deal.public, k, under, (list_value * public)[mask], give(deal.public, under))
        for s, offer in enumerate(deal.targeted):
            if offer is not None:
                mask = deal.under_targeted[buyer] & (segment[rows] == s)
                under = rows[mask]
                charge(offer, k, under, (list_value * (1 - public) * targeted)[mask], give(offer, under))
    order_weight = people.weight * result.order_share
    basket_discount, basket_uses = np.zeros(segments), np.zeros(segments)
    for basket, saving in zip(offered.baskets, result.savings, strict=True):
        off = np.bincount(people.segment, weights=saving * order_weight, minlength=segments)
        basket_discount += off
        basket_uses += np.bincount(people.segment, weights=(saving > 0) * order_weight, minlength=segments)
        offer = basket.line.offer
        if offer.funding is not None:
            for s in np.nonzero(off > 0)[0]:
                funded.append(
                    Funded(
                        vendor=offer.funding.vendor,
                        share=offer.funding.share,
                        segment=int(s),
                        row=count,
                        discount=float(off[s]),
                        other=0.0,
                    )
                )
    fixed = _fixed_costs(offered.lines, segments, count, funded)
    contacts, contact_cost = _messages(offered, people, scenario, segments)
    return DayTill(
        units=units,
        listed=units * prices,
        discount=discount,
        cost_net=units * unit_costs,
        gift_units=gift_units,
        gift_cost_net=gift_cost,
        uses=uses,
        topped_up=cells(real * bought.topped_up),
        fixed_net=fixed,
        basket_discount=basket_discount,
        basket_uses=basket_uses,
        orders=np.bincount(people.segment, weights=(result.order_value > 0) * order_weight, minlength=segments),
        contacts=contacts,
        contact_cost_net=contact_cost,
        funded=tuple(funded),
        gift_stock=left,
    )


def _fixed_costs(lines: Iterable[ActiveLine], segments: int, count: int, funded: list[Funded]) -> Float:
    """Return the fixed costs of the day's lines, [S, K + 1]; everybody's lines are split evenly over the segments."""
    fixed = np.zeros((segments, count + 1))
    for line in lines:
        amount = float(line.offer.fixed_cost)
        if not amount:
            continue
        receivers = range(segments) if line.segment < 0 else (line.segment,)
        for s in receivers:
            part = amount / len(receivers)
            fixed[s, line.product] += part
            if line.offer.funding is not None:
                funding = line.offer.funding
                funded.append(
                    Funded(
                        vendor=funding.vendor,
                        share=funding.share,
                        segment=s,
                        row=line.product,
                        discount=0.0,
                        other=part,
                    )
                )
    return fixed


def _messages(offered: OnOffer, people: Population, scenario: Scenario, segments: int) -> tuple[Float, Float]:
    """Return messages sent and their net cost, [S]: one message per segment and channel, however many offers it carries."""
    contacts, cost = np.zeros(segments), np.zeros(segments)
    for (s, channel), coverage in sorted(offered.sent.items()):
        customers = scenario.segments[s].customers  # type: ignore[index]
        contacts[s] += coverage * customers
        cost[s] += coverage * customers * float(scenario.channels[channel].cost_per_contact)
    return contacts, cost
