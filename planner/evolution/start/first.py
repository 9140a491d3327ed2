"""First plans: guided steps from the empty plan, mended, the best of several; where none holds, CP-SAT helps out.

Steps that differ only in their luck end a few percent apart, and the evolution that follows moves less than that: so it
begins from the best of several, with the others beside it as mates. They are mended in full but hardly filled, because
every child of the evolution is filled anyway. Several plans hold good parts in different places: optimal crossover of
the best with each of the others gains more for its work than anything that comes later.

On very many slots a child changes little of the whole, a crossing joins little of it, and a step has few iterations. So
one plan begins there. It is filled until that gains no more, and steps go on from it, the first at the prices of its
own linear programme, each other at those that the step before ended with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from constraints.repairing.repair import RepairParams
from planner.evolution.finish import Finish
from planner.evolution.guided import GENTLE, GuidedParams, guided
from planner.evolution.joining.crossed import crossed
from planner.evolution.sending_changes import with_sendings
from planner.evolution.start.priced import prices_at
from planner.evolution.start.relaxed import adds_up, relaxed
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Plan

VERY_MANY = 25_000
"""Slots beyond which one plan begins, is filled, and is stepped on from."""
MENDED = RepairParams(rows_per_pass=16, refusals=16, fill_passes=4)
"""A first plan breaks many limits at once, each a little: all are looked at, and the last grains take some tries."""
FILLED = RepairParams(fill_passes=8, stops=4)
"""How a first plan of very many slots goes on being filled, round by round ..."""
WORTH = 5e-4
"""... until a round gains less than this share of what it is worth."""
PACE = 0.25
"""Pace of prices of messages in such a step: its iterations are too few for them to come back once they overshoot."""
AGAIN = replace(GENTLE, iterations=100, message_pace=PACE)
"""How steps go on from it ..."""
STEPS = 3
"""... so many at most, while they gain."""


@dataclass(frozen=True, kw_only=True)
class FirstParams:
    """How many guided steps begin a search, and their settings.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    starts: int = 2
    step: GuidedParams = field(default_factory=GuidedParams)
    slots: int = VERY_MANY
    """Slots up to which a step has all its iterations; beyond, as many fewer as each of them is dearer ..."""
    least: int = 40
    """... but so many at least; and there one start is made, filled, and stepped on from."""
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

    def mended_for(self, slots: int) -> RepairParams:
        """How a first plan of a problem of so many slots is mended and filled.

        Where there are very many, thousands of small changes still fit once a limit is full, and a pass that tells
        which is cheap beside values of single ones; lists of what relieves a limit are long there, too. With fewer
        slots that gains nothing: an evolution follows.
        """
        return replace(self.mended, stops=FILLED.stops, many=True) if slots > self.slots else self.mended

    def step_for(self, slots: int) -> GuidedParams:
        """The step for a problem of so many slots."""
        if slots <= self.slots:
            return self.step
        fewer = max(round(self.step.iterations * self.slots / slots), self.least)
        return replace(self.step, iterations=min(self.step.iterations, fewer), message_pace=PACE)


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
        Where it says so, no other round of filling, no other step from a plan and no other crossing is begun, and what
        a step comes to is not mended any more.
    better
        Told every better plan that mending, filling, stepping on or crossing comes to, and the prices of its last step.

    Returns
    -------
    tuple
        One plan a start; only the first is sure to be the best that was found, and it may break limits where no start
        leads to a plan that keeps them.
    """
    found: list[tuple[Candidate, Prices]] = []
    step, mended = params.step_for(space.grid.slots), params.mended_for(space.grid.slots)
    vertex = relaxed(space, start) if params.relaxes and adds_up(space.evaluator.model) else None
    enough = False
    if vertex is not None:
        found.append((finish(vertex[0], vertex[1], mended), vertex[1]))
        enough = ended(*found[-1])
    starts = params.starts if space.grid.slots <= params.slots else 1
    while len(found) < starts and not enough:
        plan, prices = guided(space, start, space.no_prices(), space.whole, step, rng)
        if space.grid.slots > params.slots:
            # Filling takes a while there: what keeps all limits is told before.
            made = finish(plan, prices, replace(mended, fill_passes=0))
            plan = made.plan
            if made.feasible:
                better(made, prices)
        found.append((finish(plan, prices, mended), prices))
        enough = ended(*found[-1])
    if space.grid.slots > params.slots and found[0][0].feasible:
        filled = _filled(finish, *found[0], over, better)
        found[0] = _stepped(space, finish, filled, found[0][1], mended, rng, over, better)
    found.sort(key=lambda each: (not each[0].feasible, -each[0].objective))
    (best, prices), *others = found
    mates = tuple(candidate for candidate, _ in others)

    def crossed_to(candidate: Candidate) -> None:
        better(candidate, prices)

    best = crossed(space, finish, best, mates, prices, params.crossings, rng, over, crossed_to)
    whole = with_sendings(space, best, over)
    if whole is not best:
        crossed_to(whole)
    return (whole, *mates), prices


def _stepped(
    space: Workspace,
    finish: Finish,
    best: Candidate,
    prices: Prices,
    mended: RepairParams,
    rng: np.random.Generator,
    over: Callable[[], bool],
    better: Callable[[Candidate, Prices], None],
) -> tuple[Candidate, Prices]:
    """Take guided steps from a plan while they gain and it is not ``over``; the best plan, and its prices."""
    for number in range(STEPS):
        if over():
            break
        begun = prices if number else prices_at(space, best)
        plan, ended = guided(space, best.plan, begun, space.whole, AGAIN, rng)
        if over():
            break  # to mend it takes as long again
        made = finish(plan, ended, mended)
        if made.feasible:
            made = _filled(finish, made, ended, over, lambda candidate, _: None)
        if not made.feasible or made.objective <= best.objective:
            break
        best, prices = made, ended
        better(best, prices)
    return best, prices


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
