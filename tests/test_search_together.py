"""The search under rules that single changes cannot reach or keep: against enumeration, with every yardstick valid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from all_plans import gains_and_feasible, plans_of, thin
from pydantic import TypeAdapter
from scenario_factory import rng_of
from search_case import Case, coefficients, search

from constraints.infeasible.many_plans import breaks_rule
from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.bound.lowering.tight import tight_bound
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.shown.baselines import greedy, uniform
from planner.evolution.workspace import Workspace
from scenarios.language.schemas.rule import Rule

RULES = {
    "runs": {"rule": "min_run", "periods": 2},
    "packages": {"rule": "all_or_nothing", "across": ["product"]},
    "rhythm": {"rule": "cycle", "run": 1, "rest": 1, "every": True},
    "turns": {"rule": "only_after", "where": {"layer": "targeted"}, "after": {"layer": "public"}},
    "law": {"rule": "reference_price", "days": 2, "min": "5%"},
    "floor": {"rule": "fairness", "min": 2},
}


def _case(seed: int, rule: dict[str, object]) -> Case:
    """A tiny search of the common shape under one rule."""
    model = coefficients(seed)
    written = TypeAdapter(Rule).validate_python({"id": "rule"} | rule)
    scenario = model.grid.scenario.model_copy(update={"rules": (written,)})
    model = replace(model, grid=replace(model.grid, scenario=scenario))
    rulebook = build_rulebook(model.grid, model.economics)
    allowed = thin(rng_of(seed), rulebook.base, 3000)
    allowed[:, 0] = True
    space = Workspace(Evaluator(model, build_limits(model)), rulebook)
    return Case(model=model, space=space, finish=Finish(space), allowed=allowed)


@pytest.mark.parametrize("name", RULES)
def test_the_best_plan_under_a_rule_is_found_and_bounded(name: str) -> None:
    """Of all plans that keep rule and limits the best is found, the bound lies above it, and habits keep the rule."""
    tiny = _case(3, RULES[name])
    rulebook = build_rulebook(tiny.model.grid, tiny.model.economics)
    plans = plans_of(tiny.allowed)
    broken = np.array([breaks_rule(tiny.model.grid, rule, plans) for rule in rulebook.rules]).any(axis=0)
    gains, kept = gains_and_feasible(tiny.model, tiny.space.limits, plans, at_risk=True)
    best = float(gains[kept & ~broken].max())
    found = search(tiny, 1, work=100)
    assert found is not None and not rulebook.violations(found.best.plan)
    assert found.best.objective == pytest.approx(best, rel=1e-5, abs=1e-3)
    assert tight_bound(tiny.model, tiny.space.limits, tiny.allowed).value >= best - 1e-6 * max(1.0, abs(best))
    for habit in (greedy(tiny.space), uniform(tiny.space)):
        assert habit is None or not rulebook.violations(habit.plan)


def test_a_guided_step_of_any_length_keeps_rules_along_periods() -> None:
    """Also one of a single iteration, in which there is no time to be loose and to join lines afterwards."""
    space = _case(3, RULES["runs"]).space
    for seed in range(4):
        params = GuidedParams(iterations=1, release=0.9, last_release=0.9)
        plan, _ = guided(space, space.rules.locked_plan(), space.no_prices(), space.whole, params, rng_of(seed))
        assert not space.rules.violations(plan)
