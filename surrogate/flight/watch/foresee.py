"""Early warning: what a running sum comes to at the end, after what was seen of it, and when it meets its bound.

Drawn paths are moved towards what was seen by the share that their own correlations justify: Matheron's rule, exact for
Gaussian paths (Journel and Huijbregts, Mining Geostatistics, 1978; ensemble Kalman filters do the same). The chance of
single days is in the drawn paths, so what was seen needs none of its own. A budget that is used up faster than expected
is foreseen to go on so only as far as the forecast's errors last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float

RIDGE = 0.01
"""Added to the variances of standardised sums that are known together."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Foreseen:
    """The rest of one sum in D futures, after what was seen."""

    path: Float
    """[D, T] cumulative: what was seen up to the last observed period, what is foreseen after it."""

    rest: Float
    """[D, T''] what is foreseen of the single periods after it."""

    @property
    def total(self) -> Float:
        """[D] at the end."""
        return np.asarray(self.path[:, -1])


@dataclass(frozen=True, kw_only=True, eq=False)
class Beside:
    """What else was seen of each future: how often offers were used so far, say, of which one use hangs on each."""

    drawn: Float
    """[D, U]"""
    seen: Float
    """[U]"""


def foresee(paths: Float, seen: Float, beside: Beside | None = None) -> Foreseen:
    """Move drawn paths by what was seen.

    Parameters
    ----------
    paths : [D, T]
        Use of every period in each future, the chance of single days in it.
    seen : [T']
        Use of the observed periods, the first T' of T.
    beside
        What else was seen; a sum alone hides that one of its parts ran ahead where another fell behind.
    """
    known = len(seen)
    periods = paths.shape[1]
    rest = paths[:, known:]
    if known and known < periods:
        so_far, real = paths[:, :known].sum(axis=1, keepdims=True), np.array([seen.sum()], dtype=np.float64)
        if beside is not None:
            so_far, real = np.concatenate([so_far, beside.drawn], axis=1), np.concatenate([real, beside.seen])
        if (so_far.std(axis=0, ddof=1) > 0).any():
            rest = moved(rest, so_far, real, ridge=0.0 if beside is None else RIDGE)
            lower = np.minimum(paths[:, known:].min(axis=0), 0.0)
            rest = np.maximum(rest, lower)
    return going_on(seen, rest)


def moved(values: Float, so_far: Float, real: Float, *, ridge: float = RIDGE) -> Float:
    """Move what each future holds towards what was seen, as far as both go together over the futures.

    Parameters
    ----------
    values : [D, M]
        What is to come, or what nobody sees.
    so_far, real : [D, U], [U]
        Sums so far in each future, and as they really were; those that no future changes tell nothing.
    ridge
        Keeps apart what nearly adds up to each other, as uses do to the money they cost.
    """
    spread = so_far.std(axis=0, ddof=1)
    told = spread > 0
    if not told.any():
        return values
    off = (so_far - so_far.mean(axis=0))[:, told] / spread[told]
    square = off.T @ off / (len(off) - 1) + ridge * np.eye(int(told.sum()))
    gain = np.linalg.solve(square, off.T @ (values - values.mean(axis=0)) / (len(off) - 1))
    return np.asarray(values + ((real - so_far)[:, told] / spread[told]) @ gain)


def at_its_level(paths: Float, seen: Float) -> Foreseen:
    """Go on at the level that was seen, where it refutes the forecast: its errors tell nothing of how far that lasts.

    Parameters
    ----------
    paths, seen : [D, T], [T']
        As for `foresee`; of each future the rest is scaled by what was seen per unit of it so far.
    """
    so_far, rest = paths[:, : len(seen)].sum(axis=1, keepdims=True), paths[:, len(seen) :]
    ratio = np.divide(seen.sum(), so_far, out=np.ones_like(so_far), where=so_far > 0)
    return going_on(seen, rest * ratio)


def going_on(seen: Float, rest: Float) -> Foreseen:
    """What was seen [T'] and, in each future, the periods after it [D, T'']."""
    done = np.broadcast_to(np.cumsum(seen), (len(rest), len(seen)))
    start = float(seen.sum())
    return Foreseen(path=np.concatenate([done, start + np.cumsum(rest, axis=1)], axis=1), rest=rest)


@dataclass(frozen=True, kw_only=True)
class Break:
    """How likely a bound is broken, and when."""

    probability: float
    period: int | None
    """Middle one of the futures that break it; None where none does."""
    earliest: int | None
    """Period before which one in ten of those futures has broken it."""


def breaks(foreseen: Foreseen, bound: Float, *, at_end: bool = False, below: bool = False) -> Break:
    """Compare paths with a bound.

    Parameters
    ----------
    bound : [T]
        What the path must not exceed (or fall short of, ``below``) in each period.
    at_end
        Only the end counts, as for least amounts.
    """
    over = (foreseen.path - bound) * (-1.0 if below else 1.0) > 1e-9 * (1.0 + np.abs(bound))
    if at_end:
        over[:, :-1] = False
    broken = np.asarray(over.any(axis=1))
    if not broken.any():
        return Break(probability=0.0, period=None, earliest=None)
    first = np.sort(over[broken].argmax(axis=1))
    return Break(
        probability=float(broken.mean()),
        period=int(first[len(first) // 2]),
        earliest=int(first[len(first) // 10]),
    )
