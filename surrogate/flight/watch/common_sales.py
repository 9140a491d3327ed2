"""What sales that no line touches say of how much single periods differ, by category.

Whatever an offer brings, they are the same; so how far they jump from period to period tells the weather, and no
failing offer is taken for it. A level that is off in all periods is known after the first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from scenarios.arrays import Flag, Float
from surrogate.flight.watch.predicted import SMALLEST_VARIANCE


@dataclass(frozen=True, kw_only=True, eq=False)
class CommonSales:
    """Untouched sales of C categories over T periods under one weather."""

    mean: Float
    """[C, T] of the square roots."""
    root: Float
    """[T * C, T * C] lower triangular: covariance of the square roots, period by period."""
    active: Flag
    """[C, T] sums that tell something."""

    def log_likelihood(self, sums: Float) -> Float:
        """[..., T] of untouched sales [..., C, T], up to each period, but for what all weathers share."""
        off = np.where(self.active, np.sqrt(sums) - self.mean, 0.0).swapaxes(-1, -2)
        flat = off.reshape(-1, self.mean.size)
        white = solve_triangular(self.root, flat.T, lower=True).T
        each = -0.5 * white**2 - np.log(np.diag(self.root))
        return np.asarray(np.cumsum(each.reshape(off.shape).sum(axis=-1), axis=-1))


def common_sales(means: Float, chanced: Float, active: Flag) -> CommonSales:
    """Learn from drawn futures [D, C, T], without and with the chance of single periods, what is usual."""
    draws, categories, periods = means.shape
    lasting, roots = np.sqrt(means), np.sqrt(chanced)
    mean = roots.mean(axis=0)
    off = np.where(active, lasting - lasting.mean(axis=0), 0.0)
    chance = np.where(active, (roots - lasting) - (mean - lasting.mean(axis=0)), 0.0)
    flat = off.swapaxes(1, 2).reshape(draws, -1)
    covariance = (flat.T @ flat / (draws - 1)).reshape(periods, categories, periods, categories)
    shared = np.einsum("dct,det->tce", chance, chance) / (draws - 1)
    place, number = np.arange(periods), np.arange(categories)
    own = shared[:, number, number]
    shared[:, number, number] = np.where(active.T, np.maximum(own, SMALLEST_VARIANCE), 1.0)
    covariance[place, :, place] += shared
    root = np.linalg.cholesky(covariance.reshape(periods * categories, -1))
    return CommonSales(mean=mean, root=root, active=active)
