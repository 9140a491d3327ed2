"""Minimum-loss repair on true use, then filling the slack: a plan that breaks limits becomes a good one within them.

Dropping or swapping one line changes the use of every limit, and changes what later lines use too (a line that is
dropped leaves later ones fresher). So each pass takes exact marginals anew: what each single change loses of the
objective and what it relieves of the most broken limits. Changes are taken by least loss per relieved excess, several
at once; prefixes of that list are evaluated truly, and the best of them is kept. What still breaks a limit asks the
next pass for a growing margin. A change that breaks another limit shows in the true evaluation and is refused.

`Repair.fill` then adds changes by price-adjusted gain while the true evaluation accepts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from constraints.enforce.protocol import Rules
from constraints.limits import Limits
from constraints.rules.forms import Bools, Ints

Float = NDArray[np.float64]
Plan = NDArray[np.int8]

RELATIVE_TOLERANCE = 1e-9
UNIT_TOLERANCE = 1e-6
"""A stock excess of fewer units is rounding."""
_DUST = 1e-9


class RepairView(Protocol):
    """How repair looks at the response model; the planner implements it with JAX, tests with plain arrays."""

    def value(self, plans: NDArray[np.int8]) -> tuple[Float, Float, Float]:
        """Objective [P], uses [P, L] and cumulative units [P, K, T] of plans [P, N]."""

    def gains(self, plan: Plan, objective_weight: float, limit_prices: Float, stock_prices: Float) -> Float:
        """[N, width] exact change of the priced objective for each single change; -inf where a slot lacks a choice.

        The priced objective is ``objective_weight * objective - limit_prices . (sign * use) - stock_prices . units``.
        """


@dataclass(frozen=True, kw_only=True)
class RepairParams:
    """Settings of a repair."""

    passes: int = 40
    rows_per_pass: int = 4
    """Broken limits that a pass looks at, the most broken first; each costs one pass of exact marginals."""
    margin: float = 0.02
    """Further relief asked for after each pass that left a limit broken, as a share of the excess."""
    probes: int = 8
    """Prefixes that are evaluated truly at once."""
    candidates: int = 32
    """Single changes that are evaluated truly, one by one, before several are made together."""
    fill_passes: int = 30
    refusals: int = 4
    """Passes in a row without progress after which the work ends."""

    def __post_init__(self) -> None:
        if not (self.passes >= 1 and self.rows_per_pass >= 1 and self.probes >= 2 and self.refusals >= 1):
            raise ValueError("expected passes, rows_per_pass and refusals >= 1, and probes >= 2")
        if not (self.fill_passes >= 0 and self.candidates >= 1):
            raise ValueError("expected fill_passes >= 0 and candidates >= 1")
        if not (0 <= self.margin <= 1):
            raise ValueError(f"expected a margin between 0 and 1, got {self.margin}")


@dataclass(frozen=True, kw_only=True, eq=False)
class RepairOutcome:
    """The mended plan and its true values."""

    plan: Plan
    feasible: bool
    """Whether it keeps every limit in force."""
    objective: float
    uses: Float
    """[L]"""
    stock: Float
    """[K, T]"""
    passes: int


@dataclass(frozen=True, kw_only=True, eq=False)
class _State:
    """A plan with its true values and its excess."""

    plan: Plan
    objective: float
    uses: Float
    stock: Float
    excess: Float
    """[L + K * T] scaled; <= 0 where kept."""

    @property
    def broken(self) -> float:
        """Sum of the scaled excesses."""
        return float(self.excess.clip(min=0.0).sum())


class Repair:
    """Repair and fill against one view, one rule book and the bounds in force.

    Parameters
    ----------
    view
        True values and exact gains.
    rulebook
        Rules that every change keeps.
    limits
        Rows, scales and stock.
    bound : [L], optional
        Bounds in force; the limits' own without it.
    params
        Settings.
    """

    def __init__(
        self,
        view: RepairView,
        rulebook: Rules,
        limits: Limits,
        bound: Float | None = None,
        params: RepairParams | None = None,
    ) -> None:
        self._view, self._rulebook, self._limits = view, rulebook, limits
        self._bound = limits.bound if bound is None else bound
        self._params = RepairParams() if params is None else params
        self._finite = np.isfinite(limits.available)
        self._available = np.where(self._finite, limits.available, 0.0)
        stock_scale = np.where(self._finite, np.maximum(self._available, 1.0), 1.0)
        self._scale = np.concatenate([limits.scale, stock_scale.ravel()])
        self._tolerance = np.concatenate(
            [
                RELATIVE_TOLERANCE * limits.scale + RELATIVE_TOLERANCE,
                (UNIT_TOLERANCE + RELATIVE_TOLERANCE * self._available).ravel(),
            ]
        )

    def repair(self, plan: Plan, prices: Float, stock_prices: Float, free: Bools | None = None) -> RepairOutcome:
        """Make a plan keep every limit at little loss; the rules it keeps stay kept.

        Parameters
        ----------
        plan : int8 [N]
            Keeps every rule.
        prices, stock_prices : [L], [K, T]
            What use of the limits is worth; only those of kept limits count, so that relief is not bought with them.
        free : bool [N], optional
            Slots that may change; all without it.

        Returns
        -------
        RepairOutcome
            The nearest plan found where none keeps every limit.
        """
        state = self._states(plan[None])[0]
        barred = self._barred(free)
        banned = barred.copy()
        asked, passes, refused = 0.0, 0, 0
        while state.broken > 0 and passes < self._params.passes and refused < self._params.refusals:
            passes += 1
            worst = self._most_broken(state)
            slots, choices = self._candidates(state, worst, 1.0 + asked, prices, stock_prices, banned)
            if not len(slots):
                break
            better = self._together(state, slots, choices, asked)
            if better is None:
                refused += 1
                banned[slots, choices] = True
                continue
            state, refused, banned = better, 0, barred.copy()
            asked = min(2 * asked + self._params.margin, 1.0)
        return self._outcome(state, passes)

    def fill(self, plan: Plan, prices: Float, stock_prices: Float, free: Bools | None = None) -> RepairOutcome:
        """Make changes that gain while every limit stays kept, by price-adjusted gain.

        Parameters
        ----------
        plan : int8 [N]
            Keeps every rule and every limit; otherwise it is returned as it is.
        """
        state = self._states(plan[None])[0]
        barred = self._barred(free)
        banned = barred.copy()
        passes, refused = 0, 0
        nothing, no_stock = np.zeros(len(self._bound)), np.zeros(self._finite.shape)
        while state.broken <= 0 and passes < self._params.fill_passes and refused < self._params.refusals:
            passes += 1
            gain = self._view.gains(state.plan, 1.0, nothing, no_stock)
            priced = self._view.gains(state.plan, 1.0, prices, stock_prices)
            allowed = self._rulebook.allowed(state.plan)
            order = np.where(allowed & ~banned & (gain > self._dust(state)), priced, -np.inf)
            best = order.argmax(axis=1)
            worth = order[np.arange(len(best)), best]
            slots = np.flatnonzero(np.isfinite(worth))
            slots = slots[np.argsort(-worth[slots], kind="stable")]
            if not len(slots):
                break
            slots = slots[self._rulebook.compatible(state.plan, slots, best[slots], worth[slots], allowed)]
            better = self._prefix(state, slots, best[slots])
            if better is None:
                slots = slots[: self._params.candidates]
                better = self._together(state, slots, best[slots], 0.0)
            if better is None:
                refused += 1
                banned[slots, best[slots]] = True
                continue
            state, refused, banned = better, 0, barred.copy()
        return self._outcome(state, passes)

    def _states(self, plans: Plan) -> list[_State]:
        objective, uses, stock = self._view.value(plans)
        over = self._limits.sign * (uses - self._bound)
        units = np.where(self._finite, stock - self._available, -1.0).reshape(len(plans), -1)
        excess = np.concatenate([over, units], axis=1)
        excess = np.where(excess > self._tolerance, excess, np.minimum(excess, 0.0)) / self._scale
        return [
            _State(plan=plans[p], objective=float(objective[p]), uses=uses[p], stock=stock[p], excess=excess[p])
            for p in range(len(plans))
        ]

    def _outcome(self, state: _State, passes: int) -> RepairOutcome:
        return RepairOutcome(
            plan=state.plan,
            feasible=state.broken <= 0,
            objective=state.objective,
            uses=state.uses,
            stock=state.stock,
            passes=passes,
        )

    def _barred(self, free: Bools | None) -> Bools:
        """[N, width] changes of slots that are not free."""
        barred = np.zeros(self._rulebook.base.shape, dtype=bool)
        if free is not None:
            barred[~free] = True
        return barred

    @staticmethod
    def _dust(state: _State) -> float:
        return _DUST * (1.0 + abs(state.objective))

    def _most_broken(self, state: _State) -> Ints:
        """Broken rows, the worst first; of one product's stock only the worst period."""
        count = len(self._bound)
        excess = state.excess.copy()
        by_product = excess[count:].reshape(self._finite.shape)
        worst = np.zeros(by_product.shape, dtype=bool)
        worst[np.arange(len(by_product)), by_product.argmax(axis=1)] = True
        by_product[~worst] = -1.0
        rows = np.flatnonzero(excess > 0)
        return rows[np.argsort(-excess[rows], kind="stable")][: self._params.rows_per_pass]

    def _prices_of(self, row: int, price: float) -> tuple[Float, Float]:
        """Prices that are zero but for one row."""
        prices, stock = np.zeros(len(self._bound)), np.zeros(self._finite.size)
        if row < len(prices):
            prices[row] = price
        else:
            stock[row - len(prices)] = price
        return prices, stock.reshape(self._finite.shape)

    def _candidates(
        self, state: _State, worst: Ints, asked: float, prices: Float, stock_prices: Float, banned: Bools
    ) -> tuple[Ints, Ints]:
        """Compatible changes by least loss per relief, enough to relieve more than is asked.

        What a change takes of kept limits costs their prices; what it gives back to them is not counted, because it
        relieves nothing that is broken.
        """
        count = len(self._bound)
        pure = self._view.gains(state.plan, 1.0, np.zeros(count), np.zeros(self._finite.shape))
        others = np.ones(len(state.excess))
        others[worst] = 0.0
        priced = self._view.gains(
            state.plan, 1.0, prices * others[:count], stock_prices * others[count:].reshape(self._finite.shape)
        )
        allowed = self._rulebook.allowed(state.plan)
        possible = allowed & ~banned & np.isfinite(pure)
        possible[np.arange(len(possible)), state.plan] = False
        wanted = state.excess[worst] * asked
        relief = np.stack(
            [self._view.gains(state.plan, 0.0, *self._prices_of(int(row), 1.0 / self._scale[row])) for row in worst]
        )
        relief = np.where(possible, relief, 0.0)
        useful = np.minimum(relief, wanted[:, None, None]).sum(axis=0)
        possible &= useful > 1e-9 * wanted.sum()
        loss = -np.minimum(pure, priced)
        ratio = np.where(possible, np.where(loss > 0, loss / np.maximum(useful, 1e-300), loss), np.inf)
        best = ratio.argmin(axis=1)
        score = ratio[np.arange(len(best)), best]
        slots = np.flatnonzero(np.isfinite(score))
        slots = slots[np.argsort(score[slots], kind="stable")]
        slots = slots[self._rulebook.compatible(state.plan, slots, best[slots], -score[slots], allowed)]
        slots = slots[_until_relieved(relief[:, slots, best[slots]], 2.0 * wanted)][: self._params.candidates]
        return slots, best[slots]

    def _together(self, state: _State, slots: Ints, choices: Ints, asked: float) -> _State | None:
        """Choose changes whose exact single effects together break least and lose least; confirm them truly.

        Parameters
        ----------
        asked
            Margin by which broken limits are to be kept, as a share of their excess.
        """
        singles = self._all_states(state, [(slots[n : n + 1], choices[n : n + 1]) for n in range(len(slots))])
        if not singles:
            return None
        effect = np.array([single.excess for single in singles]) - state.excess
        gain = np.array([single.objective for single in singles]) - state.objective
        target = state.excess + asked * state.excess.clip(min=0.0)
        order = _greedy(effect, gain, target, self._dust(state))
        return self._prefix(state, slots[order], choices[order])

    def _prefix(self, state: _State, slots: Ints, choices: Ints) -> _State | None:
        """The best prefix of a list of changes by true evaluation; None if none is better than the plan.

        Lengths fall geometrically from the whole list to one change, then evenly around the best of them.
        """
        total, probes = len(slots), self._params.probes
        if not total:
            return None
        lengths = np.unique(np.geomspace(1, total, probes).round().astype(int))
        trials = self._all_states(state, [(slots[:length], choices[:length]) for length in lengths])
        best = min(range(len(trials)), key=lambda number: self._key(trials[number]))
        low = int(lengths[best - 1]) if best else 0
        high = int(lengths[best + 1]) if best + 1 < len(lengths) else total
        between = np.unique(np.linspace(low + 1, high, probes).astype(int))
        between = np.setdiff1d(between, lengths)
        if len(between):
            trials += self._all_states(state, [(slots[:length], choices[:length]) for length in between])
        found = min(trials, key=self._key)
        calmer = found.broken < state.broken - 1e-12
        return found if calmer or (found.broken <= state.broken and self._gains_on(state, found)) else None

    @staticmethod
    def _key(trial: _State) -> tuple[float, float]:
        """Less broken first, then more objective."""
        return trial.broken, -trial.objective

    def _all_states(self, state: _State, changes: list[tuple[Ints, Ints]]) -> list[_State]:
        """Evaluate some sets of changes truly, ``probes`` plans at once (one compiled shape serves all)."""
        found: list[_State] = []
        for start in range(0, len(changes), self._params.probes):
            chunk = changes[start : start + self._params.probes]
            plans = np.repeat(state.plan[None], self._params.probes, axis=0)
            for plan, (slots, choices) in zip(plans, chunk, strict=False):
                plan[slots] = choices.astype(np.int8)
            found += self._states(plans)[: len(chunk)]
        return found

    def _gains_on(self, state: _State, other: _State) -> bool:
        return other.objective > state.objective + self._dust(state)


