"""Which share of an offer's uses is new: a number between 0 and 1 of which a lift is a measurement with an error."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float

_SHARES = np.linspace(0.0, 1.0, 401)
_SURE = 0.01
"""Least error of a share that is told apart."""


def share_of_new(measured: Float, error: Float) -> tuple[Float, Float]:
    """Return mean and standard deviation [...] of a share between 0 and 1, measured [...] with a normal error [...].

    A normal distribution cut at both ends: the posterior where all shares are equally likely beforehand.
    """
    wide = np.maximum(error, _SURE)[..., None]
    distance = ((_SHARES - measured[..., None]) / wide) ** 2 / 2.0
    weight = np.exp(distance.min(axis=-1, keepdims=True) - distance)
    mean, square = (weight @ values / weight.sum(axis=-1) for values in (_SHARES, _SHARES**2))
    return np.asarray(mean), np.asarray(np.sqrt(np.maximum(square - mean**2, 0.0)))
