"""A person's plan, evaluated and checked: the same account and ledger as for plans that the search found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.ledger import Ledger
from planner.problem import Problem
from scenarios.answer.cells import Account
from scenarios.answer.contributions import contribution_amounts
from scenarios.answer.plan import RankedPlan
from scenarios.answer.summary import line_results
from scenarios.futures.draws import draw

REPORT_SEED = 0
"""Seed of the futures that a person's plan is judged in; a folder's own seed where it is compared with one."""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A plan and what it breaks."""

    plan: RankedPlan
    refused: tuple[str, ...]
    account: Account

    @property
    def kept(self) -> bool:
        """Whether the plan keeps every limit and rule."""
        kept = all(limit.ok for limit in self.plan.limits) and all(rule.satisfied for rule in self.plan.rules)
        return kept and not self.refused


def score_plan(problem: Problem, plan: NDArray[np.int8], *, seed: int = REPORT_SEED, draws: str = "report") -> Scored:
    """Keep the account of a flat plan [N] and judge it by the ledger, in the futures of a seed and a name."""
    futures = draw(problem.grid, problem.effects, seed, name=draws)
    report = Ledger(problem.model, problem.effects, futures).audit(plan)
    shares, interaction = contribution_amounts(problem.model, report.account, report.expected)
    ranked = RankedPlan(
        rank=1,
        objective=report.objective,
        gap=None,
        optimism=None,
        outcome=report.outcome,
        baselines={},
        interaction=interaction,
        limits=report.limits,
        rules=report.rules,
        lines=line_results(report.account, shares),
        objectives=report.objectives,
    )
    return Scored(plan=ranked, refused=report.refused, account=report.account)
