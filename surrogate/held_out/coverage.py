"""Coverage: how often 90 % intervals hold what happened, on weeks that did not calibrate them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from surrogate.shelf.mechanics import KINDS

NEAR, FAR = 0.1, 0.5
"""Distances from the training data that end the groups inside, near and far."""
DISTANCES = ("inside the training range", "up to a distance of 0.5 outside", "further outside")


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How many held-out figures of one group their 90 % intervals held."""

    what: str
    """units, lift or take-up."""
    group: str
    """all, promoted, a mechanic, or a distance from the training data."""
    figures: int
    inside: int

    @property
    def share(self) -> float:
        """Share of the figures that were inside; NaN where there are none."""
        return self.inside / self.figures if self.figures else float("nan")


def tally(what: str, inside: Flag, groups: Sequence[tuple[str, Flag]]) -> list[Coverage]:
    """Count figures by group; groups without any are left out."""
    return [
        Coverage(what=what, group=name, figures=int(mask.sum()), inside=int((inside & mask).sum()))
        for name, mask in groups
        if mask.any()
    ]


def together(parts: Sequence[Coverage]) -> tuple[Coverage, ...]:
    """Add counts of the same group up, in order of first appearance."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for part in parts:
        figures, inside = sums.get((part.what, part.group), (0, 0))
        sums[part.what, part.group] = (figures + part.figures, inside + part.inside)
    return tuple(Coverage(what=w, group=g, figures=f, inside=i) for (w, g), (f, i) in sums.items())


def distance_groups(distance: Float, promoted: Flag) -> list[tuple[str, Flag]]:
    """Group promoted figures by their distance from the training data."""
    edges = ((-np.inf, NEAR), (NEAR, FAR), (FAR, np.inf))
    return [
        (name, promoted & (low < distance) & (distance <= high))
        for name, (low, high) in zip(DISTANCES, edges, strict=True)
    ]


def mechanic_groups(mechanic: Int, promoted: Flag) -> list[tuple[str, Flag]]:
    """Group promoted figures by their main mechanic."""
    return [(kind.value, promoted & (mechanic == number)) for number, kind in enumerate(KINDS)]
