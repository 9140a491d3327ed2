"""A scenario's axes beside the model's: which of the model's categories and groups each product and segment is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Int
from scenarios.language.schema import Horizon, Offer, Product, Scenario, Segment
from scenarios.language.where import holds, names_product, runs_for
from surrogate.model import Model
from surrogate.people.learned_groups import LearnedGroups


@dataclass(frozen=True, kw_only=True, eq=False)
class Axes:
    """The scenario's axes beside the model's."""

    scenario: Scenario
    segments: tuple[Segment, ...]
    products: tuple[Product, ...]
    index: Int
    """[K] the product's category in the model."""
    model: Model
    groups: LearnedGroups

    def price(self, number: int) -> float:
        """Return a product's regular price: the scenario's, or the data's."""
        given = self.products[number].price
        return float(given) if given is not None else float(self.model.regular_price[self.index[number]])

    @property
    def order(self) -> float:
        """Typical order value of the data; 1 where it declares no past offers and none is needed."""
        return self.model.offers.order if self.model.offers is not None else 1.0

    def applies(self) -> Flag:
        """Return [S, K + 1, T, O]: where an offer may be chosen; the last row is the basket."""
        offers, horizon = self.scenario.offers, self.scenario.horizon
        return np.stack([chosen(offer, self.segments, self.products, horizon) for offer in offers], axis=-1)


def chosen(offer: Offer, segments: tuple[Segment, ...], products: tuple[Product, ...], horizon: Horizon) -> Flag:
    """Return [S, K + 1, T]: where an offer may be chosen; the last row is the basket."""
    where, basket = offer.applies_to, offer.is_basket
    segment = np.array([runs_for(offer, one) for one in segments])
    product = np.array([names_product(where, one) and not basket for one in products] + [basket])
    period = np.array([holds(where.periods, day, horizon.period_days) for day in horizon.dates])
    return np.asarray(segment[:, None, None] & product[None, :, None] & period[None, None, :])
