"""Draws of what is left open of lifts after a campaign's sales were weighed: what sums over offers are as unsure by.

Ends of single factors cannot be added up: what one offer brings less, another may bring more, because both were learned
from the same weeks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from surrogate.flight.recalibration.beliefs import LIFT_MEASURED, Beliefs, root_of
from surrogate.flight.recalibration.explained import Explained
from surrogate.flight.recalibration.undone import NOTHING


@dataclass(frozen=True, kw_only=True, eq=False)
class LiftsLeftOpen:
    """How lifts may differ from what was learned of them."""

    beliefs: Beliefs
    explained: Explained
    carried_out: Mapping[tuple[int, int], Explained]
    """By an offer that may bring nothing and a segment: what is believed of it where it is carried out."""
    nothing: Mapping[int, Float]
    """By number of an offer, [S]: how likely it is not."""
    single: Float
    """[S, K+1, O] standard deviation of the log of a lift's own part, which no other cell shares."""

    def draw(self, count: int, rng: np.random.Generator, narrowed: Mapping[int, float]) -> Float:
        """Draw factors [count, S, K+1, O] of mean 1 on the lifts as they were learned.

        Parameters
        ----------
        narrowed
            By number of an offer: by what share evidence of another kind has left its standard deviation.
        """
        scores = rng.standard_normal((count, len(self.beliefs.kind)))
        logs = self._logs(scores, self.explained, self.beliefs.lift)
        for (offer, segment), by in self.carried_out.items():
            logs[:, segment, :, offer] = self._logs(scores, by, self.beliefs.lift[:, segment, :, offer])
        logs += self._logs_alone(rng.standard_normal(logs.shape))
        for offer, share in narrowed.items():
            logs[..., offer] *= share
        factors = np.exp(logs)
        factors /= factors.mean(axis=0)
        for offer, chances in self.nothing.items():
            # One score for all segments: most often an offer fails for all of them, or for those that are known.
            chance = chances[:, None]
            gone = rng.random((count, 1, 1)) < chance
            mean = 1.0 - chance * (1.0 - NOTHING)
            factors[..., offer] = np.where(gone, NOTHING, factors[..., offer]) / mean
        return factors

    def _logs(self, scores: Float, by: Explained, lift: Float) -> Float:
        return np.tensordot(scores @ root_of(by.covariance), lift, 1)

    def _logs_alone(self, scores: Float) -> Float:
        return np.asarray(scores * self.single)


def left_of_cells(beliefs: Beliefs, lift_sd: Float) -> Float:
    """[S, K+1, O] what of the deviation of a lift's log [S, K+1, T, O] no part of the beliefs shares."""
    believed = (beliefs.lift[beliefs.kind == LIFT_MEASURED] ** 2).sum(axis=0)
    return np.asarray(np.sqrt(np.maximum((lift_sd**2).mean(axis=2) - believed, 0.0)))
