"""Which offers may run where a scope looks."""

from __future__ import annotations

from scenarios.language.schema import AppliesTo, Offer, Product, Scenario
from scenarios.language.scope import Scope
from scenarios.scope_mask import in_scope, with_basket


def lies_in(scenario: Scenario, where: Scope, offer: Offer) -> bool:
    """Whether an offer may run on something that a scope admits."""
    if not in_scope(where, offer):
        return False
    if offer.is_basket:
        return with_basket(where)
    products = scenario.products if isinstance(scenario.products, tuple) else ()
    return not products or any(names(where, each) and names(offer.applies_to, each) for each in products)


def names(where: Scope | AppliesTo, product: Product) -> bool:
    """Whether a product is among those that a scope or an offer names; without names all are."""
    return (where.products is None or product.id in where.products) and (
        where.categories is None or product.category in where.categories
    )
