"""Effect scores: what every offer does to every segment, in one figure with its interval, for people to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float
from scenarios.futures.draws import factor
from scenarios.grid import Grid
from scenarios.response.effects import Effects
from scenarios.response.interactions import LIFT_FLOOR

HALF = 0.5
"""Lift at which an offer has 63 % of the attractiveness that any offer can have."""
_LEVELS = 101
"""Quantiles of the residual that stand for its distribution."""
_INTERVAL = (0.05, 0.95)


@dataclass(frozen=True, kw_only=True)
class Score:
    """One offer in one segment; averages over its products and periods, weighted by baseline units.

    Intervals hold 90 % of the outcomes: the spread of the ensemble members and the residual, which is taken as common
    to all cells of the offer (the cautious reading).
    """

    segment: int
    offer: int
    attractiveness: float
    attractiveness_low: float
    attractiveness_high: float
    lift: float
    lift_low: float
    lift_high: float
    take_up: float
    cells: int
    base_units: float
    """Baseline units of the cells, which weigh the segments where they are averaged."""

    @property
    def may_be_nothing(self) -> bool:
        """Whether the interval of the lift reaches 0: whoever plans it may pay for nothing."""
        return self.lift_low <= 0.0 < self.lift_high


def mean_attractiveness(scores: Sequence[Score]) -> float:
    """Average some segments' attractiveness of one offer, weighted by baseline units; plainly where none is sold."""
    weights = [score.base_units for score in scores]
    if not any(weights):
        weights = [1.0] * len(scores)
    return float(np.average([score.attractiveness for score in scores], weights=weights))


def attractiveness(lift: Float) -> Float:
    """Return 1 - exp(-max(lift, 0) / 0.5): 0 to 1, for display only."""
    return np.asarray(1.0 - np.exp(-np.maximum(lift, 0.0) / HALF))


def applies_mask(grid: Grid) -> NDArray[np.bool_]:
    """[S, K+1, T, O] where each offer may be chosen; row K is the basket."""
    s, k, t = grid.shape
    mask = np.zeros((s, k + 1, t, len(grid.scenario.offers)), dtype=bool)
    public, targeted, basket_public, basket_targeted = grid.allowed
    for column, choice in enumerate(grid.choices.public, start=1):
        mask[:, :k, :, choice.offer] |= public[None, ..., column]
    for column, choice in enumerate(grid.choices.targeted, start=1):
        mask[:, :k, :, choice.offer] |= targeted[..., column]
    for column, choice in enumerate(grid.choices.basket_public, start=1):
        mask[:, k, :, choice.offer] |= basket_public[None, ..., column]
    for column, choice in enumerate(grid.choices.basket_targeted, start=1):
        mask[:, k, :, choice.offer] |= basket_targeted[..., column]
    return mask


def effect_scores(grid: Grid, effects: Effects) -> tuple[Score, ...]:
    """Average the effects of every offer in every segment where it applies, in the scenario's order."""
    mask = applies_mask(grid)
    return tuple(
        score_of(effects, segment, offer, mask[segment, :, :, offer])
        for segment in range(len(grid.segments))
        for offer in range(len(grid.scenario.offers))
        if mask[segment, :, :, offer].any()
    )


def score_of(effects: Effects, segment: int, offer: int, here: NDArray[np.bool_]) -> Score:
    """Average the effects of an offer in a segment over some cells [K+1, T], weighted by baseline units."""
    base = effects.base_units.mean(axis=0)[segment]
    weight = np.concatenate([base, base.sum(axis=0, keepdims=True)])[here]
    sold = float(weight.sum())
    weight = weight / weight.sum() if weight.sum() > 0 else np.full(len(weight), 1 / len(weight))
    z = np.array([NormalDist().inv_cdf((level + 0.5) / _LEVELS) for level in range(_LEVELS)])
    lift = effects.lift[:, segment, :, :, offer][:, here]
    # no future sells less than the floor, so no interval reaches below it
    futures = np.maximum(lift[:, None, :] * factor(z[:, None], effects.lift_sd[segment, :, :, offer][here]), LIFT_FLOOR)
    lifts = np.quantile(futures @ weight, _INTERVAL, method="hazen")
    shown = np.quantile(attractiveness(futures) @ weight, _INTERVAL, method="hazen")
    mean = lift.mean(axis=0)
    return Score(
        segment=segment,
        offer=offer,
        attractiveness=float(attractiveness(mean) @ weight),
        attractiveness_low=float(shown[0]),
        attractiveness_high=float(shown[1]),
        lift=float(mean @ weight),
        lift_low=float(lifts[0]),
        lift_high=float(lifts[1]),
        take_up=float(effects.take_up[segment, :, :, offer][here] @ weight),
        cells=int(here.sum()),
        base_units=sold,
    )
