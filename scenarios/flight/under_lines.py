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
from scenarios.flight.basket_row import Layers, base_under_lines, of_choices, offers_chosen, sold_in_all, under_lines
from scenarios.flight.of_expected import orders_ratio
from scenarios.flight.pieces import Pieces
from scenarios.flight.told_uses import told_places, told_units
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.served import quantities
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
    pieces
        What is known of lines that count pieces: how many there were, and how many units went under them.
    """

    def __init__(
        self,
        model: Coefficients,
        plan: Plan,
        actuals: Actuals,
        counted: Sold | None,
        pieces: Pieces | None = None,
    ) -> None:
        grid = model.grid
        self._model, self._plan, self._actuals = model, plan, actuals
        self._places = told_places(actuals, plan)
        self._past = np.arange(grid.shape[2]) <= actuals.last
        self._offers = offers_chosen(grid, grid.split(plan))
        counting = np.array([*(offer.quantity is not None for offer in grid.scenario.offers), False])
        self._counts: list[Flag] = [counting[numbers] for numbers in self._offers]
        self._counted = None if counted is None else under_lines(counted)
        self._pieces = pieces
        self._cut = [np.ones(self._offers[0].shape) for _ in (0, 1)]
        """[S, K + 1, T] share of those who want an offer with pieces that still found one, though more wanted it."""

        self._levels = of_choices(grid, grid.split(plan), [quantities(grid, block) for block in range(4)])
        self._of_an_order: dict[int, Float] = {}
        """By layer: [S, T] share of the orders that wanted its offer on them, before anything was moved."""

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
        public, targeted = told_units(self._model, self._plan, what, self._actuals, self._places)
        if self._pieces is not None:
            public, targeted = (
                np.where(np.isnan(units), known, units)
                for units, known in zip((public, targeted), self._pieces.under, strict=True)
            )
        return self._of_orders(0, public, what), self._of_orders(1, targeted, what)

    def _of_orders(self, block: int, known: Float, what: Sold) -> Float:
        """[S, K + 1, T] the same, where rows of baskets tell orders: the same share of them wanted an offer.

        The account has orders by the value of what was sold. Of a line that counts pieces no more used it than there
        were.
        """
        orders = orders_ratio(what, self._actuals, what.units)
        open_ = np.isnan(known[:, -1]) & (orders != 1.0)
        if not open_.any():
            return known
        if block not in self._of_an_order:
            wanted = under_lines(what)[block][:, -1] / self._levels[block][:, -1]
            self._of_an_order[block] = np.divide(wanted, what.orders, out=np.zeros_like(wanted), where=what.orders > 0)
        wanted = self._of_an_order[block] * what.orders * orders
        there = self._there(block, wanted.shape)
        asked = np.broadcast_to(wanted.sum(axis=0), wanted.shape) if block == 0 else wanted
        share = np.divide(there, asked, out=np.ones_like(wanted), where=(asked > there) & self._counts[block][:, -1])
        known = known.copy()
        known[:, -1] = np.where(open_, wanted * share, known[:, -1])
        return known

    def _there(self, block: int, shape: tuple[int, ...]) -> Float:
        """[S, T] pieces of the lines on whole baskets, of a public line everybody's; infinite where nobody knows."""
        there = np.full(shape, np.inf) if self._pieces is None else self._pieces.there[block][:, -1]
        if self._counted is None:
            return np.where(np.isnan(there), np.inf, there)
        counted = self._counted[block][:, -1]
        return np.fmax(there, counted.sum(axis=0)) if block == 0 else np.fmax(there, counted)

    def _at_most(self, block: int, now: Float) -> Float:
        """[S, K + 1, T] units under lines that count their pieces, no more than there were; NaN elsewhere."""
        if self._counted is None:
            return np.full(now.shape, np.nan)
        there, asked = self._counted[block], now
        if block == 0:  # the pieces of a public line are everybody's
            there, asked = (np.broadcast_to(each.sum(axis=0), now.shape) for each in (there, asked))
        if self._pieces is not None:  # whole ones were printed
            there = np.fmax(there, self._pieces.there[block])
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
