"""Stock that a plan sells out by its own account: since when an empty shelf is as planned, and what is clearly earlier.

A shelf is empty as planned from the period on in which the account has sold it out, and up to the next arrival. Futures
of the same plan scatter around that period, so an empty shelf is as planned, too, from where one in ten has one.
What runs out before is clearly earlier than planned: more than nine in ten of the plan's own futures still have some.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float

EMPTY_UNITS = 0.5
"""Units left, at most, of a product that is sold out."""
EMPTY_SHARE = 0.01
"""Share of all there was by then, up to which what the account leaves is nothing: plans are made of whole lines."""
EARLY = 0.1
"""Share of the plan's futures whose shelf is empty, from which on an empty one is not clearly early."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PlannedOut:
    """What the plan itself sells out. K products, T periods."""

    fine: Flag
    """[K, T] periods in which an empty shelf is as planned."""
    since: NDArray[np.int64]
    """[K, T] first period in which the account has sold out what is there up to the next arrival; -1 without."""

    known: Flag | None = None
    """[K, T] periods in which a shelf is empty since before the rest was planned again; None for none."""

    def next(self, k: int, period: int) -> int | None:
        """Return when the account sells a product out: before the next arrival, or after it."""
        known = self.since[k, period:]
        return int(known[known >= 0][0]) if (known >= 0).any() else None


def planned_out(wanted: Float, futures: Float, available: Float) -> PlannedOut:
    """See what a plan sells out by its own account.

    Parameters
    ----------
    wanted : [K, T]
        Units by the account; where it is cut at stock, as if there were enough.
    futures : [D, K, T]
        Units in the plan's futures, as if there were enough.
    available : [K, T]
        Stock and arrivals up to each period; inf where there is no such limit.
    """
    fine = np.zeros(wanted.shape, dtype=np.bool_)
    since = np.full(wanted.shape, -1, dtype=np.int64)
    for k in np.flatnonzero(np.isfinite(available).all(axis=1)):
        there = available[k]
        out = left_over(wanted[k], there) <= np.maximum(EMPTY_UNITS, EMPTY_SHARE * there)
        many = (left_over(futures[:, k], there) <= EMPTY_UNITS).mean(axis=0) >= EARLY
        for stretch in stretches(there):
            if there[stretch.start] <= 0:  # nothing has come yet, which is not sold out
                fine[k, stretch] = True
            elif out[stretch].any():
                since[k, stretch] = stretch.start + int(np.argmax(out[stretch]))
                fine[k, stretch] = out[stretch] | many[stretch]
    return PlannedOut(fine=fine, since=since)


def with_known(planned: PlannedOut, known: Flag) -> PlannedOut:
    """Let a shelf that was empty when the rest was planned again be no surprise: the new plan reckons with it.

    Its account sells since then what arrives, and nothing before. That says nothing of what the plan before foresaw.

    Parameters
    ----------
    known : [K, T]
        See `planner.flight.watch.empty_before.known_empty`.
    """
    return replace(planned, fine=planned.fine | known, known=known)


def left_over(wanted: Float, available: Float) -> Float:
    """Return what is left [..., T] after each period; what was wanted of an empty shelf does not wait for more.

    Parameters
    ----------
    wanted : [..., T]
        Units of single periods.
    available : [T]
        Stock and arrivals up to each period.
    """
    more, left = np.diff(available, prepend=0.0), np.zeros(wanted.shape[:-1])
    out = np.empty_like(wanted)
    for period in range(wanted.shape[-1]):
        left = np.maximum(left + more[period] - wanted[..., period], 0.0)
        out[..., period] = left
    return out


def stretches(available: Float) -> list[slice]:
    """Return the periods between arrivals, each stretch beginning with one."""
    starts = [0, *(np.flatnonzero(np.diff(available) > 0) + 1).tolist()]
    return [slice(first, last) for first, last in zip(starts, [*starts[1:], len(available)], strict=True)]
