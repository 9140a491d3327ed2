"""What of a plan would have to give way to lines that have no room or no leave beside it, and what that is worth.

A part of a plan that may go is a line that the rules let go alone, or lines that go only together: all of a run that
has a least length, all of what goes to everybody or to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from constraints.mending import mend
from constraints.rulebook import RuleBook
from planner.evaluation.evaluator import BATCH, Evaluator, Value
from planner.reasons.breaking import LEAST, Broken, Overruns, broken_by
from scenarios.answer.plan import RankedPlan
from scenarios.arrays import Flag, Float, Int, Plan
from scenarios.language.plan_lines import PlanLine

TRIED = BATCH
"""Parts of a plan that are tried, those first whose place costs least: as many plans as one call values."""
MOST = 12
"""Parts that are given up for others, at most."""
NEARLY = 0.999
"""Share of what is missing that a part must use to be tried: its use beside the new lines is not quite that of now."""
LOOKED_INTO = 128
"""Lines at most of which it is asked what would have to go with them."""
AT_A_TIME = 256
"""Plans whose rules are looked at together: more would only take more memory."""


@dataclass(frozen=True, kw_only=True)
class GivesWay:
    """Lines that would have to go for others."""

    lines: tuple[PlanLine, ...]
    change: float
    """Change of the objective by all of it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Dropped:
    """The parts of a plan that may go, and the plan without each."""

    plan: Plan
    parts: tuple[Int, ...]
    """Slots of each."""
    full: Value
    without: Value

    @property
    def lost(self) -> Float:
        """[n] what the objective loses without each part."""
        return np.asarray(self.full.objective[0] - self.without.objective)

    def apart_from(self, slots: Int) -> Flag:
        """[n] whether a part holds none of some slots."""
        held = np.zeros(len(self.plan), dtype=bool)
        held[slots] = True
        return np.array([not held[part].any() for part in self.parts], dtype=bool)


def drop_each(evaluator: Evaluator, book: RuleBook, plan: Plan) -> Dropped:
    """Value a plan [N] without each of its parts."""
    parts = _parts(book, plan)
    plans = np.repeat(plan[None], len(parts), axis=0)
    for number, part in enumerate(parts):
        plans[number, part] = 0
    return Dropped(plan=plan, parts=parts, full=evaluator.value(plan[None]), without=evaluator.value(plans))


def _parts(book: RuleBook, plan: Plan) -> tuple[Int, ...]:
    """Slots of each part: single lines, and for a line that may not go alone what would have to go with it."""
    lines = np.flatnonzero(plan)
    if not (book.coupled and book.keeps(plan[None])[0]):
        return tuple(lines[:, None])
    alone = book.allowed(plan)[lines, 0]
    found = {part.tobytes(): part for part in lines[alone][:, None]}
    covered = np.zeros(len(plan), dtype=bool)
    nothing = np.zeros_like(book.base)
    loss = np.ones(book.base.shape)
    loss[np.arange(len(plan)), plan] = 0.0
    for line in lines[~alone & ~book.fixed[lines]][:LOOKED_INTO]:
        if covered[line]:
            continue
        without = plan.copy()
        without[line] = 0
        left = mend(book, without, loss, nothing, lambda: plan, np.array([line]))
        part = np.flatnonzero((plan > 0) & (left == 0))
        if not left[line] and book.keeps(left[None])[0]:
            covered[part] = True
            found[part.tobytes()] = part
    return tuple(found.values())


def gives_way(
    evaluator: Evaluator,
    book: RuleBook,
    ranked: RankedPlan,
    dropped: Dropped,
    trial: Plan,
    barred: Sequence[Broken],
) -> GivesWay | None:
    """Find what must go so that the plan with new lines keeps everything.

    One part where one is enough: of those that free enough the one whose place costs least. Else several, one after the
    other, what costs least for the room that it makes first: an answer, not the best of all.

    Parameters
    ----------
    trial
        [N] the plan with the new lines.
    barred
        What it breaks.

    Returns
    -------
    GivesWay or None
        None where neither is enough.
    """
    needed = _Needed(evaluator, ranked, dropped, trial)
    others = dropped.apart_from(np.flatnonzero(trial != dropped.plan))
    places = np.flatnonzero(others & needed.covered_by_one())
    if any(each.lines for each in barred):
        places = _keeping(book, dropped, trial, places)
    places = places[np.argsort(dropped.lost[places], kind="stable")][:TRIED]
    if len(places):
        plans = _without(dropped, trial, places)
        values = evaluator.value(plans)
        for n in np.argsort(-values.objective, kind="stable"):
            if not broken_by(evaluator, ranked, plans[n], values.uses[n], values.stock[n]):
                return _told(evaluator, ranked, dropped, plans[n], trial, float(values.objective[n]))
    if any(each.lines for each in barred):
        return None
    return _several(evaluator, ranked, dropped, trial, needed, others)


def _without(dropped: Dropped, trial: Plan, places: Int) -> Plan:
    """[M, N] a plan without each of some parts."""
    plans = np.repeat(trial[None], len(places), axis=0)
    for number, place in enumerate(places):
        plans[number, dropped.parts[place]] = 0
    return plans


def _keeping(book: RuleBook, dropped: Dropped, trial: Plan, places: Int) -> Int:
    """Those parts without which a plan keeps every rule."""
    kept = [
        book.keeps(_without(dropped, trial, places[first : first + AT_A_TIME]))
        for first in range(0, len(places), AT_A_TIME)
    ]
    return places[np.concatenate(kept)] if kept else places


class _Needed:
    """What a plan with new lines uses too much of, and the share of that which each part of the plan frees."""

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
        self.freed: Float = np.array(freed).reshape(len(freed), len(dropped.parts))
        """[needs, n]"""

    def covered_by_one(self) -> Flag:
        """[n] whether a part frees all that is missing, or nearly so."""
        return np.asarray((self.freed >= NEARLY).all(axis=0))


def _several(
    evaluator: Evaluator, ranked: RankedPlan, dropped: Dropped, trial: Plan, needed: _Needed, others: Flag
) -> GivesWay | None:
    """Drop parts one after the other until the plan keeps everything."""
    plan, left, missing = trial.copy(), others.copy(), np.ones(len(needed.freed))
    for _ in range(MOST):
        helps = np.minimum(np.maximum(needed.freed, 0.0), np.maximum(missing, 0.0)[:, None]).sum(axis=0)
        useful = np.flatnonzero(left & (helps > LEAST))
        if not len(useful):
            return None
        place = int(useful[np.argmin(np.maximum(dropped.lost[useful], 0.0) / helps[useful])])
        plan[dropped.parts[place]] = 0
        left &= dropped.apart_from(dropped.parts[place])
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
