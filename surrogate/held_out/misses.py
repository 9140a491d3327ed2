"""What the first fit missed on the weeks after it: how wide intervals must be for it, and how good it was."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.streams import stream
from surrogate.held_out.accuracy import accuracy_of
from surrogate.held_out.calibrate import INTERVALS, Spreads, calibrate
from surrogate.held_out.coverage import Coverage
from surrogate.held_out.first_fit import FirstFit
from surrogate.held_out.take_up_errors import COUPON_USE, calibrated_take_up, held_out_use


@dataclass(frozen=True, kw_only=True, eq=False)
class Misses:
    """Misses on held-out weeks, as a model keeps them."""

    spreads: Spreads
    """Of levels, lifts and weekly noise."""
    take_up_cv: float
    """Relative standard deviation of the use of coupons."""
    accuracy: dict[str, float | str]
    """Held-out metrics by name, the coverage of the intervals among them."""
    coverage: tuple[Coverage, ...]
    """The same of every group of figures, and of the use of coupons."""


def find_misses(first: FirstFit, seed: int) -> Misses:
    """Set what was foreseen of the held-out weeks beside what happened."""
    calibration = calibrate(first.held, stream(seed, INTERVALS))
    accuracy = accuracy_of(first.held, rng=stream(seed, "held-out bootstrap"), coverage=calibration.accuracy())
    take_up_cv, used = calibrated_take_up(held_out_use(first), stream(seed, COUPON_USE))
    return Misses(
        spreads=calibration.spreads, take_up_cv=take_up_cv, accuracy=accuracy, coverage=calibration.coverage + used
    )
