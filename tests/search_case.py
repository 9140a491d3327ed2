"""Tiny searches whose best plan is known by enumeration; all of one shape, so that they share what is compiled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from all_plans import gains_and_feasible, plans_of, thin
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.evolution.evolve import EvolveParams, evolve
from planner.evolution.finish import Finish
from planner.evolution.guided import GuidedParams
from planner.evolution.start.first import FirstParams, first_plans
from planner.evolution.start.rescue import rescue
from planner.evolution.state import State, begin
from planner.evolution.workspace import Workspace
from scenarios.grid import build_grid
from scenarios.response.coefficients import Coefficients, build_coefficients

WIDTHS = (3, 3, 1, 1)
TERMS = {"fatigue_half_life": 2.0}
FIRST = FirstParams(step=GuidedParams(iterations=60))


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One tiny search."""

    model: Coefficients
    space: Workspace
    finish: Finish
    allowed: np.ndarray
    """[N, width] choices that are left after thinning out."""


def coefficients(seed: int, widths: tuple[int, ...] = WIDTHS) -> Coefficients:
    """Draw tiny scenarios with every interaction until one has the shape; on baskets too where that has room."""
    room = max(widths[2:]) > 1
    for attempt in range(1000):
        rng = rng_of(1000 * seed + attempt)
        scenario, effects, baskets = tiny_scenario(
            rng, segments=1, products=2, periods=3, baskets=room, rules=False, own_rates=False, order_gifts=False
        )
        pull = scenario.response.pull_forward.model_copy(update={"periods": 2})
        response = scenario.response.model_copy(update={**TERMS, "pull_forward": pull})
        grid = build_grid(scenario.model_copy(update={"response": response}))
        if tuple(grid.widths) == widths and scenario.limits:
            return build_coefficients(grid, effects, baskets)
    raise AssertionError("no tiny scenario of the common shape")


def case(seed: int, most: int) -> Case:
    """Make a tiny search with at most ``most`` plans."""
    model = coefficients(seed)
    limits = build_limits(model)
    rulebook = build_rulebook(model.grid, model.economics)
    allowed = thin(rng_of(seed), rulebook.base, most)
    space = Workspace(Evaluator(model, limits), rulebook)
    return Case(model=model, space=space, finish=Finish(space), allowed=allowed)


def optimum(tiny: Case) -> float | None:
    """Objective of the best feasible plan by enumeration; None where no plan is feasible."""
    plans = plans_of(tiny.allowed)
    plans = plans[tiny.space.rules.keeps(plans)]
    gains, kept = gains_and_feasible(tiny.model, tiny.space.limits, plans, at_risk=True)
    return float(gains[kept].max()) if kept.any() else None


def search(tiny: Case, seed: int, work: float) -> State | None:
    """Search as a run does: guided step, finish, evolution; None where no plan keeps the limits."""
    space, rng = tiny.space, rng_of(seed)
    slots, choices = np.nonzero(~tiny.allowed & space.rules.base)
    with space.banned(slots, choices.astype(np.int8)):
        start = space.rules.locked_plan()
        plans, prices = first_plans(space, tiny.finish, start, FIRST, rng)
        feasible = [plan for plan in (*plans, tiny.finish.trim(start)) if plan.feasible]
        if not feasible:
            mended = rescue(space, tiny.finish, plans[0], prices)
            feasible = [mended] if mended.feasible else []
        if not feasible:
            return None
        best, *others = sorted(feasible, key=lambda candidate: -candidate.objective)
        *_, last = evolve(space, tiny.finish, begin(best, prices, tuple(others)), EvolveParams(work=work), rng)
        return last


def search_ends_at_the_optimum(tiny: Case, seed: int, work: float) -> None:
    """Assert that the evolution finds the best plan, and none only where there is none."""
    best = optimum(tiny)
    found = search(tiny, seed, work=work)
    if best is None:
        assert found is None
        return
    assert found is not None
    assert found.best.objective == pytest.approx(best, rel=1e-6, abs=1e-4)
