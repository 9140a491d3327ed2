"""Which vendors pay for the offers of a scenario, and where."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.language.read_in import listed_products
from scenarios.language.schema import Scenario
from scenarios.language.schemas.offer import Offer
from scenarios.language.where import names_product
from scenarios.language.words import BASKET


def payers(scenario: Scenario) -> dict[tuple[str, str], str]:
    """Return who pays, by ids of offer and product (``basket`` of offers on orders); nothing where nobody does."""
    suppliers = {product.id: product.vendor for product in listed_products(scenario)}
    found = {}
    for offer in scenario.offers:
        for good, supplier in ((BASKET, None),) if offer.is_basket else suppliers.items():
            payer = offer.terms_on(supplier).payer
            if payer is not None:
                found[offer.id, good] = payer
    return found


def payers_of(scenario: Scenario, offer: Offer) -> tuple[str, ...]:
    """Return the vendors who pay for an offer on something that it applies to, in the order of products."""
    products = [product.vendor for product in listed_products(scenario) if names_product(offer.applies_to, product)]
    found = (offer.terms_on(supplier).payer for supplier in ([None] if offer.is_basket else products))
    return tuple(dict.fromkeys(payer for payer in found if payer is not None))


def paying_vendors(scenario: Scenario) -> Iterator[str]:
    """Yield the vendors who pay for some offer, each once."""
    yield from dict.fromkeys(payer for offer in scenario.offers for payer in payers_of(scenario, offer))
