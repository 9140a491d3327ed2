"""Count out a small question: every plan, judged by the ledger (`constraints.infeasible.census`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from constraints.infeasible.census import CensusParams, ExhaustedError, count_out
from constraints.infeasible.counted_conflict import Counted, judge_census
from constraints.infeasible.firm import firm_members
from constraints.infeasible.many_plans import count_plans as number_of_plans
from constraints.ledger import Ledger
from planner.problem import Problem
from scenarios.answer.verdicts import LimitResult
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients

COUNT = CensusParams()


def count_plans(
    problem: Problem,
    ledger: Ledger,
    params: CensusParams = COUNT,
    tell: Callable[[str], None] = lambda doing: None,
) -> Counted | None:
    """Answer from all plans whether one is feasible, and if not, what conflicts and what mends it.

    Parameters
    ----------
    tell
        Told what is being done, before the count and every audit; it may end the count by an exception.

    Returns
    -------
    Counted or None
        None where the question has too many plans to be counted, or too many that only the ledger can judge.
    """
    every = number_of_plans(problem.rulebook.open)
    doing = f"looking at each of the {every:,.0f} possible plans"
    if every <= params.plans:
        tell(doing)
    judges: dict[tuple[tuple[int, int], ...], Ledger] = {(): ledger}

    def audit(plan: NDArray[np.int8], stock: dict[int, int]) -> Sequence[LimitResult]:
        tell(doing)
        key = tuple(sorted((product, units) for product, units in stock.items() if units))
        if key not in judges:
            judges[key] = with_stock(problem, ledger, dict(key))
        return judges[key].verdict(plan).limits

    census = count_out(problem.model, problem.limits, problem.rulebook, audit, params)
    if census is None:
        return None
    try:
        return judge_census(census, audit, firm_members(problem.grid))
    except ExhaustedError:
        return None


def with_stock(problem: Problem, ledger: Ledger, stock: dict[int, int]) -> Ledger:
    """Make the ledger of a problem that has more units of some products from the start on."""
    scenario = problem.grid.scenario
    products = tuple(
        product.model_copy(update={"stock": (product.stock or 0) + stock.get(number, 0)})
        if stock.get(number, 0)
        else product
        for number, product in enumerate(problem.grid.products)
    )
    grid = build_grid(scenario.model_copy(update={"products": products}))
    grid = replace(grid, custom=problem.grid.custom)
    model = build_coefficients(grid, problem.effects, problem.baskets)
    return Ledger(model, problem.effects, ledger.draws)
