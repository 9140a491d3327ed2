"""Filling the slack of a plan that keeps every limit: changes that gain, as many as there is room for.

A pass makes the changes of best price-adjusted gain, as many of them as true evaluation lets stand. What stops it is a
limit, or a product's stock. From then on that row is looked at before: one pass of exact marginals tells what every
single change takes of it, and those are left out for which there is no room, alone or after others. So a full budget
does not hide small changes that still fit, nor those that need nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.enforce.protocol import Rules
from constraints.relief import most_broken
from constraints.rules.forms import Bools, Ints
from constraints.trials import RepairView, State, Trials, dust, singly

Float = NDArray[np.float64]

ROUNDING = 1e-6
"""Share of a row's scale by which marginals in float32 may be off."""


@dataclass(frozen=True, kw_only=True)
class FillParams:
    """How long to go on."""

    passes: int
    refusals: int
    """Passes in a row without progress after which it ends."""
    candidates: int
    """Single changes that are evaluated truly, one by one, where no first part of a list may stand."""
    rows: int
    """Limits and stocks that a pass looks at before, at most: those that stopped the last passes."""


class Filling:
    """Fill plans under one view, one rule book and the bounds in force.

    Parameters
    ----------
    view
        True values and exact gains.
    rulebook
        Rules that every change keeps.
    trials
        Evaluates changes truly.
    params
        How long to go on.
    """

    def __init__(self, view: RepairView, rulebook: Rules, trials: Trials, params: FillParams) -> None:
        self._view, self._rulebook, self._trials, self._params = view, rulebook, trials, params

    def fill(self, state: State, prices: Float, stock_prices: Float, barred: Bools) -> tuple[State, int]:
        """The plan after changes that gain, and passes that it took.

        Parameters
        ----------
        state
            Keeps every limit; otherwise it is returned as it is.
        prices, stock_prices : [L], [K, T]
            What use of the limits is worth.
        barred : bool [N, width]
            Changes that are not made.
        """
        banned, stopping = barred.copy(), np.empty(0, dtype=np.int64)
        passes, refused = 0, 0
        while state.broken <= 0 and passes < self._params.passes and refused < self._params.refusals:
            passes += 1
            slots, choices = self._worth(state, prices, stock_prices, banned, stopping)
            if not len(slots):
                break
            better, beyond = self._trials.standing(state, singly(slots, choices))
            broken = np.empty(0, dtype=np.int64) if beyond is None else most_broken(beyond, self._params.rows)
            new = broken[~np.isin(broken, stopping)]
            stopping = np.concatenate([new, stopping])[: self._params.rows]
            if better is None and not len(new):
                slots, choices = slots[: self._params.candidates], choices[: self._params.candidates]
                better = self._trials.together(state, singly(slots, choices), 0.0)
                if better is None:
                    refused += 1
                    banned[slots, choices] = True
            if better is not None:
                state, refused, banned = better, 0, barred.copy()
        return state, passes

    def _worth(
        self, state: State, prices: Float, stock_prices: Float, banned: Bools, stopping: Ints
    ) -> tuple[Ints, Ints]:
        """Compatible changes that gain and for which there is room, the best first: slots and choices."""
        plan, rows, shape = state.plan, np.arange(len(state.plan)), state.stock.shape
        gain = self._view.gains(plan, 1.0, np.zeros(len(state.uses)), np.zeros(shape))
        priced = self._view.gains(plan, 1.0, prices, stock_prices)
        allowed = self._rulebook.allowed(plan)
        possible = allowed & ~banned & (gain > dust(state))
        room = -state.excess[stopping] + ROUNDING
        taken = [self._taken(state, int(row)) for row in stopping]
        for here, left in zip(taken, room, strict=True):
            possible &= here <= left
        order = np.where(possible, priced, -np.inf)
        best = order.argmax(axis=1)
        worth = order[rows, best]
        slots = np.flatnonzero(np.isfinite(worth))
        slots = slots[np.argsort(-worth[slots], kind="stable")]
        slots = slots[self._rulebook.compatible(plan, slots, best[slots], worth[slots], allowed)]
        if len(slots) and taken:
            slots = slots[fitting(np.stack([here[slots, best[slots]] for here in taken]), room)]
        return slots, best[slots]

    def _taken(self, state: State, row: int) -> Float:
        """[N, width] what every single change adds to a row's scaled excess."""
        count = len(state.uses)
        only = np.zeros(len(state.excess))
        only[row] = 1.0 / self._trials.scale[row]
        return -self._view.gains(state.plan, 0.0, only[:count], only[count:].reshape(state.stock.shape))


def fitting(taken: Float, room: Float) -> Bools:
    """[M] which changes of an ordered list there is room for after those before them.

    Parameters
    ----------
    taken : [rows, M]
        What each change takes of each row; it may be negative.
    room : [rows]
        What is left.
    """
    left, chosen = room.copy(), np.zeros(taken.shape[1], dtype=bool)
    for number, takes in enumerate(taken.T):
        after = left - takes
        if (after >= np.minimum(left, 0.0)).all():
            chosen[number], left = True, after
    return chosen
