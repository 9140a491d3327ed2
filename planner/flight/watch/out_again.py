"""A stock that is empty, or will be, before more of it arrives: whether that runs out as well, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.flight.watch.planned_out import left_over
from scenarios.arrays import Flag, Float

LIKELY = 0.5
"""Probability of an empty shelf before the next arrival, from which on what comes after it is told by itself."""


@dataclass(frozen=True, kw_only=True)
class OutAgain:
    """The run-out after the next arrival, as far as it is not as planned."""

    probability: float
    period: int | None
    """Middle one of the futures in which it comes; None where none does."""
    earliest: int | None
    """Period before which it has come in one of ten of them."""


def out_again(rest: Float, left: float, bound: Float, fine: Flag) -> OutAgain | None:
    """Foresee whether what arrives next runs out; None where nothing arrives, or the shelf lasts until then.

    What was wanted of an empty shelf does not wait for more.

    Parameters
    ----------
    rest : [D, T'']
        What is wanted in the periods to come.
    left
        Units that are left.
    bound : [T]
        Stock and arrivals up to each period, the known ones among them.
    fine : [T]
        Periods in which an empty shelf is as planned.
    """
    known = len(bound) - rest.shape[1]
    comes = known + np.flatnonzero(np.diff(bound[known - 1 :]) > 0)
    if not len(comes):
        return None
    first = int(comes[0]) - known
    empty = left_over(rest, max(left, 0.0) + bound[known:] - bound[known - 1]) <= 0.0
    if left > 0.0 and not (empty[:, :first].any(axis=1).mean() >= LIKELY):
        return None
    again = empty[:, first:] & ~fine[known + first :]
    broken = again.any(axis=1)
    if not broken.any():
        return OutAgain(probability=0.0, period=None, earliest=None)
    days = np.sort(again[broken].argmax(axis=1)) + known + first
    return OutAgain(
        probability=float(broken.mean()), period=int(days[len(days) // 2]), earliest=int(days[len(days) // 10])
    )
