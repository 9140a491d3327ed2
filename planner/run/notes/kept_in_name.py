"""Floors that a plan keeps in name only: lines for one segment that earn nothing and that next to nobody there uses.

The cheapest way to have every segment reached is often an offer on what the segment hardly buys. That keeps the rule,
and is right by the model; whoever wrote the rule for fairness wants to know.
"""

from __future__ import annotations

import numpy as np

from constraints.line_words import line_words
from planner.evolution.workspace import Workspace
from planner.figures import plural
from planner.reasons.breaking import broken_by
from planner.run.notes.unused_lines import NOBODY
from scenarios.answer.plan import LineResult, RankedPlan
from scenarios.arrays import Plan
from scenarios.first_few import first_few
from scenarios.language.rule_schema import Fairness
from scenarios.language.words import EVERYBODY, Mechanic

ONE_IN = 1000
"""A line that fewer than one customer in so many uses reaches next to nobody: even a slow product on a single day sells
to a few in a thousand."""
TRIED = 20
"""Lines that are looked at, those that are used least first."""


def kept_in_name(space: Workspace, plan: Plan, ranked: RankedPlan) -> tuple[str, ...]:
    """Return one sentence on lines that only a floor keeps and that next to nobody in their segment uses.

    Parameters
    ----------
    plan
        int8 [N], the best plan; lines that the scenario locks are left out.
    ranked
        The same with its account.
    """
    grid = space.grid
    slots = {
        grid.line(int(slot), int(plan[slot])): int(slot) for slot in np.flatnonzero((plan > 0) & ~space.rules.fixed)
    }
    idle = sorted((line for line in ranked.lines if line.line in slots and _idle(space, line)), key=lambda at: at.uses)
    found: list[tuple[LineResult, list[str]]] = []
    for line in idle[:TRIED]:
        without = plan.copy()
        without[slots[line.line]] = 0
        floors = _floors_broken(space, ranked, without)
        if floors:
            found.append((line, floors))
    if not found:
        return ()
    line, _ = found[0]
    customers = grid.segments[grid.segment_index[line.segment]].customers
    names = first_few(list(dict.fromkeys(name for _, floors in found for name in floors)))
    which = f"{line_words(line.line)} ({_uses(line)} by {customers:,} customers)"
    if len(found) > 1:
        which = f"{plural(len(found), 'line')} of plan 1, {which} among them,"
    one = len(found) == 1
    return (
        f"{which} {'stands' if one else 'stand'} only because {names} must be kept, and fewer than one customer in "
        f"{ONE_IN:,} of the segment uses {'it' if one else 'them'}: the floor is kept in name only; a limit on uses "
        "with a min asks for more",
    )


def _idle(space: Workspace, line: LineResult) -> bool:
    """Whether a line earns nothing by itself and is hardly used, though not by nobody (`unused_lines` says that)."""
    grid = space.grid
    if line.segment == EVERYBODY or line.contribution is None or line.contribution > 0:
        return False
    if grid.offer(line.offer).mechanic is Mechanic.FEATURE:
        return False
    return NOBODY <= line.uses < grid.segments[grid.segment_index[line.segment]].customers / ONE_IN


def _floors_broken(space: Workspace, ranked: RankedPlan, without: Plan) -> list[str]:
    """Ids of the floors that a plan without a line breaks."""
    scored = space.score(without)
    least = {record.id for record in space.limits.records if record.sense == "min"}
    fair = {rule.id for rule in space.grid.scenario.rules if isinstance(rule, Fairness)}
    broken = broken_by(space.evaluator, ranked, without, scored.uses, scored.stock)
    return [each.id for each in broken if each.id in least | fair]


def _uses(line: LineResult) -> str:
    return plural(round(line.uses), "use")
