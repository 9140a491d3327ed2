"""The best plan joined with others: optimal crossover with plans that were made apart from it.

What an evolution ends with is good nearly everywhere, and changing it in one place seldom helps. Plans that were made
without it, or without some of its lines, are worse in all and better here and there: what is better goes over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from planner.evolution.finish import Finish
from planner.evolution.guided import guided
from planner.evolution.joining.composed import composed, floors_bind, worth_composing
from planner.evolution.joining.crossed import crossed
from planner.evolution.operators.children import STEP
from planner.evolution.state import State
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Plan


@dataclass(frozen=True, kw_only=True)
class JoinParams:
    """How many plans the best one is joined with.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    elites: int = 3
    """Best plans so far beside it."""
    made: int = 3
    """Plans that are made to differ from it."""
    least: float = 0.13
    """Share of its lines that such a plan has to do without: from so many ..."""
    most: float = 0.5
    """... to so many, drawn anew for each."""
    crossings: int = 2
    """Rounds in which all of them are crossed with it, while that gains."""

    def __post_init__(self) -> None:
        if not (self.elites >= 0 and self.made >= 0 and self.crossings >= 1):
            raise ValueError("expected elites and made of at least 0 and at least one round of crossings")
        if not (0 < self.least <= self.most <= 1):
            raise ValueError("expected 0 < least <= most <= 1")


def joined(
    space: Workspace,
    finish: Finish,
    state: State,
    mates: tuple[Plan, ...],
    rng: np.random.Generator,
    params: JoinParams | None = None,
    over: Callable[[], bool] = lambda: False,
) -> State:
    """Return the state with the best plan joined with others, in its place; all that was made may be an elite.

    Parameters
    ----------
    mates
        Plans int8 [N] that were made without the best one; they keep the scenario's rules, and are mended where they
        break limits, or keep too few of the lines that the run is to keep.
    over
        Whether the time is over: no other plan is made then.
    """
    use = JoinParams() if params is None else params
    others = list(state.elites.members[1 : 1 + use.elites])
    others += [finish(space.rules.repair(plan), state.prices) for plan in mates if not over()]
    for _ in range(use.made):
        if over():
            break
        share = float(rng.uniform(use.least, use.most))
        others.append(made_to_differ(space, finish, state.best.plan, state.prices, share, rng))
    known = [state.best, *others]
    first = max(known, key=lambda each: (each.feasible, each.objective))
    rest = tuple(each for each in known if each is not first)
    best = crossed(space, finish, first, rest, state.prices, use.crossings, rng, over)
    if worth_composing(space) and not over() and floors_bind(space, best):
        best = composed(space, finish, [best.plan, *(each.plan for each in known)], state.prices, rng, over)
    elites = state.elites
    for made in (*others, best):
        elites = elites.with_plan(made)
    place = int(np.argmax(state.objectives))
    if best.objective <= state.objectives[place] or not best.feasible:
        return replace(state, elites=elites)
    population, objectives = state.population.copy(), list(state.objectives)
    population[place], objectives[place] = best.plan, best.objective
    return replace(state, population=population, objectives=tuple(objectives), elites=elites)


def made_to_differ(
    space: Workspace, finish: Finish, plan: Plan, prices: Prices, share: float, rng: np.random.Generator
) -> Candidate:
    """Ban a share of a plan's lines, more or less those that it would miss least at the known prices, and plan again.

    Where these prices do not hold, lines that carry the plan go, too: what comes of it is farther away than what
    `planner.evolution.shown.distinct` makes, and a better mate.
    """
    lines = np.flatnonzero((plan > 0) & ~space.rules.fixed)
    if not lines.size:
        return space.score(plan)
    loss = -space.gains_everywhere(plan, prices)[lines, 0] * rng.uniform(0.5, 1.5, size=len(lines))
    banned = lines[np.argsort(loss, kind="stable")[: max(1, int(np.ceil(share * len(lines))))]]
    with space.banned(banned, plan[banned]):
        changed: Plan = plan.copy()
        changed[banned] = 0
        stepped, learned = guided(space, space.rules.repair(changed), prices, space.whole, STEP, rng)
        return finish(stepped, learned)
