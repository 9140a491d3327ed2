"""The evolution between two generations: a population, the best plans so far, and what was learned on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.evolution.elites import Elites
from planner.evolution.workspace import Candidate, Prices
from scenarios.arrays import Plan


@dataclass(frozen=True, kw_only=True, eq=False)
class State:
    """The evolution between two generations: everything that continuing needs."""

    population: Plan
    """[P, N]"""
    objectives: tuple[float, ...]
    prices: Prices
    elites: Elites
    earned: dict[str, float]
    """Objective gained per work done, by operator, fading."""
    generation: int
    stalled: int
    """Generations since the best improved."""
    descending: Candidate | None
    """Plan that descends by moves of several lines."""
    descended: frozenset[bytes]
    """Plans that did, or that it came by."""
    feasible: float
    """Share of recent finished children that keep every limit, fading."""

    @property
    def best(self) -> Candidate:
        """The best plan so far."""
        return self.elites.members[0]


def begin(first: Candidate, prices: Prices, others: tuple[Candidate, ...] = ()) -> State:
    """A population of one (and of what else is given, such as a person's plan)."""
    elites = Elites()
    for scored in (first, *others):
        elites = elites.with_plan(scored)
    members = [first, *others]
    return State(
        population=np.stack([member.plan for member in members]),
        objectives=tuple(member.objective for member in members),
        prices=prices,
        elites=elites,
        earned={},
        generation=0,
        stalled=0,
        descending=None,
        descended=frozenset(),
        feasible=1.0,
    )
