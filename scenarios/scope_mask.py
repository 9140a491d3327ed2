"""Scopes on a grid: which segments, products, periods and choices a scope admits, as masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.grid import Grid
from scenarios.language.schema import Offer
from scenarios.language.scope import Scope
from scenarios.language.where import admitted
from scenarios.language.words import BASKET


@dataclass(frozen=True, kw_only=True, eq=False)
class Mask:
    """A scope as index masks over one grid."""

    segments: NDArray[np.bool_]
    periods: NDArray[np.bool_]
    products: NDArray[np.bool_]
    basket: bool
    """Whether basket lines are in the scope."""
    choices: tuple[NDArray[np.bool_], ...]
    """Per block, which choices are in the scope; "none" never is."""
    narrows_offers: bool


def in_scope(scope: Scope, offer: Offer) -> bool:
    """Whether a scope's offer keys (offers, mechanics, channels, layer, vendor) admit an offer."""
    return (
        (scope.offers is None or offer.id in scope.offers)
        and (scope.mechanics is None or offer.mechanic in scope.mechanics)
        and (scope.channels is None or offer.channel in scope.channels)
        and (scope.layer is None or offer.layer is scope.layer)
        and (scope.vendor is None or (offer.funding is not None and offer.funding.vendor == scope.vendor))
    )


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
    choices = [
        np.array([False] + [in_scope(scope, offers[choice.offer]) for choice in block]) for block in grid.choices
    ]
    axes = admitted(scope, grid.segments, grid.products, grid.scenario.horizon)
    return Mask(
        segments=axes.segments,
        periods=axes.periods,
        products=axes.products,
        basket=with_basket(scope),
        choices=tuple(choices),
        narrows_offers=narrows(scope),
    )
