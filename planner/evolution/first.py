"""First plans: guided steps from the empty plan, mended, the best of several; where none holds, CP-SAT helps out.

Steps that differ only in their luck end a few percent apart, and the evolution that follows moves less than that: so it
begins from the best of several, with the others beside it as mates. They are mended in full but hardly filled, because
every child of the evolution is filled anyway; on very many slots, where a step has few iterations and a child changes
little of the whole, they are filled until that gains no more. Several plans hold good parts in different places:
optimal crossover of the best with each of the others gains more for its work than anything that comes later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from constraints.repair import RepairParams
from planner.evolution.crossed import crossed
from planner.evolution.finish import Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.relaxed import adds_up, relaxed
from planner.evolution.workspace import Candidate, Plan, Prices, Workspace

MENDED = RepairParams(rows_per_pass=16, refusals=16, fill_passes=4)
"""A first plan breaks many limits at once, each a little: all are looked at, and the last grains take some tries."""
FILLED = RepairParams(fill_passes=8)
"""How a first plan of very many slots goes on being filled, round by round ..."""
WORTH = 5e-4
"""... until a round gains less than this share of what it is worth."""


@dataclass(frozen=True, kw_only=True)
class FirstParams:
    """How many guided steps begin a search, and their settings."""

    starts: int = 2
    step: GuidedParams = field(default_factory=GuidedParams)
    slots: int = 25_000
    """Slots up to which a step has all its iterations; beyond, as many fewer as each of them is dearer ..."""
    least: int = 40
    """... but so many at least; and what starts there end with is filled until that gains no more."""
    mended: RepairParams = MENDED
    """How a first plan is mended and filled."""
    relaxes: bool = True
    """Whether the first start comes from the linear relaxation where what lines do adds up."""
    crossings: int = 2
    """Rounds in which the best plan is crossed with each of the others, while that gains."""

    def __post_init__(self) -> None:
        if not (self.starts >= 1):
            raise ValueError(f"expected at least one start, got {self.starts}")
        if not (self.crossings >= 0):
            raise ValueError(f"expected crossings of at least 0, got {self.crossings}")
        if not (self.slots >= 1 and self.least >= 1):
            raise ValueError("expected slots and least >= 1")

    def step_for(self, slots: int) -> GuidedParams:
        """The step for a problem of so many slots."""
        fewer = max(round(self.step.iterations * self.slots / max(slots, self.slots)), self.least)
        return replace(self.step, iterations=min(self.step.iterations, fewer))


def first_plans(
    space: Workspace,
    finish: Finish,
    start: Plan,
    params: FirstParams,
    rng: np.random.Generator,
    ended: Callable[[Candidate, Prices], bool] = lambda candidate, prices: False,
    over: Callable[[], bool] = lambda: False,
    *,
    better: Callable[[Candidate, Prices], None] = lambda candidate, prices: None,
) -> tuple[tuple[Candidate, ...], Prices]:
    """Plans to begin a search from, the best first, and the prices that the best one ended with.

    Parameters
    ----------
    start : int8 [N]
        A plan that keeps all rules, such as the locked lines alone.
    ended
        Told the plan and the prices that a start ended with, after each: where it says so, no other start is made.
    over
        Where it says so, no other round of filling and no other crossing is begun.
    better
        Told every better plan that filling or crossing comes to, and the prices that its start ended with.

    Returns
    -------
    tuple
        One plan a start; only the first is sure to be the best that was found, and it may break limits where no start
        leads to a plan that keeps them.
    """
    found: list[tuple[Candidate, Prices]] = []
    step = params.step_for(space.grid.slots)
    vertex = relaxed(space, start) if params.relaxes and adds_up(space.evaluator.model) else None
    enough = False
    if vertex is not None:
        found.append((finish(vertex[0], vertex[1], params.mended), vertex[1]))
        enough = ended(*found[-1])
    while len(found) < params.starts and not enough:
        plan, prices = guided(space, start, space.no_prices(), space.whole, step, rng)
        found.append((finish(plan, prices, params.mended), prices))
        enough = ended(*found[-1])
        if space.grid.slots > params.slots and found[-1][0].feasible:
            found[-1] = (_filled(finish, *found[-1], over, better), prices)
            enough = ended(*found[-1])  # filling may have taken the time of another start
    found.sort(key=lambda each: (not each[0].feasible, -each[0].objective))
    (best, prices), *others = found
    mates = tuple(candidate for candidate, _ in others)

    def crossed_to(candidate: Candidate) -> None:
        better(candidate, prices)

    best = crossed(space, finish, best, mates, prices, params.crossings, rng, over, crossed_to)
    return (best, *mates), prices


def _filled(
    finish: Finish,
    best: Candidate,
    prices: Prices,
    over: Callable[[], bool],
    better: Callable[[Candidate, Prices], None],
) -> Candidate:
    """Fill a plan on and on, while a round gains much and it is not ``over``."""
    gained = np.inf
    while gained > WORTH * abs(best.objective) and not over():
        made = finish(best.plan, prices, FILLED)
        gained = made.objective - best.objective if made.feasible else 0.0
        if gained > 0:
            best = made
            better(best, prices)
    return best
