"""The ends of a front: the best of each measure, searched for as a run for that measure alone searches.

A guided step finds a first end. The evolution of the front seldom comes back there: an end covers little area, and a
child earns by hypervolume. So each end climbs by itself, by the evolution of a single objective, before the front is
filled in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from constraints.ledger import Ledger
from planner.evolution.apart import ApartParams, evolved_apart
from planner.evolution.evolve import EvolveParams, evolve
from planner.evolution.finish import Finish
from planner.evolution.joining.joined import joined
from planner.evolution.risk import set_bounds, tighten
from planner.evolution.shown.topped import TOPPED_SLOTS, last_changes
from planner.evolution.start.priced import prices_at
from planner.evolution.state import State, begin
from planner.evolution.workspace import Candidate
from planner.pareto.evolve import FrontState
from planner.pareto.first import TIE
from planner.pareto.population import Member
from planner.pareto.space import AimedSpace
from scenarios.arrays import Plan

JOINED = 0.7
"""Share of an end's work after which its best plan is joined with others, as in a run for one measure."""
BESIDE = 3
"""Plans of the front that an end starts with beside the best one at most: those that come next in its measure ..."""
NEAR = 0.1
"""... and lie within this share of the front's range of it: what serves another end is a parent of nothing here."""
MOST_DESCENTS = 0.99
"""Share of what is left after that which goes into descents at most."""
REPRICED_SLOTS = 25_000
"""Slots up to which prices are found anew where an end begins; for more that takes too long."""


@dataclass(frozen=True, kw_only=True, eq=False)
class EndsParams:
    """What each end may spend."""

    work: float
    """Passes over all columns: as many as a run for one measure has; infinite where time decides."""
    passed: Callable[[], float]
    """Share of the time of the search that is used up; 0 where work decides."""
    over: Callable[[], bool]
    """Whether all the time is used up."""
    share: float = 1.0
    """Share of the time of the search that each end has, where time decides."""
    apart: ApartParams = field(default_factory=lambda: ApartParams(plans=0))
    """Plans that are evolved apart for each end, to be joined with it; none where time decides."""


@dataclass(frozen=True, kw_only=True, eq=False)
class EndsStep:
    """A front while its ends climb."""

    state: FrontState
    measure: int
    """Which end climbs, or has climbed."""
    best: Candidate | None
    """The end itself, under the bounds that its own futures leave; None where there is none yet."""
    done: bool
    """Whether it has had all that was meant for it."""


def climb_ends(
    space: AimedSpace, finish: Finish, ledger: Ledger, state: FrontState, params: EndsParams, rng: np.random.Generator
) -> Iterator[EndsStep]:
    """Yield the front again and again, while the best of one measure after the other climbs by itself.

    Parameters
    ----------
    ledger
        Whose futures set the bounds of limits at risk, by the plan that each end begins as.
    """
    for measure, shares in enumerate(np.eye(space.count)):
        if params.over():
            return
        space.turn(shares + TIE)
        with space.own_bounds(), space.without_end():
            best: Candidate | None = None
            begun = _begun(space, finish, ledger, state, measure)
            for climbed in () if begun is None else _climbed(space, finish, begun, params, rng):
                best = climbed.best
                state = _with(space, state, best)
                yield EndsStep(state=state, measure=measure, best=best, done=False)
            if best is not None:
                best = _last(space, finish, ledger, best, params)
                state = _with(space, state, best)
            yield EndsStep(state=state, measure=measure, best=best, done=not params.over())


def _with(space: AimedSpace, state: FrontState, found: Candidate) -> FrontState:
    """The front with one more plan, where that keeps every limit and rule."""
    if not space.keeps(found):
        return state
    return replace(state, population=state.population.with_members([Member(candidate=found, point=space.point(found))]))


def mended_at_risk(space: AimedSpace, finish: Finish, ledger: Ledger, candidate: Candidate) -> Candidate:
    """A plan as the ledger passes it, valued in the direction in force; bounds in force are those of its futures.

    Bounds keep a little distance that the plan itself may lack: whether it is feasible is the ledger's word.
    """
    mended = tighten(space, finish, ledger, candidate)
    return replace(space.revalued(mended), feasible=mended.feasible and ledger.verdict(mended.plan).ok)


def _last(space: AimedSpace, finish: Finish, ledger: Ledger, best: Candidate, params: EndsParams) -> Candidate:
    """An end after its last changes, where there is time for them."""
    if space.grid.slots > TOPPED_SLOTS or params.over():
        return best
    return last_changes(space, finish, ledger, best, params.over, moves=True)


def _begun(space: AimedSpace, finish: Finish, ledger: Ledger, state: FrontState, measure: int) -> State | None:
    """The best plans of the front in a measure, valued in its direction; bounds at risk are those of the first one.

    Where these leave it too little it is mended, and where that is not enough the best plan that passes the ledger as
    it is comes first; None where there is none.
    """
    population = state.population
    reached = population.points[:, measure]
    near = reached >= reached.max() - NEAR * (reached.max() - reached.min())
    order = [place for place in np.argsort(-reached, kind="stable") if near[place]][: 1 + BESIDE]
    candidates = [population.members[place].candidate for place in order]
    if np.isfinite(space.limits.at_risk).any():
        set_bounds(space, ledger.verdict(candidates[0].plan))
    first, *others = (space.revalued(each) for each in candidates)
    if not first.feasible:
        first = mended_at_risk(space, finish, ledger, first)
    if not first.feasible:
        passing = (population.members[place].candidate for place in np.argsort(-reached, kind="stable"))
        found = next((each for each in passing if ledger.verdict(each.plan).ok), None)
        if found is None:
            return None
        set_bounds(space, ledger.verdict(found.plan))
        first = replace(space.revalued(found), feasible=True)
    prices = state.atlas.prices(np.eye(space.count)[measure])
    if space.grid.slots <= REPRICED_SLOTS:
        prices = prices_at(space, first)
    return begin(first, prices, tuple(each for each in others if each.feasible))


def _climbed(
    space: AimedSpace, finish: Finish, state: State, params: EndsParams, rng: np.random.Generator
) -> Iterator[State]:
    """Yield the evolution of an end, step after step, until it has had what is meant for it."""
    begun, since, now = space.work, params.passed(), state
    timed = bool(np.isinf(params.work))

    def done() -> float:
        return (params.passed() - since) / params.share if timed else (space.work - begun) / params.work

    def late() -> bool:
        return params.over() or (timed and done() >= 1.0)

    for until in (JOINED, 1.0):
        left = params.work * until - (space.work - begun)
        plain = EvolveParams(work=max(left, 1.0))
        last = until == 1.0
        descents = min(plain.descents / (1.0 - JOINED), MOST_DESCENTS) if last else 0.0
        for after in evolve(space, finish, now, plain if timed else replace(plain, descents=descents), rng):
            now = after
            yield now
            if late() or done() >= until:
                break
        if not last and not late():
            mates = () if timed else _apart(space, finish, params, rng)
            now = joined(space, finish, now, mates, rng, over=late)
            yield now


def _apart(space: AimedSpace, finish: Finish, params: EndsParams, rng: np.random.Generator) -> tuple[Plan, ...]:
    """Plans for this end that know nothing of it, as a run for its measure alone makes them."""
    if space.grid.slots > params.apart.slots:
        return ()
    return evolved_apart(space, finish, params.work, params.apart, rng, over=params.over)
