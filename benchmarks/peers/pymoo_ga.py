"""The peer: pymoo's genetic algorithm.

Default: pymoo's own settings for whole numbers (100 individuals, evenly random start, simulated binary crossover and
polynomial mutation rounded), limits as a constraint. Tuned: 40 individuals, sparse start, uniform crossover, two
mutated slots a child and drop-ratio repair.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymoo.algorithms.soo.nonconvex.ga import GA
from pymoo.core.mutation import Mutation
from pymoo.core.problem import ElementwiseProblem
from pymoo.core.repair import Repair
from pymoo.core.sampling import Sampling
from pymoo.operators.crossover.sbx import SBX
from pymoo.operators.crossover.ux import UniformCrossover
from pymoo.operators.mutation.pm import PM
from pymoo.operators.repair.rounding import RoundingRepair
from pymoo.operators.sampling.rnd import IntegerRandomSampling

from peers.plans import SPARSE, Clock, Found, Plans
from planner.evolution.workspace import Workspace


class _Question(ElementwiseProblem):
    """The objective to minimise, and by how much limits are broken."""

    def __init__(self, plans: Plans) -> None:
        self.plans = plans
        super().__init__(
            n_var=len(plans.counts), n_obj=1, n_ieq_constr=1, xl=0, xu=np.maximum(plans.counts - 1, 0), vtype=int
        )

    def _evaluate(self, x: NDArray[Any], out: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        if self.plans.clock.over:
            out["F"], out["G"] = 1e18, 1e18
            return
        scored = self.plans.score(self.plans.plan(x))
        out["F"], out["G"] = -scored.objective, self.plans.excess(scored)


class _Dropping(Repair):
    """Drop-ratio repair, written back into the vector."""

    def _do(self, problem: _Question, X: NDArray[Any], **kwargs: Any) -> NDArray[Any]:  # noqa: N803
        X = np.round(X).astype(int)  # noqa: N806
        for row in range(len(X)):
            if not problem.plans.clock.over:
                X[row] = problem.plans.numbers(problem.plans.dropped(problem.plans.plan(X[row])).plan)
        return X


class _Sparse(Sampling):
    """Plans with a line in few slots."""

    def _do(self, problem: _Question, n_samples: int, random_state: Any = None, **kwargs: Any) -> NDArray[Any]:
        return np.stack([problem.plans.random(random_state, SPARSE) for _ in range(n_samples)])


class _Few(Mutation):
    """Two slots on average take a random choice."""

    def _do(self, problem: _Question, X: NDArray[Any], random_state: Any = None, **kwargs: Any) -> NDArray[Any]:  # noqa: N803
        hit = random_state.random(X.shape) < 2.0 / problem.n_var
        luck = (random_state.random(X.shape) * problem.plans.counts).astype(int)
        return np.where(hit, luck, X)


def run(space: Workspace, clock: Clock, seed: int, *, tuned: bool) -> Found:
    """Evolve until the time is over."""
    plans = Plans(space, clock)
    if tuned:
        algorithm = GA(
            pop_size=40,
            sampling=_Sparse(),
            crossover=UniformCrossover(),
            mutation=_Few(),
            repair=_Dropping(),
            eliminate_duplicates=True,
        )
    else:
        algorithm = GA(
            pop_size=100,
            sampling=IntegerRandomSampling(),
            crossover=SBX(vtype=float, repair=RoundingRepair()),
            mutation=PM(vtype=float, repair=RoundingRepair()),
            eliminate_duplicates=True,
        )
    algorithm.setup(_Question(plans), seed=seed, termination=("n_gen", 10**9), verbose=False)
    while not clock.over:
        algorithm.next()
    return plans.found
