"""What a plan of an eased question still breaks of the question itself: no plan that is known breaks less."""

from __future__ import annotations

from constraints.infeasible.reasons import messages_of
from constraints.infeasible.shortfall import broken_rows, measure_uses, shortfall_text, strain_of
from constraints.rules.registry import check_rules
from planner.problem import Problem
from planner.run.no_plan.passed import Passed


def still_broken(problem: Problem, passed: Passed) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Limits and rules that a plan of an eased problem breaks of the problem itself, and a sentence for each."""
    used = measure_uses(problem.model, problem.limits, passed.plan, strain_of(problem.limits, passed.limits))
    rows = broken_rows(problem.model, problem.limits, used)
    rules = [rule for rule in check_rules(problem.grid, problem.grid.lines(passed.plan)) if not rule.satisfied]
    sentences = (
        *(shortfall_text(problem.model, problem.limits, row, used, passed.limits) for row in rows),
        *messages_of(rules),
    )
    return tuple(dict.fromkeys((*(row.id for row in rows), *(rule.id for rule in rules)))), sentences
