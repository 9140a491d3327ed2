"""Minimum-loss repair on true use, then filling the slack: a plan that breaks limits becomes a good one within them.

Dropping or swapping one line changes the use of every limit, and changes what later lines use too (a line that is
dropped leaves later ones fresher). So each pass takes exact marginals anew: what each single change loses of the
objective and what it relieves of the most broken limits. Changes are taken by least loss per relieved excess, several
at once, and confirmed by true evaluation (`constraints.repairing.trials`), where a change that breaks another limit
shows and is refused. What still breaks a limit asks the next pass for a growing margin.

`Repair.fill` then adds changes by price-adjusted gain while the true evaluation accepts them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.enforce.protocol import Rules
from constraints.limits.book import Limits
from constraints.repairing.filling import Filling, FillParams
from constraints.repairing.joint import Joint
from constraints.repairing.relief import apart, broken_rows, relieving
from constraints.repairing.trials import RepairView, State, Trials, singly
from constraints.repairing.windowed import Windowed
from constraints.rulebook import RuleBook
from scenarios.arrays import Flag, Float, Int, Plan

_NONE = np.empty(0, dtype=np.int64)
SLOW = 0.95
"""A pass with a long list that leaves a larger share of the excess: the next takes only changes that relieve ..."""
SOME = 0.01
"""... so much of it each."""
DEAR = 0.05
"""A long list that loses a larger share of the objective, and a larger one than it relieves of the limits, is compared
with few changes that are looked at one by one."""
MUCH = 0.7
"""A long list of changes is taken without looking at each until at most this share of the excess is left."""


@dataclass(frozen=True, kw_only=True)
class RepairParams:
    """Settings of a repair.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    passes: int = 40
    rows_per_pass: int = 4
    """Broken limits that a pass looks at, the most broken first; each costs one pass of exact marginals.

    Beside them, limits with several broken windows are looked at, all windows of one limit at one pass.
    """
    margin: float = 0.02
    """Further relief asked for after each pass that left a limit broken, as a share of the excess."""
    probes: int = 8
    """Prefixes that are evaluated truly at once."""
    candidates: int = 32
    """Single changes that are evaluated truly, one by one, before several are made together."""
    fill_passes: int = 30
    stops: int = 0
    """Limits that stopped a filling that are looked at before; each costs one pass of exact marginals."""
    many: bool = False
    """Whether lists of changes are very long, so that passes that take too much of them, or relieve little, are dear.

    Broken stock of all products is then looked at together, at one pass, until that relieves nothing; the
    shortest part of a list that relieves much is found to a line, whole messages have their turn where none
    does, and after a pass that relieved little only changes that relieve much are taken.
    """
    refusals: int = 4
    """Passes in a row without progress after which the work ends."""
    swaps: bool = True
    """Whether a line may take another offer instead of going."""

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
        self._view, self._rulebook = view, rulebook
        self._bound = limits.bound if bound is None else bound
        self._params = RepairParams() if params is None else params
        self._swaps = np.ones(rulebook.base.shape, dtype=bool)
        self._swaps[:, 0] = False
        self._trials = Trials(view, limits, self._bound, self._params.probes)
        self._joint = Joint(view, rulebook, self._trials, limits, self._params.candidates)
        filling = FillParams(
            passes=self._params.fill_passes,
            refusals=self._params.refusals,
            candidates=self._params.candidates,
            rows=self._params.stops,
        )
        self._windowed = Windowed(limits)
        self._filling = Filling(view, rulebook, self._trials, self._windowed, filling)

    def repair(self, plan: Plan, prices: Float, stock_prices: Float, free: Flag | None = None) -> RepairOutcome:
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
        state = self._trials.states(plan[None])[0]
        barred = self._barred(free)
        banned = barred.copy()
        asked, passes, refused, slow = 0.0, 0, 0, False
        while state.broken > 0 and passes < self._params.passes and refused < self._params.refusals:
            passes += 1
            if (
                self._params.many
                and not refused
                and (state.excess[: len(state.uses)] > 0)[self._joint.by_message].any()
            ):
                # What whole messages carry is of many products: first, because stock is relieved with them.
                fewer = self._joint.fewer_messages(state, barred, counted=True)
                if fewer is not None:
                    state = fewer
                    continue
            worst, several, stocks = *broken_rows(state, self._windowed, self._params.rows_per_pass), _NONE
            if self._params.many and not refused:
                worst, stocks = apart(state, worst)
            # Swaps that lose least may press on what is kept; after a refusal dropping lines has its turn.
            unwanted = banned if self._params.swaps and refused % 2 == 0 else banned | self._swaps
            slots, choices = relieving(
                self._view,
                self._rulebook,
                state,
                worst,
                1.0 + asked,
                prices,
                stock_prices,
                self._trials.scale,
                unwanted,
                self._windowed,
                several,
                stocks,
                SOME if slow and not refused else 0.0,
            )
            if slow and not refused and not len(slots):
                slow = False  # nothing relieves so much by itself: whatever relieves has its turn again
                continue
            better = self._step(state, slots, choices, asked, barred) if len(slots) else None
            if better is None and refused == 0:
                better = self._joint.together_only(state, asked, barred)
            if better is None:
                refused += 1
                banned[slots, choices] = True
                continue
            long = self._params.many and len(slots) > 2 * self._params.candidates
            slow |= long and better.broken > SLOW * state.broken
            state, refused, banned = better, 0, barred.copy()
            asked = min(2 * asked + self._params.margin, 1.0)
        return self._outcome(state, passes)

    def fill(self, plan: Plan, prices: Float, stock_prices: Float, free: Flag | None = None) -> RepairOutcome:
        """Make changes that gain while every limit stays kept, by price-adjusted gain.

        Parameters
        ----------
        plan : int8 [N]
            Keeps every rule and every limit; otherwise it is returned as it is.
        """
        state = self._trials.states(plan[None])[0]
        return self._outcome(*self._filling.fill(state, prices, stock_prices, self._barred(free)))

    def _step(self, state: State, slots: Int, choices: Int, asked: float, barred: Flag) -> State | None:
        """Make some of many changes: long lists by prefixes while these relieve much, else by exact single effects."""
        few = self._params.candidates
        if len(slots) > 2 * few:
            many = self._params.many
            found = self._trials.shortest(state, singly(slots, choices), MUCH * state.broken, exactly=many)
            if many and found is None:
                found = self._joint.fewer_messages(state, barred)
            elif many and found is not None and _dear(state, found):
                single = self._trials.together(state, singly(slots[:few], choices[:few]), asked)
                found = single if single is not None and _cheaper(state, single, found) else found
            if found is not None:
                return found
        return self._trials.together(state, singly(slots[:few], choices[:few]), asked)

    def _outcome(self, state: State, passes: int) -> RepairOutcome:
        return RepairOutcome(
            plan=state.plan,
            feasible=state.broken <= 0,
            objective=state.objective,
            uses=state.uses,
            stock=state.stock,
            passes=passes,
        )

    def _barred(self, free: Flag | None) -> Flag:
        """[N, width] changes of slots that are not free."""
        barred = np.zeros(self._rulebook.base.shape, dtype=bool)
        if free is not None:
            barred[~free] = True
        return barred


