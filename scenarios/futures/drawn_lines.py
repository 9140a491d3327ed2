"""The lines of one plan in some draws: what they sell, as far as the shares that find a piece do not change it.

Where days of a running campaign are over, the same lines are reckoned by two sets of strengths, the account's for these
days and the future's for all others (`scenarios.futures.known_days`). What does not depend on strengths, whom the
offers serve and what they do to orders, is reckoned once for both.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scenarios.arrays import Float
from scenarios.futures.drawn_offers import DrawnOffers, around
from scenarios.futures.draws import Draws
from scenarios.futures.known_days import as_it_was
from scenarios.response.coefficients import Coefficients
from scenarios.response.entries import Surroundings, cell_entries
from scenarios.response.model import Chosen, Flows, Setting, flows
from scenarios.response.totals import LineShares, Shares
from scenarios.response.two_layers import Pair


class Known(NamedTuple):
    """Days that are over, and by what strengths they are known."""

    periods: int
    model: Coefficients
    """That of the draws with the account's strengths."""
    here: Setting


class _Served(NamedTuple):
    """What lines do whatever the strengths are."""

    pair: Pair
    reach: Float
    reach_everywhere: Float
    basket_reach: Float
    baskets: dict[str, Float]
    """Fields of `Shares` on orders."""


class DrawnLines:
    """The lines of one plan in some draws.

    Parameters
    ----------
    drawn, here
        The model of the draws, and where it is evaluated.
    offer, basket
        The lines on goods and on orders.
    known
        Where days are over and strengths are drawn.
    """

    def __init__(
        self,
        drawn: Coefficients,
        here: Setting,
        offer: DrawnOffers,
        basket: DrawnOffers,
        draws: Draws,
        known: Known | None = None,
    ) -> None:
        self._model, self._here, self._offer, self._basket, self._known = drawn, here, offer, basket, known
        self._count = len(draws)
        self._moved, self._moved_orders = offer.moved(draws), basket.moved(draws)
        self._around = around(drawn, here.base_units, offer)
        self._orders = (drawn.orders_per_unit * here.base_units).sum(axis=-2)

    def flow(self, cells: tuple[Float, Float], baskets: tuple[Float, Float]) -> tuple[Flows, Shares]:
        """Flows and shares of the chosen pairs; parameters are corrections, as `DrawnOffers.pair` takes them."""
        served, known = self._served(cells, baskets), self._known
        found = self._flow(served, self._model, self._here, self._around)
        if known is None:
            return found
        _, product, period = np.unravel_index(self._offer.at, self._offer.shape)
        as_expected = self._around._replace(pull_forward=known.model.strengths.pull_forward[product])
        return as_it_was(self._flow(served, known.model, known.here, as_expected), found, known.periods, period)

    def _served(self, cells: tuple[Float, Float], baskets: tuple[Float, Float]) -> _Served:
        offer, basket = self._offer, self._basket
        pair, reach = offer.pair(self._moved, self._here.base_units, cells)
        orders, basket_reach = basket.pair(self._moved_orders, self._orders, baskets)

        def wide(values: Float) -> Float:
            return basket.everywhere(values, self._count)

        return _Served(
            pair=pair,
            reach=reach,
            reach_everywhere=offer.everywhere(reach, self._count if reach.ndim > 1 else 1),
            basket_reach=basket.everywhere(basket_reach, self._count if basket_reach.ndim > 1 else 1),
            baskets={
                "basket_lift": wide(orders.lift),
                "basket_base_public": wide(orders.base_public),
                "basket_base_targeted": wide(orders.base_targeted),
                "basket_bump_public": wide(orders.bump_public),
                "basket_bump_targeted": wide(orders.bump_targeted),
            },
        )

    def _flow(self, served: _Served, model: Coefficients, here: Setting, beside: Surroundings) -> tuple[Flows, Shares]:
        """What the lines come to by one set of strengths."""
        offer = self._offer
        entries = cell_entries(served.pair, served.reach, beside, model.strengths, np)

        def wide(values: Float) -> Float:
            return offer.everywhere(values, self._count)

        here = here._replace(past_dip=offer.dipped(here.past_dip, entries.dips, self._count))
        chosen = Chosen(
            theft=wide(entries.theft),
            spill=wide(entries.spill) if here.halo.any() else np.zeros((1, *offer.shape)),
            reach=served.reach_everywhere,
            dips=(),
            basket_lift=served.baskets["basket_lift"],
            basket_reach=served.basket_reach,
        )
        shares = Shares(
            lift=wide(entries.lift),
            lines=LineShares(*(getattr(entries, name) for name in LineShares._fields)),
            beyond=wide(entries.beyond),
            **served.baskets,
        )
        return flows(chosen, here, model, np), shares
