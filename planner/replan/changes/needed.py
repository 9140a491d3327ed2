"""What would break if changes were taken back: limits, stock and rules that they are made for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from constraints.ledger import LedgerReport
from constraints.rulebook import SLOTS, RuleBook
from planner.evaluation.evaluator import Excess
from planner.evolution.workspace import Workspace
from planner.problem import Problem
from planner.replan.changes.taken_back import taken_back
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Int, Plan
from scenarios.language.implied_ids import STOCK
from scenarios.language.plan_lines import PlanLine
from scenarios.language.scope import Scope
from scenarios.language.where import names_product
from scenarios.language.words import BASKET, EVERYBODY
from scenarios.scope_mask import in_scope, with_basket

EASED = 1e-6
"""Share of a limit's scale by which changes must ease it to be made for it."""


@dataclass(frozen=True, kw_only=True)
class Needed:
    """What changes that gain nothing by themselves are good for."""

    words: str
    limit: str | None = None
    """Id of the limit that the words speak of: nothing more is said of it."""


def broken_without(space: Workspace, book: RuleBook, running: Plan, new: Plan, slots: Int | int) -> Needed:
    """What a plan would break if changes that gain nothing by themselves were taken back, all of them at once."""
    plan = taken_back(running, new, slots)
    before, after = (_excess(space, each) for each in (new, plan))
    more = after.scalar - before.scalar
    if (more > 0).any():
        row = int(more.argmax())
        verb = "makes room in" if space.limits.sign[row] > 0 else "keeps"
        return Needed(words=f"{verb} {space.limits.ids[row]}", limit=space.limits.ids[row])
    sold_out = np.flatnonzero((after.stock > before.stock).any(axis=1))
    if sold_out.size:
        return Needed(words=f"leaves stock of {space.grid.products[int(sold_out[0])].id} for other lines")
    kept, counts = book.violations_by_rule(new), book.violations_by_rule(plan)
    broken = [name for name, count in counts.items() if count > kept.get(name, 0)]
    if broken:
        rule = "a business rule" if broken[0] == SLOTS else broken[0]
        return Needed(words=f"keeps {rule} beside the other changes")
    return Needed(words="goes with the other changes")


def eases(space: Workspace, running: Plan, new: Plan, slots: Int, broken: Sequence[str]) -> frozenset[str]:
    """Which of some limits changes ease: without them the new plan would use more of a ceiling, or less of a floor."""
    if not broken:
        return frozenset()
    plan = taken_back(running, new, slots)
    with_it, without = (space.value(each[None]).uses[0] for each in (new, plan))
    more = space.limits.sign * (without - with_it) > EASED * space.limits.scale
    return frozenset(name for name in broken if more[space.limits.rows_of[name]].any())


def _excess(space: Workspace, plan: Plan) -> Excess:
    found = space.score(plan)
    return space.evaluator.excess(found.uses, found.stock, space.bound, space.available)


def forced(
    problem: Problem,
    before: PlanLine | None,
    after: PlanLine | None,
    needed: Needed | None,
    stays: LedgerReport,
    eased: frozenset[str],
) -> list[str]:
    """Say what would break if a slot stayed as it is.

    ``needed`` says what a change that gains nothing by itself is good for; None for others. ``eased`` names the broken
    limits that the change makes easier to keep.
    """
    reasons = [] if needed is None else [needed.words]
    told = None if needed is None else needed.limit
    for limit in stays.limits:
        if limit.ok or limit.id == told:
            continue
        if before is not None and limit.id == f"{STOCK}{before.product}":
            reasons.append(f"{before.product} would sell out {limit.place.strip()}".rstrip())
        elif limit.id not in eased:
            continue
        elif limit.sense == "max" and before is not None and _counts(problem, limit, before):
            reasons.append(f"{limit.id} would be exceeded")
        elif limit.sense != "max" and any(
            _counts(problem, limit, line) for line in (before, after) if line is not None
        ):
            reasons.append(f"{limit.id} would be missed")
    return reasons


def _counts(problem: Problem, limit: LimitResult, line: PlanLine) -> bool:
    """Whether a line uses a limit."""
    if limit.id.startswith(STOCK):
        return False
    scope = Scope.model_validate(limit.scope)
    offer = problem.grid.offer(line.offer)
    here = scope.segments is None or line.segment == EVERYBODY or line.segment in scope.segments
    if line.product == BASKET:
        return here and in_scope(scope, offer, None) and with_basket(scope)
    product = problem.grid.products[problem.grid.product_index[line.product]]
    return here and in_scope(scope, offer, product.vendor) and names_product(scope, product)
