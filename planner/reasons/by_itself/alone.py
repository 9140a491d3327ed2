"""What stands in the way of offers that would pay: lines alone in a plan, judged like any plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from constraints.ledger import Ledger
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine

TRIED = 24
"""Lines of an offer that are tried, spread evenly over all that may be chosen: an account each."""


@dataclass(frozen=True, kw_only=True)
class Alone:
    """A line of an offer as the only line of a plan."""

    offer: str
    line: PlanLine
    gain: Decimal
    """Its objective, with all that a plan is charged."""
    breaks: tuple[str, ...]
    """Limits and rules that the plan of this line breaks and the empty plan keeps."""


def best_alone(grid: Grid, ledger: Ledger, offers: Iterable[int]) -> tuple[Alone, ...]:
    """Judge lines of each offer alone, and return of those that gain the one that breaks least."""
    empty = set(ledger.empty_breaks)
    found = []
    for number in offers:
        tried = [_judged(grid, ledger, empty, number, plan) for plan in _plans(grid, number)]
        if tried:
            found.append(max(tried, key=lambda each: (each.gain > 0, -len(each.breaks), each.gain)))
    return tuple(found)


def _plans(grid: Grid, number: int) -> list[NDArray[np.int8]]:
    """Plans of one line of an offer, at its largest level."""
    plans = []
    for block, choices in enumerate(grid.choices):
        levels = [(choice.served, level) for level, choice in enumerate(choices, start=1) if choice.offer == number]
        if not levels:
            continue
        first, level = grid.offsets[block], max(levels)[1]
        slots = first + np.flatnonzero(grid.allowed_flat[first : grid.offsets[block + 1], level])
        for index in np.unique(np.linspace(0, len(slots) - 1, min(TRIED, len(slots))).round().astype(int)):
            plan = grid.empty()
            plan[slots[index]] = level
            plans.append(plan)
    return plans


def _judged(grid: Grid, ledger: Ledger, empty: set[str], number: int, plan: NDArray[np.int8]) -> Alone:
    slot = int(np.flatnonzero(plan)[0])
    verdict = ledger.verdict(plan)
    limits = [limit.id for limit in verdict.limits if not limit.ok]
    rules = [rule.id for rule in verdict.rules if not rule.satisfied]
    return Alone(
        offer=grid.scenario.offers[number].id,
        line=grid.line(slot, int(plan[slot])),
        gain=ledger.objective(plan),
        breaks=tuple(name for name in (*limits, *rules) if name not in empty),
    )
