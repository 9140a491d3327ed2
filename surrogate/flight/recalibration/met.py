"""Which offers met which products and segments so far."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.response.coefficients import Coefficients

Pairs = list[tuple[int, int]]


def met(model: Coefficients, plan: NDArray[np.int8], last: int) -> tuple[Pairs, Pairs]:
    """Products (the basket last) and offers, segments and targeted offers, that met up to a period, in order."""
    grid = model.grid
    on, whom = set(), set()
    for slot in np.flatnonzero(plan):
        place = grid.slot(int(slot))
        if place.period <= last:
            product = grid.shape[1] if place.product is None else place.product
            offer = grid.choices[place.block][int(plan[slot]) - 1].offer
            on.add((product, offer))
            if place.segment is not None:
                whom.add((place.segment, offer))
    return sorted(on), sorted(whom)
