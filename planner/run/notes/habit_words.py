"""Which offer a habit puts everywhere, in words: "the best single offer everywhere" alone names none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from planner.evolution.workspace import Workspace
from planner.figures import given, plural
from scenarios.arrays import Plan
from scenarios.language.plan_lines import PlanLine


def uniform_offer(space: Workspace, plan: Plan) -> str | None:
    """Name the offer of most lines of a uniform plan, and of how many where others stand beside; None without lines.

    Others are what mends a floor that the offer misses. Locked lines are nobody's habit and are left out.
    """
    chosen = plan.copy()
    chosen[space.rules.locked_plan() == plan] = 0
    lines = space.grid.lines(chosen)
    if not lines:
        return None
    offers = Counter(line.offer for line in lines)
    (offer, often), *others = offers.most_common()
    name = _named([line for line in lines if line.offer == offer])
    return f"{name} on {often:,} of {plural(offers.total(), 'line')}" if others else name


def _named(lines: Sequence[PlanLine]) -> str:
    """Name the offer of some lines, with its coverage and its pieces where all of them have the same."""
    coverages, quantities = {line.coverage for line in lines}, {line.quantity for line in lines}
    reach = f" {given(lines[0].coverage)}" if len(coverages) == 1 and coverages != {1} else ""
    pieces = f", pieces for {given(lines[0].quantity)}" if len(quantities) == 1 and quantities != {1} else ""
    return f"{lines[0].offer}{reach}{pieces}"
