"""What lines of the past were used for: take-up and lift are moved until an account grants what was really granted.

Two things are known of a line that has run. Where the file tells uses, they are a fact, whatever was believed of
take-up. And of an offer with ``quantity`` no more pieces were used than there were: who came too late paid the regular
price, however many wanted one. Of a shelf price with ``quantity`` sales tell the uses: all of them, up to its pieces.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.arrays import Flag, Float, Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import Layers, base_under_lines, offers_chosen, sold_in_all, under_lines
from scenarios.flight.told_uses import told_units
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.totals import Sold

CLOSE = 1e-7
"""Largest relative error of the units under a line at the end."""
SOME = 0.01
"""Take-up from which it is moved where nobody was believed to use an offer."""
MOST = 4.0
"""Largest factor on a lift at a time."""


class Lines:
    """The lines of a plan that have run.

    Parameters
    ----------
    model
        Tables of the problem that was planned.
    plan
        The flat plan [N] that ran.
    actuals
        What happened; the column ``uses`` of it.
    counted
        What the plan sells by the account that it was planned with; None where its pieces are not known.
    under
        Units [S, K + 1, T] under lines of both layers that count pieces, where they are known; see `pieces.Pieces`.
    """

    def __init__(
        self,
        model: Coefficients,
        plan: Plan,
        actuals: Actuals,
        counted: Sold | None,
        under: Layers | None = None,
    ) -> None:
        grid = model.grid
        self._model, self._plan, self._actuals = model, plan, actuals
        self._past = np.arange(grid.shape[2]) <= actuals.last
        self._offers = offers_chosen(grid, grid.split(plan))
        pieces = np.array([*(offer.quantity is not None for offer in grid.scenario.offers), False])
        self._counts: list[Flag] = [pieces[numbers] for numbers in self._offers]
        self._pieces = None if counted is None else under_lines(counted)
        self._under = under
        self._cut = [np.ones(self._offers[0].shape) for _ in (0, 1)]
        """[S, K + 1, T] share of those who want an offer with pieces that still found one, though more wanted it."""

    def moved(self, effects: Effects, what: Sold) -> Effects:
        """Effects nearer to what was granted; the same object where nothing is missing.

        Parameters
        ----------
        what
            What the plan sells under the effects.
        """
        take_up, lift = effects.take_up, effects.lift
        told = [np.isfinite(known) for known in self._known(what)]
        for block, (wanted, granted, of_base) in enumerate(self._wanted(what)):
            s, k, t = np.nonzero(np.abs(wanted - granted) > CLOSE * (1.0 + np.nan_to_num(wanted)))
            if not len(s):
                continue
            at = s, k, t, self._offers[block][s, k, t]
            if take_up is effects.take_up:
                take_up, lift = take_up.copy(), lift.copy()
            cut = self._counts[block][s, k, t] & ~told[block][s, k, t]
            use, bump = _shares(wanted[s, k, t], granted[s, k, t], of_base[s, k, t], take_up[at], cut)
            self._cut[block][s, k, t] *= np.where(cut, bump, 1.0)
            take_up[at] = use
            lift[(slice(None), *at)] = np.maximum(lift[(slice(None), *at)].mean(axis=0) * bump, -0.5)
        return effects if take_up is effects.take_up else replace(effects, take_up=take_up, lift=lift)

    def missing(self, what: Sold) -> Float:
        """[S, K + 1, T] units under lines in the account less those that were granted; 0 where nothing is known."""
        off = [np.nan_to_num(granted - wanted) for wanted, granted, _ in self._wanted(what)]
        return np.asarray(off[0] + off[1])

    def _wanted(self, what: Sold) -> list[tuple[Float, Float, Float]]:
        """Units [S, K + 1, T] under lines of both layers as they were, as the account has them, and of base buyers.

        The first is NaN where nothing is known.
        """
        found, most = [], sold_in_all(what)
        granted = zip(self._known(what), under_lines(what), base_under_lines(what), strict=True)
        for block, (known, now, of_base) in enumerate(granted):
            wanted = np.where(np.isnan(known), self._at_most(block, now), known)
            found.append((np.where(self._past, np.minimum(wanted, most), np.nan), now, of_base))
        return found

    def _known(self, what: Sold) -> Layers:
        """Units [S, K + 1, T] under lines of both layers: told by uses, or known where pieces are counted; else NaN."""
        told = told_units(self._model, self._plan, what, self._actuals)
        if self._under is None:
            return told
        public, targeted = (
            np.where(np.isnan(units), known, units) for units, known in zip(told, self._under, strict=True)
        )
        return public, targeted

    def _at_most(self, block: int, now: Float) -> Float:
        """[S, K + 1, T] units under lines that count their pieces, no more than there were; NaN elsewhere."""
        if self._pieces is None:
            return np.full(now.shape, np.nan)
        there, asked = self._pieces[block], now
        if block == 0:  # the pieces of a public line are everybody's
            there, asked = (np.broadcast_to(each.sum(axis=0), now.shape) for each in (there, asked))
        share = np.divide(there, asked, out=np.ones_like(now), where=asked > 0)
        return np.where(self._counts[block], now * np.minimum(share, 1.0 / self._cut[block]), np.nan)


def _shares(wanted: Float, granted: Float, of_base: Float, take_up: Float, alike: Flag) -> tuple[Float, Float]:
    """Take-up that grants what is wanted, and the factor on lift; of a line that is cut ``alike``, the same for both.

    Elsewhere lift stays as it is believed, unless fewer use an offer than it brings, or more than all base buyers.
    """
    bump = granted - of_base
    everybody = np.divide(of_base, take_up, out=np.zeros_like(of_base), where=take_up > 0)
    asked = np.divide(wanted - bump, everybody, out=np.full_like(wanted, SOME), where=everybody > 0)
    use = np.clip(np.where(wanted > bump, asked, 0.0), 0.0, 1.0)
    left = wanted - np.where(wanted > bump, everybody, 0.0)
    beyond = (bump > 0) & ((wanted <= bump) | (asked > 1.0))
    factor = np.clip(np.divide(left, bump, out=np.ones_like(wanted), where=beyond), 0.0, MOST)
    share = np.divide(wanted, granted, out=np.ones_like(wanted), where=granted > 0)
    return np.where(alike, np.minimum(share * take_up, 1.0), use), np.where(alike, share, factor)
