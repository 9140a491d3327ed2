"""Amounts that a vendor pays and that are more than what they are for costs: most often meant for something else."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from scenarios.first_few import first_few
from scenarios.language.doubtful_costs import plain
from scenarios.language.offers_there import names
from scenarios.language.schema import Product, Scenario

PERCENT = 100
"""Largest percentage that an amount may stand for."""
MANY_TIMES = 10
"""Times the cost of a line from which on a vendor hardly pays for it."""
NAMED = 3
"""Products that are named before the others are counted."""


def doubtful_funding(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each offer whose vendor pays more for a unit, or far more for a line, than it costs."""
    yield from _for_lines(scenario)
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


def _for_lines(scenario: Scenario) -> Iterator[str]:
    for offer in scenario.offers:
        if offer.funding is not None and offer.fixed_cost > 0 and offer.line_funding >= MANY_TIMES * offer.fixed_cost:
            pays = f"{offer.funding.vendor} pays {plain(offer.line_funding)} for each line, which costs"
            times = f"{plain(offer.fixed_cost)}, {offer.line_funding / offer.fixed_cost:,.0f} times as much"
            yield f"offer {offer.id}: {pays} {times}: check both; each slot is a line of its own"


def _cost(product: Product, unknown: Decimal) -> Decimal:
    """What a unit costs; its price where it costs nothing, and ``unknown`` where neither is known."""
    cost = product.unit_cost if isinstance(product.unit_cost, Decimal) else unknown
    return cost or (unknown if product.price is None else product.price)
