"""Floors that a plan keeps in name only: lines that earn nothing and that next to nobody, or nobody at all, uses.

The cheapest way to have every segment reached is often an offer on what the segment hardly buys, or a coupon beside a
shelf price that is worth more. That keeps the rule, and is right by the model; whoever wrote the rule for fairness
wants to know.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from constraints.line_words import line_words
from planner.evolution.workspace import Workspace
from planner.figures import plural
from planner.reasons.breaking import broken_by
from scenarios.answer.plan import LineResult, RankedPlan
from scenarios.arrays import Plan
from scenarios.first_few import first_few
from scenarios.language.schemas.rule import Fairness
from scenarios.language.words import EVERYBODY, Measure, Mechanic

COUNTED = (Measure.LINES, Measure.CONTACTS, Measure.CUSTOMERS_REACHED)
"""What floors ask for that a line gives whether anybody uses it or not."""
NOBODY = Decimal("0.5")
"""Uses below which nobody is expected to use a line for everybody: of such lines a few uses are no name only."""
ONE_IN = 1000
"""A line that fewer than one customer in so many uses reaches next to nobody: even a slow product on a single day sells
to a few in a thousand."""
TRIED = 20
"""Lines that are looked at, those that are used least first; where there are more, it is told that there may be."""


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
    names = first_few(list(dict.fromkeys(name for _, floors in found for name in floors)))
    which = (
        f"{line_words(line.line)} ({_uses(line)} by {_customers(space, line):,} customers{_beside(space, plan, line)})"
    )
    one = len(found) == 1
    if not one:
        least = "at least " if len(idle) > TRIED else ""
        which = f"{least}{plural(len(found), 'line')} of plan 1, {which} among them,"
    return (
        f"{which} {'stands' if one else 'stand'} only because {names} must be kept, and fewer than one customer in "
        f"{ONE_IN:,} of those they are for uses {'it' if one else 'them'}: the floor is kept in name only; a limit on "
        "uses with a min asks for more",
    )


def _idle(space: Workspace, line: LineResult) -> bool:
    """Whether a line earns nothing by itself and is hardly used."""
    if line.contribution is None or line.contribution > 0:
        return False
    if space.grid.offer(line.offer).mechanic is Mechanic.FEATURE:
        return False
    return line.uses < (NOBODY if line.segment == EVERYBODY else _customers(space, line) / ONE_IN)


def _customers(space: Workspace, line: LineResult) -> int:
    """Customers of those whom a line is for."""
    return sum(each.customers for each in space.grid.segments if line.segment in (EVERYBODY, each.id))


def _beside(space: Workspace, plan: Plan, line: LineResult) -> str:
    """Say which price on the shelf makes a line worthless, where one does."""
    grid = space.grid
    slot, targeted = grid.locate(line.line)
    if slot.segment is None or slot.product is None:
        return ""
    public = int(grid.split(plan).public[slot.product, slot.period])
    if not public or space.evaluator.model.economics.used[slot.product, public, targeted]:
        return ""
    shelf = grid.scenario.offers[grid.choices.public[public - 1].offer].id
    return f", as {shelf} on the shelf is worth more to everybody on these days"


def _floors_broken(space: Workspace, ranked: RankedPlan, without: Plan) -> list[str]:
    """Ids of the floors that a plan without a line breaks, of those that count lines or whom they reach."""
    scored, scenario = space.score(without), space.grid.scenario
    floors = {limit.id for limit in scenario.limits if limit.min is not None and limit.measure in COUNTED}
    floors |= {rule.id for rule in scenario.rules if isinstance(rule, Fairness)}
    broken = broken_by(space.evaluator, ranked, without, scored.uses, scored.stock)
    return [each.id for each in broken if each.id in floors]


def _uses(line: LineResult) -> str:
    return plural(round(line.uses), "use")
