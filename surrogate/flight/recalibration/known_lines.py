"""Lines of which it is known whether their pieces ran out, as observations beside sales: so many came at least, or not.

Of a shelf price sales tell all but of lines that ran out: while there are pieces, every unit is sold under it. Of an
offer that is asked for both kinds of lines tell, or those that ran out by chance would speak alone. How many customers
ask is then uncertain by the take-up, too, which all lines of an offer share.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float
from scenarios.flight.basket_row import offers_chosen, with_basket_row
from scenarios.flight.pieces import Pieces
from scenarios.language.words import Layer
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.tables.take_up import fixed_take_up


class KnownLines:
    """N lines as observations.

    Parameters
    ----------
    told : [K, T]
        Products and periods that tell something; lines on whole baskets do where any product does.
    pieces
        What is known of lines that count pieces; None for nothing.
    """

    def __init__(
        self, model: Coefficients, effects: Effects, plan: NDArray[np.int8], told: Flag, pieces: Pieces | None
    ) -> None:
        grid = model.grid
        s, k, t = grid.shape
        self._public, self._targeted = np.zeros((k + 1, t), dtype=bool), np.zeros((s, k + 1, t), dtype=bool)
        self.least, self.sign = np.zeros(0), np.zeros(0)
        """[N] pieces, in units; 1 where at least so many came, -1 where fewer did."""
        self.offer, self.take_up_sd = np.zeros(0, dtype=np.int64), np.zeros(0)
        """[N] whose take-up is uncertain, -1 for nobody's; [offers with such lines] of the log of it."""
        if pieces is None or not pieces.known:
            return
        offers, told = offers_chosen(grid, grid.split(plan)), with_basket_row(told, np.asarray(told.any(axis=0)))
        fixed = np.array([*(fixed_take_up(offer) is not None for offer in grid.scenario.offers), True])
        lines = [
            (gone | (left & ~fixed[offer])) & told
            for gone, left, offer in zip(pieces.ran_out, pieces.left, offers, strict=True)
        ]
        self._public, self._targeted = lines[0].any(axis=0), lines[1]
        # Where more was granted than there were pieces, that is a fact, too.
        under = pieces.under[0].sum(axis=0) * np.ones((s, k + 1, t)), pieces.under[1]
        least = [np.fmax(there, units) for there, units in zip(pieces.there, under, strict=True)]
        self.least = self._take((least[0][0], least[1]))
        self.sign = np.where(self._take((pieces.ran_out[0][0], pieces.ran_out[1])), 1.0, -1.0)
        own = self._take((offers[0][0], offers[1]))
        asked = np.unique(own[~fixed[own]])
        self.offer = np.where(fixed[own], -1, np.searchsorted(asked, own))
        cv = effects.take_up_cv
        layers = [int(grid.scenario.offers[number].layer is Layer.TARGETED) for number in asked]
        mean = [(cv[..., n][offers[layer] == n] ** 2).mean() for n, layer in zip(asked, layers, strict=True)]
        self.take_up_sd = np.sqrt(np.log1p(np.array(mean, dtype=np.float64)))

    def __len__(self) -> int:
        return len(self.least)

    def gather(self, wanted: Float) -> Float:
        """Take the lines of [..., 2, S, K + 1, T]: [..., N]; of a public line all segments together."""
        public, targeted = wanted[..., 0, :, :, :].sum(axis=-3), wanted[..., 1, :, :, :]
        return np.concatenate([public[..., self._public], targeted[..., self._targeted]], axis=-1)

    def of_rows(self, values: NDArray[Any]) -> NDArray[Any]:
        """Take values of products, whole baskets last, and periods [K + 1, T], line by line: [N]."""
        return self._take((values, np.broadcast_to(values, self._targeted.shape)))

    def takes(self, log: Float) -> Float:
        """[N] factors on take-up, of the logs [offers with such lines]."""
        factors = np.ones(len(self))
        factors[self.offer >= 0] = np.exp(log[self.offer[self.offer >= 0]])
        return factors

    def of_offers(self) -> Float:
        """[offers with such lines, N] which line asks for which offer."""
        return np.asarray((np.arange(len(self.take_up_sd))[:, None] == self.offer).astype(float))

    def _take(self, values: tuple[NDArray[Any], NDArray[Any]]) -> NDArray[Any]:
        """Take the lines of values [K + 1, T] of public and [S, K + 1, T] of targeted ones."""
        return np.concatenate([values[0][self._public], values[1][self._targeted]])
