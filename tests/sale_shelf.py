"""A lamp and its sale, which gains on busy days only, and a vase on no offer: what tests of moves share."""

from __future__ import annotations

from pathlib import Path

from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Workspace
from planner.problem import Problem, build_problem
from scenarios.arrays import Plan
from scenarios.language.plan_lines import PlanLine


def workspace(problem: Problem) -> Workspace:
    """Return the search's view of a problem."""
    return Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)


SHELF = """
scenario: quiet
title: A sale that quiet days do not pay for
currency: EUR
horizon: {start: 2027-03-01, periods: 8, unit: day}
objective: profit
segments: [{id: all, customers: 1000}]
products:
  - {id: lamp, category: light, price: 50.00, unit_cost: 20.00}
  - {id: vase, category: home, price: 50.00, unit_cost: 20.00}
offers:
  - {id: sale, mechanic: price_discount, depth: 20%, fixed_cost: 500, applies_to: {products: [lamp]}}
  - {id: half, mechanic: price_discount, depth: 50%, applies_to: {products: [lamp]}}
limits: [{id: budget, measure: spend, max: 100000}]
baseline: {table: base.csv}
effects: {table: effects.csv}
response: {fatigue: 0, cannibalisation: 0, pull_forward: {share: 0%, periods: 1}}
"""


def shelf(folder: Path, units: tuple[int, ...], rule: str = "") -> Problem:
    """Return a question in which a sale gains on busy days only."""
    rows = "all,vase,,0\n" + "".join(f"all,lamp,2027-03-{day:02d},{each}\n" for day, each in enumerate(units, start=1))
    (folder / "base.csv").write_text("segment,product,period,units\n" + rows)
    (folder / "effects.csv").write_text(
        "segment,product,offer,lift,lift_low,lift_high,take_up\nall,lamp,sale,1,1,1,\nall,lamp,half,0.1,0.1,0.1,\n"
    )
    path = folder / "quiet.yaml"
    path.write_text(SHELF.replace("baseline:", f"rules:\n  - {rule}\nbaseline:") if rule else SHELF)
    return build_problem(path)


def days_of(problem: Problem, plan: Plan) -> list[tuple[int, str]]:
    """Return day of the month and offer of each line."""
    return [(line.date.day, line.offer) for line in problem.grid.lines(plan)]


def on_days(problem: Problem, *days: int, offer: str = "sale") -> Plan:
    """Return a plan with an offer on some days of the month."""
    day = problem.grid.scenario.horizon.date_of
    return problem.grid.plan_of(tuple(PlanLine(date=day(each - 1), product="lamp", offer=offer) for each in days))
