"""Plans composed of schedules under floors that ask for lines which lose: by enumeration the best, or near it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from all_plans import plans_of, thin
from scenario_factory import rng_of
from search_case import coefficients

from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.joining.composed import composed, worth_composing
from planner.evolution.joining.variants import variants
from planner.evolution.workspace import Candidate, Workspace
from scenarios.arrays import Plan

MOST = 600
SEEDS = (*range(8), 10, 67, 138, 275)
"""The last four, one each: two lines of a product change at once; two schedules together gain, or one does, where sums
that are rounded upwards tell of none; and a plan is found only by way of one that breaks a floor, too."""


def _floored(seed: int) -> tuple[Workspace, np.ndarray, list[Candidate]]:
    """A tiny question whose limits are all floors, its choices, and every plan that keeps the rules."""
    model = coefficients(seed)
    rulebook = build_rulebook(model.grid, model.economics)
    limits = build_limits(model)
    limits = replace(limits, sign=-np.ones_like(limits.sign))
    space = Workspace(Evaluator(model, limits), rulebook)
    allowed = thin(rng_of(seed), rulebook.base, MOST)
    plans = plans_of(allowed)
    every = space.scores(plans[space.rules.keeps(plans)])
    uses = np.stack([each.uses for each in every])
    space.bound = np.quantile(uses, 0.5, axis=0)
    return space, allowed, space.scores(np.stack([each.plan for each in every]))


@pytest.mark.parametrize("seed", SEEDS)
def test_floors_are_kept_at_the_least_loss(seed: int) -> None:
    """Begun from the locked lines, which break the floors: kept wherever a plan keeps them, by the best plan."""
    space, allowed, every = _floored(seed)
    slots, choices = np.nonzero(~allowed & space.rules.base)
    kept = [each for each in every if each.feasible]
    with space.banned(slots, choices.astype(np.int8)):
        start = space.rules.locked_plan()
        made = composed(space, Finish(space), [start], space.no_prices(), rng_of(seed))
        again = composed(space, Finish(space), [start], space.no_prices(), rng_of(seed))
        assert worth_composing(space)
    assert np.array_equal(made.plan, again.plan)
    assert not space.rules.violations(made.plan) and not (made.plan[slots] == choices).any()
    assert made.feasible == bool(kept)
    if kept:
        assert made.objective == pytest.approx(max(each.objective for each in kept), rel=1e-9)


def test_no_plan_that_keeps_everything_is_lost() -> None:
    """Composed of several plans, the best of them at least comes back, and none is made where the time is over."""
    cases = (_floored(seed) for seed in SEEDS)
    space, _, every = next(case for case in cases if any(each.feasible for each in case[2]))
    best = max((each for each in every if each.feasible), key=lambda each: each.objective)
    broken = next(each for each in every if not each.feasible)
    plans: list[Plan] = [broken.plan, best.plan]
    made = composed(space, Finish(space), plans, space.no_prices(), rng_of(1))
    assert made.feasible and made.objective >= best.objective
    late = composed(space, Finish(space), plans, space.no_prices(), rng_of(1), lambda: True)
    assert np.array_equal(late.plan, best.plan)


def test_variants_keep_masks_and_locks_and_move_lines() -> None:
    """Each differs from what is there; a line moves in time, and to another product in the same period."""
    space, _, every = _floored(2)
    periods = space.grid.shape[2]
    slots = np.arange(2 * periods)
    own = next(each.plan[slots] for each in every if (each.plan[slots] > 0).sum() == 1)
    found = variants(space, slots, own, 10**6, rng_of(1))
    for each in found:
        changed = np.flatnonzero(each != own)
        assert len(changed) and not space.rules.fixed[slots[changed]].any()
        assert space.rules.base[slots[changed], each[changed]].all()
    moved = [np.flatnonzero(each)[0] for each in found if (each > 0).sum() == 1 and each[own > 0][0] == 0]
    (at,) = np.flatnonzero(own)
    assert any(to // periods == at // periods for to in moved) and any(to % periods == at % periods for to in moved)
    drawn = {each.tobytes() for each in variants(space, slots, own, 5, rng_of(1))}
    assert len(drawn) == 5 and drawn < {each.tobytes() for each in found}
