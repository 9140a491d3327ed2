"""Rounding to significant digits, so that the last bits of a machine's sums do not travel."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float

DIGITS = 6
"""Significant digits that learned figures keep."""
WEIGHT_DIGITS = 7
"""Significant digits that weights keep: sums differ in their last bits between machines, what is learned does not."""


def to_digits(values: Float, digits: int = DIGITS) -> Float:
    """Round values [...] to significant digits; 0 stays 0."""
    size = np.abs(values)
    power = np.floor(np.log10(np.where(size > 0, size, 1.0)))
    scale = 10.0 ** (digits - 1 - power)
    return np.asarray(np.round(values * scale) / scale)
