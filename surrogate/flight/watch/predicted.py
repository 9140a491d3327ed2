"""What a forecast says of series of sales before they happen: means, and how errors hang together through time.

Counts are compared as square roots, which makes their chance nearly the same at every level. The errors of a forecast
last (a lift that was believed too high is too high every day), so one day's surprise is judged after what earlier days
have already taught: innovations, one a period, are uncorrelated and of variance 1 where the forecast is right. Sales
that no line touches (`surrogate.flight.watch.untouched`) are known before those beside which they stand, period by
period: what happens to all sales alike is then no surprise any more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float

SMALLEST_VARIANCE = 0.05
"""Of a square root of a count; a series that sells nearly nothing has less, and must not look certain."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Beside:
    """Drawn futures of what stands beside J series; C kinds of it, the first of which errs as the series do."""

    means: Float
    """[D, J, C, T] units that each future expects."""
    chanced: Float
    """[D, J, C, T] the same with the chance of single days in it."""
    active: Flag
    """[J, C, T] periods in which it tells something."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Predicted:
    """J series over T periods."""

    mean: Float
    """[J, T] of the square roots."""
    whitening: Float
    """[J, T, T] lower triangular: innovations are ``whitening @ (square roots - mean)``."""
    level: Float
    """[J, T] how far a change of sales by 100 % moves the square roots, to first order twice: their mean."""
    active: Flag
    """[J, T] periods in which the series can be compared."""
    beside_mean: Float | None = None
    """[J, C, T] of the square roots of what stands beside."""
    beside_whitening: Float | None = None
    """[J, T, C, T] what its surprises add to the innovations."""
    beside_active: Flag | None = None
    """[J, C, T]"""

    def innovations(self, units: Float, beside: Float | None = None) -> Float:
        """[..., J, T] standardised surprises of units [..., J, T]; 0 where a series is not active.

        Parameters
        ----------
        beside : [..., J, C, T]
            Units of what stands beside, where the prediction knows of any.

        Raises
        ------
        ValueError
            Where it does, and none are given.
        """
        off = np.where(self.active, np.sqrt(units) - self.mean, 0.0)
        found = np.einsum("jtu,...ju->...jt", self.whitening, off)
        if self.beside_whitening is None or self.beside_mean is None:
            return np.asarray(found)
        if beside is None:
            raise ValueError("expected what was sold beside the series, got none")
        off = np.where(np.asarray(self.beside_active), np.sqrt(beside) - self.beside_mean, 0.0)
        wide = self.beside_whitening.reshape(*self.beside_whitening.shape[:2], -1)
        return np.asarray(found + np.einsum("jtu,...ju->...jt", wide, off.reshape(*off.shape[:-2], -1)))

    def log_likelihood(self, innovations: Float) -> Float:
        """[..., J, T] log likelihood of a series up to each period, but for what any prediction shares."""
        sure = np.log(np.diagonal(self.whitening, axis1=-2, axis2=-1))
        return np.asarray(np.cumsum(sure - 0.5 * innovations**2, axis=-1))

    def direction(self, start: NDArray[np.int64]) -> Float:
        """[J, R, T] innovations that a doubling of the square roots from start [J, R] on would bring."""
        periods = np.arange(self.mean.shape[-1])
        moved = np.where((periods >= start[..., None]) & self.active[:, None], self.level[:, None], 0.0)
        return np.asarray(np.einsum("jtu,jru->jrt", self.whitening, moved))


def predict(means: Float, chanced: Float, active: Flag, beside: Beside | None = None) -> Predicted:
    """Learn from drawn futures what to expect.

    Parameters
    ----------
    means : [D, J, T]
        Units that each future expects.
    chanced : [D, J, T]
        The same with the chance of single days in it.
    active : [J, T]
        Periods that count.
    beside
        What stands beside the series.
    """
    roots, lasting = np.sqrt(chanced)[:, :, None], np.sqrt(means)[:, :, None]
    counts = active[:, None]
    if beside is not None:  # known first in every period: the series come last
        roots = np.concatenate([np.sqrt(beside.chanced), roots], axis=2)
        lasting = np.concatenate([np.sqrt(beside.means), lasting], axis=2)
        counts = np.concatenate([beside.active, counts], axis=1)
    mean = roots.mean(axis=0)
    off = np.where(counts, lasting - lasting.mean(axis=0), 0.0)
    chance = np.where(counts, (roots - lasting) - (roots - lasting).mean(axis=0), 0.0)
    whole = np.linalg.inv(np.linalg.cholesky(_covariance(off, chance, counts)))
    rows, periods = counts.shape[1], counts.shape[2]
    # [J, T, T, rows]: innovations of the series, which are the last row of every period.
    mine = whole.reshape(len(whole), periods, rows, periods, rows)[:, :, -1]
    last = mean[:, -1]
    return Predicted(
        mean=last,
        whitening=np.ascontiguousarray(mine[..., -1]),
        level=np.where(active, last, 0.0),
        active=active,
        beside_mean=None if beside is None else mean[:, :-1],
        beside_whitening=None if beside is None else np.ascontiguousarray(mine[..., :-1].swapaxes(2, 3)),
        beside_active=None if beside is None else beside.active,
    )


def _covariance(off: Float, chance: Float, counts: Flag) -> Float:
    """[J, T * rows, T * rows] of what lasts [D, J, rows, T], and of what happens in one period to all rows alike.

    What lasts hangs together for a series and its own products; of others it is another error.
    """
    draws, series, rows, periods = off.shape
    found = np.zeros((series, periods, rows, periods, rows))
    same = {(row, row) for row in range(rows)} | ({(0, rows - 1), (rows - 1, 0)} if rows > 1 else set())
    for one, other in sorted(same):
        found[:, :, one, :, other] = np.einsum("djt,dju->jtu", off[:, :, one], off[:, :, other]) / max(draws - 1, 1)
    shared = np.einsum("djat,djbt->jtab", chance, chance) / (draws - 1)
    own = np.einsum("jtaa->jta", shared)
    extra = np.where(counts.swapaxes(1, 2), np.maximum(own, SMALLEST_VARIANCE), 1.0) - own
    number = np.arange(rows)
    shared[:, :, number, number] += extra
    place = np.arange(periods)
    found[:, place, :, place, :] += shared.swapaxes(0, 1)
    return found.reshape(series, periods * rows, periods * rows)
