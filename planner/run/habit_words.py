"""Which offer a habit puts everywhere, in words: "the best single offer everywhere" alone names none."""

from __future__ import annotations

from collections import Counter

from planner.evolution.workspace import Plan, Workspace
from planner.figures import given, plural
from scenarios.language.plan_lines import PlanLine


def uniform_offer(space: Workspace, plan: Plan) -> str | None:
    """Name the offer of most lines of a uniform plan, and of how many where others stand beside; None without lines.

    Others are what mends a floor that the offer misses. Locked lines are nobody's habit and are left out.
    """
    chosen = plan.copy()
    chosen[space.rules.locked_plan() == plan] = 0
    offers = Counter(_named(line) for line in space.grid.lines(chosen))
    if not offers:
        return None
    (name, often), *others = offers.most_common()
    return f"{name} on {often:,} of {plural(offers.total(), 'line')}" if others else name


def _named(line: PlanLine) -> str:
    reach = "" if line.coverage == 1 else f" {given(line.coverage)}"
    pieces = "" if line.quantity == 1 else f", pieces for {given(line.quantity)}"
    return f"{line.offer}{reach}{pieces}"
