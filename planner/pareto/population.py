"""The population of a front: feasible plans with their points, kept by NSGA-II's ranks and crowding.

Selection is DEAP's (Deb et al. 2002, doi:10.1109/4235.996017): fronts of non-dominated plans, the lonely before the
crowded. Plans equal in every measure count once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from deap import base, tools

from planner.evolution.workspace import Candidate
from scenarios.answer.front import dominated, hypervolume
from scenarios.arrays import Float, Int


@dataclass(frozen=True, kw_only=True, eq=False)
class Member:
    """One plan of the population."""

    candidate: Candidate
    point: Float
    """[M] changes of the measures, turned so that more is better."""


class _Individual:
    """A thin individual: the place of a member and its fitness."""

    __slots__ = ("fitness", "place")

    def __init__(self, place: int, point: Float) -> None:
        self.place = place
        self.fitness = _fitness(len(point))()
        self.fitness.values = tuple(point.tolist())


@cache
def _fitness(count: int) -> type:
    """A fitness of so many measures, all to be maximised."""
    return type("Fitness", (base.Fitness,), {"weights": (1.0,) * count})


@dataclass(frozen=True, kw_only=True, eq=False)
class Population:
    """Feasible plans, those of the front first."""

    members: tuple[Member, ...]
    capacity: int

    @cached_property
    def points(self) -> Float:
        """[P, M] one row a member."""
        return np.stack([member.point for member in self.members])

    @cached_property
    def best(self) -> Int:
        """Places of the members that no other one dominates."""
        return np.flatnonzero(~dominated(self.points))

    @property
    def low(self) -> Float:
        """[M] the worst value of every measure over the front."""
        return np.asarray(self.points[self.best].min(axis=0))

    @property
    def high(self) -> Float:
        """[M] the best value of every measure over the front."""
        return np.asarray(self.points[self.best].max(axis=0))

    def with_members(self, more: Sequence[Member]) -> Population:
        """The population after selection among its members and some more."""
        known: dict[bytes, Member] = {}
        for member in (*self.members, *more):
            known.setdefault((np.round(member.point, 6) + 0.0).tobytes(), member)
        members = tuple(known.values())
        if len(members) > self.capacity:
            individuals = [_Individual(place, member.point) for place, member in enumerate(members)]
            kept = sorted(each.place for each in tools.selNSGA2(individuals, self.capacity, nd="log"))
            members = tuple(members[place] for place in kept)
        return Population(members=members, capacity=self.capacity)

    def crowding(self) -> Float:
        """[P] crowding distance of the members of the front, -1 of all others: what a tournament prefers."""
        individuals = [_Individual(int(place), self.points[place]) for place in self.best]
        tools.emo.assignCrowdingDist(individuals)
        distance = np.full(len(self.members), -1.0)
        distance[self.best] = [each.fitness.crowding_dist for each in individuals]
        return distance

    def volume(self, reference: Float, span: Float) -> float:
        """Hypervolume over a reference [M], each measure on its own span [M]."""
        return hypervolume((self.points[self.best] - reference) / span, np.zeros(len(span)))


def begin(members: Sequence[Member], capacity: int) -> Population:
    """A population of some members."""
    return Population(members=(), capacity=capacity).with_members(members)
