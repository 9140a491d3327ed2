"""Whether the price that a cut is rounded to is still a cut, and still a price."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from scenarios.first_few import and_more
from scenarios.language.checks.facts import Facts
from scenarios.language.price_rounding import PriceRounding
from scenarios.language.schema import Offer
from scenarios.language.where import names_product
from scenarios.problems import Path, Problem


def rounded_prices(facts: Facts, path: Path, offer: Offer, rounding: PriceRounding) -> Iterator[Problem]:
    """Refuse an offer whose rounded price is not below the regular one, or is none, on some product of known price."""
    bad = []
    for product in facts.products:
        if product.price is None or not names_product(offer.applies_to, product):
            continue
        exact = product.price - _off(offer, product.price)
        asked = rounding.price(exact)
        if exact > 0 and not (0 < asked < product.price):
            bad.append(f"{asked} in place of {exact.normalize():f} for {product.id}, which costs {product.price}")
    if bad:
        expected = "rounded prices above 0 and below that of every product it applies to"
        remedy = "round to less or the other way, or narrow applies_to"
        yield facts.problem((*path, "round"), expected, f"{bad[0]}{and_more(len(bad), 1)}", remedy)


def _off(offer: Offer, price: Decimal) -> Decimal:
    """What the offer says that comes off a price, before it is rounded."""
    if offer.depth is None:
        return offer.value or Decimal(0)
    off = price * Decimal(repr(offer.depth))
    return off if offer.at_most is None else min(off, offer.at_most)
