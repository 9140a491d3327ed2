"""Costs of a returned unit above the price that is paid for it: most often those of a case or of a day."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.first_few import first_few
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Scenario
from scenarios.loading.doubtful.costs import plain


def doubtful_returns(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence on each cost of returns that is more than products are sold for, as far as prices are known."""
    products = listed_products(scenario)
    dear: dict[str, list[str]] = {}
    for product in products:
        cost = scenario.money.cost_of_return(product)
        if product.price is not None and cost > product.price and scenario.money.returns_of(product) > 0:
            dear.setdefault(plain(cost), []).append(product.id)
    for amount, ids in dear.items():
        whose = first_few(ids)
        yield f"return_cost {amount} of {whose} is more than the price: check that it is for one unit that comes back"
