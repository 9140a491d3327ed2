"""How much each cell counts in a lift test: by the scenario's baseline, or as the test itself tells.

A test of several segments is a mean of their lifts. Which mean, its groups decide: where a tenth of one segment was
left out and a fortieth of another, what was compared of the two is not what they buy. So a test may tell the shares of
its segments and of its products (`LiftTest.segment_weights`, `product_weights`). The baseline is then scaled to both in
turn (iterative proportional fitting: Deming and Stephan, 1940, doi:10.1214/aoms/1177731829), which keeps how products
are spread within segments. Of shares of what a scenario does not have the others are taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.arrays import Flag, Float
from surrogate.data.lift_tests import LiftTest

_ROUNDS = 200
_SAME = 1e-12


def cell_weights(test: LiftTest, cells: Flag, base: Float, segments: Sequence[str], products: Sequence[str]) -> Float:
    """Return [S, K]: the share of each cell in a test; they sum to 1.

    Parameters
    ----------
    test
        Of some of the cells.
    cells, base
        [S, K, T] what was tested, one cell at least, and its baseline units.
    segments, products
        Ids of the S and K.
    """
    weight: Float = np.where(cells, base, 0.0).sum(axis=2)
    if not (weight.sum() > 0):
        weight = cells.sum(axis=2, dtype=float)
    weight = weight / weight.sum()
    sides: list[tuple[int, Float]] = []
    if test.segments is not None and test.segment_weights is not None:
        sides.append((1, _told(test.segments, test.segment_weights, segments)[:, None]))
    if test.products is not None and test.product_weights is not None:
        sides.append((0, _told(test.products, test.product_weights, products)[None, :]))
    for _ in range(_ROUNDS if len(sides) > 1 else len(sides)):
        before = weight
        for axis, told in sides:
            weight = _scaled(weight, axis, told)
        if np.abs(weight - before).max() < _SAME:
            break
    return weight


def _told(names: Sequence[str], shares: Sequence[float], ids: Sequence[str]) -> Float:
    by_name = dict(zip(names, shares, strict=True))
    return np.array([by_name.get(one, 0.0) for one in ids])


def _scaled(weight: Float, axis: int, told: Float) -> Float:
    """Return weights whose sums over an axis are as told, of those that are not 0."""
    now = weight.sum(axis=axis, keepdims=True)
    aim = np.where(now > 0, told, 0.0)
    return np.asarray(weight * np.divide(aim / aim.sum(), now, out=np.zeros_like(now), where=now > 0))
