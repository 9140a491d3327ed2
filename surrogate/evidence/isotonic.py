"""Isotonic regression over a few ordered values, for many rows at once."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float


def isotonic(values: Float, weight: Float) -> Float:
    """Return the rising values [..., N] nearest to values [..., N] by weighted squares: the min-max formula.

    For a handful of values a row; the work grows with N cubed.
    """
    count = values.shape[-1]
    total = np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(values * weight, axis=-1)], axis=-1)
    mass = np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(weight, axis=-1)], axis=-1)
    out = np.empty_like(values)
    for place in range(count):
        lows = [
            np.min(
                np.stack(
                    [
                        (total[..., last + 1] - total[..., first]) / (mass[..., last + 1] - mass[..., first])
                        for last in range(place, count)
                    ]
                ),
                axis=0,
            )
            for first in range(place + 1)
        ]
        out[..., place] = np.max(np.stack(lows), axis=0)
    return out
