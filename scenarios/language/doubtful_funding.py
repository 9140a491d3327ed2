"""Amounts that a vendor pays for one unit and that are more than it costs: most often those of a case or a line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from scenarios.first_few import first_few
from scenarios.language.doubtful_costs import plain
from scenarios.language.offers_there import names
from scenarios.language.schema import Product, Scenario

PERCENT = 100
"""Largest percentage that an amount may stand for."""
NAMED = 3
"""Products that are named before the others are counted."""


def doubtful_funding(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each offer whose vendor pays more for a unit than it costs, as far as costs are known."""
    products = scenario.products if isinstance(scenario.products, tuple) else ()
    for offer in scenario.offers:
        if offer.funding is None or offer.funding.per_unit == 0:
            continue
        amount = offer.funding.per_unit
        cheap = [each.id for each in products if names(offer.applies_to, each) and amount > _cost(each, amount)]
        if cheap:
            pays = f"{offer.funding.vendor} pays {plain(amount)} for each unit of {first_few(cheap, NAMED)}"
            share = f", or write share: {plain(amount)}%" if 1 <= amount <= PERCENT else ""
            check = f"check that it is for one unit{share}, or per_line: {plain(amount)} for an ad or a display"
            yield f"offer {offer.id}: {pays}, more than a unit costs: {check}"


def _cost(product: Product, unknown: Decimal) -> Decimal:
    """What a unit costs; its price where it costs nothing, and ``unknown`` where neither is known."""
    cost = product.unit_cost if isinstance(product.unit_cost, Decimal) else unknown
    return cost or (unknown if product.price is None else product.price)
