"""Scopes on a grid: which segments, products, periods and choices a scope admits, as masks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag
from scenarios.grid import Grid
from scenarios.language.schema import Offer, Product
from scenarios.language.scope import Scope
from scenarios.language.where import admitted
from scenarios.language.words import BASKET


@dataclass(frozen=True, kw_only=True, eq=False)
class Mask:
    """A scope as index masks over one grid."""

    segments: Flag
    """[S]"""
    periods: Flag
    """[T]"""
    products: Flag
    """[K]"""
    basket: bool
    """Whether basket lines are in the scope."""
    choices: tuple[Flag, ...]
    """Per block, which choices are in the scope: [K, choices] of offers on products, whose vendors may pay on their own
    products only, [choices] of offers on orders; "none" never is."""
    narrows_offers: bool


def in_scope(scope: Scope, offer: Offer, supplier: str | None) -> bool:
    """Whether a scope's offer keys (offers, mechanics, channels, layer, vendor) admit an offer on a product.

    Parameters
    ----------
    supplier
        The product's vendor, who may be the one that pays; None of a product without one, and of offers on orders.
    """
    return (
        (scope.offers is None or offer.id in scope.offers)
        and (scope.mechanics is None or offer.mechanic in scope.mechanics)
        and (scope.channels is None or offer.channel in scope.channels)
        and (scope.layer is None or offer.layer is scope.layer)
        and (scope.vendor is None or offer.terms_on(supplier).payer == scope.vendor)
    )


def in_scope_on_some(scope: Scope, offer: Offer, products: Iterable[Product]) -> bool:
    """Whether a scope's offer keys admit an offer on any of some products; of an offer on orders, whether they do."""
    suppliers = (None,) if offer.is_basket or scope.vendor is None else {product.vendor for product in products}
    return any(in_scope(scope, offer, supplier) for supplier in suppliers)


def narrows(scope: Scope) -> bool:
    """Whether a scope looks at some offers only."""
    keys = (scope.offers, scope.mechanics, scope.channels, scope.layer, scope.vendor)
    return any(key is not None for key in keys)


def with_basket(scope: Scope) -> bool:
    """Whether basket lines are in a scope: where it names neither products nor categories, or the basket itself."""
    return (scope.products is None and scope.categories is None) or BASKET in (scope.products or ())


def scope_mask(grid: Grid, scope: Scope) -> Mask:
    """Turn a scope into masks."""
    offers = grid.scenario.offers
    suppliers = [product.vendor for product in grid.products]
    of_supplier = {
        supplier: [
            np.array([False] + [in_scope(scope, offers[choice.offer], supplier) for choice in block])
            for block in grid.choices
        ]
        for supplier in ({None} if scope.vendor is None else {None, *suppliers})
    }
    rows = [of_supplier[None if scope.vendor is None else supplier] for supplier in suppliers]
    choices = [np.array([row[block] for row in rows]) for block in (0, 1)] + of_supplier[None][2:]
    axes = admitted(scope, grid.segments, grid.products, grid.scenario.horizon)
    return Mask(
        segments=axes.segments,
        periods=axes.periods,
        products=axes.products,
        basket=with_basket(scope),
        choices=tuple(choices),
        narrows_offers=narrows(scope),
    )
