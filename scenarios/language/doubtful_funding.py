"""Amounts that a vendor pays for one unit and that are more than it costs: most often those of a case or a line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from scenarios.first_few import first_few
from scenarios.language.doubtful_costs import plain
from scenarios.language.payers import listed_products, names
from scenarios.language.schema import Product, Scenario

PERCENT = 100
"""Largest percentage that an amount may stand for."""
NAMED = 3
"""Products that are named before the others are counted."""


def doubtful_funding(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each offer whose vendor pays more for a unit than it costs, as far as costs are known."""
    products = listed_products(scenario)
    for offer in scenario.offers:
        cheap: dict[tuple[str, Decimal], list[str]] = {}
        for each in products if offer.paid_by_unit and not offer.is_basket else ():
            payer, _, amount, _ = offer.terms_on(each.vendor)
            if payer is not None and names(offer.applies_to, each) and amount > _cost(each, amount):
                cheap.setdefault((payer, amount), []).append(each.id)
        for (payer, amount), ids in cheap.items():
            pays = f"{payer} pays {plain(amount)} for each unit of {first_few(ids, NAMED)}"
            share = f", or write share: {plain(amount)}%" if 1 <= amount <= PERCENT else ""
            check = f"check that it is for one unit{share}, or per_line: {plain(amount)} for an ad or a display"
            yield f"offer {offer.id}: {pays}, more than a unit costs: {check}"


def _cost(product: Product, unknown: Decimal) -> Decimal:
    """What a unit costs; its price where it costs nothing, and ``unknown`` where neither is known."""
    cost = product.unit_cost if isinstance(product.unit_cost, Decimal) else unknown
    return cost or (unknown if product.price is None else product.price)
