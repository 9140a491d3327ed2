"""Lines where there is nothing to sell: no plan is made with them, although a person's plan may hold them.

They are no rule: the ledger passes a plan that has them. But a search that may choose them finds that they tire
customers, so that what a later line sells fits the stock, and that nobody would ever run.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from constraints.asked_lines import without_asked
from constraints.rules.forms import CompiledRule, Fixed
from scenarios.arrays import Flag
from scenarios.grid import Grid


def on_nothing(grid: Grid, sold: Flag) -> Flag:
    """[N, width] choices, "none" left out, of slots that reach no cell with anything to sell; ``sold`` as below."""
    found = np.zeros((grid.slots, grid.width), dtype=bool)
    for block, empty in enumerate((~sold.any(axis=0), ~sold)):  # a basket holds what there is
        found[grid.offsets[block] : grid.offsets[block + 1]] = empty.reshape(-1, 1)
    found[:, 0] = False
    return found


def nothing_to_sell(grid: Grid, rules: Sequence[CompiledRule], sold: Flag) -> Flag:
    """[N, width] choices of slots that reach no cell with anything to sell, as far as no plan is made with them.

    Left out are locked lines, which stand whatever they bring, and those that a rule may ask for beside lines that
    sell (`constraints.asked_lines`): without them the others could not run.

    Parameters
    ----------
    sold : bool [S, K, T]
        Cells in which there is something to sell.
    """
    idle = on_nothing(grid, sold)
    for rule in rules:
        for form in rule.forms:
            if isinstance(form, Fixed):
                idle[form.slots, form.choices] = False
    return without_asked(grid, rules, idle)
