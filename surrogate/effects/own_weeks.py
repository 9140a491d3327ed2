"""What a category's own weeks say of its answer to deals, and how surely: a quasi-Poisson regression of its items.

    log units of item i in week t = level of i + level of the four weeks + slope * -log(1 - depth) + displays, mailers

Two things rest on it. Training starts each category where its own weeks are, because a start at the common response
takes hundreds of steps to reach a category that no deal moves, and stops on the way. And a lift is unsure by the
slope's standard error however small the lift is: where deals move nothing, no relative spread says how little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float, Int
from surrogate.digits import to_digits
from surrogate.effects.lives import is_seasonal, life_of
from surrogate.shelf.cells import Shelf

_MONTH_WEEKS = 4
_AGE_WEEKS = 6
"""Weeks in which an item that came or left keeps its level."""
_ROUNDS = 12
_RIDGE = 1e-6
_LEAST_MEAN = 1e-3
_LEAST_PRICE = 0.02
"""Log price that a category's deals must come to, all its weeks of items together, for a slope to exist."""
TYPICAL_SLOPE = 1.45
"""Slope that training starts from: an elasticity of 1.8 (`surrogate.effects.network`), less what other items lose."""

_STEADY = 5.0
"""Categories of the usual width that weigh against those seen."""
_LEAST_WIDTH = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnSlopes:
    """Slopes of log units along -log(1 - depth). C categories."""

    slope: Float
    """[C] the typical one where unknown."""
    error: Float
    """[C] standard error; infinite where the weeks say nothing."""
    fading: Float
    """[C] what a week of age adds to log units of goods that come and go (`surrogate.effects.lives`); 0 of others."""

    def shrunk(self, width: float) -> tuple[Float, Float]:
        """Return slopes [C] drawn to what they have in common, and the deviation [C] of what is still unsure of them.

        Empirical Bayes: how far slopes lie apart beyond their errors, and around what, is read off the categories
        themselves; a few more of a typical slope and ``width``, a share of it, steady both where there are few. Where a
        category's weeks say nothing it is what the others have in common, and the deviation 0: what such a slope misses
        is calibrated as the distance from the data.
        """
        usual, known = (width * TYPICAL_SLOPE) ** 2, np.isfinite(self.error)
        noise = np.where(known, self.error, 0.0) ** 2
        weight = np.where(known, usual / (usual + noise), 0.0)
        centre = (TYPICAL_SLOPE + weight @ self.slope) / (1.0 + weight.sum())
        apart = weight @ ((self.slope - centre) ** 2 - noise)
        wide = max((_STEADY * usual + apart) / (_STEADY + weight.sum()), (_LEAST_WIDTH * TYPICAL_SLOPE) ** 2)
        trust = np.where(known, wide / (wide + noise), 0.0)
        return centre + trust * (self.slope - centre), np.sqrt(noise * trust)


def own_slopes(units: Float, shelf: Shelf) -> OwnSlopes:
    """Return what each category's weeks say of it alone; no customer is told from another.

    Parameters
    ----------
    units
        [I, T] of all customers in the first T weeks of the shelf.
    shelf
        Items and what was promoted.
    """
    count = len(shelf.categories)
    slope, error, fading = np.full(count, TYPICAL_SLOPE), np.full(count, np.inf), np.zeros(count)
    for category in range(count):
        mine = np.flatnonzero((shelf.category == category) & (units.sum(axis=1) > 0))
        found = _of_category(units[mine], shelf, mine)
        if found is not None:
            slope[category], error[category], fading[category] = found
    return OwnSlopes(
        slope=to_digits(slope),
        error=np.where(np.isfinite(error), to_digits(np.minimum(error, 1e6)), np.inf),
        fading=to_digits(fading),
    )


def _of_category(units: Float, shelf: Shelf, mine: Int) -> tuple[float, float, float] | None:
    """Return slope, its error and the fading of a category; None where no price of it was cut."""
    weeks = units.shape[1]
    seen = shelf.counted[mine, :weeks]
    price = -np.log1p(-np.clip(shelf.depth[mine, :weeks], 0.0, 0.9))
    if not (price[seen].sum() > _LEAST_PRICE):
        return None
    if is_seasonal(units * seen, shelf.passing[mine]):
        life = life_of(units, shelf, mine)
        return life.slope, life.error, life.fading
    item, week = np.nonzero(seen)
    months = week // _MONTH_WEEKS
    age = np.where(shelf.passing[mine, None], np.arange(weeks) // _AGE_WEEKS, 0)
    own = np.arange(len(mine))[:, None] * (weeks // _AGE_WEEKS + 1) + age
    offered = np.zeros_like(price) if shelf.offered is None else shelf.offered[mine, :weeks]
    shown = [one[seen] for one in (shelf.display[mine, :weeks], shelf.mailer[mine, :weeks], offered)]
    table = np.column_stack([
        price[seen],
        *shown,
        own[item, week][:, None] == np.unique(own[item, week]),
        months[:, None] == np.arange(1, months.max() + 1),
    ]).astype(np.float64)  # fmt: skip
    sold = units[seen]
    log_mean = np.log(np.maximum((units * seen).sum(axis=1) / np.maximum(seen.sum(axis=1), 1), _LEAST_MEAN))[item]
    ridge = _RIDGE * max(sold.sum(), 1.0) * np.eye(table.shape[1])
    for _ in range(_ROUNDS):
        mean = np.exp(log_mean)
        weighed = table * mean[:, None]
        terms = np.linalg.solve(table.T @ weighed + ridge, weighed.T @ (log_mean + (sold - mean) / mean))
        log_mean = np.clip(table @ terms, np.log(_LEAST_MEAN), 20.0)
    mean = np.exp(log_mean)
    freedom = max(sold.size - table.shape[1], 1)
    dispersion = max(float(((sold - mean) ** 2 / mean).sum()) / freedom, 1.0)
    variance = dispersion * np.linalg.inv(table.T @ (table * mean[:, None]) + ridge)[0, 0]
    return float(terms[0]), float(np.sqrt(variance)), 0.0
