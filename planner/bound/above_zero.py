"""The larger of a number and 0, in few steps to compile."""

from __future__ import annotations

from typing import Any

Array = Any


def above_zero(values: Array, xp: Any) -> Array:
    """Return values where they are above 0, and 0 elsewhere.

    JAX's own maximum splits its slope where both are equal, by three times as many steps.
    """
    return xp.where(values > 0.0, values, 0.0)
