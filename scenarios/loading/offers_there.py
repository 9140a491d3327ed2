"""Which offers may run where a scope looks."""

from __future__ import annotations

from scenarios.language.read_in import listed_products
from scenarios.language.schema import Offer, Scenario
from scenarios.language.scope import Scope
from scenarios.language.where import names_product
from scenarios.scope_mask import in_scope, with_basket


def lies_in(scenario: Scenario, where: Scope, offer: Offer) -> bool:
    """Whether an offer may run on something that a scope admits."""
    if offer.is_basket:
        return in_scope(where, offer, None) and with_basket(where)
    products = listed_products(scenario)
    if not products:
        return in_scope(where.model_copy(update={"vendor": None}), offer, None)
    here = (each for each in products if names_product(where, each) and names_product(offer.applies_to, each))
    return any(in_scope(where, offer, each.vendor) for each in here)
