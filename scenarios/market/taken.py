"""What customers took of every offer on one day: the till books it, and pieces are counted by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.language.schema import Offer, Product
from scenarios.language.words import Mechanic
from scenarios.market.customers import Population
from scenarios.market.day import DayResult
from scenarios.market.deals import Deal, Place
from scenarios.market.offered import Offered
from scenarios.market.orders import covered
from scenarios.response.economics import units_per_use


@dataclass(frozen=True, kw_only=True, eq=False)
class Taken:
    """What was taken of one line. One row a purchase (baskets: a customer), all arrays [rows]."""

    place: Place
    """Of the line."""
    offer: Offer
    customer: Int
    saving: Float
    """Gross savings of the real customers behind each row."""
    uses: Float
    """Uses of the real customers behind each row: units under the offer by what one use spans, orders on baskets."""
    each: Float
    """Uses of one of them who found everything."""
    units: Float
    """Units that these customers bought under the offer; none of offers on orders."""
    paid: Float
    """What the real customers behind each row paid for their uses before this line's own saving, tax included."""


def takers(
    result: DayResult, offered: Offered, people: Population, products: Sequence[Product], prices: Float
) -> Iterator[Taken]:
    """Yield what was taken of every line of a day, product by product and then on baskets."""
    bought = result.purchases
    segment = people.segment[bought.customer]
    real = bought.units * bought.filled * people.weight[bought.customer]
    for k, deal in sorted(offered.deals.items()):
        rows = np.nonzero(bought.product == k)[0]
        buyer, units = bought.customer[rows], bought.units[rows]
        listed, reduced = real[rows] * prices[k], 1 - deal.saving_public[buyer]
        for offer, s in _offers(deal):
            mask = _under(deal, offer, s)[buyer] & (True if s < 0 else segment[rows] == s)
            saving = listed * deal.saving_public[buyer] if s < 0 else listed * reduced * deal.saving_targeted[buyer]
            room = deal.room_public if s < 0 else deal.room_targeted
            part, a_use = covered(room, buyer, units, bought.topped_up[rows]), units_per_use(offer, products[k])
            grants = 0.0 if offer.mechanic is Mechanic.FEATURE else part
            yield Taken(
                place=(k, s),
                offer=offer,
                customer=buyer[mask],
                saving=(saving * part)[mask],
                uses=(real[rows] * grants / a_use)[mask],
                each=(units * grants / a_use)[mask],
                units=(real[rows] * part)[mask],
                paid=((listed if s < 0 else listed * reduced) * part)[mask],
            )
    order_weight = people.weight * result.order_share
    for basket, benefit in zip(offered.baskets, result.benefits, strict=True):
        used = benefit > 0
        yield Taken(
            place=basket.line.place,
            offer=basket.line.offer,
            customer=np.arange(people.segment.size),
            saving=(benefit if basket.line.offer.gift is None else np.zeros_like(benefit)) * order_weight,
            uses=used * order_weight,
            each=used.astype(float),
            units=np.zeros(people.segment.size),
            paid=np.zeros(people.segment.size),  # offers on orders give no points
        )


def _offers(deal: Deal) -> Iterator[tuple[Offer, int]]:
    """Yield the offers on a product with the segment of each, -1 for everybody.

    Visibility grants nothing: it is yielded where a vendor pays for the units that are sold under it.
    """
    for s, offer in enumerate((deal.public, *deal.targeted), start=-1):
        if offer is not None and (offer.mechanic is not Mechanic.FEATURE or offer.paid_by_unit):
            yield offer, s


def _under(deal: Deal, offer: Offer, s: int) -> Flag:
    """[N] whose purchases count as under an offer: under visibility those of everybody who is shown it."""
    if offer.mechanic is not Mechanic.FEATURE:
        return deal.under_public if s < 0 else deal.under_targeted
    return np.ones_like(deal.noticed) if s < 0 else deal.noticed
