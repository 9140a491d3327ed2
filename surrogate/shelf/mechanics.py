"""What an offer is to the network: its mechanic, and its saving as a share of what it is measured against.

One scale for all mechanics is what lets one response speak for them, and depths that never ran be read between those
that did: a price cut saves its depth, a coupon or gift its value over the price, a bundle what its pieces save together
(buy N get M the free share M / (N + M), less where these are only cheaper, N for one price what that leaves of N
prices), a threshold or free shipping its saving over the order it is earned with: the typical one, or the one that is
asked for where that is larger.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from scenarios.language.price_share import amount_at
from scenarios.language.schema import Gift, Offer, Product
from scenarios.language.words import Layer, Mechanic
from scenarios.response.economics import units_per_use, units_per_value
from scenarios.response.gifts import gift_of, gift_per_unit
from surrogate.data.data_parts import PastOffer

KINDS = (
    Mechanic.PRICE_DISCOUNT,
    Mechanic.FLASH_SALE,
    Mechanic.COUPON,
    Mechanic.GIFT,
    Mechanic.BUNDLE,
    Mechanic.FEATURE,
    Mechanic.THRESHOLD,
    Mechanic.FREE_SHIPPING,
)
"""The mechanics in the order of the network's arrays; the first is the common response that the others deviate from."""
BASKET_KINDS = tuple(number for number, mechanic in enumerate(KINDS) if mechanic.is_basket)
PLURAL = {
    Mechanic.PRICE_DISCOUNT: "price cuts",
    Mechanic.FLASH_SALE: "flash sales",
    Mechanic.COUPON: "coupons",
    Mechanic.GIFT: "gifts",
    Mechanic.BUNDLE: "bundles",
    Mechanic.FEATURE: "displays and mailers",
    Mechanic.THRESHOLD: "order savings",
    Mechanic.FREE_SHIPPING: "free shipping offers",
}
"""Mechanics in the plural, as sentences name them."""
_TYPICAL_PIECES = 3.0
MOST_SAVED = 0.95
"""No benefit counts as more than this share of the price."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """An offer on one product (or the basket) as the network sees it."""

    kind: int
    """Index into `KINDS`."""
    saving: float
    """Share of the price, or of the order, 0 to `MOST_SAVED`."""
    level: float
    """How much must be bought for it: basket offers, log of the order value that is asked for over the typical one, at
    least 0; bundles, log of the pieces over 3; otherwise 0."""
    targeted: bool


def past_terms(offer: PastOffer, *, price: float, order: float) -> Terms:
    """Return the terms of a past offer on a product of a regular price, in a shop with a typical order value."""
    return _terms(
        Mechanic(offer.mechanic),
        targeted=Layer(offer.layer) is Layer.TARGETED,
        price=price,
        order=order,
        depth=offer.depth,
        at_most=offer.at_most,
        new_price=offer.price,
        value=offer.value,
        spend=offer.spend,
        save=offer.save,
        worth=None if offer.gift_value is None else amount_at(offer.gift_value, price),
        buy=offer.buy or 0,
        get=offer.get or 0,
    )


def scenario_terms(
    offer: Offer, product: Product | None, gifts: tuple[Gift, ...], *, price: float, order: float
) -> Terms:
    """Return the terms of a scenario's offer on a product (None: the basket) of a regular price.

    A gift without a named worth is worth its unit cost, as everywhere in the scenario language.
    """
    spans = 1.0 if product is None else units_per_use(offer, product)
    for_value = 1.0 if product is None else units_per_value(offer, product)
    given = gift_per_unit(offer, gift_of(offer, gifts), 1.0 / spans, price, 1.0)
    return _terms(
        offer.mechanic,
        targeted=offer.layer is Layer.TARGETED,
        price=price,
        order=order,
        depth=offer.depth,
        at_most=None if offer.at_most is None else float(offer.at_most) / for_value,
        new_price=offer.price,
        value=None if offer.value is None else float(offer.value) / for_value,
        spend=offer.spend,
        save=offer.save,
        worth=given.worth,
        buy=offer.buy or 0,
        get=offer.get or 0,
    )


def _terms(
    mechanic: Mechanic,
    *,
    targeted: bool,
    price: float,
    order: float,
    depth: Any,
    at_most: Any,
    new_price: Any,
    value: Any,
    spend: Any,
    save: Any,
    worth: Any,
    buy: int,
    get: int,
) -> Terms:
    level = 0.0
    if mechanic is Mechanic.FEATURE:
        saving = 0.0
    elif mechanic.is_basket:
        earned = max(float(spend or 0), order)  # who spends more than is asked for anyway saves on that
        saving = float((save if mechanic is Mechanic.THRESHOLD else value) or 0) / earned
        level = math.log(earned / order)
    elif mechanic is Mechanic.GIFT:
        saving = float(worth or 0) / price
    elif mechanic is Mechanic.BUNDLE:
        pieces = max(buy + get, 1)
        off = 1.0 if depth is None else float(depth)
        saving = get * off / pieces if new_price is None else 1.0 - float(new_price) / (price * pieces)
        level = math.log(pieces / _TYPICAL_PIECES)
    elif depth is not None:
        saving = float(depth) if at_most is None else min(float(depth), float(at_most) / price)
    elif new_price is not None:
        saving = 1.0 - float(new_price) / price
    else:
        saving = float(value or 0) / price
    return Terms(kind=KINDS.index(mechanic), saving=min(max(saving, 0.0), MOST_SAVED), level=level, targeted=targeted)
