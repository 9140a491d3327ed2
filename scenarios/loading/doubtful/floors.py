"""Bounds that no plan keeps, whatever it holds: more customers or units than there are, spend below what is given."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from scenarios.first_few import first_few
from scenarios.language.schema import Limit, Product, Scenario
from scenarios.language.where import names_product
from scenarios.language.words import Measure
from scenarios.scope_mask import in_scope_on_some, with_basket


def crowds(scenario: Scenario) -> Iterator[str]:
    """Floors on customers reached above all the customers there are."""
    segments = scenario.segments
    if not isinstance(segments, tuple):
        return
    for limit in scenario.limits:
        if limit.measure != Measure.CUSTOMERS_REACHED or limit.min is None:
            continue
        named = limit.where.segments
        there = sum(each.customers for each in segments if named is None or each.id in named)
        if limit.min > there:
            yield f"limit {limit.id}: no plan reaches {limit.min:,} customers, because there are {there:,} in its scope"


def beyond_stock(scenario: Scenario) -> Iterator[str]:
    """Floors on units above all that there is of their products, arrivals counted."""
    for limit in scenario.limits:
        products = _all_of(scenario, limit)
        if limit.min is None or not products:
            continue
        there = [_there(scenario, product) for product in products]
        if None in there:
            continue
        total = sum(units for units in there if units is not None)
        if limit.min > total:
            which = first_few([product.id for product in products])
            yield (
                f"limit {limit.id}: no plan sells {limit.min:,} units, because with stock and arrivals there are "
                f"{total:,} of {which}: raise their stock, or lower the limit"
            )


def spend_below_zero(scenario: Scenario) -> Iterator[str]:
    """Budgets below nothing: kept only where vendors pay more for promotions than these cost."""
    for limit in scenario.limits:
        if limit.measure != Measure.SPEND or limit.share_of is not None or limit.max is None or limit.max >= 0:
            continue
        products = scenario.products if isinstance(scenario.products, tuple) else ()
        earning = [
            offer.id for offer in scenario.offers if offer.may_earn and in_scope_on_some(limit.where, offer, products)
        ]
        bound = f"limit {limit.id}: a spend of at most {limit.max:,} is kept only where vendors pay more than lines"
        if earning:
            yield f"{bound} cost ({first_few(earning)} may), and not by the plan without any promotion"
        else:
            yield f"{bound} cost, and no funding of an offer in its scope has a per_unit or per_line for that"


def _all_of(scenario: Scenario, limit: Limit) -> list[Product]:
    """Products whose units a floor counts; none where it counts anything else."""
    products = scenario.products
    if limit.measure != Measure.UNITS or limit.share_of is not None or not isinstance(products, tuple):
        return []
    if with_basket(limit.where) and scenario.baskets is not None:
        return []
    return [product for product in products if names_product(limit.where, product)]


def _there(scenario: Scenario, product: Product) -> Decimal | None:
    """Units of a product in the horizon; None without a limit."""
    if product.stock is None:
        return None
    last = scenario.horizon.last_day
    return Decimal(product.stock) + sum(Decimal(units) for day, units in product.arrivals.items() if day <= last)
