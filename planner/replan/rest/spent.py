"""Lines that use what nothing is left of: where a ceiling is used up by what has run, no plan for the rest holds them.

A vendor that withdraws its fund on the way asks for the same as a rule that bars its offers: none of them in the rest.
Said of a fund, single changes do not get there, because a line that goes may leave a floor on lines unkept, and another
has to come in with it. Said of the choices, every step of the search knows, and both questions are searched alike.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from constraints.limits.entries import limit_entries
from constraints.rulebook import RuleBook
from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Workspace
from planner.problem import Problem
from scenarios.language.words import Measure

_USED_UP = frozenset(
    {
        Measure.DISCOUNT,
        Measure.VENDOR_FUNDING,
        Measure.CASH_COST,
        Measure.CONTACTS,
        Measure.USES,
        Measure.GIFTS,
        Measure.CUSTOMERS_REACHED,
        Measure.LINES,
    }
)
"""Measures that no line gives back: once nothing is left, none that uses any of it fits."""


def without_spent(problem: Problem) -> Problem:
    """The problem whose plans are made without lines that break a ceiling of which the locked lines leave nothing.

    Ceilings at risk and shares are left alone: what a line makes too much of them, others may make less.
    """
    limits, book, grid = problem.limits, problem.rulebook, problem.grid
    measures = {entry.id: entry.measure for entry in limit_entries(grid)}
    sums = np.array([measures.get(name) in _USED_UP for name in limits.ids], dtype=bool)
    sums &= (limits.sign > 0) & np.isnan(limits.rate) & np.isnan(limits.at_risk)
    sums &= np.array([record.share_of is None for record in limits.records], dtype=bool)
    locked = book.locked_plan()
    if not sums.any() or book.violations(locked):
        return problem
    space = Workspace(Evaluator(problem.model, limits), book)
    # Locked uses are told with digits that the bound, which follows the ledger, does not have.
    left = limits.bound - space.score(locked).uses
    spent = np.zeros_like(book.base)
    for row in np.flatnonzero(sums & (left <= limits.rounding)):
        used = -space.gains_everywhere(locked, space.only(int(row)), objective_weight=0.0)
        spent |= np.isfinite(used) & (used > limits.rounding[row] - min(float(left[row]), 0.0))
    spent[book.fixed] = False
    spent[:, 0] = False
    if not spent.any():
        return problem
    idle = grid.allowed_flat & ~book.open
    return replace(problem, rulebook=RuleBook(grid, book.rules, idle, spent))
