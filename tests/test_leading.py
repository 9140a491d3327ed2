"""The plans to choose from end with the best one that they hold together, after its last changes."""

from __future__ import annotations

from functools import cache

import numpy as np
from scenario_factory import rng_of
from search_case import Case, case

from planner.evolution.shown.leading import led
from planner.evolution.shown.topped import topped
from planner.evolution.workspace import Candidate


@cache
def _tiny() -> Case:
    """Two products of which each can earn something."""
    return case(10, 4000)


def _last(candidate: Candidate) -> Candidate:
    return topped(_tiny().space, candidate, moves=True)


def _led(best: Candidate, *chosen: Candidate) -> tuple[Candidate, ...]:
    return led(_tiny().space, _tiny().finish, best, chosen, _last, rng_of(1))


def _halves() -> tuple[Candidate, Candidate, Candidate]:
    """The best plan by single changes, and what it holds of the one product and of all else."""
    space = _tiny().space
    best = topped(space, _tiny().finish.trim(space.rules.locked_plan()), moves=True)
    s, k, t = space.grid.shape
    rows = np.repeat(np.arange(space.grid.slots // t), t)
    own = (rows % k == 0) & (rows < k * (s + 1)) & ~space.rules.fixed
    parts = []
    for kept in (own, ~own & ~space.rules.fixed):
        plan = best.plan.copy()
        plan[kept] = 0
        parts.append(space.score(plan))
    return best, parts[0], parts[1]


def test_plans_that_are_good_in_different_places_lead_to_one_that_is_good_in_both() -> None:
    """Each of two plans holds one half of a better one: it comes first, and the two are still there."""
    best, one, other = _halves()
    assert best.objective > max(one.objective, other.objective) and one.feasible and other.feasible
    first = max(one, other, key=lambda each: each.objective)
    found = _led(first, one, other)
    assert found[0].feasible and found[0].objective >= best.objective - 0.01
    assert [each.plan.tobytes() for each in found[1:]] == [one.plan.tobytes(), other.plan.tobytes()]


def test_another_plan_that_leads_makes_its_last_changes() -> None:
    """A plan made to differ that overtakes the best one ends with nothing left to gain by a change or a move."""
    space = _tiny().space
    _, one, other = _halves()
    worse, lead = sorted((one, other), key=lambda each: each.objective)
    found, *_ = _led(worse, lead)
    assert found.objective >= lead.objective
    assert topped(space, found, moves=True).objective <= found.objective + 0.01


def test_where_none_is_better_the_choice_stays_as_it_is() -> None:
    """The best plan itself, alone or beside what is a part of it, is given back untouched."""
    best, one, other = _halves()
    assert _led(best, best) == (best,)
    assert _led(best, one, best, other) == (one, best, other)
