"""One simulated day: who shops, what they choose, what is still there, what lands in the basket.

Customers choose by nested logit: whether to look for a category at all (stronger where its offers are better), then one
of the retailer's products or the competitor. Random numbers belong to customers, not to events, so two plans under one
seed meet the same people in the same mood (common random numbers).
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.market.baskets import BasketDeal, order_benefits, top_ups
from scenarios.market.customers import CategoryTraits, MarketParams, Memory, Population, stream
from scenarios.market.deals import Deal
from scenarios.market.orders import order_values
from scenarios.market.shelf import choose, serve

ROUNDING = 1e-9
"""What is nearer to a whole number of units than this is one."""
ATTENTION_WANDERS = 0.2
"""How far a customer's attention for messages moves from day to day, as a share of its whole range."""


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

    def picked(self, rows: Int) -> DayDraws:
        """Return the numbers of some of the customers."""
        own = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "traffic"}
        return replace(self, **own)


@lru_cache(maxsize=1)
def draws_of(seed: int, day: int, people: int, categories: int, channels: int, noise: float) -> DayDraws:
    """Draw the day's numbers; ``day`` counts from the start of the horizon and may be negative.

    Those of the latest day are kept: whoever measures a day plays it, too.
    """
    rng = stream(seed, "day", day + 10_000)
    habitual = _habitual(seed, people, channels)
    shape = (people, categories)
    return DayDraws(
        shops=rng.random(shape),
        chooses=rng.random(shape),
        looks_again=rng.random(shape),
        quantity=rng.random(shape),
        arrives=rng.random(people),
        tops_up=rng.random(people),
        reach=rng.random(people),
        chance=rng.random((people, channels)),
        # Mostly the same people read messages every day; adding around the circle keeps the draw uniform.
        attention=_around(habitual + ATTENTION_WANDERS * rng.random((people, channels))),
        traffic=float(noise * rng.standard_normal()),
    )


@lru_cache(maxsize=2)
def _habitual(seed: int, people: int, channels: int) -> Float:
    """[N, channels] where on the circle a customer's attention is on most days; the same on all days of a run."""
    drawn: Float = stream(seed, "attention").random((people, channels))
    drawn.flags.writeable = False
    return drawn


def _around(values: Float) -> Float:
    """Values below 2 as they are around a circle of length 1: what ``% 1.0`` gives, in a seventh of its time."""
    return values - (values >= 1.0)


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
    known = memory.last >= 0
    bought = (np.arange(0, weight.size, weight.shape[1])[:, None] + memory.last)[known]  # places in the table laid flat
    flat = weight.reshape(-1)
    flat[bought] = flat.take(bought) * np.broadcast_to(np.exp(people.habit)[:, None], known.shape)[known]
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
    topped_up: Flag


@dataclass(frozen=True, kw_only=True, eq=False)
class DayResult:
    """The outcome of one day."""

    purchases: Purchases
    benefits: list[Float]
    """What each customer's order gets, a saving or a gift's worth, [N] per basket deal; 0 where it is not used."""
    order_share: Float
    """[N] share of the real customers behind each sampled one whose order went through."""
    order_value: Float
    """[N] paid per order before basket savings."""
    memory: Memory


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
    last = memory.last.copy()
    cupboard = memory.cupboard * np.exp(-1.0 / np.array([kind.keep_days for kind in kinds]))
    nobody = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    parts = [nobody]
    for category, kind in enumerate(kinds):
        rows = np.nonzero(draws.shops[:, category] < demand.shops[:, category])[0]
        if not rows.size or not (people.category == category).any():
            continue
        rows = rows[np.argsort(draws.arrives[rows], kind="stable")]
        choice, taken, share, settled = _shop_category(people, kind, category, rows, demand, deals, draws, available)
        last[rows[settled], category] = choice[settled]
        usual = kind.usual(people.bulk[rows, category])
        cupboard[rows[settled], category] += (taken / usual)[settled]
        bought = choice >= 0
        parts.append((rows[bought], choice[bought], taken[bought], share[bought]))
    who, what, amount, share = (np.concatenate(column) for column in zip(*parts, strict=True))
    value = order_values(people, deals, prices, who, what, amount, 0)
    buyers, items, found = top_ups(
        people,
        demand.weight,
        baskets,
        draws.arrives,
        draws.tops_up,
        draws.reach,
        prices,
        value,
        available,
        who,
        what,
        amount * share,
    )
    if buyers.size:
        who, what = np.concatenate([who, buyers]), np.concatenate([what, items])
        amount, share = np.concatenate([amount, np.ones(buyers.size)]), np.concatenate([share, found])
        value = order_values(people, deals, prices, who, what, amount, buyers.size)
        extra = people.category[items]
        usual = np.array([kind.units for kind in kinds])[extra] * (1.0 + people.bulk[buyers, extra])
        np.add.at(cupboard, (buyers, extra), 1.0 / usual)
    order_share = np.zeros(people.segment.size)
    np.maximum.at(order_share, who, share)
    return DayResult(
        purchases=Purchases(
            customer=who,
            product=what,
            units=amount,
            filled=share,
            topped_up=np.arange(who.size) >= who.size - buyers.size,
        ),
        benefits=order_benefits(baskets, value, params),
        order_share=order_share,
        order_value=value,
        memory=replace(memory, last=last, cupboard=cupboard),
    )


def _shop_category(
    people: Population,
    kind: CategoryTraits,
    category: int,
    rows: Int,
    demand: Demand,
    deals: dict[int, Deal],
    draws: DayDraws,
    available: Float,
) -> tuple[Int, Float, Float, Flag]:
    """Let the customers ``rows`` (in order of arrival) shop one category.

    Returns, per row: the product or -1, the units taken, the share of the real customers who still found them, and
    whether the need is settled (here or at the competitor).
    """
    columns = np.nonzero(people.category == category)[0]
    weights, competitor = demand.weight[np.ix_(rows, columns)], demand.competitor[rows, category]
    first = choose(weights, competitor, columns, draws.chooses[rows, category], None)
    usual = kind.usual(people.bulk[rows, category])
    wanted = {int(k): _wanted(usual, draws.quantity[rows, category], rows, deals.get(int(k)), kind) for k in columns}
    again = draws.looks_again[rows, category]
    choice, share = serve(weights, competitor, columns, first, wanted, people.weight[rows], again, available)
    taken = usual.copy()
    for k in columns:
        taken = np.where(choice == k, wanted[int(k)], taken)
    return choice, taken, share, (first < 0) | (choice >= 0)


def _wanted(usual: Float, draw: Float, rows: Int, deal: Deal | None, kind: CategoryTraits) -> Float:
    """Return the units that each row would take: the usual ones, some bought ahead at a low price, or a bundle."""
    if deal is None:
        return usual
    ahead = stockpile_chance(deal, kind)[rows]
    units = usual + kind.units * ((draw < ahead) + 1.0 * (draw < ahead / 3))
    bundle = deal.bundle_units[rows]
    if deal.room is not None:
        # Nobody buys ahead what no offer covers any more.
        units = np.minimum(units, np.maximum(usual, np.floor(deal.room[rows] + ROUNDING)))
    return np.where(bundle > 0, np.maximum(bundle, usual), units)


def stockpile_chance(deal: Deal, kind: CategoryTraits) -> Float:
    """Return the chance to buy for one purchase ahead, [N]; a third of it is the chance to buy for two."""
    saving = 1 - (1 - deal.saving_public) * (1 - deal.saving_targeted)
    return np.where(deal.bundle_units > 0, 0.0, np.minimum(kind.stockpile * saving, 1.0))
