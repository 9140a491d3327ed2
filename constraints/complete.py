"""Complete locked lines to a plan that keeps the business rules, with the fewest further lines (CP-SAT)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.sat.python import cp_model

from constraints.enforce.protocol import Plan

if TYPE_CHECKING:
    from constraints.rulebook import RuleBook

DETERMINISTIC_SECONDS = 4.0


def choice_literals(model: Any, rulebook: RuleBook, slots: Any) -> dict[int, dict[int, Any]]:
    """One literal for each possible choice of some slots, exactly one of a slot true."""
    literals: dict[int, dict[int, Any]] = {}
    for slot in slots:
        options = {int(choice): model.new_bool_var("") for choice in np.flatnonzero(rulebook.base[slot])}
        model.add_exactly_one(options.values())
        literals[int(slot)] = options
    return literals


def solver(seed: int, deterministic_seconds: float) -> Any:
    """A CP-SAT solver whose answers repeat: one worker, a seed, a limit in work."""
    result = cp_model.CpSolver()
    result.parameters.num_workers = 1
    result.parameters.random_seed = seed
    result.parameters.max_deterministic_time = deterministic_seconds
    result.parameters.presolve_inclusion_work_limit = 0
    return result


def fewest_lines(rulebook: RuleBook, plan: Plan) -> Plan:
    """Free the slots around what a plan breaks and add as few lines as the rules ask for.

    Returns the plan itself where that has no solution or none is found in time.
    """
    slots = rulebook.involved(plan)
    slots = slots[~rulebook.fixed[slots]]
    model = cp_model.CpModel()
    literals = choice_literals(model, rulebook, slots)
    rulebook.add_to_model(model, plan, literals)
    model.minimize(sum(literal for options in literals.values() for choice, literal in options.items() if choice))
    search = solver(0, DETERMINISTIC_SECONDS)
    if search.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return plan
    completed = plan.copy()
    for slot, options in literals.items():
        completed[slot] = next(choice for choice, literal in options.items() if search.boolean_value(literal))
    return plan if rulebook.violations(completed) else completed
