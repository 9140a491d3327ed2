"""Runs of lines that a rule asks for: what each is worth as a whole.

A line's contribution is what the plan loses without it, all others left as they are. In a run that a ``min_run`` asks
for, or in a validity, each line tires customers for the next: all of them may seem to lose, and the run still earns.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.rules.lines import active_lines, read_lines
from constraints.rules.series import runs
from planner.evaluation.evaluator import Evaluator
from scenarios.grid import Grid
from scenarios.language.implied_ids import VALID
from scenarios.language.schemas.rule import MinRun
from scenarios.language.schemas.validity import sent_on


@dataclass(frozen=True, kw_only=True)
class KeptRun:
    """Lines in consecutive periods that a rule counts together: on the length of runs, or that they are sent once."""

    rule: str
    slots: tuple[int, ...]
    first: dt.date
    last: dt.date
    """First day of its last period."""
    worth: float
    """Objective that the plan loses without all of its lines."""

    @property
    def words(self) -> str:
        """Name the run: how many lines, of which rule, when."""
        return f"run of {len(self.slots)} lines ({self.rule}, {self.first}..{self.last})"


def kept_runs(evaluator: Evaluator, plan: NDArray[np.int8], losing: Collection[int]) -> dict[int, KeptRun]:
    """Value each run of two lines or more that holds a losing line, and return the first of each losing line, by slot.

    Parameters
    ----------
    plan : int8 [N]
    losing
        Slots of lines whose own contribution is below 0.
    """
    wanted = set(losing)
    found = [run for run in _runs(evaluator.grid, plan) if len(run[1]) > 1 and not wanted.isdisjoint(run[1])]
    if not found:
        return {}
    without = np.repeat(plan[None], len(found), axis=0)
    for number, (_, slots, _, _) in enumerate(found):
        without[number, list(slots)] = 0
    lost = evaluator.value(plan[None]).objective[0] - evaluator.value(without).objective
    of: dict[int, KeptRun] = {}
    for (rule, slots, first, last), worth in zip(found, lost.tolist(), strict=True):
        run = KeptRun(rule=rule, slots=slots, first=first, last=last, worth=worth)
        of |= {slot: run for slot in slots if slot in wanted and slot not in of}
    return of


def _runs(grid: Grid, plan: NDArray[np.int8]) -> list[tuple[str, tuple[int, ...], dt.date, dt.date]]:
    """List the rule, slots and first days of every run of a plan, each once a rule; lines of the past left out."""
    lines = read_lines(grid, (grid.line(int(slot), int(plan[slot])) for slot in np.flatnonzero(plan)))
    found: dict[tuple[str, tuple[int, ...]], tuple[str, tuple[int, ...], dt.date, dt.date]] = {}
    for rule in (rule for rule in grid.scenario.rules if isinstance(rule, MinRun)):
        for periods in active_lines(lines, rule.where, rule.per, grid).values():
            for first, last in runs(sorted(periods)):
                held = [line for period in range(first, last + 1) for line in periods[period]]
                slots = tuple(sorted(grid.slot_number(grid.locate(line.line)[0]) for line in held))
                days = grid.scenario.horizon.date_of(first), grid.scenario.horizon.date_of(last)
                found.setdefault((rule.id, slots), (rule.id, slots, *days))
    return [*found.values(), *_validities(grid, plan)]


def _validities(grid: Grid, plan: NDArray[np.int8]) -> list[tuple[str, tuple[int, ...], dt.date, dt.date]]:
    """List the lines of every validity in a plan: whoever is sent the offer holds it on all of its days."""
    horizon = grid.scenario.horizon
    found: dict[tuple[str, str, str, dt.date], list[int]] = {}
    for slot in np.flatnonzero(plan):
        line = grid.line(int(slot), int(plan[slot]))
        sent = sent_on(grid.offer(line.offer).valid, horizon, line.date)
        if sent is not None:
            found.setdefault((line.offer, line.product, line.segment, sent), []).append(int(slot))
    first = {slot: horizon.date_of(grid.slot(slot).period) for slots in found.values() for slot in slots}
    return [(f"{VALID}{of[0]}", tuple(each), first[each[0]], first[each[-1]]) for of, each in found.items()]
