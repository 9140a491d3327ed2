"""Scores of one's own, redrawn by their standard errors: what trainings on other data might have said.

Each customer's draws come of the hash of the id, so that neither the order of a file nor its batches change them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float

DRAWINGS = 8
"""How often scores are redrawn."""
_STEP, _FIRST, _SECOND = (np.uint64(each) for each in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def redrawn(value: Float, error: Float, rank: NDArray[np.uint64]) -> Float:
    """Return values [E, C, n] around ``value`` [C, n], normal with standard errors ``error`` [C, n].

    Parameters
    ----------
    rank
        [n] hashes of the customers' ids.
    """
    out = np.empty((DRAWINGS, *value.shape))
    for number in range(DRAWINGS):
        for offer in range(len(value)):
            stream = 2 * (number * len(value) + offer) + 1
            out[number, offer] = value[offer] + error[offer] * _normal(rank, stream)
    return out


def _normal(rank: NDArray[np.uint64], stream: int) -> Float:
    """Standard normal scores [n] (Box and Muller 1958, doi:10.1214/aoms/1177706645)."""
    one, two = (_uniform(rank, number) for number in (stream, stream + 1))
    return np.asarray(np.sqrt(-2.0 * np.log(one)) * np.cos(2.0 * np.pi * two))


def _uniform(rank: NDArray[np.uint64], stream: int) -> Float:
    """Numbers between 0 and 1 [n], ends left out (SplitMix64: Steele et al. 2014, doi:10.1145/2660193.2660195)."""
    with np.errstate(over="ignore"):
        mixed = rank + np.uint64(stream) * _STEP
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    mixed = mixed ^ (mixed >> np.uint64(31))
    return np.asarray(((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)
