"""Shares of single categories, drawn towards each other: partial pooling over what each says by itself.

Shares of the categories of a shop are taken to lie around a common one, by a normal distribution that is cut at 0 and
at the largest share. Where that lies and how wide it is comes from all categories together; what each says for itself
then counts as much as its own errors allow (Gelman et al. 2013, Bayesian Data Analysis, chapter 5). All on a grid, so
that doubt about every part of it is in the intervals. Where all of them together say too little to be used alone, the
common share is held to what is usual in shops of which nothing is known, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Annotated

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schemas.response import USUAL_HIGH, USUAL_LOW, USUAL_SHARE
from surrogate.evidence.terms.category_dips import CategoryDips
from surrogate.held_out.intervals import LEVEL
from surrogate.stored_sizes import Holds

LARGEST = 0.9
"""Estimates above it say that the model of the data is wrong, not that nearly all of a bump is borrowed."""
_SHARES = np.linspace(0.0, LARGEST, 46)
_MEANS = np.linspace(0.0, 0.8, 33)
_SPREADS = np.array([0.02, 0.05, 0.10, 0.15, 0.20, 0.30, 0.40])
_ALIKE = 0.02
"""The narrowest spread, at which categories are as good as alike."""
_EVIDENCE = 2.0
"""Log of how many times more likely the data must be where shares differ: about seven times."""
_LEAST_ERROR = 0.01
_ROUNDS = 100


@dataclass(frozen=True, kw_only=True, eq=False)
class Pooled:
    """What categories say together."""

    share: Annotated[Float, Holds(axes="C")]
    """[C] expected share of each."""
    low: Annotated[Float, Holds(axes="C")]
    high: Annotated[Float, Holds(axes="C")]
    """[C] ends of its 90 % interval."""
    mean: float
    """Mean of all categories of such a shop."""
    mean_low: float
    mean_high: float
    """Ends of its 90 % interval."""
    differ: bool
    """Whether the data says that categories differ."""


def pooled(families: Sequence[Sequence[CategoryDips]], *, usual: bool = False) -> Pooled:
    """Pool what categories say.

    Parameters
    ----------
    families
        Shapes of the dip, of each the categories' own fits. One family holds for the whole shop; inside it each
        category may follow a shape of its own. All are equally likely before the data is seen.
    usual
        Whether the mean of all is held to what is usual, too; else all means are equally likely before.
    """
    prior = np.exp(-0.5 * ((_SHARES - _MEANS[:, None, None]) / _SPREADS[:, None]) ** 2)  # [M, V, R]
    prior /= prior.sum(axis=-1, keepdims=True)
    best = np.min([dips.misfit for family in families for dips in family], axis=0)
    noise = min(dips.noise for family in families for dips in family)
    said = [np.mean([_likelihood(dips, best, noise) for dips in family], axis=0) for family in families]
    each = [np.maximum(np.einsum("cr,mvr->mvc", one, prior), 1e-300) for one in said]
    middle = prior @ _SHARES  # [M, V]
    log = np.stack([np.log(one).sum(axis=-1) for one in each])  # [F, M, V]
    if usual:
        log += np.log(_usual_weights(prior))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    share = sum(
        np.einsum("mv,mvr,cr,mvc->cr", w, prior, one, 1.0 / total, optimize=True)
        for w, one, total in zip(weight, said, each, strict=True)
    )
    share = np.asarray(share) / np.sum(share, axis=1, keepdims=True)
    by_spread = np.logaddexp.reduce(log, axis=(0, 1))
    middle = middle.ravel()
    order = np.argsort(middle)
    of_means = weight.sum(axis=0).ravel()[order][None]
    (mean_low,), (mean_high,) = (_quantile(of_means, middle[order], level) for level in _ENDS)
    low, high = (_quantile(share, _SHARES, level) for level in _ENDS)
    return Pooled(
        share=share @ _SHARES,
        low=low,
        high=high,
        mean=float(of_means[0] @ middle[order]),
        mean_low=float(mean_low),
        mean_high=float(mean_high),
        differ=bool(by_spread[_SPREADS > _ALIKE].max() - by_spread[0] >= _EVIDENCE),
    )


_ENDS = (0.5 - LEVEL / 2, 0.5 + LEVEL / 2)


def _usual_weights(prior: Float) -> Float:
    """[M, V] how likely each common distribution is, so that of one category alone nothing but the usual is known.

    The usual share, half normal to either side, is taken apart into the distributions [M, V, R] by expectation and
    maximisation (Dempster, Laird and Rubin 1977), which stops while many of them are still in it.
    """
    reach = np.where(_SHARES > USUAL_SHARE, USUAL_HIGH - USUAL_SHARE, USUAL_SHARE - USUAL_LOW)
    usual = np.exp(-0.5 * ((_SHARES - USUAL_SHARE) / reach * NormalDist().inv_cdf(_ENDS[1])) ** 2) / reach
    usual /= usual.sum()
    weight = np.full(prior.shape[:2], 1.0 / prior[..., 0].size)
    for _ in range(_ROUNDS):
        weight *= prior @ (usual / np.einsum("mv,mvr->r", weight, prior))
    return weight


def _likelihood(dips: CategoryDips, best: Float, noise: float) -> Float:
    """[C, R] how well each share goes with what a category says under one shape, in parts of the best."""
    error = np.maximum(dips.error, _LEAST_ERROR)[:, None]
    away = np.where(np.isfinite(error), (_SHARES - dips.share[:, None]) / error, 0.0)
    return np.asarray(np.exp(-0.5 * (away**2 + ((dips.misfit - best) / noise)[:, None])))


def _quantile(mass: Float, at: Float, level: float) -> Float:
    """[C] quantile of distributions [C, R] over places [R]."""
    return np.asarray(at[np.argmax(mass.cumsum(axis=1) >= level * mass.sum(axis=1, keepdims=True), axis=1)])
