"""What the lines of one plan weigh in a sum: looked up once, and added only where lines are.

Few cells hold a line. In futures their units stay [D, M], M places with a line, and are never spread over all cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.grid import Blocks
from scenarios.response.functional import Functional


class LineWeights:
    """Weights of a functional at the M places of a plan that hold a line.

    Parameters
    ----------
    functional
        The sum that is wanted.
    blocks
        The plan's choices.
    at
        Flat places [M] in [S, K, T], ascending.
    shape
        S, K, T.
    """

    def __init__(self, functional: Functional, blocks: Blocks[Any], at: Int, shape: tuple[int, ...]) -> None:
        segment, product, period = np.unravel_index(at, shape)
        public, targeted = blocks.public[product, period], blocks.targeted[segment, product, period]
        inside = functional.segments[segment] * functional.periods[period]
        weights = {
            "public": functional.public[product, public],
            "targeted": functional.targeted[product, public, targeted],
            "both": functional.both[product, public, targeted],
            "public_base": functional.public_base[product, public],
            "targeted_base": functional.targeted_base[product, public, targeted],
        }
        self._weights = {name: weight * inside for name, weight in weights.items() if (weight * inside).any()}
        self._order = np.argsort(period, kind="stable")
        self._periods, self._starts = np.unique(period[self._order], return_index=True)
        self._count = shape[-1]
        self.rest = replace(
            functional,
            **{name: np.zeros_like(getattr(functional, name)) for name in weights},
        )
        """The functional without what it weighs under lines."""

    def by_period(self, under: Mapping[str, Float]) -> Float:
        """[D, T] of units [D, M] under lines, by field of `Sold`; [1, T] of 0 where nothing counts."""
        if not self._weights:
            return np.zeros((1, self._count))
        parts = [under[name] * weight for name, weight in self._weights.items()]
        total = np.asarray(sum(parts[1:], parts[0]))
        out = np.zeros((len(total), self._count))
        out[:, self._periods] = np.add.reduceat(total[:, self._order], self._starts, axis=1)
        return out
