"""What each segment really bought; where nobody says who did, the segments keep the shares expected of them."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.flight.actuals import Actuals


def real_units(actuals: Actuals, expected: Float) -> Float:
    """[S, K, T] units that were really sold, NaN where nothing was observed.

    Parameters
    ----------
    expected : [S, K, T]
        Units that the plan was to sell. Where units are not told by segment, segments share them as they share these;
        of a product that nobody was to buy, by their customers.
    """
    units = actuals.units
    split = np.isfinite(units).all(axis=0)
    people = np.array([float(segment.customers) for segment in actuals.grid.segments])
    people = people / people.sum() if people.sum() > 0 else np.full(len(people), 1.0 / len(people))
    total = expected.sum(axis=0)
    alone = np.broadcast_to(people[:, None, None], expected.shape).copy()
    share = np.divide(expected, total, out=alone, where=total > 0)
    return np.where(split, units, share * actuals.units_total)
