"""What is bought ahead of days in the horizon that sell too little to lose it: charged, and not beyond the horizon."""

from __future__ import annotations

import numpy as np

from scenarios.answer.cells import Account
from scenarios.response.cell_tables import surroundings
from scenarios.response.coefficients import Coefficients
from scenarios.response.model import pair_indices, pick
from scenarios.rounding import scaled


def unplaced(model: Coefficients, book: Account) -> int:
    """Return the part of what is charged for units bought ahead that found no place within the horizon, in minor units.

    Every later period is asked for the same share of a bump; what it cannot lose is charged. So the share follows from
    what is charged and lost in all of them, and periods after the horizon are charged whole.
    """
    cells, grid = model.cells, model.grid
    units, strength = model.base_units, model.strengths
    periods = units.shape[-1]
    cell, _ = pair_indices(grid.split(book.plan), grid.widths, np)
    later = surroundings(units, model.rivals, strength, model.sold, 0).later_units
    beyond = pick(cells.beyond, cell, np)
    lost, asked, after = np.zeros_like(units), np.zeros_like(units), np.zeros_like(units)
    for lag, (there, dip) in enumerate(zip(later, cells.dips, strict=True), start=1):
        lost += pick(dip, cell, np) * np.maximum(there, 0.0)
        asked += there >= 0.0
        after += (there >= 0.0) & (np.arange(periods) + lag >= periods)
    each = (beyond + lost) / np.maximum(asked, 1.0)
    inside = np.maximum(beyond - after * each, 0.0)
    money = scaled(inside * model.economics.unit_margin[:, None], book.digits)
    return int(np.minimum(money, book.cells.borrowed).clip(min=0).sum())
