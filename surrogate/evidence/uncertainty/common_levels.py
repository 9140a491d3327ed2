"""What levels share of their error: are goods foreseen too low together, or each by itself.

Two questions, each to several groups of misses. Do the categories of a stretch of weeks miss together? The held-out
weeks and earlier moments answer it (`surrogate.training.level_origins`). Do the segments of a category? The categories
of the held-out weeks do. In a group, misses are normal with one variance and one correlation, beside counting noise;
before anything is seen, any correlation is as likely as another. One stretch tells little of it, so that little moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

import numpy as np

from scenarios.arrays import Float
from scenarios.response.effects import CommonError
from surrogate.stored_sizes import Holds

SECTION = "common-levels"
LEAST_UNITS = 20.0
"""Units that are expected of a category or segment in a stretch, below which what it misses is mostly luck."""
FURTHEST = 1.0
"""Log of a miss that counts most: goods that came or went are no season."""
_CORRELATIONS = (np.arange(40) + 0.5) / 40
_SPREADS = np.geomspace(0.02, 0.8, 40)
"""What may be believed of the correlation, and of the standard deviation of levels."""


@dataclass(frozen=True, kw_only=True)
class CommonLevels:
    """What levels are off by together, as a model keeps it."""

    everywhere: Annotated[float, Holds(axes="", least=0, below=1.0)]
    """Relative standard deviation of all levels together."""
    category: Annotated[float, Holds(axes="", least=0, below=1.0)]
    """Of all segments of a category together, beside."""

    @property
    def error(self) -> CommonError:
        """In the planner's words."""
        return CommonError(everywhere=self.everywhere, product=self.category)


class Stretch(Protocol):
    """Units of categories [C] in some weeks, and what was foreseen of them."""

    @property
    def sold(self) -> Sequence[float]:
        """What was sold [C]."""

    @property
    def foreseen(self) -> Sequence[float]:
        """What was foreseen [C]."""


def common_levels(
    stretches: Sequence[Stretch], sold: Float, foreseen: Float, spread: Float, noise: float
) -> CommonLevels:
    """Measure what levels share of their error.

    Parameters
    ----------
    stretches
        Of different weeks.
    sold, foreseen : [S, C]
        Units of the held-out weeks by segment.
    spread : [S]
        Relative standard deviation of levels.
    noise
        Variance over mean of weekly units around their level.
    """
    together = correlation([(np.array(each.sold), np.array(each.foreseen)) for each in stretches], noise)
    same_goods = correlation(list(zip(sold.T, foreseen.T, strict=True)), noise)
    units = foreseen.sum(axis=1)
    variance = float(units @ spread**2 / max(units.sum(), 1e-9))
    return CommonLevels(
        everywhere=round(float(np.sqrt(variance * same_goods * together)), 4),
        category=round(float(np.sqrt(variance * same_goods * (1.0 - together))), 4),
    )


def correlation(groups: Sequence[tuple[Float, Float]], noise: float) -> float:
    """Mean of what is believed of the correlation of misses inside groups, each of units sold and foreseen [M].

    A half where no group has two members that sell enough to tell.
    """
    share, spread = _CORRELATIONS[:, None], _SPREADS[None] ** 2
    weight = np.zeros((_CORRELATIONS.size, _SPREADS.size))
    for sold, foreseen in groups:
        told = foreseen >= LEAST_UNITS
        if told.sum() < 2:
            continue
        miss = np.log(np.maximum(sold[told], 1.0) / foreseen[told])
        weight += _log_likelihood(np.clip(miss, -FURTHEST, FURTHEST), noise / foreseen[told], share, spread)
    likely = np.exp(weight - weight.max())
    return float((likely * share).sum() / likely.sum())


def _log_likelihood(miss: Float, counting: Float, share: Float, variance: Float) -> Float:
    """Of correlations by variances: normal, ``share`` of the variance in common, and counting noise [M] of each."""
    own = (variance * (1.0 - share))[..., None] + counting
    common, precision = variance * share, (1.0 / own).sum(axis=-1)
    grown = 1.0 + common * precision
    off = (miss**2 / own).sum(axis=-1) - common / grown * (miss / own).sum(axis=-1) ** 2
    return np.asarray(-0.5 * (off + np.log(own).sum(axis=-1) + np.log(grown)))
