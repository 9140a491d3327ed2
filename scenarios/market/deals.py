"""What every simulated customer is offered on one day: savings, gifts, bundles, and how attractive they feel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.language.price_share import PriceShare, amount_at
from scenarios.language.schema import Gift, Offer, Product
from scenarios.language.words import Mechanic
from scenarios.market.customers import MarketParams, Population
from scenarios.response.economics import PRICE_MECHANICS, saving_per_unit

MOST_FELT = 0.75
"""No benefit feels like more than this share of the price, however large the gift."""
MOST_SAVED = 0.99
"""Nor does a saving, however large, feel like all of it."""
BUNDLE_FELT = 0.9
"""A free unit in a bundle feels like somewhat less than its price."""
NOTHING_LEFT = 1e-9
"""Share of the price that is as good as nothing."""
GIFT_MARKUP = 2.0
"""A gift without a named worth feels like this multiple of its unit cost."""


Place = tuple[int, int]
"""Where a line stands: product (K is the basket) and segment (-1 is everybody)."""


@dataclass(frozen=True, kw_only=True)
class ActiveLine:
    """One line of a plan on the market's own indices. ``product`` K is the basket; ``segment`` -1 is everybody."""

    offer: Offer
    product: int
    segment: int
    coverage: float
    level: float = 1.0
    """Share of those who want the offer that its pieces are for."""
    pieces: float | None = None
    """Pieces of the line; None where they are not counted, or nobody knows how many there were (history)."""
    first: bool = True
    """Whether the line's period begins today: its fixed cost is paid and its message sent once.

    Of an offer that is sent once, only in the period of its sending.
    """
    sending: int | None = None
    """Day of the sending whose coupons are used, where the offer is sent once; None for other offers."""
    last: bool = True
    """Whether no later period of the plan holds a line of the same sending."""

    @property
    def place(self) -> Place:
        """Where the line stands."""
        return self.product, self.segment

    @property
    def rationed(self) -> bool:
        """Whether somebody who wants the offer may not get it."""
        return self.offer.quantity is not None or self.most_uses is not None

    @property
    def most_uses(self) -> int | None:
        """Most uses of one customer: who was sent an offer once holds one; None without a cap."""
        return 1 if self.sending is not None else self.offer.per_customer


@dataclass(frozen=True, kw_only=True, eq=False)
class Allowance:
    """Who may still have one rationed line. All arrays [N]."""

    gets: Flag
    """Who comes before its pieces are gone and has not used it up."""
    room: Float | None
    """Uses that each customer still has; None without a cap per customer."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Benefit:
    """What one offer is to every customer, taken by itself. All arrays [N]."""

    felt: Float
    """Benefit as a felt share of the price."""
    saving: Float
    """Share of the price that is taken off a unit."""
    lure: float
    """Utility that is no saving: visibility, urgency."""
    gift: bool
    bundle_units: int
    """Units of one bundle; 0 where the offer is no bundle."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Deal:
    """The offers on one product on one day, as every customer meets them. All arrays [N]."""

    utility: Float
    saving_public: Float
    """Share of the price that the public offer takes off each unit."""
    saving_targeted: Float
    """Share of the price that the targeted offer takes off each unit (of the reduced price where it stacks)."""
    under_public: Flag
    """Whether a purchase counts as one under the public offer."""
    under_targeted: Flag
    bundle_units: Int
    """Units that a bundle makes the customer take; 0 for none."""
    saw: Flag
    """Who remembers the promotion afterwards; coupons that are sent once are not among it."""
    noticed: Flag
    """Who noticed a targeted offer, whether it is used or mere visibility."""
    room_public: Float | None
    """Units that each customer may still take under the public offer; None without a cap."""
    room_targeted: Float | None
    public: Offer | None
    targeted: tuple[Offer | None, ...]
    """Targeted offer of each segment."""

    @property
    def room(self) -> Float | None:
        """[N] units that some offer still covers, infinite for whom none is on; None without a cap."""
        if self.room_public is None and self.room_targeted is None:
            return None
        endless = np.full(self.saw.size, np.inf)
        rooms = [
            np.where(under, endless if room is None else room, 0.0)
            for under, room in ((self.under_public, self.room_public), (self.under_targeted, self.room_targeted))
        ]
        return np.where(self.under_public | self.under_targeted, np.maximum(*rooms), np.inf)


def benefit_of(
    offer: Offer, product: Product, category: int, people: Population, gifts: dict[str, Gift], params: MarketParams
) -> Benefit:
    """Return what a product offer is to every customer who takes it."""
    price = float(product.price or 0)
    zero = np.zeros(people.segment.size)
    if offer.mechanic is Mechanic.FEATURE:
        return Benefit(felt=zero, saving=zero, lure=params.visibility, gift=False, bundle_units=0)
    if offer.mechanic is Mechanic.GIFT:
        felt = np.minimum(gift_felt(offer, people, gifts, price) / price, MOST_FELT)
        return Benefit(felt=felt, saving=zero, lure=0.0, gift=True, bundle_units=0)
    if offer.mechanic is Mechanic.BUNDLE:
        off = saving_per_unit(offer, product, price) / price if offer.off_each is None else offer.off_each
        share = np.where(people.bulk[:, category], off, 0.0)
        return Benefit(felt=BUNDLE_FELT * share, saving=share, lure=0.0, gift=False, bundle_units=offer.pieces)
    if offer.off_each is not None and offer.round is None:
        off = offer.off_each
    elif offer.price is not None:
        off = max(0.0, 1 - float(offer.price) / price)
    else:
        off = saving_per_unit(offer, product, price) / price
    lure = params.urgency if offer.mechanic is Mechanic.FLASH_SALE else 0.0
    saving = np.full(people.segment.size, off)
    return Benefit(felt=np.minimum(saving, MOST_SAVED), saving=saving, lure=lure, gift=False, bundle_units=0)


