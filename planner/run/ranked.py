"""Plans as they are ranked in an answer: the account of each, its gap, its luck, and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np

from constraints.ledger import Ledger, LedgerReport
from planner.evolution.shown.baselines import Baselines
from planner.evolution.workspace import Workspace
from planner.problem import Problem
from planner.run.findings import Findings
from planner.run.notes.habit_words import uniform_offer
from planner.run.notes.why_lines import why_lines
from planner.run.shadow import ShadowPrice
from scenarios.answer.contributions import contribution_amounts
from scenarios.answer.plan import RankedPlan
from scenarios.answer.summary import line_results
from scenarios.answer.verdicts import LimitResult
from scenarios.currency import minor_digits
from scenarios.futures.optimism import optimism
from scenarios.language.aim import senses_of
from scenarios.rounding import to_decimal


def ranked_plans(
    problem: Problem,
    space: Workspace,
    findings: Findings,
    prices: Mapping[str, ShadowPrice],
    bound: Decimal | None,
) -> tuple[RankedPlan, ...]:
    """Write down the plans that were found, best first.

    Parameters
    ----------
    prices
        Of the limits, by id: at the best plan, and told of it alone.
    bound
        Of the objective; None where none is known. Of several objectives it is of the leading one, so that only the
        first plan has a gap.
    """
    ledger, baselines = findings.ledger, findings.baselines
    plans, worth = [each.plan for each, _ in findings.checked], [float(each.objective) for _, each in findings.checked]
    beside = _yardsticks(ledger, baselines, minor_digits(space.grid.scenario.currency))
    habit = None if baselines is None or baselines.uniform is None else uniform_offer(space, baselines.uniform.plan)
    luck = optimism(problem.model, problem.effects, plans, worth, findings.asked.seed)
    leading = senses_of(space.grid.scenario.objective) is not None
    ranked = []
    for rank, ((candidate, report), lucky) in enumerate(zip(findings.checked, luck, strict=True), start=1):
        best = rank == 1
        shares, interaction = contribution_amounts(space.evaluator.model, report.account, report.expected)
        lost = np.array([float(share) for share in shares])
        ranked.append(
            RankedPlan(
                rank=rank,
                objective=report.objective,
                gap=None if bound is None or (leading and not best) else _gap(report, bound),
                optimism=lucky.value,
                optimism_error=lucky.error,
                uniform_offer=habit,
                outcome=report.outcome,
                baselines=beside,
                interaction=interaction,
                limits=tuple(_priced(limit, prices) for limit in report.limits) if best else report.limits,
                rules=report.rules,
                lines=line_results(report.account, shares, why_lines(space, candidate.plan, lost)),
                no_promotion_breaks=ledger.empty_breaks,
                objectives=report.objectives,
            )
        )
    return tuple(ranked)


def _gap(report: LedgerReport, bound: Decimal) -> float:
    """Distance from the bound as a share of it, to six digits."""
    return round(float((bound - report.objective) / max(Decimal(1), abs(bound))), 6)


def _yardsticks(ledger: Ledger, found: Baselines | None, digits: int) -> dict[str, Decimal | None]:
    """Objectives of the yardsticks by the same ledger as the plans'; without those that nobody looked for."""
    known: dict[str, Decimal | None] = {"no_promotion": to_decimal(0, digits)}
    if found is None:
        return known
    plans = {"greedy": found.greedy, "uniform": found.uniform, "last_campaign": found.last_campaign}
    return known | {name: None if plan is None else ledger.objective(plan.plan) for name, plan in plans.items()}


def _priced(limit: LimitResult, prices: Mapping[str, ShadowPrice]) -> LimitResult:
    found = prices.get(limit.id)
    return limit if found is None else replace(limit, shadow_price=found.price, price_holds=found.holds)
