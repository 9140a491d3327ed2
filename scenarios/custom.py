"""Custom measures: columns of an effect table that hold an amount per use, such as grams of packaging, for limits.

A limit's custom measure is the sum of amount x uses over the lines of its scope. The amount may differ by product and
offer; over segments and periods it must be the same, so that one weight per use says all.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.schema import Scenario
from scenarios.language.words import Measure


def limited(scenario: Scenario) -> frozenset[str]:
    """Return the custom measures that limits name."""
    named = {limit.measure for limit in scenario.limits}
    named |= {limit.share_of.measure for limit in scenario.limits if limit.share_of is not None}
    return frozenset(named) - frozenset(Measure)


def per_use(scenario: Scenario, custom: Mapping[str, Float]) -> dict[str, Float]:
    """Read off the amount per use [K + 1, O] of every custom measure that a limit names.

    Cells where an offer does not apply hold 0, hence the amount is what lies farthest from 0.
    """
    names = sorted(limited(scenario) & custom.keys())
    return {name: np.where(-low > high, low, high) for name in names for low, high in [_ends(custom[name])]}


def _ends(amounts: Float) -> tuple[Float, Float]:
    return amounts.min(axis=(0, 2)), amounts.max(axis=(0, 2))


def varying(amounts: Float, row: Int) -> tuple[int, int] | None:
    """Find two rows of an effect table that give one offer on one product different amounts per use.

    Parameters
    ----------
    amounts
        One number a table row.
    row
        [S, K + 1, T, O] the table row that speaks for each cell, -1 where the offer does not apply.
    """
    cells = np.moveaxis(row, (1, 3), (0, 1)).reshape(row.shape[1], row.shape[3], -1)
    first = np.take_along_axis(cells, (cells >= 0).argmax(axis=2)[..., None], axis=2)
    unlike = np.argwhere((cells >= 0) & (amounts[cells] != amounts[first]))
    if not len(unlike):
        return None
    product, offer, place = unlike[0]
    return int(first[product, offer, 0]), int(cells[product, offer, place])
