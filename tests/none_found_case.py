"""A small question without a plan: what is asked, what the ledger says of it, and an exact search."""

from __future__ import annotations

import io

import numpy as np
from rich.console import Console
from two_locked import two_locked

from constraints.infeasible.clash import Conflict
from constraints.ledger import Ledger
from planner.problem import Problem
from planner.report.conflict import show_conflict
from planner.run.no_plan.count_plans import count_plans
from planner.run.no_plan.passed import Passed
from scenarios.futures.draws import draw
from scenarios.language.schema import Limit


def ledger_of(asked: Problem) -> Ledger:
    """Return the ledger of a question."""
    return Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 1))


class Exact:
    """Stands in for the search: the best plan of an eased problem, by counting; notes how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, eased: Problem, start: np.ndarray | None) -> Passed | None:
        """Find a first plan."""
        self.asked += 1
        ledger = ledger_of(eased)
        found = count_plans(eased, ledger)
        if found is None or found.feasible is None:
            return None
        return Passed(plan=found.feasible, limits=ledger.audit(found.feasible).limits)


def asked_of(**bounds: float) -> Problem:
    """Two locked lines, a budget and a margin floor."""
    return two_locked(
        Limit(id="cap", measure="gross_spend", max=bounds.get("cap", 1e6)),
        Limit(id="margin", measure="margin_rate", min=bounds.get("margin", -1.0)),
    )


def shown(found: Conflict) -> str:
    """Print an answer as on a wide terminal."""
    console = Console(width=400, record=True, file=io.StringIO())
    for part in show_conflict(found):
        console.print(part)
    return console.export_text()
