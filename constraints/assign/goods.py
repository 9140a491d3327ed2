"""What an offer lies on (its products, or baskets), and the periods in which it may go out."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.language.date_ranges import DateRange
from scenarios.language.read_in import products_of
from scenarios.language.schema import Offer, Scenario
from scenarios.language.scope import Scope
from scenarios.language.where import holds
from scenarios.language.words import BASKET
from scenarios.scope_mask import with_basket


@dataclass(frozen=True, kw_only=True)
class Good:
    """A product, or the basket."""

    id: str
    category: str | None
    """None for the basket."""
    vendor: str | None
    """Who supplies it; None for the basket."""

    def inside(self, scope: Scope) -> bool:
        """Whether a scope admits it."""
        if self.id == BASKET:
            return with_basket(scope)
        return (scope.products is None or self.id in scope.products) and (
            scope.categories is None or self.category in scope.categories
        )


def goods_by_id(scenario: Scenario) -> dict[str, Good]:
    """All products of a loaded scenario, and the basket.

    Raises
    ------
    TypeError
        For a scenario whose products are not read in.
    """
    products = (Good(id=each.id, category=each.category, vendor=each.vendor) for each in products_of(scenario))
    return {BASKET: Good(id=BASKET, category=None, vendor=None), **{each.id: each for each in products}}


def goods_of(scenario: Scenario, offer: Offer) -> tuple[Good, ...]:
    """Products that an offer applies to; the basket alone for an offer on orders."""
    goods = goods_by_id(scenario)
    basket = goods.pop(BASKET)
    if offer.is_basket:
        return (basket,)
    own = Scope(products=offer.applies_to.products, categories=offer.applies_to.categories)
    return tuple(good for good in goods.values() if good.inside(own))


def periods_of(spans: tuple[DateRange, ...] | None, scenario: Scenario, span: DateRange | None) -> tuple[int, ...]:
    """Periods of the horizon that meet both some spans (None: all) and the dates on which offers go out."""
    horizon = scenario.horizon
    days = ((period, horizon.date_of(period)) for period in range(horizon.periods))
    return tuple(
        period
        for period, day in days
        if (span is None or holds((span,), day, horizon.period_days)) and holds(spans, day, horizon.period_days)
    )
