"""Where a plan stands as things are now: the money it makes, and what it would break."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from constraints.ledger import LedgerReport
from planner.evolution.workspace import Plan
from planner.problem import Problem
from scenarios.answer.rounding import scaled, to_decimal
from scenarios.currency import minor_digits
from scenarios.futures.expected_future import served
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.measures import measure_functional


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a plan stands as things are now."""

    profit: Decimal
    """Of the whole horizon, promotion or not; what is sold out is lost."""
    gained: Decimal
    """`profit` less that of no promotion."""
    spend: Decimal
    broken: tuple[str, ...]
    """Ids of limits and rules that it would break."""


def standing(problem: Problem, plan: Plan, report: LedgerReport) -> Standing:
    """Money of a plan on what is now expected, nothing sold that is not there."""
    grid, model = problem.grid, problem.model
    wanted = [measure_functional(grid, model.economics, each, Scope()) for each in (Measure.PROFIT, Measure.SPEND)]
    with_plan, without = (served(model, problem.effects, each, wanted) for each in (plan, grid.empty()))
    digits = minor_digits(grid.scenario.currency)
    profit, spend, empty = scaled(np.array([with_plan[0], with_plan[1], without[0]]), digits).tolist()
    broken = (*(each.id for each in report.limits if not each.ok), *(r.id for r in report.rules if not r.satisfied))
    return Standing(
        profit=to_decimal(profit, digits),
        gained=to_decimal(profit - empty, digits),
        spend=to_decimal(spend, digits),
        broken=broken,
    )
