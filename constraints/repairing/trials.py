"""Trials: true values of plans against the bounds in force, and which of many changes to make together.

Single changes are evaluated truly one by one; a greedy choice on their exact effects, with all limits in view, orders
them; prefixes of that order are evaluated truly, and the best of them is what happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from constraints.limits.book import Limits
from scenarios.arrays import Flag, Float, Int, Plan

RELATIVE_TOLERANCE = 1e-9
UNIT_TOLERANCE = 1e-6
"""A stock excess of fewer units is rounding."""
PARTS = 64
"""Of a very long list, the part that is looked at first."""
_DUST = 1e-9
_LEAST_RELIEF = 1e-12
_NO_RELIEF = 1e-200
"""Stands for no relief at all where something is divided by it: no amount of money overflows by that."""


class RepairView(Protocol):
    """How repair looks at the response model; the planner implements it with JAX, tests with plain arrays."""

    def value(self, plans: Plan) -> tuple[Float, Float, Float]:
        """Objective [P], uses [P, L] and cumulative units [P, K, T] of plans [P, N]."""

    def gains(self, plan: Plan, objective_weight: float, limit_prices: Float, stock_prices: Float) -> Float:
        """[N, width] exact change of the priced objective for each single change; -inf where a slot lacks a choice.

        The priced objective is ``objective_weight * objective - limit_prices . (sign * use) - stock_prices . units``.
        """

    def dropped(
        self, plan: Plan, droppable: Flag, objective_weight: float, limit_prices: Float, stock_prices: Float
    ) -> list[tuple[Int, float]]:
        """Change of the priced objective for dropping all lines of one message, for each that carries several.

        Slots of the lines, and the change; only messages whose lines are all ``droppable`` [N]. Exact in messages, by
        addition in what the lines sell.
        """


@dataclass(frozen=True, kw_only=True, eq=False)
class State:
    """A plan with its true values and its excess."""

    plan: Plan
    """[N]"""
    objective: float
    uses: Float
    """[L]"""
    stock: Float
    """[K, T] units sold, cumulative."""
    excess: Float
    """[L + K * T] scaled; <= 0 where kept."""

    @property
    def broken(self) -> float:
        """Sum of the scaled excesses."""
        return float(self.excess.clip(min=0.0).sum())


Change = tuple[Int, Int]
"""Slots and what they choose, made at once."""


def singly(slots: Int, choices: Int) -> list[Change]:
    """Each slot's change by itself."""
    return [(slots[number : number + 1], choices[number : number + 1]) for number in range(len(slots))]


def _joined(changes: list[Change]) -> Change:
    return np.concatenate([slots for slots, _ in changes]), np.concatenate([choices for _, choices in changes])


def dust(state: State) -> float:
    """Change of the objective that is rounding."""
    return _DUST * (1.0 + abs(state.objective))


