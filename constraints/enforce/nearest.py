"""The plan that keeps every rule with some slots held as they are, at the least loss (CP-SAT).

`constraints.mending` finds such plans fast, one rule after the other; where several rules must give a little at once (a
run is long enough and far enough from others only where all of another one goes), it may end with none. This asks for
all at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from ortools.sat.python import cp_model

from constraints.cp_sat import solver
from constraints.enforce.protocol import Rules
from scenarios.arrays import Flag, Float, Int, Plan

CHOICES = 20_000
"""Choices up to which it is asked: with more, reading them takes seconds."""
_SECONDS = 1.0
"""Work, in CP-SAT's deterministic seconds."""
_LARGEST = 1e9
"""What the largest loss counts as."""


def nearest_kept(book: Rules, plan: Plan, loss: Float, open_: Flag, held: Int) -> Plan | None:
    """Change a plan so that it keeps every rule; None where that is impossible, too large or not found in time.

    Parameters
    ----------
    plan : int8 [N]
        Any plan.
    loss : [N, width]
        What a choice of a slot loses, at least 0.
    open_ : bool [N, width]
        Choices that may come in; what stands may go in any case.
    held : [M]
        Slots that stay as they are, beside locked ones.
    """
    at = np.arange(len(plan))
    may = open_ & book.base
    may[:, 0] = book.base[:, 0]
    may[at, plan] = book.base[at, plan]
    may[held] = False
    free = np.flatnonzero(may.sum(axis=1) > 1)
    if int(may[free].sum()) > CHOICES:
        return None
    model = cp_model.CpModel()
    literals: dict[int, dict[int, Any]] = {}
    for slot in free.tolist():
        own = {int(choice): model.new_bool_var("") for choice in np.flatnonzero(may[slot])}
        model.add_exactly_one(own.values())
        literals[slot] = own
    book.add_to_model(model, plan, literals)
    scale = _LARGEST / max(float(np.where(may[free], loss[free], 0.0).max(initial=0.0)), 1e-9)
    places = [(slot, choice, literal) for slot, own in literals.items() for choice, literal in own.items()]
    weights = [round(float(loss[slot, choice]) * scale) for slot, choice, _ in places]
    model.minimize(cp_model.LinearExpr.weighted_sum([literal for *_, literal in places], weights))
    search = solver(0, _SECONDS)
    if search.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    found = plan.copy()
    for slot, own in literals.items():
        found[slot] = next(choice for choice, literal in own.items() if search.boolean_value(literal))
    return None if book.violations(found) else found
