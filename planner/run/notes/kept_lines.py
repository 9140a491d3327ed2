"""Why lines of a given plan cannot stay: those that use least of a limit break it by themselves, or the plan does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.limits.entries import LimitEntry, limit_entries
from constraints.limits.verdicts import judge
from planner.evolution.kept import least_kept
from planner.problem import Problem
from scenarios.answer.outcome import account
from scenarios.answer.past_use import PastUse
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Plan

MOST_LINES = 300
"""Lines up to which each is tried by itself; above, only the whole plan is told of."""


@dataclass(frozen=True, kw_only=True)
class TooMany:
    """A limit that the lines which have to stay break by themselves."""

    limit: LimitResult
    """What those lines use of it."""
    least: int
    """How many have to stay: those that use least of the limit."""
    fit: int
    """How many of the plan's lines the limit allows, those first that use least."""
    total: int

    @property
    def share(self) -> float:
        """The largest whole percentage of the lines that the limit leaves room for; a part of one where that is 0."""
        scale = 100
        while 0 < scale * self.fit < self.total:
            scale *= 10
        return scale * self.fit // self.total / scale


def too_many(problem: Problem, start: Plan, share: float) -> tuple[TooMany, ...]:
    """Limits that even those of a plan's lines break that use least of them, the one with room for fewest first.

    Looked at are ceilings on one sum over the whole horizon, vendors' funds and stocks of gifts among them. Lines are
    ordered by what each uses alone and then counted together: what they take from each other is in the figures, but
    where that is much another choice of lines may use a little less.
    """
    lines = np.flatnonzero(start)
    if not (0 < len(lines) <= MOST_LINES):
        return ()
    found = tuple(_too_many(problem, start, lines, least_kept(start, share)))
    return tuple(sorted(found, key=lambda each: each.fit))


def _too_many(problem: Problem, start: Plan, lines: NDArray[np.int64], least: int) -> Iterator[TooMany]:
    model, empty = problem.model, account(problem.model, problem.grid.empty())
    past = PastUse(model)

    def only(some: NDArray[np.int64]) -> Plan:
        plan = problem.grid.empty()
        plan[some] = start[some]
        return plan

    entries = [entry for entry in limit_entries(problem.grid) if _is_one_ceiling(entry)]
    whole = account(model, start)
    broken = [entry for entry in entries if not judge(entry, whole, empty, past, None).ok]
    if not broken:
        return
    alone = [account(model, only(lines[place : place + 1])) for place in range(len(lines))]
    for entry in broken:
        uses = [judge(entry, book, empty, past, None).used for book in alone]
        ordered = lines[sorted(range(len(lines)), key=lambda place: uses[place])]

        def told(count: int, entry: LimitEntry = entry, ordered: NDArray[np.int64] = ordered) -> LimitResult:
            return judge(entry, account(model, only(ordered[:count])), empty, past, None)

        kept = told(least)
        if kept.ok:
            continue
        fits, breaks = -1, least
        while breaks - fits > 1:
            middle = (fits + breaks) // 2
            fits, breaks = (middle, breaks) if told(middle).ok else (fits, middle)
        yield TooMany(limit=kept, least=least, fit=max(fits, 0), total=len(lines))


def _is_one_ceiling(entry: LimitEntry) -> bool:
    return entry.sense == "max" and entry.whole is None and len(entry.rows) == 1
