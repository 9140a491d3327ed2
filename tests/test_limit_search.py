"""Windows, months, shares, ROI and least amounts in the search: linear rows, optimum, rescue; and why nothing fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conflict_case import explained, locked
from random_limits import document_of, limits_of_every_kind
from rule_shop import line
from scenario_factory import rng_of
from search_case import Case, case, coefficients, optimum, search_ends_at_the_optimum

from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.linearise import linearise
from planner.evolution.start.rescue import rescue
from planner.evolution.workspace import Workspace
from scenarios.language.schema import Limit
from scenarios.response.totals import evaluate


def kinds_case(seed: int, most: int = 4000) -> Case:
    """A tiny search under limits of every kind, loose enough that some plan keeps them all."""
    model = coefficients(seed)
    scenario = model.grid.scenario
    turnover = float((model.base_units.sum(axis=(0, 2)) * model.economics.price).sum())
    drawn = limits_of_every_kind(rng_of(seed), document_of(scenario), 3 * turnover, chance=1.0)
    kept = [limit for limit in drawn if limit["id"] != "sure"]
    limits = tuple(Limit.model_validate(limit) for limit in kept)
    grid = replace(model.grid, scenario=scenario.model_copy(update={"limits": limits}))
    model = replace(model, grid=grid)
    rulebook = build_rulebook(grid, model.economics)
    space = Workspace(Evaluator(model, build_limits(model)), rulebook)
    return Case(model=model, space=space, finish=Finish(space), allowed=case(seed, most).allowed)


def _random_plan(tiny: Case, seed: int) -> np.ndarray:
    rng = rng_of(seed)
    plan = tiny.model.grid.empty()
    for slot in np.flatnonzero(rng.random(len(plan)) < 0.5):
        plan[slot] = rng.choice(np.flatnonzero(tiny.allowed[slot]))
    return plan


@pytest.mark.parametrize("seed", [9])
def test_linear_rows_are_what_single_changes_do(seed):
    """Every row of the linear model is the true change of the row's use, by the compiled and by the plain sums."""
    tiny = kinds_case(seed)
    space, limits = tiny.space, tiny.space.limits
    plan = _random_plan(tiny, seed)
    scored = space.score(plan)
    plain = [float(evaluate(functional, tiny.model, plan, np)) for functional in limits.functionals]
    np.testing.assert_allclose(scored.uses, plain, rtol=1e-9, atol=1e-7)
    linear = linearise(space, scored, space.whole, every_window=True)
    np.testing.assert_allclose(linear.headroom, limits.sign * (limits.within_rounding - scored.uses))
    rng = rng_of(seed)
    for _ in range(12):
        at = int(rng.integers(len(linear.slots)))
        choices = np.flatnonzero(np.isfinite(linear.gain[at]) & tiny.model.grid.allowed_flat[linear.slots[at]])
        other = plan.copy()
        other[linear.slots[at]] = choice = int(rng.choice(choices))
        change = limits.sign * (space.score(other).uses - scored.uses)
        gap = np.abs(linear.use[:, at, choice] - change)
        assert (gap <= 1e-3 * np.maximum(np.maximum(np.abs(change), limits.scale), 1.0)).all()


@pytest.mark.parametrize("seed", [5, 8, 17])
def test_search_finds_the_best_plan_under_every_kind(seed):
    """The evolution ends at the enumerated optimum under windows, shares, ROI and least amounts together."""
    search_ends_at_the_optimum(kinds_case(seed), seed, work=120)


@pytest.mark.parametrize("seed", [5, 8])
def test_rescue_mends_where_a_plan_exists(seed):
    """From a random plan that breaks limits, rescue reaches one that keeps them all."""
    tiny = kinds_case(seed)
    assert optimum(tiny) is not None
    plan = next(p for n in range(50) if not tiny.space.score(p := _random_plan(tiny, 100 + n)).feasible)
    mended = rescue(tiny.space, tiny.finish, tiny.space.score(plan), tiny.space.no_prices())
    assert mended.feasible and not tiny.space.rules.violations(mended.plan)


@pytest.mark.parametrize("anew", [True, False])
def test_rescue_takes_the_scenarios_bounds_only_where_it_begins_anew(anew):
    """Bounds that another plan's risk has tightened stay in force while plans to choose from are mended."""
    space = kinds_case(5).space
    written = space.bound.copy()
    space.bound = written - 1.0
    good = replace(space.score(space.rules.locked_plan()), feasible=True)
    try:
        assert rescue(space, Finish(space), good, space.no_prices(), anew=anew) is good
        assert np.array_equal(space.bound, written if anew else written - 1.0)
    finally:
        space.bound = written


def test_locked_lines_over_a_window_are_proven_and_mended():
    """The window that locked lines overspend is named, and the bound that it needs lets every window pass."""
    lock = locked((3, "phone", "off10"), (4, "phone", "off10"), (8, "phone", "off10"))
    weekly = {"id": "weekly", "measure": "spend", "max": 3000, "window": "2 days"}
    found, _ = explained([weekly], [lock])
    assert found.proven and found.members[0] == "weekly"
    assert found.nearest == ("weekly: spend 4,800 in 2026-11-03..2026-11-04, at most 3,000 allowed",)
    assert "raise weekly from 3,000 to 4,800" in found.remedies
    assert not explained([weekly | {"max": 4800}], [lock])[0].members


def test_what_lines_before_the_horizon_used_is_part_of_the_proof():
    """A line of yesterday and a locked one of today overspend a window together; the sentence counts both."""
    weekly = {"id": "weekly", "measure": "spend", "max": 4000, "window": "2 days"}
    past = [line((1, "phone", "off10")).model_dump()]
    lock = locked((2, "phone", "off10"))
    assert not explained([weekly], [lock])[0].members
    found, _ = explained([weekly], [lock], history=past)
    assert found.proven and found.nearest == ("weekly: spend 4,800 in 2026-11-01..2026-11-02, at most 4,000 allowed",)


def test_a_share_and_an_roi_out_of_reach_are_proven():
    """Locked lines that no other line can outweigh break a share, and an ROI that no line earns is refuted."""
    lock = locked((3, "phone", "off10"))
    floor = {"id": "pays", "measure": "roi", "min": 50}
    found, _ = explained([floor], [lock])
    assert found.proven and found.members[0] == "pays" and "misses pays" in found.reasons[0]
    assert found.remedies[0].startswith("lower pays from 50 to ")
    share = {
        "id": "part",
        "measure": "spend",
        "max": "5%",
        "share_of": {"measure": "revenue"},
        "where": {"offers": ["off10"]},
    }
    share["window"] = "1 day"
    found, _ = explained([share], [lock])
    assert "part" in found.members
    assert (
        found.nearest[0].startswith("part: spend / revenue ")
        and "in 2026-11-03, at most 5% allowed" in found.nearest[0]
    )
