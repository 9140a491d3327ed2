"""What the shelf price took off a row, where the file gives the regular price of a unit and no discount."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float

_ROUNDING = 0.02
"""Share of the list price up to which a difference is rounding, of prices by weight or of taxes, and no cut."""


def below_list(listed: Float, quantity: Float, value: Float) -> Float:
    """Return the discount of rows [N]: what so many units cost at the list price, less what they brought.

    Parameters
    ----------
    listed
        [N] regular price of one unit; where it is unknown or 0, nothing is taken to be off.
    quantity
        [N] units, at least 0.
    value
        [N] what was paid, and what a coupon took off beside.
    """
    regular = quantity * listed
    off = regular - value
    cut = (listed > 0) & (off > _ROUNDING * regular)
    return np.where(cut | ~np.isfinite(value), off, 0.0)
