"""Filling the slack of a plan that keeps every limit: changes that gain, as many as there is room for.

A pass makes the changes of best price-adjusted gain, as many of them as true evaluation lets stand. What stops it is a
limit, or a product's stock. From then on that row is looked at before: one pass of exact marginals tells what every
single change takes of it, and those are left out for which there is no room, alone or after others. So a full budget
does not hide small changes that still fit, nor those that need nothing of it.

A limit with a row for each window is full in one window after the other. All its windows are heeded together, from an
estimate that costs one pass (`constraints.repairing.windowed`), and what takes nothing of a window that is full goes
on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from constraints.enforce.protocol import Rules
from constraints.repairing.relief import most_broken
from constraints.repairing.trials import RepairView, State, Trials, dust, singly
from constraints.repairing.windowed import Windowed
from scenarios.arrays import Flag, Float, Int

Doubts = dict[int, Float]
"""By limit with windows that is heeded, [rows] by how much more than estimated changes are taken to use of each."""

_NONE = np.empty(0, dtype=np.int64)
DOUBT = 1.25
"""By how much more, each time that a row breaks all the same."""
NEARLY = 0.05
"""Limits with windows are heeded from the first where at most this share of some window is left."""
LEAST_SHARE = 1e-3
"""Share of windows below which changes are alike: among those that take next to nothing, the gain counts."""
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


@dataclass(frozen=True, kw_only=True, eq=False)
class Proposed:
    """M changes that may be made together, the best first."""

    slots: Int
    """[M]"""
    choices: Int
    """[M]"""
    rows: Int
    """[R] rows of limits with windows that are heeded."""
    taken: Float
    """[R, M] what each change takes of them, as far as it is known."""

    def only(self, kept: Flag) -> Proposed:
        """Some of the changes [M]."""
        return replace(self, slots=self.slots[kept], choices=self.choices[kept], taken=self.taken[:, kept])


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
    windowed
        Limits with a row for each window.
    params
        How long to go on.
    """

    def __init__(
        self, view: RepairView, rulebook: Rules, trials: Trials, windowed: Windowed, params: FillParams
    ) -> None:
        self._view, self._rulebook, self._trials, self._params = view, rulebook, trials, params
        self._windowed = windowed

    def fill(self, state: State, prices: Float, stock_prices: Float, barred: Flag) -> tuple[State, int]:
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
        banned, stopping = barred.copy(), _NONE
        windows: Doubts = {}
        self._heed(windows, np.flatnonzero(state.excess > -NEARLY))
        passes, refused = 0, 0
        while state.broken <= 0 and passes < self._params.passes and refused < self._params.refusals:
            passes += 1
            found = self._worth(state, prices, stock_prices, banned, stopping, windows)
            slots, choices = found.slots, found.choices
            if not len(slots):
                break
            better, beyond = self._standing(state, found)
            broken = _NONE if beyond is None else np.flatnonzero(beyond.excess > 0)
            for number, doubt in windows.items():
                doubt[np.isin(self._windowed.rows[number], broken)] *= DOUBT
            learned = self._heed(windows, broken)
            passes -= learned and better is None  # the same pass again, with the windows heeded
            broken = _NONE if beyond is None or learned else most_broken(beyond, self._params.rows)
            new = broken[~np.isin(broken, stopping)]
            stopping = np.concatenate([new, stopping])[: self._params.rows]
            if better is None and not len(new) and not learned:
                slots, choices = slots[: self._params.candidates], choices[: self._params.candidates]
                better = self._trials.together(state, singly(slots, choices), 0.0)
                if better is None:
                    refused += 1
                    banned[slots, choices] = True
            if better is not None:
                state, refused, banned = better, 0, barred.copy()
        return state, passes

    def _standing(self, state: State, found: Proposed) -> tuple[State | None, State | None]:
        """As `Trials.standing`; where rows are full that are looked at, changes that take nothing of those go on."""
        better, beyond = self._trials.standing(state, singly(found.slots, found.choices))
        broken, stood = beyond, better is not None
        looked: dict[int, Float] = {}
        while broken is not None and len(found.slots):
            heeded = broken.excess[found.rows] > 0
            rows = [int(row) for row in most_broken(broken, self._params.rows) if row not in found.rows]
            new = [row for row in rows if row not in looked]
            looked |= {row: self._taken(state, row) for row in new}
            if not (new or (stood and (heeded.any() or rows))):
                break
            others = [looked[row][found.slots, found.choices][None] for row in rows]
            full = np.concatenate([found.taken[heeded], *others])
            now = state if better is None else better
            made = now.plan[found.slots] == found.choices
            found = found.only(~made & (full <= 0).all(axis=0))
            best, broken = self._trials.standing(now, singly(found.slots, found.choices))
            stood = best is not None
            better = better if best is None else best
        return better, beyond

    def _heed(self, windows: Doubts, rows: Int) -> bool:
        """Heed the limits with windows that some rows belong to from now on; whether one of them was not before."""
        new = [int(number) for number in self._windowed.of(rows) if int(number) not in windows]
        windows |= {number: np.ones(len(self._windowed.rows[number])) for number in new}
        return bool(new)

    def _worth(
        self, state: State, prices: Float, stock_prices: Float, banned: Flag, stopping: Int, windows: Doubts
    ) -> Proposed:
        """Compatible changes that gain and for which there is room, the best first."""
        plan, rows, shape = state.plan, np.arange(len(state.plan)), state.stock.shape
        gain = self._view.gains(plan, 1.0, np.zeros(len(state.uses)), np.zeros(shape))
        heeded = np.concatenate([_NONE, *(self._windowed.rows[number] for number in windows)])
        others = prices.copy()
        others[heeded] = 0.0
        priced = self._view.gains(plan, 1.0, others, stock_prices)
        allowed = self._rulebook.allowed(plan)
        possible = allowed & ~banned & (gain > dust(state))
        room = -state.excess[stopping] + ROUNDING
        taken = [self._taken(state, int(row)) for row in stopping]
        for here, left in zip(taken, room, strict=True):
            possible &= here <= left
        shares = {number: self._shares(state, number) for number in windows}
        for number, share in shares.items():
            within = self._windowed.rows[number]
            left = self._windowed.room(within, -state.excess[within] / windows[number], len(plan))
            possible &= share <= left[:, None] + ROUNDING
        best = np.where(possible, priced, -np.inf).argmax(axis=1)
        worth = np.where(possible, per_share(priced, list(shares.values())), -np.inf)[rows, best]
        slots = np.flatnonzero(np.isfinite(worth))
        slots = slots[np.argsort(-worth[slots], kind="stable")]
        slots = slots[self._rulebook.compatible(plan, slots, best[slots], worth[slots], allowed)]
        doubted = [
            self._windowed.covered(self._windowed.rows[number], slots)
            * (share[slots, best[slots]] * windows[number][:, None])
            for number, share in shares.items()
        ]
        use = np.concatenate([here[slots, best[slots]][None] for here in taken] + doubted + [np.zeros((0, len(slots)))])
        if len(slots) and len(use):
            kept = fitting(use, np.concatenate([room, -state.excess[heeded] + ROUNDING]))
            slots, use = slots[kept], use[:, kept]
        return Proposed(slots=slots, choices=best[slots], rows=heeded, taken=use[len(taken) :])

    def _shares(self, state: State, number: int) -> Float:
        """[N, width] what every single change takes of the rows of one limit, as `Windowed.shares` estimates it."""
        free = np.zeros(state.stock.shape)
        return self._windowed.shares(number, lambda weights: -self._view.gains(state.plan, 0.0, weights, free))

    def _taken(self, state: State, row: int) -> Float:
        """[N, width] what every single change adds to a row's scaled excess."""
        count = len(state.uses)
        only = np.zeros(len(state.excess))
        only[row] = 1.0 / self._trials.scale[row]
        return -self._view.gains(state.plan, 0.0, only[:count], only[count:].reshape(state.stock.shape))


def per_share(gain: Float, shares: list[Float]) -> Float:
    """[N, width] gains per share of the windows that are used up: prices of many windows are known too roughly.

    Parameters
    ----------
    gain : [N, width]
        What each change gains, at the prices of all other limits.
    shares : [N, width] each
        What it takes of the windows of each limit that is heeded; without any, gains are what counts.
    """
    if not shares:
        return gain
    used = np.asarray(sum(np.where(np.isfinite(share), np.maximum(share, 0.0), 0.0) for share in shares))
    return np.where(gain > 0, gain / (used + LEAST_SHARE), gain)


def fitting(taken: Float, room: Float) -> Flag:
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
