"""Lines that no plan of a scenario may hold: where the shop is closed, and where their offer does not apply."""

from __future__ import annotations

import numpy as np

from constraints.line_words import line_words
from scenarios.arrays import Plan
from scenarios.first_few import first_few
from scenarios.grid import Grid


def refused_lines(grid: Grid, plan: Plan) -> tuple[str, ...]:
    """Say of a flat plan [N] which lines may not stand: those on closed days in one sentence, others one by one."""
    wrong = np.flatnonzero(~grid.allowed_flat[np.arange(len(plan)), plan])
    lines = [grid.line(int(slot), int(plan[slot])) for slot in wrong]
    horizon = grid.scenario.horizon
    closed = [line for line in lines if horizon.is_closed(horizon.period_of(line.date))]
    others = [line for line in lines if line not in closed]
    said = [f"{line_words(line)}: the offer does not apply there; drop the line" for line in others]
    if closed:
        which = "1 line stands on a closed day" if len(closed) == 1 else f"{len(closed)} lines stand on closed days"
        mend = "move it to an open day, or drop it" if len(closed) == 1 else "move them to open days, or drop them"
        names = first_few([line_words(line) for line in closed])
        said.insert(0, f"{which} (horizon.closed), {names}: {mend}")
    return tuple(said)
