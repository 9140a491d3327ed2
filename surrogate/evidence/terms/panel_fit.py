"""Weighted least squares on a panel with nuisances taken off, and standard errors that respect clusters.

Rows are units (items, categories) x weeks. Every unit has a level of its own that drifts as a polynomial in time and,
where the data spans enough of two years, follows a season of its own; every week may have a shock that all units share.
All are projected out (Frisch-Waugh-Lovell) before the few coefficients that matter are fitted, so that neither a busy
week nor a product's trend or season passes for an effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from scenarios.arrays import Float, Int
from surrogate.held_out.intervals import LEVEL

_ROUNDS = 60
_CLOSE = 1e-7
_WEEKS_A_DEGREE = 26
_MOST_DEGREES = 5


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """Coefficients with their covariance. P coefficients."""

    value: Float
    """[P]"""
    covariance: Float
    """[P, P]"""
    plain: Float
    """[P, P] what the covariance would be if no two errors were related."""
    clusters: int
    """Groups of rows whose errors may be related; their number less one are the degrees of freedom."""
    error: float
    """Weighted sum of squared residuals."""
    rows: int
    """Rows that count."""

    def related(self, gradient: Float) -> float:
        """Return how many times wider errors that are related make the variance of a function; at least 1."""
        plain = float(gradient @ self.plain @ gradient)
        return max(float(gradient @ self.covariance @ gradient) / plain, 1.0) if plain > 0 else 1.0

    def interval(self, gradient: Float) -> tuple[float, float]:
        """Return the 90 % interval around 0 of a function of the coefficients with a gradient [P]."""
        spread = max(float(gradient @ self.covariance @ gradient), 0.0) ** 0.5
        half = spread * student_quantile(0.5 + LEVEL / 2, max(self.clusters - 1, 1))
        return -half, half


def student_quantile(level: float, freedom: int) -> float:
    """Return a quantile of Student's t by the expansion of Cornish and Fisher, within 1 % from 4 degrees on."""
    z = NormalDist().inv_cdf(level)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def degree_of(weeks: int) -> int:
    """Return the degree of the trends: straight lines for half a year, one degree more for each half year after it."""
    return min(1 + weeks // _WEEKS_A_DEGREE, _MOST_DEGREES)


def drift(weeks: int, year: Float | None = None) -> Float:
    """Return what the level of a unit may follow, [T, D]: a polynomial of time, and the columns ``year`` [T, B]."""
    trend = np.polynomial.legendre.legvander(np.linspace(-1.0, 1.0, weeks), degree_of(weeks))
    return np.asarray(trend if year is None else np.concatenate([trend, year], axis=1), dtype=np.float64)


def partial_out(columns: Float, weight: Float, *, basis: Float, common_weeks: bool) -> Float:
    """Return columns [P, I, T] without each unit's own drift and, where asked, each week's common shock.

    Parameters
    ----------
    columns
        [P, I, T]
    weight
        [I, T] at least 0; rows of weight 0 do not count.
    basis
        [T, D] what the level of a unit may follow, from `drift`.
    common_weeks
        Whether weeks have shocks that all units share.

    Notes
    -----
    Alternating projections (von Neumann), until nothing moves.
    """
    moments = np.einsum("it,td,te->ide", weight, basis, basis)
    inverse = np.linalg.pinv(moments, rcond=1e-9, hermitian=True)
    total = weight.sum(axis=0)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    counts = (weight > 0).astype(np.float64)
    out = columns
    for _ in range(_ROUNDS):
        before = out
        loads = (out * weight) @ basis  # products of two arrays each: those of three pass every row by row
        out = out - (loads[:, :, None, :] @ inverse)[:, :, 0] @ basis.T
        if not common_weeks:
            break
        out = out - (out * share).sum(axis=1, keepdims=True)
        moved = float((np.abs(out - before) * counts).max(initial=0.0))
        if moved <= _CLOSE * max(float((np.abs(out) * counts).max(initial=0.0)), 1e-300):
            break
    return out


def least_squares(target: Float, columns: Float, weight: Float, cluster: Int) -> Fit:
    """Fit coefficients [P] of columns [P, I, T] to a target [I, T], both with nuisances taken off.

    ``cluster`` [I, T] numbers the clusters from 0. Collinear columns share their effect (least norm), so that the
    sum of two that cannot be told apart is still right. The covariance is the cluster sandwich (Liang and Zeger, 1986,
    doi:10.1093/biomet/73.1.13) with the correction G / (G - 1).
    """
    scale = np.sqrt(np.einsum("pit,pit,it->p", columns, columns, weight))
    known = np.greater(scale, 1e-9)
    unit = np.where(known, 1.0 / np.where(known, scale, 1.0), 0.0)
    scaled = columns * unit[:, None, None]
    moments = np.einsum("pit,qit,it->pq", scaled, scaled, weight)
    inverse = np.linalg.pinv(moments, rcond=1e-6, hermitian=True)
    value = inverse @ np.einsum("pit,it,it->p", scaled, target, weight)
    rest = target - np.einsum("p,pit->it", value, scaled)
    groups = int(cluster.max()) + 1 if cluster.size else 0
    score = np.stack([np.bincount(cluster.ravel(), (part * rest * weight).ravel(), groups) for part in scaled], axis=1)
    active = np.bincount(cluster.ravel(), weight.ravel(), groups) > 0
    count = int(active.sum())
    meat = score.T @ score * (count / max(count - 1, 1))
    covariance = inverse @ meat @ inverse
    error, rows = float((weight * rest**2).sum()), int((weight > 0).sum())
    return Fit(
        value=value * unit,
        covariance=covariance * unit[:, None] * unit[None, :],
        plain=inverse * (error / max(rows, 1)) * unit[:, None] * unit[None, :],
        clusters=count,
        error=error,
        rows=rows,
    )
