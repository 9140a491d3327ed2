"""Unit costs above what the regular price brings net of tax: most often costs that hold the tax themselves."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from scenarios.currency import minor_digits
from scenarios.first_few import NAMED
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Scenario
from scenarios.loading.doubtful.costs import plain


def sold_at_a_loss(scenario: Scenario) -> list[str]:
    """Return sentences on products that lose money at their regular price, as far as prices are known."""
    products = listed_products(scenario)
    step, found = Decimal(1).scaleb(-minor_digits(scenario.currency)), []
    for product in products:
        if product.price is None or not isinstance(product.unit_cost, Decimal):
            continue
        tax = Decimal(repr(scenario.money.tax_of(product)))
        net = (product.price / (1 + tax)).quantize(step, rounding=ROUND_HALF_EVEN)
        if product.unit_cost > net:
            finer = product.unit_cost % step
            cost = plain(product.unit_cost) if finer else f"{product.unit_cost.quantize(step):f}"
            costs = f"{product.id}: costs {cost} and brings {net:f} net of tax"
            found.append(f"{costs}: sold at a loss without any offer; is the cost with tax?")
    more = len(found) - NAMED
    if more <= 0:
        return found
    return [
        *found[:NAMED],
        f"so {'are' if more > 1 else 'is'} {more} more product{'s' if more > 1 else ''} sold at a loss",
    ]