def gift_felt(offer: Offer, people: Population, gifts: Mapping[str, Gift], price: float) -> Float:
    """Return what an offer's gift is worth to every customer, [N]; points are a share of ``price``."""
    gift = gifts[str(offer.gift)]
    worth = amount_at(gift.unit_cost if offer.worth is None else offer.worth, price)
    if offer.worth is None and not isinstance(gift.unit_cost, PriceShare):
        worth *= GIFT_MARKUP
    return np.asarray(people.gift_taste * worth)


def _on_top(offer: Offer, benefit: Benefit, public: Offer | None, saving_public: Float) -> tuple[Float, Float]:
    """Return what share of the reduced price a stacked offer takes off, and what it feels like, each [N]."""
    left = np.maximum(1.0 - saving_public, NOTHING_LEFT)
    if offer.value is not None:
        # An amount stays what it is on a reduced price, never more than that price.
        return np.minimum(benefit.saving / left, 1.0), benefit.felt
    if offer.price is None:
        return benefit.saving, benefit.felt
    if public is not None and public.mechanic not in PRICE_MECHANICS:
        # Whatever is no price leaves the shelf's as it is: below it the new price is as much off as ever.
        saving = np.minimum(benefit.saving / left, 1.0)
    else:
        # A new price, of one piece or of all together, stays: it saves what it takes off the reduced price.
        saving = np.maximum(1.0 - (1.0 - benefit.saving) / left, 0.0)
    return saving, BUNDLE_FELT * saving if benefit.bundle_units else np.minimum(saving, MOST_SAVED)


def make_deal(
    public: Benefit | None,
    public_offer: Offer | None,
    targeted: list[tuple[ActiveLine, Benefit, Flag]],
    segments: int,
    people: Population,
    seen: Float,
    params: MarketParams,
    category: int,
    gets: Flag | None = None,
    rooms: tuple[Float | None, Float | None] = (None, None),
) -> Deal:
    """Join the public offer of a product with the targeted ones of the segments (and who noticed each).

    Unstacked, a customer takes the targeted offer only where it feels better than the public one. ``gets`` [N] says who
    finds the public offer (None: everybody), ``rooms`` [N] how many units of each layer a customer may still take.
    """
    count = people.segment.size
    gets = np.full(count, public is not None) if gets is None else gets
    felt_public = np.where(gets, public.felt, 0.0) if public is not None else np.zeros(count)
    saving_public = np.where(gets, public.saving, 0.0) if public is not None else np.zeros(count)
    lure = np.where(gets, public.lure if public is not None else 0.0, 0.0)
    bulk = people.bulk[:, category]
    # Visibility is no benefit that anybody uses.
    used = public_offer is not None and public_offer.mechanic is not Mechanic.FEATURE
    under_public = gets & used
    if public is not None and public.bundle_units:
        under_public &= bulk
    bundle_units = np.where(under_public, public.bundle_units if public is not None else 0, 0)
    keep = 1.0 - felt_public
    saving_targeted = np.zeros(count)
    under_targeted = np.zeros(count, dtype=bool)
    saw, told = gets.copy(), np.zeros(count, dtype=bool)
    by_segment: list[Offer | None] = [None] * segments
    for line, benefit, noticed in targeted:
        by_segment[line.segment] = line.offer
        if line.sending is None:  # What is sent once tires when it is over (`scenarios.market.offered`).
            saw |= noticed
        told |= noticed
        lure += noticed * benefit.lure
        takes = noticed & (bulk if benefit.bundle_units else True)
        saving = benefit.saving
        if line.offer.stacks:
            saving, felt = _on_top(line.offer, benefit, public_offer, saving_public)
            keep = np.where(takes, keep * (1.0 - felt), keep)
        else:
            takes &= benefit.felt > felt_public
            keep = np.where(takes, 1.0 - benefit.felt, keep)
            under_public &= ~takes
            saving_public = np.where(takes, 0.0, saving_public)
            bundle_units = np.where(takes, 0, bundle_units)
        saving_targeted = np.where(takes, saving, saving_targeted)
        under_targeted |= takes
        if benefit.bundle_units:
            bundle_units = np.where(takes, benefit.bundle_units, bundle_units)
    fresh = np.exp(-params.fatigue * seen)
    return Deal(
        utility=fresh * (lure - people.sensitivity * np.log(np.maximum(keep, 0.01))),
        saving_public=saving_public,
        saving_targeted=saving_targeted,
        under_public=under_public,
        under_targeted=under_targeted,
        bundle_units=bundle_units.astype(np.int64),
        saw=saw,
        noticed=told,
        room_public=rooms[0],
        room_targeted=rooms[1],
        public=public_offer,
        targeted=tuple(by_segment),
    )
