"""Lines that bring next to nothing, where setting a line up is said to cost nothing.

A plan takes every line that gains, however little; whoever has to print the labels wants to know how little, and which
key of the scenario keeps such lines out.
"""

from __future__ import annotations

import numpy as np

from planner.evolution.workspace import Workspace
from planner.figures import money_style, plural
from scenarios.answer.plan import RankedPlan
from scenarios.arrays import Plan
from scenarios.first_few import first_few

LITTLE = 5e-4
"""Share of a plan's objective below which a line brings next to nothing."""
MANY = 8
"""Such lines, at least, that are worth a sentence."""


def little_lines(space: Workspace, plan: Plan, ranked: RankedPlan) -> tuple[str, ...]:
    """Return one sentence on lines without a fixed cost that bring next to nothing, and what all of them bring.

    Parameters
    ----------
    plan
        int8 [N], the best plan; lines that the scenario locks are left out.
    ranked
        The same with its account. Only profit on expected effects is looked at: other objectives weigh lines
        themselves.
    """
    grid = space.grid
    if grid.scenario.objective != "profit" or ranked.objective <= 0:
        return ()
    free = {offer.id for offer in grid.scenario.offers if not offer.fixed_cost}
    slots = {
        grid.line(int(slot), int(plan[slot])): int(slot) for slot in np.flatnonzero((plan > 0) & ~space.rules.fixed)
    }
    bar = LITTLE * float(ranked.objective)
    found = [
        line
        for line in ranked.lines
        if line.line in slots and line.offer in free and line.contribution is not None and 0 <= line.contribution < bar
    ]
    if len(found) < MANY:
        return ()
    without = plan.copy()
    without[[slots[line.line] for line in found]] = 0
    together = space.score(plan).objective - space.score(without).objective
    money = money_style(grid.scenario.currency, [together, bar])
    offers = first_few(list(dict.fromkeys(line.offer for line in found)))
    return (
        f"{plural(len(found), 'line')} of plan 1 ({offers}) bring less than {money(bar)} each, {money(together)} all "
        "together: setting up a line costs nothing here; fixed_cost of an offer, or an objective of "
        "{weights: {profit: 1, lines: -50}}, keeps such lines out",
    )
