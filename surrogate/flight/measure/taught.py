"""What a measured lift teaches: the lift and its error as evidence that chance in small groups does not bend.

The ratio of two means is a bad observation where few were kept out: chance that makes it small makes its error small,
too, and many such ratios, weighed by their errors, come to a lift far below the truth. What is normal around 0 at the
true ratio r is the difference ``A - r B`` of the treated mean and r times the other one (Fieller, 1954). So a lesson is
this difference at the most probable ratio, given what was planned, over the mean that both groups tell together: one
Newton step on the likelihood (Le Cam's one-step estimator). Where many were kept out, it is the measured ratio itself.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from surrogate.flight.measure.effects_measured import Measured

PLANNED = 0.3
"""Standard deviation of a lift around the planned one, as a share of it ..."""
SPARE = 0.05
"""... and beyond that; both only say where the step is taken."""
LEAST_RATIO = 0.05
"""Least ratio at which it is taken."""
ROUNDS = 100
LEAST_SALES = 5.0
"""Purchases that are expected of those kept out, below which nothing is taught: their count is no normal number."""


class Taught(NamedTuple):
    """A lift as evidence, normal around the true one."""

    lift: float
    standard_error: float


def taught(measured: Measured, planned: float | None) -> Taught | None:
    """The lift that a measurement teaches; None where too little was sold to those kept out to teach any.

    Parameters
    ----------
    measured
        Per contacted customer, as all lifts here.
    planned
        The lift that was expected; the measured one is taken as it is where none was, or where it comes of no groups.
    """
    if planned is None or not (measured.mean > 0 and measured.dispersion > 0):
        return Taught(measured.lift, measured.standard_error)
    share, treated, held = measured.contacted, measured.treated, measured.held
    other = measured.mean
    one = other * (1.0 + share * measured.lift)
    units = treated * one + held * other
    believed = max(1.0 + share * planned, LEAST_RATIO)
    if held * units < LEAST_SALES * measured.dispersion * (treated * believed + held):
        return None
    precision = 1.0 / (share * (PLANNED * abs(planned) + SPARE)) ** 2
    ratio = believed
    for _ in range(ROUNDS):
        mean = units / (treated * ratio + held)
        variance = measured.dispersion * (ratio / treated + ratio**2 / held) / mean
        step = ratio + (one - ratio * other) / mean
        aim = max((precision * believed + step / variance) / (precision + 1.0 / variance), LEAST_RATIO)
        if abs(aim - ratio) < 1e-12:
            break
        ratio = 0.5 * (ratio + aim)
    return Taught((step - 1.0) / share, math.sqrt(variance) / share)
