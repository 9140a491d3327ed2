"""One simulated day: who shops, what they choose, what is still there, what lands in the basket.

Customers choose by nested logit: whether to look for a category at all (stronger where its offers are better), then one
of the retailer's products or the competitor. Random numbers belong to customers, not to events, so two plans under one
seed meet the same people in the same mood (common random numbers).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.market_customers import CategoryTraits, Float, Int, MarketParams, Memory, Population, stream
from scenarios.market_deals import BasketDeal, Deal, order_savings

WALKS_AWAY = 0.3
"""Share of customers who leave without anything where their choice is sold out; the others look again."""
TOP_UP_REACH = 2.5
"""The most that a customer adds to a basket to earn a saving, as a multiple of the saving."""


@dataclass(frozen=True, kw_only=True, eq=False)
class DayDraws:
    """The random numbers of one day, all uniform and [N, C] unless said otherwise."""

    shops: Float
    chooses: Float
    looks_again: Float
    quantity: Float
    arrives: Float
    """[N]"""
    tops_up: Float
    """[N]"""
    reach: Float
    """[N]"""
    chance: Float
    """[N, channels]"""
    attention: Float
    """[N, channels]"""
    traffic: float

    @classmethod
    def draw(cls, seed: int, day: int, people: int, categories: int, channels: int, noise: float) -> DayDraws:
        """Draw the day's numbers; ``day`` counts from the start of the horizon and may be negative."""
        rng = stream(seed, "day", day + 10_000)
        shape = (people, categories)
        return cls(
            shops=rng.random(shape),
            chooses=rng.random(shape),
            looks_again=rng.random(shape),
            quantity=rng.random(shape),
            arrives=rng.random(people),
            tops_up=rng.random(people),
            reach=rng.random(people),
            chance=rng.random((people, channels)),
            attention=rng.random((people, channels)),
            traffic=float(noise * rng.standard_normal()),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Demand:
    """What customers want on one day before anybody chooses."""

    weight: Float
    """[N, K] exponential of every product's utility, offers included."""
    own: Float
    """[N, C] sum of the weights by category."""
    competitor: Float
    """[N, C] exponential of the competitor's utility."""
    need: Float
    """[N, C] log odds of shopping, all but the pull of better offers."""
    shops: Float
    """[N, C] chance to shop the category."""


def chance_of(log_odds: Float) -> Float:
    """Return the chance that belongs to log odds."""
    return 1.0 / (1.0 + np.exp(-log_odds))


def demand_of(
    people: Population,
    kinds: tuple[CategoryTraits, ...],
    memory: Memory,
    deals: dict[int, Deal],
    baskets: list[BasketDeal],
    competitor_depth: Float,
    log_traffic: float,
) -> Demand:
    """Return what everybody wants today. ``competitor_depth`` [C] is what the competitor takes off its prices."""
    weight = people.attraction.copy()
    rows, columns = np.nonzero(memory.last >= 0)
    weight[rows, memory.last[rows, columns]] *= np.exp(people.habit[rows])
    for product, deal in deals.items():
        weight[:, product] *= np.exp(deal.utility)
    own = weight @ people.members
    competitor = people.competitor
    if competitor_depth.any():
        competitor = competitor * np.exp(-people.sensitivity[:, None] * np.log(1 - competitor_depth))
    satiation = np.array([kind.satiation for kind in kinds])
    expansion = np.array([kind.expansion for kind in kinds])
    need = people.need + log_traffic - satiation * memory.cupboard
    for basket in baskets:
        need = need + basket.pull[:, None]
    shops = chance_of(need + expansion * (np.log(own + competitor) - people.quiet_value))
    return Demand(weight=weight, own=own, competitor=competitor, need=need, shops=shops)


@dataclass(frozen=True, kw_only=True, eq=False)
class Purchases:
    """What was bought on one day, one row a purchase [J]."""

    customer: Int
    product: Int
    units: Float
    """Units per real customer: what one person takes home."""
    filled: Float
    """Share of the real customers behind the row who still found it, 0 to 1."""
    topped_up: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class DayResult:
    """The outcome of one day."""

    purchases: Purchases
    savings: list[Float]
    """Saving on the order of each customer, [N] per basket deal."""
    order_share: Float
    """[N] share of the real customers behind each sampled one whose order went through."""
    order_value: Float
    """[N] paid per order before basket savings."""
    memory: Memory


def _choose(demand: Demand, rows: Int, columns: Int, category: int, draw: Float, gone: NDArray[np.bool_] | None) -> Int:
    """Pick one of the category's products, or -1 for the competitor, for each row; ``gone`` [rows, columns] is sold out."""
    weights = demand.weight[np.ix_(rows, columns)]
    if gone is not None:
        weights = np.where(gone, 0.0, weights)
    edges = np.cumsum(weights, axis=1)
    spot = draw * (edges[:, -1] + demand.competitor[rows, category])
    place = (spot[:, None] >= edges).sum(axis=1)
    return np.where(place < columns.size, columns[np.minimum(place, columns.size - 1)], -1)


def _serve(
    demand: Demand,
    rows: Int,
    columns: Int,
    category: int,
    first_choice: Int,
    wanted: dict[int, Float],
    weight: Float,
    again: Float,
    available: Float,
) -> tuple[Int, Float]:
    """Let the customers (in order of arrival) take what they chose until it is sold out; the late look again.

    ``wanted[k]`` [rows] is how many units each row would take of product k. Returns the final choices (-1 for none)
    and the filled shares. The first product to run out is settled first, so everybody sees the shelf as it then is.
    """
    choice = first_choice.copy()
    filled = np.ones(rows.size)
    sold_out = np.full(columns.size, rows.size)
    limited = [j for j in range(columns.size) if np.isfinite(available[columns[j]])]
    position = np.arange(rows.size)
    while True:
        best: tuple[int, int, float] | None = None
        for j in limited:
            if sold_out[j] < rows.size:
                continue
            takes = np.where(choice == columns[j], wanted[int(columns[j])] * weight, 0.0)
            taken = np.cumsum(takes)
            over = np.nonzero(taken > available[columns[j]] * (1 + 1e-12))[0]
            if over.size and (best is None or over[0] < best[1]):
                place = int(over[0])
                left = float(available[columns[j]] - (taken[place] - takes[place]))
                best = (j, place, max(0.0, left) / float(takes[place]))
        if best is None:
            return choice, filled
        j, place, share = best
        sold_out[j] = place
        filled[place] = share
        late = np.nonzero((choice == columns[j]) & (position > place))[0]
        if late.size:
            gone = sold_out[None, :] < late[:, None]
            stays = again[late] >= WALKS_AWAY
            spot = np.clip((again[late] - WALKS_AWAY) / (1 - WALKS_AWAY), 0.0, 1.0)
            second = _choose(demand, rows[late], columns, category, spot, gone)
            choice[late] = np.where(stays, second, -1)


def shop(
    people: Population,
    kinds: tuple[CategoryTraits, ...],
    memory: Memory,
    demand: Demand,
    deals: dict[int, Deal],
    baskets: list[BasketDeal],
    draws: DayDraws,
    prices: Float,
    available: Float,
    params: MarketParams,
) -> DayResult:
    """Let everybody shop one day. ``available`` [K] is the stock at the start of the day (infinite where unlimited)."""
    customers: list[Int] = []
    products: list[Int] = []
    units: list[Float] = []
    filled: list[Float] = []
    last = memory.last.copy()
    cupboard = memory.cupboard * np.exp(-1.0 / np.array([kind.keep_days for kind in kinds]))
    shopping = draws.shops < demand.shops
    for category, kind in enumerate(kinds):
        columns = np.nonzero(people.category == category)[0]
        rows = np.nonzero(shopping[:, category])[0]
        if not columns.size or not rows.size:
            continue
        rows = rows[np.argsort(draws.arrives[rows], kind="stable")]
        first = _choose(demand, rows, columns, category, draws.chooses[rows, category], None)
        usual = 1.0 + people.bulk[rows, category]
        wanted = {
            int(k): _wanted(usual, draws.quantity[rows, category], rows, deals.get(int(k)), kind) for k in columns
        }
        choice, share = _serve(
            demand,
            rows,
            columns,
            category,
            first,
            wanted,
            people.weight[rows],
            draws.looks_again[rows, category],
            available,
        )
        bought = choice >= 0
        taken = np.ones(rows.size) * usual
        for k in columns:
            taken = np.where(choice == k, wanted[int(k)], taken)
        went_home = (first < 0) | bought
        last[rows[went_home], category] = choice[went_home]
        cupboard[rows[went_home], category] += (taken / usual)[went_home]
        customers.append(rows[bought])
        products.append(choice[bought])
        units.append(taken[bought])
        filled.append(share[bought])
    if not customers:
        customers, products, units, filled = [np.zeros(0, int)], [np.zeros(0, int)], [np.zeros(0)], [np.zeros(0)]
    who, what = np.concatenate(customers), np.concatenate(products)
    amount, share = np.concatenate(units), np.concatenate(filled)
    paid_price = _paid_prices(people, deals, prices, who, what)
    value = np.bincount(who, weights=paid_price * amount, minlength=people.segment.size)
    extra = _top_ups(people, demand, baskets, draws, prices, value, available, who, what, amount * share)
    added = np.zeros(who.size, dtype=bool)
    if extra is not None:
        buyers, items, extra_share = extra
        who, what = np.concatenate([who, buyers]), np.concatenate([what, items])
        amount = np.concatenate([amount, np.ones(buyers.size)])
        share = np.concatenate([share, extra_share])
        added = np.concatenate([added, np.ones(buyers.size, dtype=bool)])
        paid_price = _paid_prices(people, deals, prices, who, what)
        value = np.bincount(who, weights=paid_price * amount, minlength=people.segment.size)
        np.add.at(cupboard, (buyers, people.category[items]), 1.0 / (1.0 + people.bulk[buyers, people.category[items]]))
    order_share = np.zeros(people.segment.size)
    np.maximum.at(order_share, who, share)
    return DayResult(
        purchases=Purchases(customer=who, product=what, units=amount, filled=share, topped_up=added),
        savings=order_savings(baskets, value, params),
        order_share=order_share,
        order_value=value,
        memory=Memory(last=last, cupboard=cupboard, seen=memory.seen, messages=memory.messages),
    )


def _wanted(usual: Float, draw: Float, rows: Int, deal: Deal | None, kind: CategoryTraits) -> Float:
    """Return the units that each row would take: the usual ones, one or two ahead at a low price, or a whole bundle."""
    if deal is None:
        return usual
    ahead = stockpile_chance(deal, kind)[rows]
    units = usual + (draw < ahead) + (draw < ahead / 3)
    bundle = deal.bundle_units[rows]
    return np.where(bundle > 0, np.maximum(bundle, usual), units)


def stockpile_chance(deal: Deal, kind: CategoryTraits) -> Float:
    """Return the chance to buy one unit ahead, [N]; a third of it is the chance to buy two."""
    saving = 1 - (1 - deal.saving_public) * (1 - deal.saving_targeted)
    return np.where(deal.bundle_units > 0, 0.0, np.minimum(kind.stockpile * saving, 1.0))


def _paid_prices(people: Population, deals: dict[int, Deal], prices: Float, who: Int, what: Int) -> Float:
    """Return the price that each purchase pays per unit, offers on the product taken off."""
    paid = prices[what]
    for product, deal in deals.items():
        rows = np.nonzero(what == product)[0]
        buyer = who[rows]
        paid[rows] *= (1 - deal.saving_public[buyer]) * (1 - deal.saving_targeted[buyer])
    return paid


def _top_ups(
    people: Population,
    demand: Demand,
    baskets: list[BasketDeal],
    draws: DayDraws,
    prices: Float,
    value: Float,
    available: Float,
    who: Int,
    what: Int,
    sold: Float,
) -> tuple[Int, Int, Float] | None:
    """Return who adds one item to reach a basket offer's spend, which one, and the share that still finds it."""
    count = people.segment.size
    gap = np.full(count, np.inf)
    reach = np.zeros(count)
    for basket in baskets:
        missing = basket.spend - value
        most = basket.save * TOP_UP_REACH * draws.reach
        near = basket.who & (value > 0) & (missing > 0) & (missing <= most) & (missing < gap)
        gap = np.where(near, missing, gap)
        reach = np.where(near, most + basket.save / 2, reach)
    buyers = np.nonzero(np.isfinite(gap))[0]
    if not buyers.size:
        return None
    fits = (prices[None, :] >= gap[buyers, None]) & (prices[None, :] <= reach[buyers, None])
    weights = np.where(fits, demand.weight[buyers], 0.0)
    edges = np.cumsum(weights, axis=1)
    found = edges[:, -1] > 0
    buyers, edges = buyers[found], edges[found]
    spot = draws.tops_up[buyers] * edges[:, -1]
    items = np.minimum((spot[:, None] >= edges).sum(axis=1), prices.size - 1)
    order = np.argsort(draws.arrives[buyers], kind="stable")
    buyers, items = buyers[order], items[order]
    left = available - np.bincount(what, weights=sold * people.weight[who], minlength=prices.size)
    share = np.ones(buyers.size)
    for k in np.unique(items[np.isfinite(left[items])]):
        rows = np.nonzero(items == k)[0]
        taken = np.cumsum(people.weight[buyers[rows]])
        room = np.clip(left[k] - (taken - people.weight[buyers[rows]]), 0.0, people.weight[buyers[rows]])
        share[rows] = room / people.weight[buyers[rows]]
    keep = share > 0
    return buyers[keep], items[keep], share[keep]
