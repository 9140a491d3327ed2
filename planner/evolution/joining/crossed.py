"""Optimal crossover of finished plans, again and again: what others hold that is better goes over into the best one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.evolution.finish import Finish
from planner.evolution.operators.children import Operator, Parents
from planner.evolution.operators.schedules import MIXERS
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
    """Cross a plan with all others at once, in every way and as long as it gains; the plan itself where nothing does.

    Where the time is ``over``, no other crossing is begun. Every ``better`` plan is told as it comes: on many slots a
    crossing takes long. A round that gains nothing is the last.
    """
    if not mates:
        return best
    known = (best, *mates)

    def mixed(way: Operator) -> bool:
        """Whether one crossing more leads to a better plan, which is the best then."""
        nonlocal best, known
        others = tuple(each.plan for each in known)
        child = way(space, Parents(plan=best.plan, mate=best.plan, prices=prices, size=1.0, others=others), rng)
        made = finish(child, prices)
        if not made.feasible or (best.feasible and made.objective <= best.objective):
            return False
        best, known = made, (*known, made)
        better(best)
        return True

    for _ in range(rounds):
        before = best
        for way in MIXERS:
            while not over() and mixed(way):
                pass
        if best is before:
            break
    return best
