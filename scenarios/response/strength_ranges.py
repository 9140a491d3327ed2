"""How far interaction strengths may be off: ends of their 90 % intervals, where the scenario or the data gives any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import EffectSource, Product, ResponseTerms


@dataclass(frozen=True, kw_only=True, eq=False)
class StrengthRanges:
    """Ends of the intervals; both are the strength itself where it is taken to be exact."""

    ahead_low: Float
    ahead_high: Float
    """[K] of the share that is bought ahead."""
    stolen_low: float
    stolen_high: float
    """Of the share that rivals lose."""
    tired_low: float
    tired_high: float
    """Of fatigue."""


def strength_ranges(terms: ResponseTerms, source: EffectSource, products: Sequence[Product]) -> StrengthRanges | None:
    """Read the intervals off a scenario; None where every strength is exact, or contained in the lifts."""
    rows = [terms.pull_forward.of(product) for product in products]
    ends = np.array([_ends(row.share, row.low, row.high) for row in rows])
    stolen = _ends(terms.cannibalisation, terms.cannibalisation_low, terms.cannibalisation_high)
    tired = _ends(terms.fatigue, terms.fatigue_low, terms.fatigue_high)
    if source.lift_is != "gross":
        ends = np.zeros_like(ends)
    if source.lift_is == "net":
        stolen = (0.0, 0.0)
    if (ends[:, 0] == ends[:, 1]).all() and stolen[0] == stolen[1] and tired[0] == tired[1]:
        return None
    return StrengthRanges(
        ahead_low=ends[:, 0],
        ahead_high=ends[:, 1],
        stolen_low=stolen[0],
        stolen_high=stolen[1],
        tired_low=tired[0],
        tired_high=tired[1],
    )


def _ends(strength: float, low: float | None, high: float | None) -> tuple[float, float]:
    return (strength, strength) if low is None or high is None else (low, high)
