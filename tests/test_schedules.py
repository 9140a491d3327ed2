"""Crossovers of all known plans at once: what is better goes over as a whole, within limits, rules and bans."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scenario_factory import rng_of
from search_case import Case, case

from planner.evolution.operators.children import Operator, Parents
from planner.evolution.operators.schedules import MIXERS, cross_products
from planner.evolution.workspace import Candidate, Workspace
from scenarios.arrays import Plan


@cache
def _tiny() -> Case:
    """What is compiled for it is not compiled while tests are only listed."""
    return case(3, 4000)


def _parents(plan: Plan, *others: Plan) -> Parents:
    return Parents(plan=plan, mate=plan, prices=_tiny().space.no_prices(), size=1.0, others=others)


@cache
def _random_plans(count: int = 8) -> list[Candidate]:
    """Plans that keep every rule and limit, most of them poor."""
    space = _tiny().space
    found: list[Candidate] = []
    for seed in range(20 * count):
        rng = rng_of(seed)
        random = np.array([rng.choice(np.flatnonzero(row)) for row in space.rules.base], dtype=np.int8)
        made = _tiny().finish.trim(space.rules.repair(random))
        if made.feasible:
            found.append(made)
    return found[:count]


@pytest.mark.parametrize("way", MIXERS)
def test_a_crossing_keeps_the_rules_and_repeats(way: Operator) -> None:
    """Whatever the parents hold; the same stream gives the same child, every slot from one of the parents."""
    space, (first, *others) = _tiny().space, (each.plan for each in _random_plans())
    child = way(space, _parents(first, *others), rng_of(5))
    assert space.rules.violations(child) == 0
    assert np.array_equal(child, way(space, _parents(first, *others), rng_of(5)))
    assert (np.stack([first, *others]) == child).any(axis=0).all()


def _best_line(space: Workspace, product: int) -> Candidate:
    """The locked lines and the best line of one product."""
    s, k, t = space.grid.shape
    rows = np.repeat(np.arange(space.grid.slots // t), t)
    own = (rows % k == product) & (rows < k * (s + 1))
    locked = space.rules.locked_plan()
    gain = space.gains_everywhere(locked, space.no_prices())
    gain = np.where(space.rules.allowed(locked) & own[:, None], gain, -np.inf)
    slot, choice = np.unravel_index(gain.argmax(), gain.shape)
    plan = locked.copy()
    plan[slot] = choice
    return space.score(plan)


def test_the_better_schedules_of_all_products_come_together() -> None:
    """Of two plans, each with the best line of one product, the child holds both where the bounds in force allow it."""
    joined = 0
    for seed in range(12):
        space = case(seed, 4000).space
        one, other = (_best_line(space, product) for product in range(2))
        both = space.score(np.maximum(one.plan, other.plan))
        if not (both.objective > max(one.objective, other.objective) and space.rules.keeps(both.plan[None])[0]):
            continue
        joined += 1
        parents = replace(_parents(one.plan, other.plan), prices=space.no_prices())
        space.bound = space.limits.sign * np.inf
        space.available = np.maximum(both.stock, space.available)
        assert np.array_equal(cross_products(space, parents, rng_of(1)), both.plan)
        room = both.objective - one.objective
        space.available = np.minimum(one.stock, both.stock)  # whatever sells more has no stock
        kept = space.score(cross_products(space, parents, rng_of(1)))
        assert kept.objective < one.objective + room
    assert joined >= 5, "most cases have two products that earn something"


def test_what_the_run_forbids_does_not_come_over() -> None:
    """Bans of the run bind crossings, too: a schedule with a banned line stays where it is."""
    space, plans = _tiny().space, _random_plans()
    first, other = plans[0].plan, max(plans, key=lambda each: each.objective).plan
    lines = np.flatnonzero((other > 0) & (other != first))
    with space.banned(lines, other[lines]):
        for way in MIXERS:
            child = way(space, _parents(first, other), rng_of(2))
            assert not (child[lines] == other[lines]).any()


def test_a_plan_without_others_stays() -> None:
    """There is nothing to cross it with."""
    space, plan = _tiny().space, _random_plans()[0].plan
    assert all(way(space, replace(_parents(plan), others=()), rng_of(1)) is plan for way in MIXERS)
