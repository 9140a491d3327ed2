"""Plans evolved apart: each keeps rules and limits, the same stream gives the same, and there may be an end to them."""

from __future__ import annotations

import numpy as np
import pytest
from scenario_factory import rng_of
from search_case import case

from planner.evolution.apart import ApartParams, evolved_apart
from planner.evolution.guided import GuidedParams
from planner.evolution.start.first import FirstParams

PARAMS = ApartParams(share=1.0, first=FirstParams(starts=1, relaxes=False, step=GuidedParams(iterations=20)))


def test_every_plan_keeps_rules_and_limits_and_repeats() -> None:
    """Each is the best of an evolution of its own; the same stream gives the same plans."""
    space, finish = (tiny := case(3, 4000)).space, tiny.finish
    found = evolved_apart(space, finish, 20.0, PARAMS, rng_of(1))
    assert len(found) == PARAMS.plans
    for plan in found:
        assert space.rules.violations(plan) == 0
        assert space.score(plan).feasible
        assert space.score(plan).objective >= 0
    again = evolved_apart(space, finish, 20.0, PARAMS, rng_of(1))
    assert all(np.array_equal(one, other) for one, other in zip(found, again, strict=True))


def test_no_plan_is_begun_where_no_other_is_needed() -> None:
    """A gap that is proven meanwhile ends it."""
    space, finish = (tiny := case(3, 4000)).space, tiny.finish
    assert evolved_apart(space, finish, 20.0, PARAMS, rng_of(1), lambda: True) == ()


def test_a_share_of_no_work_is_refused() -> None:
    """An evolution does some work."""
    with pytest.raises(ValueError, match="share of the work above 0"):
        ApartParams(share=0.0)
