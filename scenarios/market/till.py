"""The till of the simulated market: one day's purchases as units, savings, gifts, messages and vendor funding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.price_share import PriceShare
from scenarios.language.schema import Gift, MoneyTerms, Offer, Product, Scenario, Segment
from scenarios.market.account import Tally, net_shares
from scenarios.market.customers import Population, weighted_counts
from scenarios.market.day import DayResult
from scenarios.market.deals import ActiveLine
from scenarios.market.offered import Offered
from scenarios.market.taken import Taken, takers
from scenarios.response.net_factors import kept_shares, net_factors


@dataclass(frozen=True, kw_only=True, eq=False)
class Funded:
    """What one offer's vendor pays for in one cell: gross discounts, net gifts and fixed cost, and units sold."""

    vendor: str
    share: float
    segment: int
    row: int
    discount: float
    other: float
    for_units: float
    """Amounts for units that were sold and do not come back, or for a line, net."""

    def cost(self, net: Float) -> float:
        """Return what the vendor is asked for; ``net`` [S, K + 1] is what is left of gross amounts."""
        return self.share * (self.discount * float(net[self.segment, self.row]) + self.other) + self.for_units


@dataclass(frozen=True, kw_only=True, eq=False)
class DayTill:
    """One day, per segment and product, [S, K + 1] unless said otherwise. Money is gross unless the name says net."""

    units: Float
    """[S, K]"""
    listed: Float
    discount: Float
    cost_net: Float
    gift_units: Float
    gift_cost_net: Float
    uses: Float
    topped_up: Float
    fixed_net: Float
    orders: Float
    """[S]"""
    contacts: Float
    """[S]"""
    contact_cost_net: Float
    """[S]"""
    funded: tuple[Funded, ...]
    gift_stock: dict[str, float]
    """What is left of each gift."""

    def add_to(
        self, tally: Tally, period: int, funds: dict[str, float], products: Sequence[Product], money: MoneyTerms
    ) -> dict[str, float]:
        """Add the day to its period and return what is left of the vendors' funds; a fund pays until it is empty."""
        net = net_shares(products, money, (self.listed - self.discount)[:, :-1])
        tally.units[:, :-1, period] += self.units
        for name in ("listed", "discount", "gift_units", "uses", "topped_up"):
            getattr(tally, name)[:, :, period] += getattr(self, name)
        tally.cost[:, :, period] += self.cost_net
        tally.gift_cost[:, :, period] += self.gift_cost_net
        tally.fixed_cost[:, :, period] += self.fixed_net
        for name in ("orders", "contacts"):
            getattr(tally, name)[:, -1, period] += getattr(self, name)
        tally.contact_cost[:, -1, period] += self.contact_cost_net
        asked = dict.fromkeys(funds, 0.0)
        for part in self.funded:
            asked[part.vendor] += part.cost(net)
        paid = {vendor: min(1.0, funds[vendor] / amount) if amount > 0 else 1.0 for vendor, amount in asked.items()}
        for part in self.funded:
            tally.funding[part.segment, part.row, period] += part.cost(net) * paid[part.vendor]
        return {vendor: max(0.0, fund - asked[vendor]) for vendor, fund in funds.items()}


class _Register:
    """Books savings, gifts and their funding, offer by offer."""

    def __init__(
        self, segments: int, suppliers: Sequence[str | None], gifts: dict[str, Gift], net: Float, kept: Float
    ) -> None:
        count = len(suppliers)
        self.discount, self.uses = np.zeros((segments, count + 1)), np.zeros((segments, count + 1))
        self.gift_units, self.gift_cost = np.zeros((segments, count + 1)), np.zeros((segments, count + 1))
        self.funded: list[Funded] = []
        self._gifts, self._net, self._kept = gifts, np.append(net, 0.0), np.append(kept, 0.0)
        self._suppliers = (*suppliers, None)

    def book(self, taken: Taken, segment: Int, gifts: Float) -> None:
        """Book what was taken of one line, given the segment and the gifts of each row."""
        length, row = self.discount.shape[0], taken.place[0]
        off, given = weighted_counts(segment, taken.saving, length), weighted_counts(segment, gifts, length)
        cost = self._gift_cost(taken, segment, gifts)
        self.discount[:, row] += off
        self.uses[:, row] += weighted_counts(segment, taken.uses, length)
        self.gift_units[:, row] += given
        self.gift_cost[:, row] += cost
        self.fund(taken.offer, row, off, cost, weighted_counts(segment, taken.units, length))

    def _gift_cost(self, taken: Taken, segment: Int, gifts: Float) -> Float:
        """Net cost [S] of the gifts of each row; points are a share of what was paid for the uses that gave them."""
        gift, length = self._gifts.get(str(taken.offer.gift)), self.discount.shape[0]
        if gift is None:
            return np.zeros(length)
        if not isinstance(gift.unit_cost, PriceShare):
            return weighted_counts(segment, gifts, length) * float(gift.unit_cost)
        paid = np.divide(taken.paid * gifts, taken.uses, out=np.zeros_like(gifts), where=taken.uses > 0)
        share = gift.unit_cost.share * float(self._net[taken.place[0]])
        return weighted_counts(segment, paid, length) * share

    def fund(self, offer: Offer, row: int, off: Float, other: Float, units: Float) -> None:
        """Note what an offer's vendor pays of gross discounts and net costs, and for units, [S] each."""
        terms = offer.terms_on(self._suppliers[row])
        if terms.payer is None:
            return
        paid = units * float(terms.per_unit) * float(self._kept[row])
        self.funded += [
            Funded(
                vendor=terms.payer,
                share=terms.share,
                segment=s,
                row=row,
                discount=float(off[s]),
                other=float(other[s]),
                for_units=float(paid[s]),
            )
            for s in range(off.size)
            if off[s] > 0 or other[s] > 0 or paid[s] > 0
        ]

    def fund_line(self, offer: Offer, row: int, parts: Float) -> None:
        """Note what an offer's vendor pays for one line, whose parts [S] fall to segments."""
        terms = offer.terms_on(self._suppliers[row])
        if terms.payer is not None and terms.per_line:
            paid = [(s, float(terms.per_line) * part) for s, part in enumerate(parts.tolist()) if part > 0]
            self.funded += [
                Funded(vendor=terms.payer, share=0.0, segment=s, row=row, discount=0.0, other=0.0, for_units=amount)
                for s, amount in paid
            ]


