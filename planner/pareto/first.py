"""The first plans of a front: the best of every measure, and guided steps from one to the next in between."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.evolution.finish import FULL, Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.state import State
from planner.evolution.workspace import Candidate, Prices
from planner.pareto.atlas import Atlas
from planner.pareto.evolve import FrontState
from planner.pareto.population import Member, begin
from planner.pareto.space import AimedSpace
from scenarios.arrays import Float

CAPACITY = 200
"""Largest population: fronts of three measures hold many plans, and what is thinned out covers something."""
END = GuidedParams(iterations=120, push=0.0)
"""The guided step towards the best of one measure, from the locked lines."""
NEXT = GuidedParams(iterations=60, first_step=0.1, push=0.0)
"""The guided step in a direction from the nearest plan, with its prices."""
TIE = 1e-6
"""Weight of the other measures, per unit, in the search for the best of one: it decides between equals."""
STEPS = {2: 8, 3: 4}
"""Steps between the best of one measure and the best of another, by number of measures."""


def directions(count: int, steps: int) -> Float:
    """[D, M] shares on an even lattice, the corners left out (Das and Dennis 1998, doi:10.1137/S1052623496307510)."""
    grid = np.stack(np.meshgrid(*[np.arange(steps + 1)] * (count - 1), indexing="ij"), axis=-1).reshape(-1, count - 1)
    grid = grid[grid.sum(axis=1) <= steps]
    whole = np.concatenate([grid, steps - grid.sum(axis=1, keepdims=True)], axis=1)
    return np.asarray(whole[whole.max(axis=1) < steps] / steps)


def first_front(space: AimedSpace, finish: Finish, leading: State, rng: np.random.Generator) -> Iterator[FrontState]:
    """Yield a growing front: the best of every measure, then those in between."""
    for state in first_ends(space, finish, leading, rng):
        yield state
    yield from in_between(space, finish, state, rng)


def first_ends(space: AimedSpace, finish: Finish, leading: State, rng: np.random.Generator) -> Iterator[FrontState]:
    """Yield a growing front: plans of the leading measure, then a first best of each other one.

    Each is yielded as soon as it is there: whoever stops has a front, of however few plans.

    Parameters
    ----------
    leading
        What the search for the leading measure alone has found.
    """
    corners = np.eye(space.count)
    prices = Prices(np.append(leading.prices.scalar, np.zeros(space.count)), leading.prices.stock)
    scored = [space.score(plan) for plan in leading.population]
    members = [_member(space, each) for each in scored if space.keeps(each)] or [_member(space, scored[0])]
    known: list[tuple[Float, Prices]] = [(corners[0], prices)]
    yield _front(space, members, known)
    start = space.rules.locked_plan()
    for measure in range(1, space.count):
        space.turn(corners[measure] + TIE)
        plan, found = guided(space, start, space.no_prices(), space.whole, END, rng)
        known.append((corners[measure], found))
        # Where less is better, the locked lines and what floors and rules ask for beside them may be all but the best.
        ends = (finish(plan, found, FULL), finish.trim(start))
        members += [_member(space, end) for end in ends if space.keeps(end)]
        if measure < space.count - 1:
            yield _front(space, members, known)
    points = np.stack([member.point for member in members])
    space.set_span(points.max(axis=0) - points.min(axis=0))
    yield _front(space, members, known)


def in_between(space: AimedSpace, finish: Finish, state: FrontState, rng: np.random.Generator) -> Iterator[FrontState]:
    """Yield a growing front: a guided step in each direction between the ends, from the nearest plan."""
    for shares in directions(space.count, STEPS[space.count]):
        space.turn(shares)
        worth = state.population.points @ space.aims.weights
        near = state.population.members[int(np.argmax(worth))]
        plan, found = guided(space, near.candidate.plan, state.atlas.prices(shares), space.whole, NEXT, rng)
        child = finish(plan, found)
        more = [_member(space, child)] if space.keeps(child) else []
        state = FrontState(
            population=state.population.with_members(more), atlas=state.atlas.with_prices(shares, found), earned={}
        )
        yield state


def _front(space: AimedSpace, members: list[Member], known: list[tuple[Float, Prices]]) -> FrontState:
    """A front of some plans, with the prices that are known by now in the ranges that measures have by now."""
    atlas = Atlas(
        shares=np.stack([shares for shares, _ in known]),
        known=tuple(_scaled(each, float(shares @ (space.span[0] / space.span))) for shares, each in known),
    )
    return FrontState(population=begin(members, CAPACITY), atlas=atlas, earned={})


def _member(space: AimedSpace, candidate: Candidate) -> Member:
    return Member(candidate=candidate, point=space.point(candidate))


def _scaled(prices: Prices, by: float) -> Prices:
    return Prices(prices.scalar * by, prices.stock * by)
