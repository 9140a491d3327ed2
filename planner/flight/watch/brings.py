"""What offers bring: the share of what is sold under each of them that would not be sold without it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float
from scenarios.flight.series import Kind, Watched
from scenarios.response.coefficients import Coefficients
from scenarios.response.totals import sold_by


def brings(model: Coefficients, plan: NDArray[np.int8], watched: Watched) -> Float:
    """[J] shares of what the series of offers sell that these offers bring; 0 of all other series.

    Parameters
    ----------
    plan
        The flat plan [N]; of each offer it is compared with itself without the offer's lines.
    """
    grid = model.grid

    def sold(under: NDArray[np.int8]) -> Float:
        return np.asarray(watched.sums(watched.folded(sold_by(model, under, np).units)).sum(axis=-1))

    found, everything = np.zeros(len(watched.series)), sold(plan)
    slots = np.flatnonzero(plan)
    offers = [grid.line(slot, int(plan[slot])).offer for slot in slots.tolist()]
    for number in watched.kinds(Kind.OFFER).tolist():
        if not everything[number] > 0:
            continue
        without = plan.copy()
        without[slots[[offer == watched.series[number].id for offer in offers]]] = 0
        found[number] = 1.0 - min(sold(without)[number] / everything[number], 1.0)
    return found