def ring_up(
    result: DayResult,
    offered: Offered,
    people: Population,
    segments: tuple[Segment, ...],
    products: tuple[Product, ...],
    scenario: Scenario,
    prices: Float,
    unit_costs: Float,
    arrives: Float,
    gift_stock: dict[str, float],
) -> DayTill:
    """Turn one day's purchases into units and money per segment and product (the last row is the basket)."""
    bought = result.purchases
    count, length = prices.size, len(segments)
    segment = people.segment[bought.customer]
    real = bought.units * bought.filled * people.weight[bought.customer]
    left = dict(gift_stock)
    net = net_factors(products, scenario.money)
    kept = kept_shares(products, scenario.money)
    register = _Register(
        length, [each.vendor for each in products], {gift.id: gift for gift in scenario.gifts}, net, kept
    )

    def cells(values: Float) -> Float:
        flat = weighted_counts(segment * (count + 1) + bought.product, values, length * (count + 1))
        return flat.reshape(length, count + 1)

    for taken in takers(result, offered, people, products, prices):
        given = _give(taken.offer, taken.uses, arrives[taken.customer], left)
        register.book(taken, people.segment[taken.customer], given)
    order_weight = people.weight * result.order_share
    units = cells(real)
    regular, costs = np.append(prices, 0.0), np.append(unit_costs, 0.0)
    contacts, contact_cost = _messages(offered, segments, scenario)
    fixed = _fixed_costs(offered.lines, segments, count, register)
    return DayTill(
        units=units[:, :-1],
        listed=units * regular,
        discount=register.discount,
        cost_net=units * costs,
        gift_units=register.gift_units,
        gift_cost_net=register.gift_cost,
        uses=register.uses,
        topped_up=cells(real * bought.topped_up),
        fixed_net=fixed,
        orders=weighted_counts(people.segment, (result.order_value > 0) * order_weight, length),
        contacts=contacts,
        contact_cost_net=contact_cost,
        funded=tuple(register.funded),
        gift_stock=left,
    )


def _give(offer: Offer, wanted: Float, arrives: Float, left: dict[str, float]) -> Float:
    """Hand out gifts in order of arrival while there are any; takes them off ``left`` and returns each row's."""
    given = np.zeros(wanted.size)
    if offer.gift is None:
        return given
    order = np.argsort(arrives, kind="stable")
    room = left.get(offer.gift, np.inf)
    given[order] = np.clip(room - (np.cumsum(wanted[order]) - wanted[order]), 0.0, wanted[order])
    if offer.gift in left:
        left[offer.gift] = max(0.0, room - float(given.sum()))
    return given


def _fixed_costs(lines: Iterable[ActiveLine], segments: tuple[Segment, ...], count: int, register: _Register) -> Float:
    """Return the fixed costs of lines that begin today, [S, K + 1]; a public line's is split by customers."""
    customers = np.array([float(segment.customers) for segment in segments])
    fixed = np.zeros((len(segments), count + 1))
    for line in lines:
        amount = float(line.offer.fixed_cost)
        receives = customers if line.segment < 0 else np.arange(len(segments)) == line.segment
        if amount and line.first:
            part = amount * receives / receives.sum()
            fixed[:, line.product] += part
            nothing = np.zeros(part.size)
            register.fund(line.offer, line.product, nothing, part, nothing)
        if line.first:
            register.fund_line(line.offer, line.product, receives / receives.sum())
    return fixed


def _messages(offered: Offered, segments: tuple[Segment, ...], scenario: Scenario) -> tuple[Float, Float]:
    """Return messages and their net cost, [S]: one per segment and channel, however many offers it carries."""
    contacts, cost = np.zeros(len(segments)), np.zeros(len(segments))
    for (s, channel), coverage in sorted(offered.sent.items()):
        sent = coverage * scenario.channels[channel].reaches(segments[s].id) * segments[s].customers
        contacts[s] += sent
        cost[s] += sent * float(scenario.channels[channel].cost_per_contact)
    return contacts, cost
