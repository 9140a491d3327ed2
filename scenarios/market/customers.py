"""The customers of the simulated market: who they are, what they want, and what they remember.

A market knows a sample of every segment's customers one by one; each stands for ``weight`` real ones. Nothing here
knows the response model that plans are made with: the market is the other side of that question.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, fields, replace

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.language.schema import Product, Segment


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the named child stream of a seed; equal names give equal numbers, whatever else was drawn."""
    words = [zlib.crc32(name.encode()) if isinstance(name, str) else name for name in names]
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *words])))


def weighted_counts(index: Int, weights: Float, length: int) -> Float:
    """Return the sum of the weights at each index, [length]."""
    return np.bincount(index, weights=weights, minlength=length).astype(np.float64)


@dataclass(frozen=True, kw_only=True)
class SegmentTraits:
    """How one segment shops.

    ``price_sensitivity`` is the mean utility of a log price cut; ``notice`` the share of messages that is read and
    acted upon; ``gift_taste`` the share of a gift's worth that is felt; ``bulk`` the share of households that buy two
    at a time; ``habit`` the utility of the product bought last. ``affinity`` scales the need for each category and
    ``taste`` the utility of a product (by product id); what is missing is 1 and 0.
    """

    price_sensitivity: float
    notice: float
    gift_taste: float
    bulk: float
    habit: float
    affinity: dict[str, float]
    taste: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class CategoryTraits:
    """How one category is bought.

    ``need`` is the chance that a customer looks for it on a quiet day; ``expansion`` (0 to 1) how much a better offer
    brings people in at all; ``competitor_share`` what the competitor sells of it on a quiet day; ``keep_days`` how long
    a purchase lasts; ``satiation`` how strongly a full cupboard lowers the need; ``stockpile`` the chance of buying
    one unit more per unit of relative saving; ``bulk`` scales the segments' share of bulk households; ``units`` is what
    one purchase takes home, twice as much in a bulk household.
    """

    need: float
    expansion: float
    competitor_share: float
    keep_days: float
    satiation: float
    stockpile: float
    bulk: float
    units: float = 1.0

    def usual(self, bulk: Flag) -> Float:
        """Return the units of a usual purchase of each household [N], given who buys two at a time."""
        return self.units * (1.0 + bulk.astype(np.float64))


@dataclass(frozen=True, kw_only=True)
class MarketParams:
    """Settings of a market that hold for everybody.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    seed: int
    customers_per_segment: int = 2000
    warm_up_days: int = 14
    taste_spread: float = 1.1
    sensitivity_spread: float = 0.3
    need_spread: float = 0.5
    traffic_noise: float = 0.05
    fatigue: float = 0.30
    fatigue_half_life_days: float = 4.0
    message_weariness: float = 0.03
    urgency: float = 0.25
    visibility: float = 0.20
    basket_pull: float = 0.16
    competitor_promotion_rate: float = 0.18
    shipping_free_from: float = 99.0

    def __post_init__(self) -> None:
        if not (self.customers_per_segment >= 1):
            raise ValueError(f"customers_per_segment: expected at least 1, got {self.customers_per_segment}")
        if not (self.warm_up_days >= 0):
            raise ValueError(f"warm_up_days: expected at least 0, got {self.warm_up_days}")
        for name in ("taste_spread", "sensitivity_spread", "need_spread", "traffic_noise", "message_weariness"):
            if not (0 <= getattr(self, name) <= 2):
                raise ValueError(f"{name}: expected a number from 0 to 2, got {getattr(self, name)}")
        for name in ("fatigue", "competitor_promotion_rate"):
            if not (0 <= getattr(self, name) < 1):
                raise ValueError(f"{name}: expected a share from 0 to below 1, got {getattr(self, name)}")
        if not (self.fatigue_half_life_days > 0):
            raise ValueError(f"fatigue_half_life_days: expected above 0, got {self.fatigue_half_life_days}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Population:
    """The sampled customers. N customers, K products, C categories."""

    segment: Int
    """[N] index of each customer's segment."""
    weight: Float
    """[N] real customers that each sampled one stands for."""
    sensitivity: Float
    """[N] utility of a log price cut."""
    notice: Float
    """[N] chance to read a message and act upon it."""
    gift_taste: Float
    """[N] share of a gift's worth that is felt."""
    habit: Float
    """[N] utility of the product that was bought last in its category."""
    bulk: Flag
    """[N, C] whether the household buys two at a time."""
    attraction: Float
    """[N, K] exponential of the utility of each product at its regular price."""
    competitor: Float
    """[N, C] exponential of the utility of the competitor's shelf on a quiet day."""
    need: Float
    """[N, C] log odds of looking for the category on a quiet day with an empty cupboard."""
    quiet_value: Float
    """[N, C] log of the summed attractions on a quiet day, the reference that better offers are compared with."""
    category: Int
    """[K] category index of each product."""
    members: Float
    """[K, C] 1 where the product belongs to the category."""

    def only(self, rows: Int, *, segment: Int, weight: float = 1.0) -> Population:
        """Return some of the customers, regrouped into segments; each stands for ``weight`` real ones."""
        return replace(self.picked(rows), segment=segment, weight=np.full(rows.size, weight))

    def picked(self, rows: Int) -> Population:
        """Return some of the customers as they are."""
        return replace(self, **{f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name not in SHELF})


