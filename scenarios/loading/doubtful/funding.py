"""Amounts that a vendor pays and that are more than what they are for costs: most often meant for something else."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from scenarios.first_few import first_few
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Product, Scenario
from scenarios.language.where import names_product
from scenarios.loading.doubtful.costs import plain

PERCENT = 100
"""Largest percentage that an amount may stand for."""
MANY_TIMES = 10
"""Times the cost of a line from which on a vendor hardly pays for it."""


def doubtful_funding(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each offer whose vendor pays more for a unit, or far more for a line, than it costs."""
    yield from _for_lines(scenario)
    products = listed_products(scenario)
    for offer in scenario.offers:
        cheap: dict[tuple[str, Decimal], list[str]] = {}
        for each in products if offer.paid_by_unit and not offer.is_basket else ():
            payer, _, amount, _ = offer.terms_on(each.vendor)
            if payer is not None and names_product(offer.applies_to, each) and amount > _cost(each, amount):
                cheap.setdefault((payer, amount), []).append(each.id)
        for (payer, amount), ids in cheap.items():
            pays = f"{payer} pays {plain(amount)} for each unit of {first_few(ids)}"
            share = f", or write share: {plain(amount)}%" if 1 <= amount <= PERCENT else ""
            check = f"check that it is for one unit{share}, or per_line: {plain(amount)} for an ad or a display"
            yield f"offer {offer.id}: {pays}, more than a unit costs: {check}"


def _for_lines(scenario: Scenario) -> Iterator[str]:
    """Vendors who pay many times what a line costs: an amount for a whole campaign is divided by its lines."""
    for offer in scenario.offers:
        for paid in offer.funders if offer.fixed_cost > 0 else ():
            if paid.per_line >= MANY_TIMES * offer.fixed_cost:
                pays = f"{paid.vendor} pays {plain(paid.per_line)} for each line, which costs {plain(offer.fixed_cost)}"
                times = f"{paid.per_line / offer.fixed_cost:,.0f} times as much"
                yield f"offer {offer.id}: {pays}, {times}: check both; each slot is a line of its own"


def _cost(product: Product, unknown: Decimal) -> Decimal:
    """What a unit costs; its price where it costs nothing, and ``unknown`` where neither is known."""
    cost = product.unit_cost if isinstance(product.unit_cost, Decimal) else unknown
    return cost or (unknown if product.price is None else product.price)
