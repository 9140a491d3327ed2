"""Runs that a rule asks for: where one line alone would be too short, the shortest run that is long enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.evaluation.evaluator import Evaluator
from planner.reasons.breaking import Broken, broken_by
from scenarios.answer.plan import RankedPlan
from scenarios.arrays import Plan
from scenarios.grid import Slot
from scenarios.language.rule_schema import MinRun


@dataclass(frozen=True, kw_only=True)
class BestRun:
    """The best run of an offer in free slots of one product and segment, as long as a rule asks for."""

    rule: str
    lines: int
    first: dt.date
    last: dt.date
    """First day of its last period."""
    change: float
    """Change of the objective by all of its lines."""
    barred: tuple[Broken, ...]


def best_run(
    evaluator: Evaluator, ranked: RankedPlan, plan: Plan, slot: int, choice: int, broken: Sequence[Broken]
) -> BestRun | None:
    """Find the run that a line would need, or None where no `min_run` rule asks for one, or there is no room for it.

    Parameters
    ----------
    slot, choice
        The line by itself, of which the run keeps product, segment and level.
    broken
        What the plan with the line alone breaks.
    """
    grid, names = evaluator.grid, {each.id for each in broken}
    rules = [rule for rule in grid.scenario.rules if isinstance(rule, MinRun) and rule.id in names]
    if not rules:
        return None
    rule = max(rules, key=lambda each: each.periods)
    place, periods = grid.slot(slot), grid.shape[2]
    series = [grid.slot_number(_moved(place, period)) for period in range(periods)]
    free = np.array([plan[each] == 0 and grid.allowed_flat[each, choice] for each in series])
    starts = [first for first in range(periods - rule.periods + 1) if free[first : first + rule.periods].all()]
    if not starts:
        return None
    plans = np.repeat(plan[None], len(starts), axis=0)
    for number, first in enumerate(starts):
        plans[number, series[first : first + rule.periods]] = choice
    values, now = evaluator.value(plans), evaluator.value(plan[None]).objective[0]
    best = int(np.argmax(values.objective))
    date_of = grid.scenario.horizon.date_of
    return BestRun(
        rule=rule.id,
        lines=rule.periods,
        first=date_of(starts[best]),
        last=date_of(starts[best] + rule.periods - 1),
        change=float(values.objective[best] - now),
        barred=broken_by(evaluator, ranked, plans[best], values.uses[best], values.stock[best]),
    )


def _moved(place: Slot, period: int) -> Slot:
    return Slot(period=period, product=place.product, segment=place.segment, block=place.block)
