"""Which share of a gap limits at risk make: the note says what the gap's own parts say; nothing where it is little."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from all_plans import gains_and_feasible, plans_of, thin
from bound_questions import NO_BOUND
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.bound.gap.story import explain_gap
from planner.bound.lowering.params import BoundParams
from planner.bound.problem import BoundProblem
from planner.run.notes.held_back import held_back
from scenarios.grid import build_grid
from scenarios.language.schema import Limit
from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import evaluate


def test_the_share_is_what_the_parts_of_the_gap_say() -> None:
    """The budget at risk is named with its share of the gap, at the same prices as `--explain-gap` has."""
    scenario, effects, baskets = tiny_scenario(rng_of(7), segments=1, products=2, periods=2, rules=False)
    budgets = [{"id": "careful", "measure": "spend", "max": 300, "at_risk": "95%"}]
    budgets.append({"id": "plain", "measure": "discount", "max": 400})
    limits_of = tuple(Limit.model_validate(each) for each in budgets)
    model = build_coefficients(build_grid(scenario.model_copy(update={"limits": limits_of})), effects, baskets)
    limits, book = build_limits(model), build_rulebook(model.grid, model.economics)
    plans = plans_of(thin(rng_of(8), book.base, 300))
    _, kept = gains_and_feasible(model, limits, plans, at_risk=True)
    problem = BoundProblem(model, limits, book.base, book.locked_lines(), BoundParams().fine_states, book.rules)
    for price, told in ((20.0, True), (0.001, False)):
        prices = problem.start._replace(limit=np.where(np.isfinite(limits.at_risk), price, 0.5))
        value, parts = problem.evaluate(prices, naive=False)
        bound = replace(NO_BOUND, value=value, parts=parts, at=prices)
        plan = plans[np.flatnonzero(kept)[0]]
        story = explain_gap(model, limits, book.base, book.locked_lines(), book.rules, bound, plan)
        assert story is not None
        gap = value - story.objective
        share = sum(part.amount for part in story.parts if part.name == "careful") / gap
        uses = np.array([float(evaluate(each, model, plan, np)) for each in limits.functionals])
        best: Any = SimpleNamespace(objective=story.objective, uses=uses)
        notes = held_back(limits, bound, best)
        assert (share >= 0.25) == told and gap > 0.05 * value
        start = f"{share:.0%} of the gap is what careful must leave for bad futures (at_risk)"
        assert [note.startswith(start) for note in notes] == [True] * told


@pytest.mark.parametrize("gap", [0.0, 4.0])
def test_a_small_gap_is_not_explained(gap: float) -> None:
    """What is within a twentieth of the bound needs no reason; without a bound there is no gap."""
    limits: Any = SimpleNamespace(functionals=(1,), at_risk=np.ones(1), ids=("careful",), excess=lambda uses: -uses)
    at: Any = SimpleNamespace(limit=np.ones(1))
    best: Any = SimpleNamespace(objective=100.0 - gap, uses=np.full(1, gap))
    assert held_back(limits, replace(NO_BOUND, value=100.0, at=at), best) == ()
    assert held_back(limits, None, best) == ()
    best.objective, best.uses = 90.0, np.full(1, 5.0)
    (note,) = held_back(limits, replace(NO_BOUND, value=100.0, at=at), best)
    assert note.startswith("50% of the gap is what careful must leave for bad futures (at_risk)")