def _dear(state: State, found: State) -> bool:
    """Whether what relieves something loses out of proportion: much of the objective for little of any limit."""
    lost = (state.objective - found.objective) / abs(state.objective) if state.objective else 0.0
    return lost > max(DEAR, state.broken - found.broken)


def _cheaper(state: State, one: State, other: State) -> bool:
    """Whether of two plans that relieve something the first loses less per relief."""
    lost = [state.objective - each.objective for each in (one, other)]
    relieved = [state.broken - each.broken for each in (one, other)]
    return lost[0] * relieved[1] < lost[1] * relieved[0]


def repair(
    plan: Plan,
    view: RepairView,
    rulebook: RuleBook,
    limits: Limits,
    *,
    prices: Float | None = None,
    stock_prices: Float | None = None,
    bound: Float | None = None,
    free: Flag | None = None,
    params: RepairParams | None = None,
) -> RepairOutcome:
    """Repair a plan and, where that succeeds, fill the slack; see `Repair` for the parameters.

    Where all slots are free, no worse than the lines that rules lock, filled: several lines of a repaired plan may be
    worth nothing together where none can go alone.
    """
    work = Repair(view, rulebook, limits, bound, params)
    prices = np.zeros(len(limits.bound)) if prices is None else prices
    stock_prices = np.zeros(limits.available.shape) if stock_prices is None else stock_prices
    mended = work.repair(plan, prices, stock_prices, free)
    if not mended.feasible:
        return mended
    found = [work.fill(mended.plan, prices, stock_prices, free), mended]
    locked = rulebook.locked_plan()
    if free is None and not rulebook.violations(locked):
        found.append(work.fill(locked, prices, stock_prices))
    return max((each for each in found if each.feasible), key=lambda each: each.objective)
