"""Rules between two kinds of lines, counted for each product or category, of which none lies in both kinds.

"Rice of this brand never with rice of that one" is such a rule as long as it goes by product: nothing ever meets.
"""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.language.read_in import listed_products
from scenarios.language.schema import Scenario
from scenarios.language.schemas.rule import NeverWith, OnlyAfter
from scenarios.language.scope import Scope
from scenarios.language.where import names_product
from scenarios.language.words import BASKET
from scenarios.scope_mask import with_basket


def never_met(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each such rule, with the axis by which it goes and what to write."""
    for rule in scenario.rules:
        if isinstance(rule, NeverWith):
            other, key, so = rule.with_, "with", "it never keeps anything apart"
        elif isinstance(rule, OnlyAfter):
            other, key, so = rule.after, "after", "no line of its where may ever run"
        else:
            continue
        for axis in rule.per:
            here, there = _named(scenario, rule.where, axis), _named(scenario, other, axis)
            if here and there and not here & there:
                yield (
                    f"rule {rule.id}: it goes by {axis} (per), and no {axis} lies in both its where and its {key}, so "
                    f"{so}; per without {axis}, such as per: [], looks at all of them together"
                )
                break


def _named(scenario: Scenario, scope: Scope, axis: str) -> frozenset[str]:
    """What of an axis a scope admits; empty where nothing is, or where the axis is another one.

    Public lines are of every segment, so that segments never keep two kinds of lines apart.
    """
    if axis not in ("product", "category"):
        return frozenset()
    products = [each for each in listed_products(scenario) if names_product(scope, each)]
    if axis == "category":
        return frozenset(each.category for each in products)
    return frozenset(each.id for each in products) | ({BASKET} if with_basket(scope) else frozenset())
