"""The problem that is left once something gives way: another bound, more stock, without a rule or a locked line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from constraints.infeasible.easing import eased
from constraints.infeasible.remedies import Change
from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.problem import Problem, problem_of
from scenarios.language.schema import Scenario
from scenarios.response.for_sale import for_sale


def after(problem: Problem, changes: Sequence[Change]) -> Problem:
    """Make the problem that is left after a remedy."""
    return with_scenario(problem, eased(problem.grid, changes))


def with_scenario(problem: Problem, scenario: Scenario) -> Problem:
    """The same problem with other limits, rules or stock; response tables are made anew only for other stock."""
    loaded = replace(problem.loaded, scenario=scenario)
    if scenario.products != problem.grid.scenario.products:
        return problem_of(loaded, problem.learned)
    grid = replace(problem.grid, scenario=scenario)
    model = replace(problem.model, grid=grid)
    return replace(
        problem,
        loaded=loaded,
        grid=grid,
        model=model,
        limits=build_limits(model),
        rulebook=build_rulebook(grid, model.economics, for_sale(model, problem.effects)),
    )
