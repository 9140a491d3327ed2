"""Which line of a plan would have to give way to one that has no room or no leave beside it, and what that is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.evaluator import BATCH, Evaluator, Value
from planner.reasons.breaking import LEAST, Broken, Overruns, broken_by
from scenarios.answer.plan import RankedPlan
from scenarios.arrays import Float, Plan
from scenarios.language.plan_lines import PlanLine

TRIED = BATCH
"""Lines that are tried, those first whose place costs least: as many plans as one call values."""
MOST = 12
"""Lines that are given up for one, at most."""
NEARLY = 0.999
"""Share of what is missing that a line must use to be tried: its use beside the new line is not quite that of now."""


@dataclass(frozen=True, kw_only=True)
class GivesWay:
    """Lines that would have to go for another one."""

    lines: tuple[PlanLine, ...]
    change: float
    """Change of the objective by all of it."""


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
    """Find what must go so that the plan with a new line keeps everything.

    One line where one is enough: of those that free enough the one whose place costs least. Else several, one after the
    other, what costs least for the room that it makes first: an answer, not the best of all.

    Parameters
    ----------
    trial
        [N] the plan with the new line in ``slot``.
    barred
        What it breaks.

    Returns
    -------
    GivesWay or None
        None where neither is enough.
    """
    needed = _Needed(evaluator, ranked, dropped, trial)
    others = dropped.slots != slot
    enough = others & needed.covered_by_one()
    for rule in (each for each in barred if each.lines):
        grid = evaluator.grid
        there = {grid.slot_number(grid.locate(line)[0]) for line in rule.lines if _planned(evaluator, line)}
        enough &= np.isin(dropped.slots, list(there))
    places = np.flatnonzero(enough)
    places = places[np.argsort(dropped.lost[places], kind="stable")][:TRIED]
    if len(places):
        plans = np.repeat(trial[None], len(places), axis=0)
        plans[np.arange(len(places)), dropped.slots[places]] = 0
        values = evaluator.value(plans)
        for n in np.argsort(-values.objective, kind="stable"):
            if not broken_by(evaluator, ranked, plans[n], values.uses[n], values.stock[n]):
                return _told(evaluator, ranked, dropped, plans[n], trial, float(values.objective[n]))
    if any(each.lines for each in barred):
        return None
    return _several(evaluator, ranked, dropped, trial, needed, others)


class _Needed:
    """What a plan with a new line uses too much of, and the share of that which each line of the plan frees."""

    def __init__(self, evaluator: Evaluator, ranked: RankedPlan, dropped: Dropped, trial: Plan) -> None:
        limits = evaluator.limits
        value, rows = evaluator.value(trial[None]), Overruns(limits, ranked)
        over, now = rows.over(value.uses[0]), rows.over(dropped.full.uses[0])
        freed = [
            (now[row] - rows.over(dropped.without.uses)[:, row]) / over[row] for row in np.flatnonzero(over > LEAST)
        ]
        short = value.stock[0] - limits.available
        units = dropped.full.stock - dropped.without.stock
        for product in np.flatnonzero((short > 0).any(axis=1)):
            when = short[product] > 0
            freed.append((units[:, product, when] / short[product, when]).min(axis=1))
        self.freed: Float = np.array(freed).reshape(len(freed), len(dropped.slots))
        """[needs, n]"""

    def covered_by_one(self) -> NDArray[np.bool_]:
        """[n] whether a line frees all that is missing, or nearly so."""
        return np.asarray((self.freed >= NEARLY).all(axis=0))


def _several(
    evaluator: Evaluator, ranked: RankedPlan, dropped: Dropped, trial: Plan, needed: _Needed, others: NDArray[np.bool_]
) -> GivesWay | None:
    """Drop lines one after the other until the plan keeps everything."""
    plan, left, missing = trial.copy(), others.copy(), np.ones(len(needed.freed))
    for _ in range(MOST):
        helps = np.minimum(np.maximum(needed.freed, 0.0), np.maximum(missing, 0.0)[:, None]).sum(axis=0)
        useful = np.flatnonzero(left & (helps > LEAST))
        if not len(useful):
            return None
        place = int(useful[np.argmin(np.maximum(dropped.lost[useful], 0.0) / helps[useful])])
        plan[dropped.slots[place]], left[place] = 0, False
        missing = missing - needed.freed[:, place]
        if (missing > 1.0 - NEARLY).any():
            continue
        value = evaluator.value(plan[None])
        if not broken_by(evaluator, ranked, plan, value.uses[0], value.stock[0]):
            return _told(evaluator, ranked, dropped, plan, trial, float(value.objective[0]))
        missing = np.maximum(missing, 0.01)
    return None


def _told(
    evaluator: Evaluator, ranked: RankedPlan, dropped: Dropped, plan: Plan, trial: Plan, objective: float
) -> GivesWay:
    """Name the lines of the trial that a plan is without."""
    grid = evaluator.grid
    gone = set(np.flatnonzero((trial > 0) & (plan == 0)).tolist())
    lines = tuple(line for line in ranked.plan_lines if grid.slot_number(grid.locate(line)[0]) in gone)
    return GivesWay(lines=lines, change=objective - float(dropped.full.objective[0]))


def _planned(evaluator: Evaluator, line: PlanLine) -> bool:
    """Whether a line is of the plan, and not of its past."""
    return line.date >= evaluator.grid.scenario.horizon.start
