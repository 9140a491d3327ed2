"""Complete locked lines to a plan that keeps the business rules, with the fewest further lines (CP-SAT)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from constraints.cp_sat import solver
from constraints.enforce.protocol import Completable, Rules
from scenarios.arrays import Plan

DETERMINISTIC_SECONDS = 4.0


def choice_literals(model: Any, rulebook: Rules, slots: Any) -> dict[int, dict[int, Any]]:
    """One literal for each possible choice of some slots, exactly one of a slot true."""
    literals: dict[int, dict[int, Any]] = {}
    for slot in slots:
        options = {int(choice): model.new_bool_var("") for choice in np.flatnonzero(rulebook.base[slot])}
        model.add_exactly_one(options.values())
        literals[int(slot)] = options
    return literals


class Verdict(Enum):
    """How the completion of locked lines ended."""

    FOUND = "found"
    IMPOSSIBLE = "impossible"
    """Proven: no plan holds the locked lines and keeps the rules."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, eq=False)
class Completion:
    """A plan that keeps the rules, or the plan that was to be completed."""

    plan: Plan
    verdict: Verdict


def complete(rulebook: Completable, plan: Plan) -> Completion:
    """Free what hangs together with what a plan of locked lines breaks, and add as few lines as the rules ask for.

    Slots outside hold no line but locked ones. That is no loss: whatever a rule that may ask for lines can ask for lies
    in the freed slots or among slots that are kept already; all other rules are easiest to keep with fewer lines. What
    is still broken afterwards lies in fixed slots alone, so that no plan mends it.
    """
    slots = rulebook.connected(rulebook.involved(plan))
    slots = slots[~rulebook.fixed[slots]]
    model = cp_model.CpModel()
    literals = choice_literals(model, rulebook, slots)
    rulebook.add_to_model(model, plan, literals)
    model.minimize(sum(literal for options in literals.values() for choice, literal in options.items() if choice))
    search = solver(0, DETERMINISTIC_SECONDS)
    status = search.solve(model)
    if status == cp_model.INFEASIBLE:
        return Completion(plan=plan, verdict=Verdict.IMPOSSIBLE)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Completion(plan=plan, verdict=Verdict.UNKNOWN)
    completed = plan.copy()
    for slot, options in literals.items():
        completed[slot] = next(choice for choice, literal in options.items() if search.boolean_value(literal))
    if rulebook.violations(completed):
        return Completion(plan=plan, verdict=Verdict.IMPOSSIBLE)
    return Completion(plan=completed, verdict=Verdict.FOUND)
