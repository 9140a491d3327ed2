"""Shares of use by segment and category, drawn towards one share: partial pooling of counts.

The log odds of a cell are one share's, plus what its segment, its category and the cell itself add to it, each from a
normal distribution around 0. How wide these three are is read off all cells together; what a cell says for itself then
counts as much as its units allow (penalised quasi-likelihood: Breslow and Clayton 1993,
doi:10.1080/01621459.1993.10594284). Units of one customer go together, so they count as fewer: their variance is
``inflation`` times the binomial one. The doubt about the common share, about segments and categories, and about the
cell is in the error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from scenarios.arrays import Float, Int

_ROUNDS = 60
_USUAL = 0.3
"""Standard deviation, in log odds, that segments or categories are taken to differ by before any data is seen; it
counts as one of them, so that few do not come out as all alike."""
_INTERCEPT = 1e-2
"""Precision of the common log odds around 0: next to nothing, and enough where everybody used it."""
_ENDS = 12.0
"""Log odds beyond which a share is as good as 0 or 1."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PooledUses:
    """Expected shares, and how unsure they are."""

    share: Float
    """[S + 1, C + 1] used share of units; the last row is of a segment, the last column of a category, of which nothing
    was seen."""
    error: Float
    """[S + 1, C + 1] standard deviation."""


def pooled_uses(units: Float, used: Float, inflation: float) -> PooledUses:
    """Pool what cells say.

    Parameters
    ----------
    units, used
        [S, C] units sold, and those of them that were bought with the offer; something was used.
    inflation
        Variance over that of single units that decide for themselves, 1 or more.
    """
    segments, categories = units.shape
    row, column = np.nonzero(units > 0)
    number, hits = units[row, column] / inflation, used[row, column] / inflation
    design = _design(row, column, segments, categories)
    spread = np.full(3, _USUAL**2)  # variances of segments, categories, cells
    beta = np.zeros(design.shape[1])
    beta[0] = float(logit(np.clip(hits.sum() / number.sum(), 1e-4, 1.0 - 1e-4)))
    own = np.zeros(len(row))
    for _ in range(_ROUNDS):
        odds = np.clip(design @ beta + own, -_ENDS, _ENDS)
        share = expit(odds)
        weight = np.maximum(number * share * (1.0 - share), 1e-9)
        working = odds + (hits - number * share) / weight
        trust = 1.0 / (1.0 / weight + spread[2])
        precision = np.concatenate([[_INTERCEPT], np.full(segments, 1 / spread[0]), np.full(categories, 1 / spread[1])])
        covers = np.linalg.inv(design.T @ (trust[:, None] * design) + np.diag(precision))
        beta = covers @ (design.T @ (trust * working))
        common = design @ beta
        counts = spread[2] * trust  # how much of what a cell says beyond its segment and category is its own
        own = counts * (working - common)
        wide = np.einsum("nd,de,ne->n", design, covers, design)
        squares = beta**2 + np.diag(covers)
        spread = np.array([
            _variance(squares[1 : 1 + segments]),
            _variance(squares[1 + segments :]),
            _variance(own**2 + counts / weight + counts**2 * wide),
        ])  # fmt: skip
    fitted = _Fitted(beta=beta, covers=covers, spread=spread, row=row, column=column, own=own, counts=counts,
                     left=counts / weight)  # fmt: skip
    return _told(fitted, segments, categories)


def _variance(squares: Float) -> float:
    """Return the variance of effects of which these are the expected squares."""
    return float((squares.sum() + _USUAL**2) / (len(squares) + 1))


def _design(row: Int, column: Int, segments: int, categories: int) -> Float:
    """Return [N, 1 + S + C]: the common share, the segment, the category."""
    return np.column_stack([
        np.ones(len(row)), np.eye(segments + 1)[row][:, :segments], np.eye(categories + 1)[column][:, :categories]
    ])  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fitted:
    """Log odds as they came out: D common parts, N cells that something was sold in."""

    beta: Float
    """[D]"""
    covers: Float
    """[D, D] covariance of its error."""
    spread: Float
    """[3] variances of segments, categories, cells."""
    row: Int
    column: Int
    """[N] segment and category of each cell."""
    own: Float
    """[N] what each cell adds itself."""
    counts: Float
    """[N] how much of what a cell says counts as its own."""
    left: Float
    """[N] variance of what a cell adds, beside that of the common parts."""


def _told(fitted: _Fitted, segments: int, categories: int) -> PooledUses:
    """Return shares and errors of all cells, also of those that nothing was sold in."""
    size = (segments + 1, categories + 1)
    rows, columns = (axis.ravel() for axis in np.indices(size))
    design, spread = _design(rows, columns, segments, categories), fitted.spread
    odds = design @ fitted.beta
    wide = np.einsum("nd,de,ne->n", design, fitted.covers, design)
    variance = wide + spread[2] + spread[0] * (rows == segments) + spread[1] * (columns == categories)
    seen = fitted.row * size[1] + fitted.column
    odds[seen] += fitted.own
    variance[seen] = (1.0 - fitted.counts) ** 2 * wide[seen] + fitted.left
    share = expit(np.clip(odds, -_ENDS, _ENDS))
    error = share * (1.0 - share) * np.sqrt(variance)
    return PooledUses(share=share.reshape(size), error=error.reshape(size))
