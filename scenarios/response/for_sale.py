"""Where there is anything of a product to sell: without base units, or before its first goods, lifts are of nothing.

A line where there is nothing sells nothing and costs what it costs. It only tires customers, and a plan that may hold
it buys with it that fewer come later: no search should find that.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects


def for_sale(model: Coefficients, effects: Effects) -> Flag:
    """[S, K, T] cells whose baseline is above 0, in periods by which any goods have come.

    A baseline that stock cuts to nothing counts as it was before: in other futures less is sold sooner, and some is
    left. Goods that come late in a week are there in that week.
    """
    there = model.available > 0
    return np.asarray((effects.base_units > 0).any(axis=0) & there)
