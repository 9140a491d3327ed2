"""Lines of the plan that runs where there is nothing to sell: they were agreed and may stay, but none comes in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from constraints.ledger import Ledger
from constraints.rulebook import RuleBook
from constraints.rules.lines import line_text
from planner.evolution.workspace import Workspace
from planner.figures import plural
from planner.problem import Problem
from planner.run.unasked import without_unasked
from scenarios.arrays import Flag, Plan
from scenarios.first_few import first_few
from scenarios.response.for_sale import for_sale


def with_agreed(problem: Problem, running: Plan) -> Problem:
    """The problem of the rest in which lines of the running plan [N] may stay although there is nothing to sell.

    A person's plan may hold such lines, and one whose stock has run out has them since: without them what else it
    holds may no longer fit, and nobody asked for it to be taken apart.
    """
    held = _on_nothing(problem.rulebook, running)
    if not held.any():
        return problem
    book, grid = problem.rulebook, problem.grid
    idle = grid.allowed_flat & ~book.open
    idle[held, running[held]] = False
    return replace(problem, rulebook=RuleBook(grid, book.rules, idle))


def ruled(space: Workspace, ledger: Ledger, plan: Plan) -> Plan:
    """A plan mended where it breaks rules; then its lines on nothing go first, as they fill what rules leave.

    In a plan that keeps them such lines stay: they were agreed (`with_agreed`).
    """
    if space.rules.violations(plan):
        plan = without_unasked(space.grid, space.rules, for_sale(ledger.model, ledger.effects), plan)
    return space.rules.repair(plan)


def told_agreed(problem: Problem, running: Plan) -> tuple[str, ...]:
    """Say which lines of the running plan those are."""
    slots = np.flatnonzero(_on_nothing(problem.rulebook, running))
    if not len(slots):
        return ()
    lines = [line_text(problem.grid.line(int(slot), int(running[slot]))) for slot in slots]
    stand, them = ("stands", "it") if len(lines) == 1 else ("stand", "they")
    return (
        f"{plural(len(lines), 'line')} of the plan that runs {stand} where there is nothing to sell "
        f"({first_few(lines)}): {them} may stay, as agreed, and no other such line comes in",
    )


def _on_nothing(book: RuleBook, plan: Plan) -> Flag:
    return np.asarray(book.idle[np.arange(len(plan)), plan])
