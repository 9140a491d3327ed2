"""Unit costs that are a small part of the price: most often a share that lacks its percent sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log
from statistics import median

from scenarios.first_few import NAMED
from scenarios.language.schema import Product
from scenarios.loading.load import LoadedScenario

LOW_COST = Decimal("0.02")
"""Share of the price below which a unit cost in money is worth a note ..."""
LOW_SHARE = Decimal("0.05")
"""... and of one that could be a share itself, because it is less than 1."""
FAR_BELOW = 4
"""Times that a cost may lie below those of others, relative to the price."""
BELOW = 1.5
"""Times that it must, where the others are written as shares and it would be like them with a percent sign."""
OF_CATEGORY, OF_ALL = 2, 3
"""Others of a category, and others in all, from which on they say what a cost usually is."""


@dataclass(frozen=True, kw_only=True)
class _Cost:
    """Of one product with a price and a known cost."""

    product: Product
    cost: Decimal
    price: Decimal
    shared: bool
    """Whether it is written as a share."""

    @property
    def part(self) -> float:
        return float(self.cost / self.price)


def doubtful_costs(loaded: LoadedScenario) -> list[str]:
    """Return sentences on unit costs in money that are probably slips."""
    products, written = loaded.scenario.products, loaded.data.get("products")
    if not isinstance(products, tuple) or not isinstance(written, Sequence):
        return []
    costs = [
        _Cost(product=product, cost=product.unit_cost, price=product.price, shared=_is_share(record))
        for product, record in zip(products, written, strict=False)
        if product.price is not None and isinstance(product.unit_cost, Decimal) and product.unit_cost > 0
    ]
    found = [said for each in costs if not each.shared and (said := _doubt(each, costs))]
    more = len(found) - NAMED
    return found[:NAMED] + (
        [f"so do {more} more products" if more > 1 else "so does 1 more product"] if more > 0 else []
    )


def _is_share(record: object) -> bool:
    return isinstance(record, Mapping) and "%" in str(record.get("unit_cost", ""))


def _doubt(each: _Cost, costs: Sequence[_Cost]) -> str:
    """What is odd about one cost; nothing where nothing is."""
    cost, price = each.cost, each.price
    share = 100 * cost / price
    part = f"{each.product.id} costs {plain(cost)}, {share:.{1 if share < 1 else 2}g} % of its price of {plain(price)}"
    if cost < 1 and cost < LOW_SHARE * price:
        return f"{part}: a share is written {plain(100 * cost)}%"
    others = [other for other in costs if other is not each]
    if _lacks_its_sign(each, others):
        return f"{part}, and most other costs are written as shares: write {plain(cost)}% if that is meant"
    if cost >= 1 and cost < LOW_COST * price:
        return f"{part}: check both"
    alike = [other for other in others if other.product.category == each.product.category]
    whose, usual = f"others of {each.product.category}", alike
    if len(alike) < OF_CATEGORY:
        whose, usual = "the others", others
        if len(others) < OF_ALL:
            return ""
    middle = median(other.part for other in usual)
    return (
        f"{part}, and {whose} cost about {middle:.0%} of theirs: check both" if each.part * FAR_BELOW < middle else ""
    )


def _lacks_its_sign(each: _Cost, others: Sequence[_Cost]) -> bool:
    """Whether most others are shares, and the number would be like them if it were one."""
    shares = [other.part for other in others if other.shared]
    if not (1 <= each.cost < 100 and 2 * len(shares) > len(others) and len(shares) >= OF_CATEGORY):
        return False
    middle = median(shares)
    nearer = abs(log(float(each.cost) / 100 / middle)) < abs(log(each.part / middle))
    return nearer and each.part * BELOW < middle


def plain(amount: Decimal) -> str:
    """Write an amount without zeros at its end."""
    return f"{amount.normalize():f}"
