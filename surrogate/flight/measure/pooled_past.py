"""Random groups of several segments compared together, after taking off what each segment's own past explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from surrogate.flight.measure.effects_measured import FEWEST, Measured, lift_of_means, past_slope


@dataclass(frozen=True, kw_only=True, eq=False)
class KnownGroups:
    """Both groups of one segment, customer by customer, beside the same customers before the campaign."""

    treated: Float
    """[N1]"""
    held: Float
    """[N0]"""
    treated_before: Float
    """[N1]"""
    held_before: Float
    """[N0]"""

    @property
    def weight(self) -> float:
        """What a segment counts for: by the size of its groups, so that chance in one of them does not decide it."""
        one, other = len(self.treated), len(self.held)
        return one * other / (one + other)


def pooled_cuped(groups: Sequence[KnownGroups]) -> Measured | None:
    """Compare outcomes of all segments together; None where none is large enough, or nothing is left without the offer.

    Each segment's past is taken off by its own slope, its customers are compared by themselves, and segments weigh by
    the size of their groups, as in `surrogate.flight.measure.effects_measured.from_strata`.
    """
    compared = [each for each in groups if min(len(each.treated), len(each.held)) >= FEWEST]
    if not compared:
        return None
    weights = np.array([each.weight for each in compared])
    weights /= weights.sum()
    means, variances, left, whole = np.zeros(2), np.zeros(2), 0.0, 0.0
    for weight, group in zip(weights, compared, strict=True):
        pasts = group.treated_before, group.held_before
        outcomes = group.treated, group.held
        outcome, past = (np.concatenate([each - each.mean() for each in both]) for both in (outcomes, pasts))
        slope, middle = past_slope(outcome, past), np.concatenate(pasts).mean()
        left += float(((outcome - slope * past) ** 2).sum())
        whole += float((outcome**2).sum())
        for number, (units, before) in enumerate(zip(outcomes, pasts, strict=True)):
            adjusted = units - slope * (before - middle)
            means[number] += weight * adjusted.mean()
            variances[number] += weight**2 * adjusted.var(ddof=1) / len(adjusted)
    if not (means[1] > 0):
        return None
    return lift_of_means(
        float(means[0]),
        float(means[1]),
        float(variances[0]),
        float(variances[1]),
        "CUPED",
        1.0 - left / max(whole, 1e-300),
        float(sum(len(each.treated) for each in compared)),
        float(sum(len(each.held) for each in compared)),
    )
