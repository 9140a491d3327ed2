"""The plan as it really ran: lines that the actuals show not to have run are taken out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.flight.actuals import Actuals, Ran
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import BASKET


def as_it_ran(actuals: Actuals, plan: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return the plan without the lines that did not run; the plan itself where no offer is told.

    An offer that ran for some segments stays. So do lines on whole baskets in periods without rows of baskets: only
    these could tell of them.

    Parameters
    ----------
    plan
        The flat plan [N] that was to run.
    """
    if actuals.ran is None:
        return plan
    grid, ran = actuals.grid, plan.copy()
    for line in grid.lines(plan):
        if not _ran(actuals, actuals.ran, line):
            slot, _ = grid.locate(line)
            ran[grid.slot_number(slot)] = 0
    return ran


def _ran(actuals: Actuals, told: frozenset[Ran], line: PlanLine) -> bool:
    """Whether a line ran, or may have run, because nothing is told of its place."""
    grid, period = actuals.grid, actuals.grid.scenario.horizon.period_of(line.date)
    product = None if line.product == BASKET else grid.product_index[line.product]
    rows = np.isfinite(actuals.tables["units"][:, :, -1 if product is None else product, period])
    if not rows.any():
        return True
    everybody = range(len(grid.segments))
    own = [grid.segment_index[line.segment]] if line.segment in grid.segment_index else list(everybody)
    places: list[int | None] = [*own] if rows[:, :-1].any() else [None]
    offer = grid.offer_index[line.offer]
    return any(Ran(period=period, product=product, segment=place, offer=offer) in told for place in places)
