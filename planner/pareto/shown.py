"""The plans that will be shown, each climbing by itself, held to what it has of all measures but the leading one.

The evolution of a front earns by hypervolume, and spreads its work over hundreds of plans. People see a dozen of them,
and compare each with what a run for the leading measure finds that has the plan's other figures as limits. So each goes
through the strongest part of such a run at last: optimal crossover, with its neighbours on the front and with plans
that are made to differ from it. Where limits must hold at risk, the bounds in force are those that its own futures
leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from constraints.ledger import Ledger
from planner.evolution.finish import Finish
from planner.evolution.joining.joined import JoinParams, joined
from planner.evolution.shown.topped import TOPPED_SLOTS, last_changes
from planner.evolution.start.priced import prices_at
from planner.evolution.state import begin
from planner.evolution.workspace import Candidate
from planner.pareto.choose import choose
from planner.pareto.ends import mended_at_risk
from planner.pareto.evolve import FrontState
from planner.pareto.first import TIE
from planner.pareto.population import Member, Population
from planner.pareto.space import AimedSpace
from scenarios.arrays import Float, Plan

BESIDE = 2
"""Plans of the front on either side that a plan is crossed with: those that come next in the leading measure."""
LOOSE = 1e-9
"""Share of a measure's range by which a plan may fall below what it has of it: less than what is printed."""


def climb_shown(
    space: AimedSpace,
    finish: Finish,
    ledger: Ledger,
    state: FrontState,
    plans: int,
    over: Callable[[], bool],
    rng: np.random.Generator,
) -> Iterator[tuple[Candidate | None, FrontState]]:
    """Yield one plan after the other that would be shown as it has climbed by itself, and the front with it.

    The end of the leading measure is left out: it has climbed (`planner.pareto.ends`); others have in their own measure
    only. A plan is None where its futures let it keep no limit.

    Parameters
    ----------
    ledger
        Whose futures set the bounds of limits at risk, by each plan.
    plans
        How many plans are shown.
    over
        Whether all the time is used up.
    """
    points = state.population.points
    shown = [at for at in choose(points, plans) if points[at, 0] < points[state.population.best, 0].max()]
    members = [state.population.members[at] for at in sorted(shown, key=lambda at: -points[at, 0])]
    for member in members:
        if over():
            return
        found = _climbed(space, finish, ledger, state.population, member, over, rng)
        if found is not None:
            state = replace(state, population=state.population.with_members([found]))
        yield None if found is None else found.candidate, state


def _climbed(
    space: AimedSpace,
    finish: Finish,
    ledger: Ledger,
    population: Population,
    member: Member,
    over: Callable[[], bool],
    rng: np.random.Generator,
) -> Member | None:
    """A plan after it has climbed; None where futures leave it no way to keep the limits."""
    space.turn(np.eye(space.count)[0] + TIE)
    least = member.point - LOOSE * space.span
    least[0] = -np.inf
    few = space.grid.slots <= TOPPED_SLOTS
    with space.own_bounds(), space.without_end(), space.floors(least):
        start = space.revalued(member.candidate)
        if ledger.judges_futures:
            start = mended_at_risk(space, finish, ledger, start)
        if not start.feasible:
            return None
        state = begin(start, prices_at(space, start))
        join = JoinParams() if few else JoinParams(made=0)
        state = joined(space, finish, state, _neighbours(population, member.point), rng, join, over)
        best = state.best
        if few and not over():
            best = last_changes(space, finish, ledger, best, over, moves=False)
        # What mending could not make hold in the futures is no plan to show: the plan is as it was before.
        best = best if best.feasible and ledger.verdict(best.plan).ok else start
        return Member(candidate=best, point=space.point(best))


def _neighbours(population: Population, point: Float) -> tuple[Plan, ...]:
    """Plans of the front that come next in the leading measure, on either side."""
    order = population.best[np.argsort(population.points[population.best, 0], kind="stable")]
    leading = population.points[order, 0]
    near = (*order[leading < point[0]][-BESIDE:], *order[leading > point[0]][:BESIDE])
    return tuple(population.members[at].candidate.plan for at in near)