class Trials:
    """True evaluation of changes.

    Parameters
    ----------
    view
        True values and exact gains.
    limits
        Rows, scales and stock.
    bound : [L]
        Bounds in force.
    probes
        Plans that are evaluated at once, at most.
    """

    def __init__(self, view: RepairView, limits: Limits, bound: Float, probes: int) -> None:
        self._view, self._limits, self._bound, self._probes = view, limits, bound, probes
        self._finite = np.isfinite(limits.available)
        self._available = np.where(self._finite, limits.available, 0.0)
        stock_scale = np.where(self._finite, np.maximum(self._available, 1.0), 1.0)
        self.scale = np.concatenate([limits.scale, stock_scale.ravel()])
        self._tolerance = np.concatenate(
            [
                RELATIVE_TOLERANCE * limits.scale + RELATIVE_TOLERANCE,
                (UNIT_TOLERANCE + RELATIVE_TOLERANCE * self._available).ravel(),
            ]
        )

    def states(self, plans: Plan) -> list[State]:
        """Evaluate plans [P, N] truly."""
        objective, uses, stock = self._view.value(plans)
        over = self._limits.sign * (uses - self._bound)
        units = np.where(self._finite, stock - self._available, -1.0).reshape(len(plans), -1)
        excess = np.concatenate([over, units], axis=1)
        excess = np.where(excess > self._tolerance, excess, np.minimum(excess, 0.0)) / self.scale
        return [
            State(plan=plans[p], objective=float(objective[p]), uses=uses[p], stock=stock[p], excess=excess[p])
            for p in range(len(plans))
        ]

    def together(self, state: State, changes: list[Change], asked: float) -> State | None:
        """Choose changes whose exact single effects together break least and lose least; confirm them truly.

        Parameters
        ----------
        changes
            Of different slots.
        asked
            Margin by which broken limits are to be kept, as a share of their excess.
        """
        singles = self._all_states(state, changes)
        if not singles:
            return None
        effect = np.array([single.excess for single in singles]) - state.excess
        gain = np.array([single.objective for single in singles]) - state.objective
        target = state.excess + asked * state.excess.clip(min=0.0)
        order = _greedy(effect, gain, target, dust(state))
        return self.prefix(state, [changes[number] for number in order])

    def shortest(self, state: State, changes: list[Change], broken: float, *, exactly: bool = False) -> State | None:
        """A short prefix of a list of changes that breaks limits by at most ``broken``; None if there is none.

        Lengths are tried that grow geometrically, twice as many as there are probes; or, ``exactly``, as many from a
        small part of the list on, and then evenly between the last two of them.
        """
        least, count = (max(len(changes) // PARTS, 1), self._probes) if exactly else (1, 2 * self._probes)
        lengths = np.unique(np.geomspace(least, len(changes), count).round().astype(int))
        # Very long lists are of many slots, whose plans cost the same one by one: none is valued that is not needed.
        at_once = 1 if exactly else self._probes
        first, found = self._first(state, changes, lengths, broken, at_once)
        if found is None or not exactly:
            return found
        low = int(lengths[first - 1]) if first else 0
        between = np.unique(np.linspace(low + 1, int(lengths[first]), self._probes + 1).astype(int))[:-1]
        _, nearer = self._first(state, changes, between, broken, at_once)
        return found if nearer is None else nearer

    def _first(
        self, state: State, changes: list[Change], lengths: Int, broken: float, at_once: int
    ) -> tuple[int, State | None]:
        """The first of some lengths of a list that breaks limits by at most ``broken``, and its plan."""
        for start in range(0, len(lengths), at_once):
            some = [_joined(changes[:length]) for length in lengths[start : start + at_once]]
            for number, trial in enumerate(self._all_states(state, some), start):
                if trial.broken <= broken:
                    return number, trial
        return len(lengths), None

    def prefix(self, state: State, changes: list[Change]) -> State | None:
        """The best prefix of a list of changes by true evaluation; None if none is better than the plan."""
        return self.standing(state, changes)[0]

    def standing(self, state: State, changes: list[Change]) -> tuple[State | None, State | None]:
        """As `prefix`, and the next longer prefix that was tried, which breaks more; None where all changes stand.

        Lengths fall geometrically from the whole list to one change, then evenly around the best of them.
        """
        total, probes = len(changes), self._probes
        if not total:
            return None, None
        lengths = np.unique(np.geomspace(1, total, probes).round().astype(int))
        trials = self._all_states(state, [_joined(changes[:length]) for length in lengths])
        best = min(range(len(trials)), key=lambda number: self._key(trials[number]))
        low = int(lengths[best - 1]) if best else 0
        high = int(lengths[best + 1]) if best + 1 < len(lengths) else total
        between = np.unique(np.linspace(low + 1, high, probes).astype(int))
        between = np.setdiff1d(between, lengths)
        if len(between):
            trials += self._all_states(state, [_joined(changes[:length]) for length in between])
        tried = [trials[number] for number in np.argsort([*lengths, *between], kind="stable")]
        found = min(range(len(tried)), key=lambda number: self._key(tried[number]))
        best, longer = tried[found], tried[found + 1 :]
        calmer = best.broken < state.broken - 1e-12
        better = calmer or (best.broken <= state.broken and best.objective > state.objective + dust(state))
        if not better:
            return None, tried[0]
        return best, longer[0] if longer else None

    @staticmethod
    def _key(trial: State) -> tuple[float, float]:
        """Less broken first, then more objective."""
        return trial.broken, -trial.objective

    def _all_states(self, state: State, changes: list[Change]) -> list[State]:
        """Evaluate some sets of changes truly, at most ``probes`` plans at once."""
        found: list[State] = []
        for start in range(0, len(changes), self._probes):
            chunk = changes[start : start + self._probes]
            plans = np.repeat(state.plan[None], len(chunk), axis=0)
            for plan, (slots, choices) in zip(plans, chunk, strict=True):
                plan[slots] = choices.astype(np.int8)
            found += self.states(plans)
        return found


def until_relieved(relief: Float, wanted: Float) -> Flag:
    """[M] which changes of an ordered list still relieve something, until all that is wanted is relieved.

    ``relief`` is [rows, M]; changes that would relieve only what others before have relieved are skipped.
    """
    left = wanted.copy()
    chosen = np.zeros(relief.shape[1], dtype=bool)
    for number in range(relief.shape[1]):
        helps = relief[:, number]
        if (np.minimum(helps, left) * (left > 0)).sum() <= 0:
            continue
        chosen[number] = True
        left = left - helps
        if (left <= 0).all():
            break
    return chosen


def _greedy(effect: Float, gain: Float, target: Float, least_gain: float) -> Int:
    """Order of changes, the best next one by exact single effects, until nothing is broken and nothing gains.

    A change that pushes a kept limit over is taken only where nothing else relieves. At the end, costly changes that
    later ones made needless are taken back.

    Parameters
    ----------
    effect : [M, rows]
        Change of each scaled excess by each change.
    gain : [M]
        Change of the objective.
    target : [rows]
        Scaled excess that is to be worked off; <= 0 where there is headroom.
    """
    left, now = np.ones(len(gain), dtype=bool), target.copy()
    chosen: list[int] = []
    while left.any():
        broken = now.clip(min=0.0).sum()
        after = (now + effect).clip(min=0.0).sum(axis=1)
        relieved = broken - after
        if broken > 0:
            useful = left & (relieved > _LEAST_RELIEF)
            pushed = ((now + effect).clip(min=0.0) * (now <= 0)).sum(axis=1)
            if (useful & (pushed <= _LEAST_RELIEF)).any():
                useful &= pushed <= _LEAST_RELIEF
            score = np.where(gain < 0, -gain / np.maximum(relieved, _NO_RELIEF), -gain)
        else:
            useful = left & (after <= 0) & (gain > least_gain)
            score = -gain
        if not useful.any():
            break
        best = int(np.where(useful, score, np.inf).argmin())
        chosen.append(best)
        left[best] = False
        now = now + effect[best]
    for costly in sorted(chosen, key=lambda number: float(gain[number])):
        without = now - effect[costly]
        if gain[costly] < 0 and without.clip(min=0.0).sum() <= now.clip(min=0.0).sum():
            chosen.remove(costly)
            now = without
    return np.array(chosen, dtype=np.int64)
