"""Which line of a plan would have to give way to one that has no room or no leave beside it, and what that is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.evaluator import BATCH, Evaluator, Value
from planner.reasons.breaking import Broken, Overruns, broken_by
from scenarios.answer.plan import RankedPlan
from scenarios.language.plan_lines import PlanLine

Float = NDArray[np.float64]
Plan = NDArray[np.int8]

TRIED = BATCH
"""Lines that are tried, those first whose place costs least: as many plans as one call values."""
NEARLY = 0.999
"""Share of what is missing that a line must use to be tried: its use beside the new line is not quite that of now."""


@dataclass(frozen=True, kw_only=True)
class GivesWay:
    """A line that would have to go for another one."""

    line: PlanLine
    change: float
    """Change of the objective by both."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Dropped:
    """Every line of a plan, and the plan without it."""

    slots: NDArray[np.int64]
    full: Value
    without: Value

    @property
    def lost(self) -> Float:
        """[n] what the objective loses without each line."""
        return np.asarray(self.full.objective[0] - self.without.objective)


def drop_each(evaluator: Evaluator, plan: Plan) -> Dropped:
    """Value a plan [N] without each of its lines."""
    slots = np.flatnonzero(plan)
    plans = np.repeat(plan[None], len(slots), axis=0)
    plans[np.arange(len(slots)), slots] = 0
    return Dropped(slots=slots, full=evaluator.value(plan[None]), without=evaluator.value(plans))


def gives_way(
    evaluator: Evaluator,
    ranked: RankedPlan,
    dropped: Dropped,
    trial: Plan,
    barred: Sequence[Broken],
    slot: int,
) -> GivesWay | None:
    """Find the line that must go so that the plan with a new line keeps everything: the one whose place costs least.

    Parameters
    ----------
    trial
        [N] the plan with the new line in ``slot``.
    barred
        What it breaks.

    Returns
    -------
    GivesWay or None
        None where no single one of the lines that were tried is enough.
    """
    places = _candidates(evaluator, ranked, dropped, trial, barred)
    places = places[dropped.slots[places] != slot]
    places = places[np.argsort(dropped.lost[places], kind="stable")][:TRIED]
    if not len(places):
        return None
    plans = np.repeat(trial[None], len(places), axis=0)
    plans[np.arange(len(places)), dropped.slots[places]] = 0
    values, grid = evaluator.value(plans), evaluator.grid
    order = np.argsort(-values.objective, kind="stable")
    for n in order:
        if not broken_by(evaluator, ranked, plans[n], values.uses[n], values.stock[n]):
            gone = int(dropped.slots[places[n]])
            line = next(line for line in ranked.plan_lines if grid.slot_number(grid.locate(line)[0]) == gone)
            return GivesWay(line=line, change=float(values.objective[n] - dropped.full.objective[0]))
    return None


def _candidates(
    evaluator: Evaluator, ranked: RankedPlan, dropped: Dropped, trial: Plan, barred: Sequence[Broken]
) -> NDArray[np.int64]:
    """Places of the lines that use enough of every limit that is broken, and take part in every rule that is."""
    grid, limits = evaluator.grid, evaluator.limits
    enough = np.ones(len(dropped.slots), dtype=bool)
    value = evaluator.value(trial[None])
    rows = Overruns(limits, ranked)
    over = rows.over(value.uses[0])
    for row in np.flatnonzero(over > 0):
        freed = rows.over(dropped.full.uses[0])[row] - rows.over(dropped.without.uses)[:, row]
        enough &= freed >= NEARLY * over[row]
    short = value.stock[0] - limits.available
    for product in np.flatnonzero((short > 0).any(axis=1)):
        freed = (dropped.full.stock - dropped.without.stock)[:, product]
        enough &= (freed >= NEARLY * np.where(short[product] > 0, short[product], -np.inf)).all(axis=1)
    for rule in (each for each in barred if each.lines):
        there = {grid.slot_number(grid.locate(line)[0]) for line in rule.lines if _of_horizon(evaluator, line)}
        enough &= np.isin(dropped.slots, list(there))
    return np.flatnonzero(enough)


def _of_horizon(evaluator: Evaluator, line: PlanLine) -> bool:
    """Whether a line is of the plan, and not of its past."""
    return line.date >= evaluator.grid.scenario.horizon.start
