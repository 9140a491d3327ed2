"""Plans evolved apart: each from a first plan of its own, so that what one evolution misses another one may hold.

On few slots an evolution is soon where it will end, and where that is hangs on where it began: with many rules that
join lines, seeds of one question end 2 % apart, and crossing what four short ones ended with beats them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from planner.evolution.evolve import EvolveParams, evolve
from planner.evolution.finish import Finish
from planner.evolution.start.first import FirstParams, first_plans
from planner.evolution.start.priced import prices_at
from planner.evolution.state import begin
from planner.evolution.workspace import Workspace
from scenarios.arrays import Plan


@dataclass(frozen=True, kw_only=True)
class ApartParams:
    """How many plans are evolved apart, and how long.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    plans: int = 2
    share: float = 0.12
    """Work of each, as a share of the search's own; it comes on top."""
    slots: int = 5_000
    """Slots up to which that is done: on more, an evolution is far from its end when its work is done."""
    first: FirstParams = field(default_factory=lambda: FirstParams(starts=1, relaxes=False))
    """How each of them begins."""

    def __post_init__(self) -> None:
        if not (self.plans >= 0 and self.share > 0):
            raise ValueError("expected plans >= 0 and a share of the work above 0")


def evolved_apart(
    space: Workspace,
    finish: Finish,
    work: float,
    params: ApartParams,
    rng: np.random.Generator,
    over: Callable[[], bool] = lambda: False,
) -> tuple[Plan, ...]:
    """Plans that keep all rules and the limits in force, each the best of a short evolution.

    Parameters
    ----------
    work
        Work of the whole search, in passes over all columns.
    over
        Where it says so, what is running ends, and no other begins.
    """
    found: list[Plan] = []
    for _ in range(params.plans):
        if over():
            break
        (first,), _ = first_plans(space, finish, space.rules.locked_plan(), params.first, rng)
        if not first.feasible:
            continue
        state, short = begin(first, prices_at(space, first)), EvolveParams(work=params.share * work)
        for evolved in evolve(space, finish, state, short, rng):
            state = evolved
            if over():
                break
        found.append(state.best.plan)
    return tuple(found)
