"""How much of its bumps each category misses later, beside the others: one joint fit for a given shape of the dip.

Every category has a scale of its own on the network's bumps and a share of its own that returns later; items have
levels that drift and weeks common shocks, as in the fit of all categories together (`terms.response_terms`).
Least squares fit all of them at once. Columns of one category are 0 elsewhere, so that only the weeks' shocks couple
categories, and sums by category and week are all that the fit needs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int

_BLOCK_WEEKS = 6
"""Weeks whose errors may be related; a category's own shocks come and go within them."""
_LEAST_SCALE = 0.1
"""Bumps that are less than this part of what the network foresees tell nothing of shares of them."""
_SEEN = 1e-9


@dataclass(frozen=True, kw_only=True, eq=False)
class DipColumns:
    """What is fitted, over the expected sales of each week. I items, T weeks."""

    target: Float
    """[I, T] sales beside the baseline."""
    bump: Float
    """[I, T] the network's bump, as far as customers are not tired."""
    dip: Float
    """[I, T] what is missing if all of earlier bumps returns."""
    weight: Float
    """[I, T] at least 0; rows of weight 0 do not count."""
    category: Int
    """[I]"""
    basis: Float
    """[T, D] what the level of an item may follow."""
    kept: float
    """What earlier offers leave of a bump in the mean."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CategoryDips:
    """What each of C categories says for itself."""

    share: Float
    """[C] share of a bump that later weeks miss."""
    error: Float
    """[C] its standard error; inf where the category says nothing."""
    misfit: Float
    """[C] weighted sum of squared residuals."""
    noise: float
    """What a row adds to it in the mean."""


def category_dips(columns: DipColumns) -> CategoryDips:
    """Fit a scale and a share of every category."""
    category, weight = columns.category, columns.weight
    count, weeks, basis = int(category.max()) + 1, weight.shape[1], columns.basis
    moments = np.einsum("it,td,te->ide", weight, basis, basis)
    inverse = np.linalg.pinv(moments, rcond=_SEEN, hermitian=True)

    def level(values: Float) -> Float:
        """Take each item's own drift off [..., I, T]."""
        return np.asarray(values - (((values * weight) @ basis)[..., None, :] @ inverse)[..., 0, :] @ basis.T)

    parts, target = level(np.stack([columns.bump, columns.dip], axis=0)), level(columns.target)
    heavy = np.moveaxis(parts * weight, 0, 1)  # [I, 2, T]
    own = _summed(np.einsum("ipt,qit->ipq", heavy, parts), category, count)
    apart = np.zeros((count, 2, count, 2))
    apart[np.arange(count), :, np.arange(count)] = own
    normal = apart.reshape(2 * count, 2 * count)
    known = np.diag(normal) > _SEEN * np.diag(normal).max(initial=0.0)
    coupled = _summed(heavy, category, count).reshape(2 * count, weeks)
    wide = weight[:, :, None] * basis
    of_weeks = np.diag(weight.sum(axis=0)) - np.einsum("ita,isa->ts", wide @ inverse, wide, optimize=True)
    by_weeks = np.linalg.pinv(of_weeks, rcond=_SEEN, hermitian=True)
    week_sums = (target * weight).sum(axis=0)
    right = _summed(np.einsum("ipt,it->ip", heavy, target), category, count).reshape(-1)
    right -= coupled @ by_weeks @ week_sums
    places = np.ix_(known, known)
    seen = np.zeros_like(normal)
    seen[places] = np.linalg.pinv((normal - coupled @ by_weeks @ coupled.T)[places], rcond=_SEEN, hermitian=True)
    value = (seen @ right).reshape(count, 2)
    shocks = by_weeks @ (week_sums - coupled.T @ value.reshape(-1))
    rest = target - np.einsum("ip,pit->it", value[category], parts) - level(np.broadcast_to(shocks, weight.shape))
    squares = (weight * rest**2).sum(axis=1)
    noise = max(float(squares.sum()) / max(int((weight > 0).sum()), 1), 1e-300)
    mine = seen.reshape(count, 2, count, 2)[np.arange(count), :, np.arange(count)]
    scale = np.maximum(value[:, 0], _LEAST_SCALE) * columns.kept
    share = value[:, 1] / scale
    by_value = np.stack([-share * columns.kept / scale, 1.0 / scale], axis=1)
    by_score = np.einsum("cp,cpq->cq", by_value, mine)
    spread = _spread(by_score, heavy * rest[:, None], category)
    plain = noise * np.einsum("cq,cq->c", by_score, by_value)
    told = known.reshape(count, 2).all(axis=1) & (value[:, 0] > _LEAST_SCALE)
    return CategoryDips(
        share=np.where(told, share, 0.0),
        error=np.where(told, np.sqrt(np.maximum(spread, np.maximum(plain, 0.0))), np.inf),
        misfit=_summed(squares, category, count),
        noise=noise,
    )


def _summed(values: Float, category: Int, count: int) -> Float:
    """[C, ...] sums of [I, ...] over the items of each category."""
    out = np.zeros((count, *values.shape[1:]))
    np.add.at(out, category, values)
    return out


def _spread(by_score: Float, scores: Float, category: Int) -> Float:
    """[C] variance of each category's share, errors of an item, or of all its items for some weeks, being related.

    Parameters
    ----------
    by_score
        [C, 2] change of the share by the score of each column.
    scores
        [I, 2, T]
    """
    count, weeks = len(by_score), scores.shape[2]
    moved = np.einsum("ip,ipt->it", by_score[category], scores)
    block = np.arange(weeks) // _BLOCK_WEEKS
    in_time = _summed(np.ascontiguousarray(_summed(moved, category, count).T), block, int(block.max()) + 1).T
    item = moved.sum(axis=1)
    return np.maximum(_corrected(in_time), _of_items(item, category, count))


def _corrected(sums: Float) -> Float:
    """[C] sums of squares over the groups [C, G] that hold anything, with the correction G / (G - 1)."""
    groups = (sums != 0).sum(axis=1)
    return np.asarray((sums**2).sum(axis=1) * groups / np.maximum(groups - 1, 1))


def _of_items(item: Float, category: Int, count: int) -> Float:
    """[C] the same over items [I]."""
    active: Flag = item != 0
    groups = np.bincount(category, active, count)
    return np.asarray(np.bincount(category, item**2, count) * groups / np.maximum(groups - 1, 1))
