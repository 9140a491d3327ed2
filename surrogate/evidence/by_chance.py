"""A lift that chance measured, beside what was learned: what it says, and how much it errs, where that is believed.

*Error.* Of a holdout a step is kept (`surrogate.evidence.holdouts.one_step_lift`): lift and error as they come out at
the ratio that all alike runs make most probable. Where the model has learned a larger lift, that ratio is too low for
it, and so is the error: few who were left out bought little, and r times little is the surer, the smaller r. With ``a``
and ``b`` what treated and others bought on average, the difference ``a - r b`` and its share that comes of the others
are known at one ratio, hence (for customers who vary as ``mean ** (2 - growth)``) at every other.

*Luck in common.* Tests of the same few who were left out share their luck: it does not cancel out between products.

*Contrast and lift.* A lift is of one offer alone, first sent. The contrast with those left out is of all that the
treated were sent: ``1 + contrast = left (1 + kept lift)``, with what rivals' offers leave of sales, and what is kept of
the lift after earlier sendings (`surrogate.scoring.fresh_lifts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from scenarios.arrays import Float
from surrogate.data.lift_tests import LiftTest

LEAST_RATIO = 0.05
"""Least ratio at which a test is taken."""
LEAST_MEAN = 0.01
"""Least baseline that both groups may tell, as a share of the one at the step's ratio."""
MOST_SHARED = 0.95
"""Largest share of the luck of two tests that is the same."""


class ChanceTest(LiftTest):
    """A lift test of groups that chance told apart, with where its step was taken."""

    ratio: float
    """Of what both groups bought, at which lift and error were taken."""
    held: float
    """Share of the error's variance there that comes of those left out, 0 to 1."""
    growth: float
    """Exponent of the ratio in how much more the others' customers vary there (`holdouts.one_step_lift`), 0 to 1."""
    shared: float = 0.0
    """Correlation of its error with those of the other tests of the same segments, 0 to 1."""
    before: dict[int, float] = Field(default_factory=dict)
    """Weeks before -> share of the treated, less that of those left out, who were sent an offer on the same goods."""
    beside: dict[str, float] = Field(default_factory=dict)
    """Product -> share of them who were sent an offer on it on the same days."""


def with_shared_luck(tests: Sequence[ChanceTest], lucks: Sequence[Float]) -> list[ChanceTest]:
    """Return tests with how much of their luck is the same, segment by segment.

    Parameters
    ----------
    tests
        Of one holdout.
    lucks
        What each customer, by number, adds to the error of each.
    """
    found = list(tests)
    for who in {test.who for test in tests}:
        mine = [number for number, test in enumerate(tests) if test.who == who]
        if len(mine) < 2:
            continue
        unit = np.zeros((len(mine), max(lucks[number].size for number in mine)))
        for row, number in enumerate(mine):
            unit[row, : lucks[number].size] = lucks[number] / max(float(np.linalg.norm(lucks[number])), 1e-300)
        together = float((unit.sum(axis=0) ** 2).sum() - len(mine)) / (len(mine) * (len(mine) - 1))
        shared = round(float(np.clip(together, 0.0, MOST_SHARED)), 3)
        for number in mine:
            found[number] = found[number].model_copy(update={"shared": shared})
    return found


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Contrast:
    """What the contrasts of J tests come to beside lifts of one offer alone. P response terms that are unsure."""

    left: Float
    """[J] of what is sold, beside offers on rivals."""
    kept: Float
    """[J] of a lift, after earlier sendings."""
    left_errors: Float
    """[J, P] by how much it changes with a standard deviation of each term."""
    kept_errors: Float
    """[J, P]"""

    def alone(self, contrast: Float) -> Float:
        """Return lifts [J] of one offer alone behind contrasts [J]."""
        return ((1.0 + contrast) / self.left - 1.0) / self.kept

    def of(self, lift: Float) -> Float:
        """Return contrasts [J] that lifts [J] of one offer alone make."""
        return self.left * (1.0 + self.kept * lift) - 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Told:
    """What J tests say of the lift of one offer alone, first sent."""

    steps: Steps
    contrast: Contrast
    correlation: Float
    """[J, J] of the tests' own errors."""

    def at(self, lift: Float) -> tuple[Float, Float]:
        """Return lifts [J] and the covariance [J, J] of their errors where these lifts [J] are believed."""
        left, kept = self.contrast.left, self.contrast.kept
        contrast, error = self.steps.at(self.contrast.of(lift))
        own = error / (left * kept)
        terms = (lift / kept)[:, None] * self.contrast.kept_errors
        terms = terms + ((1.0 + kept * lift) / (left * kept))[:, None] * self.contrast.left_errors
        covariance = self.correlation * own[:, None] * own + terms @ terms.T
        return self.contrast.alone(contrast), covariance


def told_by(tests: Sequence[LiftTest], contrast: Contrast) -> Told:
    """Return what tests say, of contrasts that come to so much."""
    taken = [
        (test.ratio, test.held, test.growth, test.shared) if isinstance(test, ChanceTest) else (np.nan,) * 3 + (0.0,)
        for test in tests
    ]
    ratio, held, growth, shared = np.array(taken, dtype=np.float64).reshape(-1, 4).T
    same = np.array([[one.who == other.who for other in tests] for one in tests])
    correlation = same * np.sqrt(shared[:, None] * shared)
    np.fill_diagonal(correlation, 1.0)
    return Told(
        steps=Steps(
            lift=np.array([test.lift for test in tests]),
            standard_error=np.array([test.standard_error for test in tests]),
            ratio=ratio,
            held=held,
            growth=growth,
        ),
        contrast=contrast,
        correlation=correlation,
    )
