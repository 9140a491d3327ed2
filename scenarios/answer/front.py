"""The front: plans of which none is better than another in every measure, and what is said of them together.

Points are [P, M], one row a plan, every measure turned so that more is better. All of it is exact up to float64 and
needs no solver, so that a check can make it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.language.several import Sense
from scenarios.language.words import Measure

DIGITS = 9
"""Significant digits of a hypervolume that are written."""


@dataclass(frozen=True, kw_only=True)
class Front:
    """What a front of plans trades off, and how much it covers."""

    measures: dict[str, str]
    """Whether ``max`` or ``min`` of each measure is wanted; the first one leads."""
    reference: dict[str, Decimal]
    """What `hypervolume` counts from: no promotion at all, or the worst plan of the front where that is worse."""
    hypervolume: float
    """Volume between the reference and the front, in the product of the measures' units (areas for two measures)."""
    covered: float
    """The same as a share of the box between the reference and the best value of every measure."""
    knee: int
    """Rank of the plan that gives up least of everything together, each measure on its own range over the front."""

    @property
    def leading(self) -> Measure:
        """The measure that gap, bound and the order of plans are about: the first one of the objective."""
        return Measure(next(iter(self.measures)))

    @property
    def leading_words(self) -> str:
        """What an objective is that is counted in it."""
        less = ", of which less is better: below 0" if self.measures[self.leading.value] == "min" else ""
        return f"the leading measure of a front, {self.leading.words}{less}"


def front_of(measures: Mapping[Measure, Sense], values: Sequence[Mapping[str, Decimal]]) -> Front:
    """Describe the front that plans make, one mapping of exact changes a plan, in rank order.

    Raises
    ------
    ValueError
        Without a plan.
    """
    if not values:
        raise ValueError("a front needs at least one plan")
    signs = np.array([float(sense.sign) for sense in measures.values()])
    points = np.array([[float(each[name]) for name in measures] for each in values]) * signs
    lowest = {
        name: min(Decimal(0), *(each[name] * sense.sign for each in values)) * sense.sign
        for name, sense in measures.items()
    }
    reference = np.array([float(lowest[name]) for name in measures]) * signs
    volume = hypervolume(points, reference)
    box = float(np.prod(points.max(axis=0) - reference))
    return Front(
        measures={name.value: sense.value for name, sense in measures.items()},
        reference={name.value: amount + 0 for name, amount in lowest.items()},
        hypervolume=float(f"{volume:.{DIGITS}g}"),
        covered=round(volume / box, 6) if box > 0 else 0.0,
        knee=knee(points) + 1,
    )


def dominated(points: Float) -> Flag:
    """[P] whether another point is as good everywhere and better somewhere; of equal points the first stays."""
    found = np.zeros(len(points), dtype=bool)
    for number, point in enumerate(points):
        at_least = (points >= point).all(axis=1)
        better = at_least & (points > point).any(axis=1)
        same = at_least & ~better
        found[number] = better.any() or same[:number].any()
    return found


def hypervolume(points: Float, reference: Float) -> float:
    """Volume that is dominated by some points [P, M] and dominates the reference [M], exactly, by slices.

    The last measure is cut into slices between neighbouring points; each is as thick as the step, and covers what the
    points above it cover in the other measures.
    """
    inside = points[(points > reference).all(axis=1)]
    if not len(inside):
        return 0.0
    inside = inside[np.argsort(-inside[:, -1], kind="stable")]
    if inside.shape[1] == 1:
        return float(inside[0, 0] - reference[0])
    steps = inside[:, -1] - np.append(inside[1:, -1], reference[-1])
    if inside.shape[1] == 2:
        return float(steps @ (np.maximum.accumulate(inside[:, 0]) - reference[0]))
    return float(
        sum(
            step * hypervolume(inside[: number + 1, :-1], reference[:-1])
            for number, step in enumerate(steps)
            if step > 0
        )
    )


def knee(points: Float) -> int:
    """Place of the point with the most of all measures together: giving up any more of one buys less of the others.

    Each measure counts on its own range over the points; a measure that never changes counts nothing. Where the ends
    of a front lack the other measures wholly, this is the point farthest above the plane through them.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    return int(((points - low) / span).sum(axis=1).round(12).argmax())
