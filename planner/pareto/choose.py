"""From a front of many plans to those that are shown: the ends, then what covers most."""

from __future__ import annotations

import numpy as np

from scenarios.answer.front import dominated, hypervolume
from scenarios.arrays import Float

BELOW = 0.1
"""How far below the worst values hypervolume counts from, in shares of the ranges: so that the ends count too."""


def choose(points: Float, count: int) -> list[int]:
    """Places of at most ``count`` points [P, M] that stand for all.

    The best point of every measure is among them where ``count`` allows; then, one by one, what adds most
    hypervolume (the greedy choice covers at least 63 % of what the best choice of as many would, Nemhauser et al. 1978,
    doi:10.1007/BF01588971).
    """
    best = np.flatnonzero(~dominated(points))
    scaled = _scaled(points, points[best])
    ends = [int(best[np.argmax(scaled[best, measure])]) for measure in range(points.shape[1])]
    chosen = list(dict.fromkeys(ends))[:count]
    left = [int(place) for place in best if int(place) not in chosen]
    while left and len(chosen) < count:
        gained = [_volume(scaled[[*chosen, place]]) for place in left]
        chosen.append(left.pop(int(np.argmax(gained))))
    return chosen


def covered(some: Float, front: Float) -> float:
    """Share of the hypervolume of a front [P, M] that some points [Q, M] cover."""
    return min(_volume(_scaled(some, front)) / _volume(_scaled(front, front)), 1.0)


def _scaled(points: Float, front: Float) -> Float:
    low, high = front.min(axis=0), front.max(axis=0)
    return np.asarray((points - low) / np.where(high > low, high - low, np.maximum(np.abs(high), 1.0)))


def _volume(scaled: Float) -> float:
    return hypervolume(scaled, np.full(scaled.shape[1], -BELOW))
