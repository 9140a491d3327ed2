"""The peer: pymoo's NSGA-II over choices of slots, on the same evaluator, the same rules and limits."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.mutation import Mutation
from pymoo.core.problem import ElementwiseProblem
from pymoo.core.repair import Repair
from pymoo.core.sampling import Sampling
from pymoo.operators.crossover.sbx import SBX
from pymoo.operators.crossover.ux import UniformCrossover
from pymoo.operators.mutation.pm import PM
from pymoo.operators.repair.rounding import RoundingRepair
from pymoo.operators.sampling.rnd import IntegerRandomSampling

from planner.evolution.workspace import Candidate
from planner.pareto.space import AimedSpace

Plan = NDArray[np.int8]
Float = NDArray[np.float64]


@dataclass(eq=False)
class Slots:
    """Integer vectors to plans: every slot counts through the choices that masks and locks leave."""

    space: AimedSpace
    end: float
    """When the time is over."""
    choices: list[NDArray[np.int64]] = field(init=False)
    found: list[Float] = field(default_factory=list)
    """Points of all feasible plans that were evaluated."""
    evaluated: int = 0

    def __post_init__(self) -> None:
        self.choices = [np.flatnonzero(row) for row in self.space.rules.base]
        free = self.space.no_prices()
        start = self.space.rules.locked_plan()
        self.space.turn(np.full(self.space.count, 1.0 / self.space.count))
        gain = self.space.gains_everywhere(start, free)
        pressing = free._replace(scalar=1.0 / self.space.limits.scale)
        pressing.scalar[self.space.aims.rows] = 0.0
        pressure = np.maximum(-self.space.gains_everywhere(start, pressing, objective_weight=0.0), 0.0)
        self.ratio = np.where(np.isfinite(gain), gain, -np.inf) / (
            np.where(np.isfinite(pressure), pressure, 0.0) + 1e-9
        )

    @property
    def over(self) -> bool:
        """Whether the time is used up."""
        return time.monotonic() > self.end

    def plan(self, numbers: NDArray[Any]) -> Plan:
        """The plan of one vector, rules mended."""
        chosen = np.array([c[int(n)] for c, n in zip(self.choices, numbers, strict=True)], dtype=np.int8)
        return self.space.rules.repair(chosen)

    def numbers(self, plan: Plan) -> NDArray[np.int64]:
        """The vector of one plan."""
        return np.array([int(np.searchsorted(c, p)) for c, p in zip(self.choices, plan, strict=True)])

    def score(self, plan: Plan) -> Candidate:
        """True values of a plan, kept where it is feasible."""
        self.evaluated += 1
        scored = self.space.score(plan)
        if self.space.keeps(scored) and not self.over:
            self.found.append(self.space.point(scored))
        return scored

    def dropped(self, plan: Plan) -> Candidate:
        """Drop lines of the least gain per share of the limits until all hold (Chu and Beasley 1998), by halving."""
        whole = self.score(plan)
        if self.space.keeps(whole) or self.over:
            return whole
        lines = np.flatnonzero((plan > 0) & ~self.space.rules.fixed)
        lines = lines[np.argsort(-self.ratio[lines, plan[lines]], kind="stable")]
        low, high, best = 0, len(lines), self.space.score(self.space.rules.locked_plan())
        while high - low > 1 and not self.over:
            middle = (low + high) // 2
            shorter = plan.copy()
            shorter[lines[middle:]] = 0
            candidate = self.score(self.space.rules.repair(shorter))
            if self.space.keeps(candidate):
                low, best = middle, candidate
            else:
                high = middle
        return best


class Front(ElementwiseProblem):
    """The measures to minimise, and by how much limits are broken."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots
        counts = np.array([len(each) for each in slots.choices])
        super().__init__(
            n_var=len(counts), n_obj=slots.space.count, n_ieq_constr=1, xl=0, xu=np.maximum(counts - 1, 0), vtype=int
        )

    def _evaluate(self, x: NDArray[Any], out: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        if self.slots.over:
            out["F"], out["G"] = np.full(self.n_obj, 1e18), np.array([1e18])
            return
        space, scored = self.slots.space, self.slots.score(self.slots.plan(x))
        bound = np.append(space.bound[: space.aims.own], space.bound[space.aims.rows])
        excess = space.aims.excess(scored.uses, scored.stock, bound, space.available)
        out["F"] = -space.point(scored)
        out["G"] = np.array([excess.scalar.sum() + excess.stock.sum() / 1000.0])


class Dropping(Repair):
    """Drop-ratio repair, written back into the vector."""

    def _do(self, problem: Front, X: NDArray[Any], **kwargs: Any) -> NDArray[Any]:  # noqa: N803
        X = np.round(X).astype(int)  # noqa: N806
        for row in range(len(X)):
            if not problem.slots.over:
                X[row] = problem.slots.numbers(problem.slots.dropped(problem.slots.plan(X[row])).plan)
        return X


class Sparse(Sampling):
    """Plans with a line in 5 % of the slots, one without any."""

    def _do(self, problem: Front, n_samples: int, random_state: Any = None, **kwargs: Any) -> NDArray[Any]:
        X = np.zeros((n_samples, problem.n_var), dtype=int)  # noqa: N806
        for row in range(1, n_samples):
            for slot in np.flatnonzero(random_state.random(problem.n_var) < 0.05):
                X[row, slot] = random_state.integers(len(problem.slots.choices[slot]))
        return X


class Few(Mutation):
    """Two slots on average take a random choice."""

    def _do(self, problem: Front, X: NDArray[Any], random_state: Any = None, **kwargs: Any) -> NDArray[Any]:  # noqa: N803
        for row in range(len(X)):
            for slot in np.flatnonzero(random_state.random(problem.n_var) < 2.0 / problem.n_var):
                X[row, slot] = random_state.integers(len(problem.slots.choices[slot]))
        return X


def run(space: AimedSpace, seconds: float, seed: int, *, tuned: bool) -> Float:
    """Points of all feasible plans that NSGA-II has evaluated in some seconds.

    Parameters
    ----------
    tuned
        Sparse start, uniform crossover, two mutations a plan and drop-ratio repair in place of pymoo's defaults for
        whole numbers (random start, simulated binary crossover, polynomial mutation, constraints by domination).
    """
    slots = Slots(space, time.monotonic() + seconds)
    problem = Front(slots)
    if tuned:
        algorithm = NSGA2(
            pop_size=40,
            sampling=Sparse(),
            crossover=UniformCrossover(),
            mutation=Few(),
            repair=Dropping(),
            eliminate_duplicates=True,
        )
    else:
        algorithm = NSGA2(
            pop_size=100,
            sampling=IntegerRandomSampling(),
            crossover=SBX(vtype=float, repair=RoundingRepair()),
            mutation=PM(vtype=float, repair=RoundingRepair()),
            eliminate_duplicates=True,
        )
    algorithm.setup(problem, seed=seed, termination=("n_gen", 10**9), verbose=False)
    while not slots.over:
        algorithm.next()
    return np.stack(slots.found) if slots.found else np.zeros((0, space.count))
