"""Arrays by what they hold; a docstring says the shape.

Beside these stand only aliases that say more than a kind of number, where they are used.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
"""Money, units, rates and shares."""
Int = NDArray[np.int64]
"""Counts and positions."""
Flag = NDArray[np.bool_]
"""What is so, and what is not."""
Plan = NDArray[np.int8]
"""The choice in each slot; also of many plans, a row each."""
