"""How far a lift test speaks for others: correlations of a residual between segments, products and offers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.language.words import Mechanic
from surrogate.evidence.uncertainty.selection import Choice

PRICE = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE, Mechanic.COUPON, Mechanic.BUNDLE)
"""Mechanics that work through the price: what a test says of one says something of the others."""


@dataclass(frozen=True, kw_only=True)
class SpillParams:
    """How far a lift test speaks for others: shares of the residual's variance, and a distance.

    No retailer's data tells these apart before it has many tests; they are judgements, on the cautious side.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    any_segment: float = 0.85
    """Shared by all segments."""
    any_product: float = 0.30
    """Shared by all products."""
    same_category: float = 0.30
    """Shared, beyond that, by products of one category."""
    price_family: float = 0.50
    """Shared by all mechanics that work through the price."""
    same_kind: float = 0.50
    """Shared by different offers of one mechanic that leaves the price alone, such as two gifts."""
    price_width: float = 0.25
    """Difference of log price after which the correlation has fallen to 61 %: from 10 % off to 30 % off."""

    def __post_init__(self) -> None:
        shares = (self.any_segment, self.any_product + self.same_category, self.price_family, self.same_kind)
        if not all(0 <= share <= 1 for share in (*shares, self.any_product, self.same_category)):
            raise ValueError("shares of the residual's variance must lie between 0 and 1")
        if not (self.price_width > 0):
            raise ValueError("price_width must be above 0")


@dataclass(frozen=True, kw_only=True, eq=False)
class LiftCells:
    """Lifts before tests. E members, S segments, K products, O offers."""

    lift: Float
    """[E, S, K, O]"""
    sd: Float
    """[S, K, O] standard deviation of log(true lift / member's lift)."""
    log_price: Float
    """[K, O] -log(1 - depth), 0 for offers that leave the price."""
    mechanics: tuple[Mechanic, ...]
    """[O]"""
    names: tuple[str, ...]
    """[O] what tells offers of one mechanic apart that leave the price alone."""
    selected: Float
    """[O] standard deviation, beside ``sd``, by how customers were chosen (`uncertainty.selection`)."""
    carried: Float
    """[S, O] beside both, that is each segment's own, where its answer is carried over from others."""

    @property
    def choice(self) -> Choice:
        """What is unsure of offers to named customers, because these were chosen."""
        return Choice(sd=self.selected, carried=self.carried, mechanics=self.mechanics)


def segment_kernel(count: int, params: SpillParams) -> Float:
    """Return the correlation [S, S] of segments."""
    return np.asarray(params.any_segment + (1 - params.any_segment) * np.eye(count))


def product_kernel(categories: tuple[str, ...], params: SpillParams) -> Float:
    """Return the correlation [K, K] of products of categories."""
    names = np.array(categories)
    own = 1 - params.any_product - params.same_category
    shared = params.same_category * (names[:, None] == names[None, :])
    return np.asarray(params.any_product + shared + own * np.eye(len(names)))


def offer_kernel(cells: LiftCells, tested: LiftCells, test: int, params: SpillParams) -> Float:
    """Return the correlation [K, O, K'] of every offer on every product with a tested offer on every product."""
    kind = np.array(
        [
            _kind(own, tested.mechanics[test], name == tested.names[test], params)
            for own, name in zip(cells.mechanics, cells.names, strict=True)
        ]
    )
    apart = cells.log_price[:, :, None] - tested.log_price[None, None, :, test]
    return np.asarray(kind[None, :, None] * np.exp(-0.5 * (apart / params.price_width) ** 2))


def _kind(own: Mechanic, tested: Mechanic, same_offer: bool, params: SpillParams) -> float:
    if own is tested:
        return 1.0 if own in PRICE or same_offer else params.same_kind
    return params.price_family if own in PRICE and tested in PRICE else 0.0
