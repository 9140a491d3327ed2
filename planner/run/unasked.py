"""A person's plan without lines where there is nothing to sell, as far as no rule asks for them.

Rules may ask for such lines (`constraints.asked_lines`), and only then are they worth their place. A plan that holds
others begins a search badly: they fill what rules leave, and where the plan is mended, lines that sell may go for them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from constraints.nothing_to_sell import on_nothing
from planner.evolution.rules import Rules
from scenarios.arrays import Flag, Int, Plan
from scenarios.grid import Grid


def without_unasked(grid: Grid, rules: Rules, sold: Flag, plan: Plan) -> Plan:
    """A plan without the lines on nothing whose loss breaks no more of the rules.

    Parameters
    ----------
    sold : bool [S, K, T]
        Cells in which there is something to sell.
    plan : int8 [N]
        It may break rules.
    """
    unsold = on_nothing(grid, sold).any(axis=1) & ~rules.fixed
    plan, broken, before = plan.copy(), rules.violations(plan), -1
    while before != (before := int((plan > 0).sum())):
        for lines in _together(plan, np.flatnonzero(unsold & (plan > 0)), grid.shape[2]):
            shorter = plan.copy()
            shorter[lines] = 0
            left = rules.violations(shorter)
            if left <= broken:
                plan, broken = shorter, left
    return plan


def _together(plan: Plan, lines: Int, periods: int) -> Iterator[Int]:
    """What may go at once: all lines, those of one run, and each by itself."""
    if not len(lines):
        return
    yield lines
    new = (np.diff(lines) > 1) | (np.diff(lines // periods) > 0) | (np.diff(plan[lines]) != 0)
    for run in np.split(lines, np.flatnonzero(new) + 1):
        yield run
        yield from run.reshape(-1, 1)