SHELF = frozenset({"category", "members"})
"""What a population says of products and not of customers."""


def draw_population(
    segments: tuple[Segment, ...],
    products: tuple[Product, ...],
    segment_traits: dict[str, SegmentTraits],
    category_traits: dict[str, CategoryTraits],
    params: MarketParams,
) -> Population:
    """Draw the customers of every segment; the same seed gives the same people.

    Raises
    ------
    ValueError
        When a segment or a category has no traits.
    """
    categories = tuple(category_traits)
    missing = [s.id for s in segments if s.id not in segment_traits]
    missing += [p.category for p in products if p.category not in category_traits]
    if missing:
        raise ValueError(f"the market knows no traits of {', '.join(dict.fromkeys(missing))}: add them to its truth")
    per = params.customers_per_segment
    rng = stream(params.seed, "population")
    segment = np.repeat(np.arange(len(segments)), per)
    weight = np.repeat([s.customers / per for s in segments], per)
    traits = [segment_traits[s.id] for s in segments]
    people = segment.size

    def by_segment(name: str) -> Float:
        return np.array([float(getattr(t, name)) for t in traits])[segment]

    def spread(sigma: float, *shape: int) -> Float:
        """Return log-normal factors of mean 1."""
        return np.exp(sigma * rng.standard_normal((people, *shape)) - sigma**2 / 2)

    kinds = [category_traits[c] for c in categories]
    category = np.array([categories.index(p.category) for p in products])
    members = np.eye(len(categories))[category]
    taste = np.array([[t.taste.get(p.id, 0.0) for p in products] for t in traits])[segment]
    attraction = np.exp(taste + params.taste_spread * rng.standard_normal(taste.shape))
    own = attraction @ members
    share = np.array([kind.competitor_share for kind in kinds])
    competitor = own.mean(axis=0) * share / (1 - share) * spread(params.taste_spread, len(kinds))
    affinity = np.array([[t.affinity.get(c, 1.0) for c in categories] for t in traits])[segment]
    need = np.array([kind.need for kind in kinds]) * affinity * spread(params.need_spread, len(kinds))
    need = np.minimum(need, 0.6)
    bulk_share = by_segment("bulk")[:, None] * np.array([kind.bulk for kind in kinds])
    return Population(
        segment=segment,
        weight=weight,
        sensitivity=by_segment("price_sensitivity") * spread(params.sensitivity_spread),
        notice=np.clip(by_segment("notice") * spread(0.3), 0.0, 0.95),
        gift_taste=by_segment("gift_taste") * spread(0.4),
        habit=by_segment("habit") * spread(0.3),
        bulk=rng.random((people, len(kinds))) < bulk_share,
        attraction=attraction,
        competitor=competitor,
        need=np.log(need / (1 - need)),
        quiet_value=np.log(own + competitor),
        category=category,
        members=members,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Memory:
    """What customers carry from day to day."""

    last: Int
    """[N, C] product bought last in the category; -1 for none or the competitor's."""
    cupboard: Float
    """[N, C] purchases not yet used up."""
    seen: Float
    """[N, K + 1] promotions seen lately, by product and for whole baskets, fading with the fatigue half-life."""
    messages: Float
    """[N] messages received lately, fading over a week."""

    @classmethod
    def blank(cls, people: int, products: int, categories: int) -> Memory:
        """Return the memory of customers who never bought nor saw anything."""
        return cls(
            last=np.full((people, categories), -1),
            cupboard=np.zeros((people, categories)),
            seen=np.zeros((people, products + 1)),
            messages=np.zeros(people),
        )

    def picked(self, rows: Int) -> Memory:
        """Return what some of the customers remember."""
        return Memory(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})
