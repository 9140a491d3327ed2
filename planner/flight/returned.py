"""Which share of what was sold came back, cell by cell, as far as the actuals tell it.

A return belongs to the row of its sale. Where a row tells more returns than units, those of its product stand on the
days on which they arrived: only their share of all that is told means something then, and none where more came back
than was sold.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.flight.actuals import Actuals


def returned_shares(actuals: Actuals) -> Float:
    """[S, K, T] share of the units sold that came back; NaN where that is not told."""
    shape = actuals.units.shape
    if not actuals.has("returns"):
        return np.full(shape, np.nan)
    back, sold = told_rows(actuals)
    shares = _share(back.sum(axis=0), sold.sum(axis=0))  # only rows that tell both: others say nothing of their units
    own, unsplit = shares[:-1], shares[-1]
    found = np.where(np.isfinite(own), own, unsplit[None])
    arrived = np.asarray((back > sold).any(axis=(0, 1, 3)))
    overall = _share(back.sum(axis=(0, 1, 3)), sold.sum(axis=(0, 1, 3)))
    found = np.where(arrived[:, None] & np.isfinite(found), overall[:, None], found)
    return np.where(beyond_sales(actuals)[:, None], np.nan, found)


def beyond_sales(actuals: Actuals) -> Flag:
    """[K] products of which more came back than was sold, over all rows that tell it: no share is that."""
    if not actuals.has("returns"):
        return np.zeros(len(actuals.grid.products), dtype=np.bool_)
    back, sold = (each.sum(axis=(0, 1, 3)) for each in told_rows(actuals))
    return np.asarray(back > sold)


def told_rows(actuals: Actuals) -> tuple[Float, Float]:
    """[G, S + 1, K, T] returns and units of the rows that tell both; 0 elsewhere."""
    back, units = (actuals.tables[name][:, :, :-1] for name in ("returns", "units"))
    both = np.isfinite(back) & np.isfinite(units)
    return np.where(both, back, 0.0), np.where(both, units, 0.0)


def _share(back: Float, sold: Float) -> Float:
    return np.asarray(np.divide(back, sold, out=np.full(back.shape, np.nan), where=sold > 0))
