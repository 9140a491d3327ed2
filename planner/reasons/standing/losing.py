"""Lines that lose by themselves, by the limits and rules that they stand for, with what these lines cost together.

What a line loses alone is its contribution. Lines lose and gain by one another, so what all that stand for the same
limits and rules cost is reckoned by the account of the plan without them, to the minor unit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.evaluator import Evaluator
from planner.reasons.breaking import Broken, broken_by
from planner.reasons.standing.runs import kept_runs
from scenarios.answer.outcome import account
from scenarios.answer.plan import LineResult, RankedPlan
from scenarios.answer.sums import objective
from scenarios.response.coefficients import Coefficients
from scenarios.rounding import exact_to_decimal


@dataclass(frozen=True, kw_only=True)
class Losing:
    """Lines that lose by themselves and stand for the same limits and rules."""

    needed_by: tuple[str, ...]
    """What the plan breaks without any one of them; empty where one of them alone is not missed."""
    estimated: tuple[str, ...]
    """Those of `needed_by` of which only an estimate of use at risk says so."""
    lines: tuple[LineResult, ...]
    """Those that lose most first."""
    cost: Decimal
    """What the plan would be worth more without all of them, were the limits and rules not there."""


@dataclass(frozen=True, kw_only=True)
class LosingLine:
    """A line that loses by itself, and what the plan breaks without it."""

    slot: int
    line: LineResult
    missed: tuple[Broken, ...]


def losing_lines(
    evaluator: Evaluator, ranked: RankedPlan, plan: NDArray[np.int8], but: Collection[int] = ()
) -> tuple[Losing, ...]:
    """Group the lines of a plan that lose by themselves by what they stand for, the costliest group first.

    Lines that the scenario locks are left out, and those of a run that a ``min_run`` asks for and that pays as a whole.

    Parameters
    ----------
    ranked, plan
        The plan with its account, and flat, int8 [N].
    but
        Slots that are left out.
    """
    grid = evaluator.grid
    by_line = {line.line: line for line in ranked.lines if line.contribution is not None and line.contribution < 0}
    planned = {int(slot): grid.line(int(slot), int(plan[slot])) for slot in np.flatnonzero(plan)}
    slots = [slot for slot, line in planned.items() if line in by_line and slot not in but]
    if not slots:
        return ()
    dropped = np.repeat(plan[None], len(slots), axis=0)
    dropped[np.arange(len(slots)), slots] = 0
    without = evaluator.value(dropped)
    missed = [
        broken_by(evaluator, ranked, dropped[number], without.uses[number], without.stock[number])
        for number in range(len(slots))
    ]
    found = [
        LosingLine(slot=slot, line=by_line[planned[slot]], missed=each)
        for slot, each in zip(slots, missed, strict=True)
    ]
    return grouped(evaluator, ranked, plan, found)


def grouped(
    evaluator: Evaluator, ranked: RankedPlan, plan: NDArray[np.int8], found: Sequence[LosingLine]
) -> tuple[Losing, ...]:
    """Group losing lines of which it is known what the plan breaks without each; see `losing_lines`."""
    locks = {rule.id for rule in evaluator.grid.scenario.rules if rule.rule == "locked"}
    broken = {each.id for each in ranked.limits if not each.ok} | {
        each.id for each in ranked.rules if not each.satisfied
    }
    runs = kept_runs(evaluator, plan, [each.slot for each in found])
    groups: dict[tuple[tuple[str, bool], ...], list[LosingLine]] = {}
    for each in found:
        needs = tuple((one.id, one.sure) for one in each.missed if one.id not in broken)
        pays = each.slot in runs and runs[each.slot].worth > 0
        if not (pays or any(name in locks for name, _ in needs)):
            groups.setdefault(needs, []).append(each)
    if not groups:
        return ()
    model = evaluator.model
    whole = account(model, plan)
    told = [
        Losing(
            needed_by=tuple(dict.fromkeys(name for name, _ in needs)),
            estimated=tuple(dict.fromkeys(name for name, sure in needs if not sure)),
            lines=tuple(each.line for each in sorted(lines, key=lambda one: (one.line.contribution, one.slot))),
            cost=_cost(model, plan, [each.slot for each in lines], whole.digits),
        )
        for needs, lines in groups.items()
    ]
    return tuple(sorted(told, key=lambda each: -each.cost))


def _cost(model: Coefficients, plan: NDArray[np.int8], slots: Sequence[int], digits: int) -> Decimal:
    """How much more a plan is worth without some lines, from the integers of both accounts."""
    rest = plan.copy()
    rest[list(slots)] = 0
    return exact_to_decimal(objective(account(model, rest), account(model, plan)), digits)