def _greedy(effect: Float, gain: Float, target: Float, dust: float) -> Ints:
    """Order of changes, the best next one by exact single effects, until nothing is broken and nothing gains.

    A change that pushes a kept limit over is taken only where nothing else relieves.

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
            useful = left & (relieved > 1e-12)
            pushed = ((now + effect).clip(min=0.0) * (now <= 0)).sum(axis=1)
            if (useful & (pushed <= 1e-12)).any():
                useful &= pushed <= 1e-12
            score = np.where(gain < 0, -gain / np.maximum(relieved, 1e-300), -gain)
        else:
            useful = left & (after <= 0) & (gain > dust)
            score = -gain
        if not useful.any():
            break
        best = int(np.where(useful, score, np.inf).argmin())
        chosen.append(best)
        left[best] = False
        now = now + effect[best]
    return np.array(chosen, dtype=np.int64)


def _until_relieved(relief: Float, wanted: Float) -> Bools:
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


def repair(
    plan: Plan,
    view: RepairView,
    rulebook: Rules,
    limits: Limits,
    *,
    prices: Float | None = None,
    stock_prices: Float | None = None,
    bound: Float | None = None,
    free: Bools | None = None,
    params: RepairParams | None = None,
) -> RepairOutcome:
    """Repair a plan and, where that succeeds, fill the slack; see `Repair` for the parameters."""
    work = Repair(view, rulebook, limits, bound, params)
    prices = np.zeros(len(limits.bound)) if prices is None else prices
    stock_prices = np.zeros(limits.available.shape) if stock_prices is None else stock_prices
    mended = work.repair(plan, prices, stock_prices, free)
    if not mended.feasible:
        return mended
    filled = work.fill(mended.plan, prices, stock_prices, free)
    return filled if filled.objective >= mended.objective else mended
