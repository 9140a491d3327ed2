"""A lift that chance measured, taken at another ratio than it was: how much it errs depends on what the true lift is.

Of a holdout a step is kept (`surrogate.evidence.holdouts.one_step_lift`): lift and error as they come out at the ratio
that all alike runs make most probable. Where the model has learned a larger lift, that ratio is too low for it, and so
is the error: few who were left out bought little, and r times little is the surer, the smaller r. A test held against
what was learned therefore counts with the lift and the error at the lift that is believed, not at the one where the
step was taken.

With ``a`` and ``b`` what treated and others bought on average, the difference ``a - r b`` and its share that comes of
the others are known at one ratio, hence (for customers who vary as ``mean ** (2 - growth)``) at every other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from surrogate.data.lift_tests import LiftTest

LEAST_RATIO = 0.05
"""Least ratio at which a test is taken."""
LEAST_MEAN = 0.01
"""Least baseline that both groups may tell, as a share of the one at the step's ratio."""


class ChanceTest(LiftTest):
    """A lift test of groups that chance told apart, with where its step was taken."""

    ratio: float
    """Of what both groups bought, at which lift and error were taken."""
    held: float
    """Share of the error's variance there that comes of those left out, 0 to 1."""
    growth: float
    """Exponent of the ratio in how much more the others' customers vary there (`holdouts.one_step_lift`), 0 to 1."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Steps:
    """Lifts and errors of J tests at any ratios."""

    lift: Float
    """[J] as measured, where the steps were taken."""
    standard_error: Float
    """[J]"""
    ratio: Float
    """[J] where they were taken; NaN of tests that say the same at every ratio."""
    held: Float
    """[J] as of `ChanceTest`."""
    growth: Float
    """[J]"""

    def at(self, lift: Float) -> tuple[Float, Float]:
        """Return lifts and errors [J] where these lifts [J] are believed."""
        known = ~np.isnan(self.ratio)
        if not known.any():
            return self.lift, self.standard_error
        start, held, growth = (np.where(known, each, 0.5) for each in (self.ratio, self.held, self.growth))
        ratio = np.maximum(1.0 + lift, LEAST_RATIO)
        step = 1.0 + self.lift - start
        other = 1.0 - held * step / start  # b and a, where both tell a baseline of 1 at the step's ratio
        one = start * other + step
        odds = held / np.maximum(1.0 - held, 1e-9) * (ratio / start) ** growth
        part = odds / (1.0 + odds)
        mean = np.maximum((1.0 - part) * other + part * one / ratio, LEAST_MEAN)
        wider = ratio / start * np.sqrt(held / np.maximum(part, 1e-300) * mean**-growth)
        return (
            np.where(known, ratio - 1.0 + (one - ratio * other) / mean, self.lift),
            self.standard_error * np.where(known, wider, 1.0),
        )


def steps_of(tests: Sequence[LiftTest]) -> Steps:
    """Return what tests say at any ratios."""
    taken = [
        (test.ratio, test.held, test.growth) if isinstance(test, ChanceTest) else (np.nan, np.nan, np.nan)
        for test in tests
    ]
    ratio, held, growth = np.array(taken, dtype=np.float64).reshape(-1, 3).T
    return Steps(
        lift=np.array([test.lift for test in tests]),
        standard_error=np.array([test.standard_error for test in tests]),
        ratio=ratio,
        held=held,
        growth=growth,
    )
