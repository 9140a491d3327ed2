"""Floors under the measures of a front: they reach what single directions do not, and bind only where asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from front_case import aimed_space
from scenario_factory import rng_of

from planner.pareto.evolve import FrontParams, between
from planner.pareto.population import Member, begin

SPARING = {"pareto": {"profit": "max", "spend": "min"}}


def test_a_floor_that_is_not_asked_for_binds_nobody_whatever_the_currency():
    """Fronts in yen or dong, or of a large retailer, had floors a million units away: every end broke them."""
    space = aimed_space(4, SPARING)
    nothing = space.score(space.grid.empty())
    uses = nothing.uses.copy()
    uses[space.aims.rows] -= 1e12 * space.aims.signs
    assert space.keeps(nothing) and space.keeps(replace(nothing, uses=uses))
    assert space.revalued(replace(nothing, uses=uses)).feasible
    with space.floors(np.array([-np.inf, -1e9])):
        assert not space.revalued(replace(nothing, uses=uses)).feasible


def test_floors_are_kept_for_a_while_only():
    """Under a floor a plan below it is no candidate, and real limits alone decide whether it may enter the front."""
    space = aimed_space(4, SPARING)
    nothing = space.score(space.rules.locked_plan())
    assert nothing.feasible == space.keeps(nothing)
    with space.floors(np.array([5.0, -np.inf])):
        low = space.score(nothing.plan)
        assert not low.feasible
        assert space.keeps(low) == nothing.feasible
    assert space.score(nothing.plan).feasible == nothing.feasible


def test_floors_are_numbers_where_a_measure_is_the_same_everywhere() -> None:
    """A front of one plan has ranges of nothing: no floor is NaN, and nothing is warned of."""
    nothing = object()
    members = [
        Member(candidate=nothing, point=np.array(point))  # type: ignore[arg-type]
        for point in ((4.0, 0.0), (1.0, 0.0), (0.0, 0.0))
    ]
    population = begin(members, 8)
    assert len(population.best) == 1 and (population.low == population.high).all()
    for seed in range(20):
        task = between(population, 1, 0, FrontParams(work=1.0), rng_of(seed))
        assert not np.isnan(task.least).any() and task.shares.sum() == pytest.approx(1.0)
