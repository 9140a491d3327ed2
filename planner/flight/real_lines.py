"""What is said of lines that ran otherwise than planned: which of them the money counts, and what it cannot count."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.figures import plural
from scenarios.first_few import first_few
from scenarios.flight.actuals import Actuals, Ran
from scenarios.flight.as_it_ran import beyond_the_grid
from scenarios.language.words import BASKET


def lines_changed(plan: NDArray[np.int8], ran: NDArray[np.int8]) -> tuple[int, int]:
    """How many lines of a flat plan [N] did not run, and how many ran unplanned."""
    other = plan != ran
    return int((other & (plan > 0)).sum()), int((other & (ran > 0)).sum())


def counted_as_it_ran(actuals: Actuals, plan: NDArray[np.int8], ran: NDArray[np.int8]) -> tuple[str, ...]:
    """Say what the money of a campaign counts in place of the plan; nothing where all ran as planned."""
    gone, new = lines_changed(plan, ran)
    parts = []
    if gone:
        does = "costs and earns" if gone == 1 else "cost and earn"
        parts.append(f"{plural(gone, 'line')} that did not run {does} nothing")
    if new:
        parts.append(
            f"{plural(new, 'line')} that ran unplanned count{'s' if new == 1 else ''}, at the coverage and pieces of "
            "the plan's nearest line of the offer"
        )
    said = [f"money and uses so far are those of what really ran: {'; '.join(parts)}"] if parts else []
    return (*said, *not_counted(actuals, plan))


def not_counted(actuals: Actuals, plan: NDArray[np.int8]) -> tuple[str, ...]:
    """Say what ran and is in no account, because the scenario has no place for it there."""
    beyond = beyond_the_grid(actuals, plan)
    if not beyond:
        return ()
    names = list(dict.fromkeys(_place(actuals, each) for each in beyond))
    why = "the scenario lets it run nowhere there, or another offer of its kind ran, too"
    return (f"not counted in money, uses and limits: {first_few(names)}; {why}",)


def _place(actuals: Actuals, ran: Ran) -> str:
    grid = actuals.grid
    product = BASKET if ran.product is None else grid.products[ran.product].id
    who = "" if ran.segment is None else f" for {grid.segments[ran.segment].id}"
    return f"{grid.scenario.offers[ran.offer].id} on {product}{who}, {grid.scenario.horizon.date_of(ran.period)}"
