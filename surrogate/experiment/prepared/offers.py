"""Offers as the network sees them: a mechanic, and a saving as a share of what is bought."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.language.price_share import PriceShare
from scenarios.language.schemas.offer import Offer
from scenarios.language.words import Mechanic

KIN = {Mechanic.FLASH_SALE: Mechanic.PRICE_DISCOUNT}
"""Mechanics that are answered like another one where only that one was tried."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a customer gets. Two offers with equal terms are one offer to the network."""

    mechanic: Mechanic
    saving: float
    """Share of what is bought, 0 to 1."""


class NoPriceError(ValueError):
    """An offer's saving is an amount, and nothing says of what."""


def terms_of(offer: Offer, price: float | None) -> Terms:
    """Return an offer's terms at a price (an order's value for basket mechanics).

    Raises
    ------
    NoPriceError
        When the saving is an amount and the price is unknown.
    """
    return Terms(mechanic=offer.mechanic, saving=_saving(offer, price))


def _saving(offer: Offer, price: float | None) -> float:
    if offer.off_each is not None:
        return offer.off_each
    if offer.depth is not None and offer.at_most is not None:
        if price is None or not (price > 0):
            raise NoPriceError(offer.id)
        return min(offer.depth, float(offer.at_most) / price)
    amount = {
        Mechanic.THRESHOLD: offer.save, Mechanic.GIFT: offer.worth,
        Mechanic.COUPON: offer.value, Mechanic.FREE_SHIPPING: offer.value,
        Mechanic.PRICE_DISCOUNT: offer.value, Mechanic.FLASH_SALE: offer.value,
    }.get(offer.mechanic)  # fmt: skip
    if offer.price is None and amount is None:
        return 0.0
    if isinstance(amount, PriceShare):
        return amount.share
    if price is None or not (price > 0):
        raise NoPriceError(offer.id)
    if offer.price is not None:  # of one piece, or of all pieces of a bundle together
        return min(max(1.0 - float(offer.price) / (price * max(offer.pieces, 1)), 0.0), 1.0)
    of = max(price, float(offer.spend)) if offer.spend is not None else price  # orders below the threshold are raised
    return min(float(amount or 0) / of, 1.0)
