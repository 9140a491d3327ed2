"""What gifts and points are worth to the customer beside a saving, where a rule counts both.

Goods by what the offer says (``worth``), else by their unit cost, one for each use; points by their share of what is
paid. Under two lines that stack, each gift goes by what is paid under the other line: 20 % back on a price that a
coupon has cut by 20 % is worth 16 % of the regular price.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.rules.groups import RuleContext
from scenarios.arrays import Float
from scenarios.grid import Grid
from scenarios.language.schema import Offer, Product
from scenarios.language.words import Mechanic
from scenarios.response.economics import units_per_use
from scenarios.response.gifts import gift_of, gift_per_unit


@dataclass(frozen=True, kw_only=True, eq=False)
class GiftTables:
    """What gifts are worth per unit, tax included, in major units. K, P, Q as in `scenarios.grid`."""

    alone: tuple[Float, Float]
    """[K, P] and [K, Q] of the public, of the targeted line by itself."""
    both: Float
    """[K, P, Q] of both lines together, each by what is paid under the other."""


def worth_of_gift(grid: Grid, offer: Offer, product: Product, paid: float) -> float:
    """What the gift of an offer on products is worth on one unit that costs ``paid``, tax included; 0 without one."""
    gift = gift_of(offer, grid.scenario.gifts)
    if gift is None or offer.mechanic is not Mechanic.GIFT:
        return 0.0
    return gift_per_unit(offer, gift, 1.0 / units_per_use(offer, product), paid, 1.0).worth


def gift_tables(context: RuleContext) -> GiftTables | None:
    """Gifts of all choices on products and of all pairs of them; None where no offer on products gives any."""
    grid, economics = context.grid, context.economics
    public, targeted = ([grid.scenario.offers[choice.offer] for choice in block] for block in grid.choices[:2])
    if not any(offer.gift for offer in (*public, *targeted)):
        return None
    first, second = economics.saving[0][..., 0], economics.saving[1]
    alone = tuple(np.zeros((len(grid.products), width)) for width in grid.widths[:2])
    both = np.zeros(second.shape)
    for k, product in enumerate(grid.products):
        price = float(economics.price[k])
        for p, offer in enumerate(public, start=1):
            if offer.gift:
                alone[0][k, p] = worth_of_gift(grid, offer, product, price)
                for q in range(len(targeted) + 1):
                    both[k, p, q] += worth_of_gift(grid, offer, product, price - float(second[k, p, q]))
        for q, offer in enumerate(targeted, start=1):
            if offer.gift:
                alone[1][k, q] = worth_of_gift(grid, offer, product, price)
                for p in range(len(public) + 1):
                    both[k, p, q] += worth_of_gift(grid, offer, product, price - float(first[k, p]))
    return GiftTables(alone=(alone[0], alone[1]), both=both)
