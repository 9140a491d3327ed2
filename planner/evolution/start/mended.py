"""Mend a plan that breaks limits by much: at the prices of its own linear programme, and filled where room is left.

Where a budget is smaller than the plan's, or risk leaves a third less of it, many lines have to go. Dropped one after
the other without prices, they leave other limits half used; at prices, what goes is what everything together would miss
least.
"""

from __future__ import annotations

from planner.evolution.finish import Finish
from planner.evolution.start.first import MENDED
from planner.evolution.start.priced import prices_at
from planner.evolution.workspace import Candidate, Workspace
from scenarios.arrays import Plan


def mended(space: Workspace, finish: Finish, plan: Plan) -> Candidate:
    """The plan int8 [N], which keeps the rules, within the bounds in force: at prices, else by dropping lines alone."""
    priced = finish(plan, prices_at(space, space.score(plan)), MENDED)
    return priced if priced.feasible else finish.trim(plan)
