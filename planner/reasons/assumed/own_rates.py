"""Which products have rates of tax or returns of their own, or returns that cost otherwise, in words."""

from __future__ import annotations

from functools import partial
from typing import Any

from planner.figures import given
from scenarios.currency import rate_text
from scenarios.first_few import NAMED, first_few
from scenarios.language.read_in import listed_products
from scenarios.language.schema import Product, Scenario
from scenarios.word_list import listed


def own_rates(scenario: Scenario) -> tuple[str, ...]:
    """Say each rate or cost that products have in place of that of ``money``: ``tax 25.0% on shampoo and soap``."""
    products = listed_products(scenario)
    found = []
    rate_words, cost_words = partial(given, least=1), partial(rate_text, code=scenario.currency)
    for what, usual, key, write in (
        ("tax", scenario.money.tax_rate, "tax_rate", rate_words),
        ("returns", scenario.money.return_rate, "return_rate", rate_words),
        ("a return costs", scenario.money.return_cost, "return_cost", cost_words),
    ):
        of: dict[Any, list[Product]] = {}
        for product in products:
            rate = getattr(product, key)
            if rate is not None and rate != usual:
                of.setdefault(rate, []).append(product)
        found += [f"{what} {write(rate)} on {_named(of[rate])}" for rate in sorted(of)]
    return tuple(found)


def _named(products: list[Product]) -> str:
    ids = [product.id for product in products]
    return first_few(ids) if len(ids) > NAMED else listed(ids)
