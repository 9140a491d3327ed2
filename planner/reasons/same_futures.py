"""A stored plan in the futures of another seed: what two plans come to is compared in the same futures."""

from __future__ import annotations

from dataclasses import replace

from constraints.ledger import Ledger
from planner.frozen_tables import problem_tables
from scenarios.answer.archive import Frozen
from scenarios.answer.plan import RankedPlan
from scenarios.answer.planned import planned
from scenarios.futures.draws import draw


def in_futures_of(frozen: Frozen, plan: RankedPlan, seed: int, *, where: str) -> RankedPlan:
    """Return a plan of a frozen problem as it comes out in the futures of another seed.

    Quantiles and the share of futures with a loss change, and the objective where it is taken from the futures; the
    account of expected effects does not.

    Raises
    ------
    InvalidInput
        Where a line of the plan, which was read from ``where``, is none of the problem.
    """
    model, _ = problem_tables(frozen)
    ledger = Ledger(model, frozen.effects, draw(model.grid, frozen.effects, seed, name=frozen.draws))
    report = ledger.audit(planned(model.grid, plan.plan_lines, where=where))
    return replace(plan, objective=report.objective, outcome=report.outcome)
