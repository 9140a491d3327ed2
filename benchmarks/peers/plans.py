"""What every peer works with: a clock, plans as whole numbers, true scores, and drop-ratio repair."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.evolution.workspace import Candidate, Workspace

Plan = NDArray[np.int8]
Float = NDArray[np.float64]
SPARSE = 0.05
"""Share of the slots that a sparse random plan fills."""


class Clock:
    """Seconds since it was made, and whether they are used up.

    Parameters
    ----------
    seconds
        How long a search may take.
    now
        What is read: `time.monotonic`, or `time.process_time` where a machine is shared.
    """

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._begun, self.seconds = now, now(), seconds
        self._wall = time.monotonic()

    @property
    def used(self) -> float:
        """Seconds so far."""
        return self._now() - self._begun

    def wall(self, seconds: float) -> float:
        """Seconds of the clock on the wall that some seconds of this one take, as things have gone so far."""
        used = self.used
        return seconds * (time.monotonic() - self._wall) / used if used > 0 else seconds

    @property
    def over(self) -> bool:
        """Whether the time is used up."""
        return self.used >= self.seconds


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """What a search found."""

    best: Candidate
    """The best plan that keeps every rule and limit."""
    evaluated: int
    """Plans that were valued truly; 0 where a search does not count them."""


class Plans:
    """Integer vectors as plans: every slot counts through the choices that masks and locks leave.

    Parameters
    ----------
    space
        Evaluator, rules and bounds in force.
    clock
        After it is over, nothing counts any more.
    """

    def __init__(self, space: Workspace, clock: Clock) -> None:
        self.space, self.clock = space, clock
        self.choices = [np.flatnonzero(row) for row in space.rules.base]
        self.counts = np.array([len(each) for each in self.choices])
        self.start = space.rules.locked_plan()
        self.best = space.score(self.start)
        self.evaluated = 0
        free = space.no_prices()
        gain = space.gains_everywhere(self.start, free)
        pressing = free._replace(scalar=1.0 / space.limits.scale)
        pressure = np.maximum(-space.gains_everywhere(self.start, pressing, objective_weight=0.0), 0.0)
        self.ratio: Float = np.where(np.isfinite(gain), gain, -np.inf) / (
            np.where(np.isfinite(pressure), pressure, 0.0) + 1e-9
        )
        """[N, width] gain of each single change of the empty plan per share of the limits that it uses."""

    @property
    def found(self) -> Found:
        """What was found so far."""
        return Found(best=self.best, evaluated=self.evaluated)

    def plan(self, numbers: NDArray[Any]) -> Plan:
        """The plan of one vector, rules mended."""
        chosen = [each[min(int(n), len(each) - 1)] for each, n in zip(self.choices, numbers, strict=True)]
        return self.space.rules.repair(np.array(chosen, dtype=np.int8))

    def numbers(self, plan: Plan) -> NDArray[np.int64]:
        """The vector of one plan."""
        return np.array([int(np.searchsorted(each, p)) for each, p in zip(self.choices, plan, strict=True)])

    def score(self, plan: Plan) -> Candidate:
        """True values of a plan that keeps the rules; the best feasible one is remembered."""
        self.evaluated += 1
        return self.remembered(self.space.score(plan))

    def remembered(self, scored: Candidate) -> Candidate:
        """The same plan, which is the best from now on if it is feasible, better, and in time."""
        if scored.feasible and scored.objective > self.best.objective and not self.clock.over:
            self.best = scored
        return scored

    def excess(self, scored: Candidate) -> float:
        """By how much a plan breaks limits, in shares of their bounds."""
        space = self.space
        found = space.evaluator.excess(scored.uses, scored.stock, space.bound, space.available)
        return float(found.scalar.sum() + found.stock.sum() / 1000.0)

    def dropped(self, plan: Plan) -> Candidate:
        """Drop lines of the least gain per share of the limits until all hold (Chu and Beasley 1998), by halving.

        The order of lines is that of the empty plan, as the source has it; doi:10.1023/A:1009642405419.
        """
        whole = self.score(plan)
        if whole.feasible:
            return whole
        lines = np.flatnonzero((plan > 0) & ~self.space.rules.fixed)
        lines = lines[np.argsort(-self.ratio[lines, plan[lines]], kind="stable")]
        low, high, best = 0, len(lines), self.space.score(self.start)
        while high - low > 1:
            middle = (low + high) // 2
            shorter = plan.copy()
            shorter[lines[middle:]] = 0
            candidate = self.score(self.space.rules.repair(shorter))
            if candidate.feasible:
                low, best = middle, candidate
            else:
                high = middle
        return best

    def random(self, rng: np.random.Generator, share: float) -> NDArray[np.int64]:
        """A random vector with a choice in some share of the slots, the empty or locked choice elsewhere."""
        numbers = self.numbers(self.start)
        filled = np.flatnonzero((rng.random(len(numbers)) < share) & ~self.space.rules.fixed)
        numbers[filled] = (rng.random(len(filled)) * self.counts[filled]).astype(np.int64)
        return numbers
