"""What a forecast says of series of sales before they happen: means, and how errors hang together through time.

Counts are compared as square roots, which makes their chance nearly the same at every level. The errors of a forecast
last (a lift that was believed too high is too high every day), so one day's surprise is judged after what earlier days
have already taught: innovations, one a period, are uncorrelated and of variance 1 where the forecast is right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Flag = NDArray[np.bool_]

SMALLEST_VARIANCE = 0.05
"""Of a square root of a count; a series that sells nearly nothing has less, and must not look certain."""


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

    def innovations(self, units: Float) -> Float:
        """[..., J, T] standardised surprises of units [..., J, T]; 0 where a series is not active."""
        off = np.where(self.active, np.sqrt(units) - self.mean, 0.0)
        return np.asarray(np.einsum("jtu,...ju->...jt", self.whitening, off))

    def direction(self, start: NDArray[np.int64]) -> Float:
        """[J, R, T] innovations that a doubling of the square roots from start [J, R] on would bring."""
        periods = np.arange(self.mean.shape[-1])
        moved = np.where((periods >= start[..., None]) & self.active[:, None], self.level[:, None], 0.0)
        return np.asarray(np.einsum("jtu,jru->jrt", self.whitening, moved))


def predict(means: Float, chanced: Float, active: Flag) -> Predicted:
    """Learn from drawn futures what to expect.

    Parameters
    ----------
    means : [D, J, T]
        Units that each future expects.
    chanced : [D, J, T]
        The same with the chance of single days in it.
    active : [J, T]
        Periods that count.
    """
    roots = np.sqrt(chanced)
    mean = roots.mean(axis=0)
    lasting = np.sqrt(means)
    off = np.where(active, lasting - lasting.mean(axis=0), 0.0)
    covariance = np.einsum("djt,dju->jtu", off, off) / max(len(means) - 1, 1)
    chance = ((roots - lasting) - (roots - lasting).mean(axis=0)).var(axis=0, ddof=1)
    diagonal = np.where(active, np.maximum(chance, SMALLEST_VARIANCE), 1.0)
    periods = np.arange(mean.shape[-1])
    covariance[:, periods, periods] += diagonal
    whitening = np.linalg.inv(np.linalg.cholesky(covariance))
    return Predicted(mean=mean, whitening=whitening, level=np.where(active, mean, 0.0), active=active)
