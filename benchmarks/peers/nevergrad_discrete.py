"""The peer: Nevergrad's discrete optimisers.

Default: its own wizard, NGOpt, with limits as a penalty. Tuned: DiscreteLenglerOnePlusOne, which it recommends for
discrete domains, from a sparse plan, with drop-ratio repair.
"""

from __future__ import annotations

import warnings

import nevergrad as ng
import numpy as np

from peers.deap_plain import PENALTY
from peers.plans import SPARSE, Clock, Found, Plans
from planner.evolution.workspace import Workspace

BUDGET = 10**6
"""What the optimisers are told they may evaluate, at most; the clock ends them earlier."""
PROBES = 3
"""Evaluations that are timed, so that the budget told is what the time allows."""


def run(space: Workspace, clock: Clock, seed: int, *, tuned: bool) -> Found:
    """Ask and tell until the time is over."""
    plans, rng = Plans(space, clock), np.random.Generator(np.random.Philox(seed))
    width = int(plans.counts.max())
    vector = ng.p.TransitionChoice(range(width), repetitions=len(plans.counts))
    vector.random_state.seed(seed)
    free = space.gains_everywhere(plans.start, space.no_prices())
    unit = PENALTY * float(np.where(np.isfinite(free), free, 0.0).max(axis=1).clip(min=0.0).sum())

    def loss(numbers: tuple[int, ...]) -> float:
        plan = plans.plan(np.array(numbers) % plans.counts)
        scored = plans.dropped(plan) if tuned else plans.score(plan)
        return -scored.objective if tuned else unit * plans.excess(scored) - scored.objective

    begun = clock.used
    for _ in range(PROBES):
        loss(tuple(plans.random(rng, SPARSE).tolist()))
    each = max((clock.used - begun) / PROBES, 1e-6)
    budget = int(min(BUDGET, max(10.0, (clock.seconds - clock.used) / each)))
    kind = ng.optimizers.registry["DiscreteLenglerOnePlusOne" if tuned else "NGOpt"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of its own choices
        optimizer = kind(parametrization=vector, budget=budget)
        if tuned:
            optimizer.suggest(tuple(plans.random(rng, SPARSE).tolist()))
        while not clock.over:
            asked = optimizer.ask()
            optimizer.tell(asked, loss(asked.value))
    return plans.found
