"""A scenario's axes beside the model's: which of the model's categories and groups each product and segment is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import Offer, Product, Scenario, Segment
from scenarios.where import holds
from surrogate.model import Model
from surrogate.people.learned_groups import LearnedGroups


@dataclass(frozen=True, kw_only=True, eq=False)
class Axes:
    """The scenario's axes beside the model's."""

    scenario: Scenario
    segments: tuple[Segment, ...]
    products: tuple[Product, ...]
    index: NDArray[np.int64]
    """[K] the product's category in the model."""
    model: Model
    groups: LearnedGroups

    def price(self, number: int) -> float:
        """Return a product's regular price: the scenario's, or the data's."""
        given = self.products[number].price
        return float(given) if given is not None else float(self.model.regular_price[self.index[number]])

    def applies(self) -> NDArray[np.bool_]:
        """Return [S, K + 1, T, O]: where an offer may be chosen; the last row is the basket."""
        horizon = self.scenario.horizon
        columns = []
        for offer in self.scenario.offers:
            where = offer.applies_to
            segment = np.array([where.segments is None or one.id in where.segments for one in self.segments])
            product = np.array(
                [sold(offer, one) and not offer.mechanic.is_basket for one in self.products]
                + [offer.mechanic.is_basket]
            )
            period = np.array([holds(where.periods, day, horizon.period_days) for day in horizon.dates])
            columns.append(segment[:, None, None] & product[None, :, None] & period[None, None, :])
        return np.stack(columns, axis=-1)


def sold(offer: Offer, product: Product) -> bool:
    """Return whether an offer may be chosen for a product."""
    where = offer.applies_to
    return (where.products is None or product.id in where.products) and (
        where.categories is None or product.category in where.categories
    )
