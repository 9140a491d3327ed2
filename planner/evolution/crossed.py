"""Optimal crossover of finished plans, again and again: what others hold that is better goes over into the best one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.evolution.finish import Finish
from planner.evolution.operators import Parents, cross_exactly
from planner.evolution.workspace import Candidate, Prices, Workspace


def crossed(
    space: Workspace,
    finish: Finish,
    best: Candidate,
    mates: tuple[Candidate, ...],
    prices: Prices,
    rounds: int,
    rng: np.random.Generator,
    over: Callable[[], bool] = lambda: False,
    better: Callable[[Candidate], None] = lambda candidate: None,
) -> Candidate:
    """Cross a plan optimally with others, again and again while that gains; the plan itself where nothing does.

    Where the time is ``over``, no other crossing is begun. Every ``better`` plan is told as it comes: on many slots a
    crossing takes long.
    """
    for _ in range(rounds):
        before = best
        for mate in mates:
            if over():
                return best
            child = cross_exactly(space, Parents(plan=best.plan, mate=mate.plan, prices=prices, size=1.0), rng)
            made = finish(child, prices)
            if made.feasible and (not best.feasible or made.objective > best.objective):
                best = made
                better(best)
        if best is before:
            break
    return best
