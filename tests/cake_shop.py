"""A shop whose one cake comes late: nothing is there in the first weeks, and stock is short in the last one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from constraints.ledger import Ledger
from planner.problem import Problem, build_problem
from scenarios.futures.draws import draw
from scenarios.language.plan_lines import PlanLine

QUESTION = """scenario: cakes
currency: MXN
horizon: {start: 2026-11-30, periods: 6, unit: week}
money: {tax_rate: 0%}
segments: [{id: all, customers: 100000}]
products:
  - id: cake
    category: cakes
    price: 189.00
    unit_cost: 102.00
    stock: 0
    arrivals: {2026-12-28: 7000, 2027-01-04: 23000}
offers:
  - {id: display, mechanic: feature, fixed_cost: 6000}
limits: [{id: budget, measure: spend, max: 100000}]
baseline: {table: base.csv}
effects: {table: effects.csv}
"""
BASE = "segment,product,period,units\n,cake,,0\n,cake,2026-12-28,5000\n,cake,2027-01-04,22500\n"
EFFECTS = "segment,product,period,offer,lift\n,,,display,0.18\n"


def written(folder: Path, base: str = BASE, effects: str = EFFECTS) -> Path:
    """Write the question and its tables; its scenario file."""
    (folder / "base.csv").write_text(base)
    (folder / "effects.csv").write_text(effects)
    (folder / "cakes.yaml").write_text(QUESTION)
    return folder / "cakes.yaml"


def cakes(folder: Path, *overrides: str, base: str = BASE, effects: str = EFFECTS) -> Problem:
    """Make the problem, after some changes."""
    return build_problem(str(written(folder, base, effects)), overrides)


def plan_on(problem: Problem, *days: str) -> np.ndarray:
    """The plan with the display on some days."""
    return problem.grid.plan_of(
        tuple(
            PlanLine(date=dt.date.fromisoformat(day), product="cake", segment="*", offer="display", coverage=1.0)
            for day in days
        )
    )


def ledger_of(problem: Problem) -> Ledger:
    """Judge plans by the question's own draws."""
    return Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, 1))
