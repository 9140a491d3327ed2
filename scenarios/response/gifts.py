"""What gifts cost and are worth: goods by the piece, one for each use or order, or points, a share of what is paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scenarios.language.price_share import PriceShare, amount_at
from scenarios.language.schemas.offer import Gift, Offer


class GiftPerUnit(NamedTuple):
    """Of one unit sold under an offer, of a basket offer one order, in major units."""

    cost: float
    """Net of tax and returns."""
    worth: float
    """To the customer, tax included."""


def gift_of(offer: Offer, gifts: Sequence[Gift]) -> Gift | None:
    """Return the gift that an offer gives; None where it gives none."""
    return next((gift for gift in gifts if gift.id == offer.gift), None)


def gift_per_unit(offer: Offer, gift: Gift | None, uses: float, paid: float, net: float) -> GiftPerUnit:
    """Return what a gift costs and is worth, per unit sold.

    A returned unit gives its points back, and no goods. Who named no worth takes the cost for it: of points, before tax
    is taken off.

    Parameters
    ----------
    uses
        Granted per unit.
    paid
        What the customer pays for one unit, tax included.
    net
        What is left of an amount that includes tax after tax and returns.
    """
    if gift is None:
        return GiftPerUnit(0.0, 0.0)
    worth = gift.unit_cost if offer.worth is None else offer.worth
    return GiftPerUnit(
        cost=amount_at(gift.unit_cost, paid * net) * _times(gift.unit_cost, uses),
        worth=amount_at(worth, paid) * _times(worth, uses),
    )


def gift_per_order(offer: Offer, gifts: Sequence[Gift]) -> GiftPerUnit:
    """Return what a basket offer's gift costs and is worth, per order that uses it: nothing where it saves money.

    Goods only: of points, a share of what is paid, no order knows what it pays.
    """
    return gift_per_unit(offer, gift_of(offer, gifts), 1.0, 0.0, 0.0)


def _times(amount: object, uses: float) -> float:
    """How often an amount comes with one unit: goods once a use, points with every unit."""
    return 1.0 if isinstance(amount, PriceShare) else uses
