"""Pairs of changes by true evaluation: against all plans that are two changes away, on tiny scenarios."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scenario_factory import rng_of
from search_case import Case, case

from constraints.repairing.change_pairs import best_pair
from constraints.repairing.trials import State
from planner.evolution.view import trials


def key(state: State) -> tuple[float, float]:
    """Less broken first, then more objective."""
    return round(state.broken, 9), -state.objective


def changes(tiny: Case, plan: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All single changes of a plan that masks allow: slots and choices."""
    possible = tiny.allowed & tiny.space.rules.base
    possible[np.arange(len(plan)), plan] = False
    return np.nonzero(possible)


def near(tiny: Case, plan: np.ndarray) -> list[np.ndarray]:
    """All plans at most two changes away that keep the rules."""
    slots, choices = changes(tiny, plan)
    found = []
    for count in (0, 1, 2):
        for several in combinations(range(len(slots)), count):
            at = list(several)
            if len(set(slots[at])) == count:
                other = plan.copy()
                other[slots[at]] = choices[at]
                found.append(other)
    return [other for other in found if not tiny.space.rules.violations(other)]


@pytest.mark.parametrize("seed", range(4))
def test_the_best_two_changes_are_found(seed):
    """From random plans, feasible or not, as good as the best of all plans two changes away, nearly always."""
    tiny, rng = case(seed, 2_000), rng_of(seed)
    judge = trials(tiny.space, 64)
    exact = 0
    for _ in range(6):
        luck = np.where(tiny.allowed, rng.random(tiny.allowed.shape), -1.0)
        plan = tiny.space.rules.repair(luck.argmax(axis=1).astype(np.int8))
        here = judge.states(plan[None])[0]
        best = min(map(key, judge.states(np.stack(near(tiny, plan)))))
        found = best_pair(judge, tiny.space.rules, here, *changes(tiny, plan))
        if found is None:
            exact += best == key(here)
            continue
        assert key(found) < key(here)
        assert (found.plan != plan).sum() <= 2
        assert not tiny.space.rules.violations(found.plan)
        exact += key(found) <= (best[0] + 1e-9, best[1] + 1e-6)
    assert exact >= 5


@pytest.mark.parametrize("seed", [15, 36])
def test_two_changes_help_where_none_helps_alone(seed):
    """Climbing by single changes ends below what pairs reach from the same plan."""
    tiny = case(seed, 2_000)
    judge = trials(tiny.space, 64)
    state, better = None, judge.states(tiny.space.rules.locked_plan()[None])[0]
    while state is None or key(better) < key(state):
        state = better
        slots, choices = changes(tiny, state.plan)
        singles = np.repeat(state.plan[None], len(slots), axis=0)
        singles[np.arange(len(slots)), slots] = choices
        kept = [plan for plan in singles if not tiny.space.rules.violations(plan)]
        better = min(judge.states(np.stack(kept)), key=key)
    found = best_pair(judge, tiny.space.rules, state, *changes(tiny, state.plan))
    assert found is not None and key(found) < key(state)


def test_where_nothing_may_change_there_is_no_pair():
    """A plan of locked lines alone has no changes to combine."""
    tiny = case(0, 2_000)
    judge, plan = trials(tiny.space, 64), tiny.space.rules.locked_plan()
    none = np.zeros(0, dtype=np.int64)
    assert best_pair(judge, tiny.space.rules, judge.states(plan[None])[0], none, none) is None
