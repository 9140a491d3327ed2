"""Sequential tests that may be looked at every day: evidence against a forecast, its error spread over all series.

Evidence is a likelihood ratio: how much better a lasting change, from some period on and by some factor, explains the
innovations than the undisturbed forecast does, averaged over starts and factors fixed beforehand. Such an average is a
nonnegative martingale of mean 1 while the forecast is right, hence exceeds 1 / a with a chance of at most a at whatever
time one looks (Ville, 1939; Ramdas et al., 2023, doi:10.1214/23-STS894). Weights that add up to 1 spread the error over
the series. Because innovations are only nearly normal, the bar that evidence must pass is the one that campaigns
simulated from the plan's own futures pass in fewer than the stated share, with a margin for their finite number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from scenarios.arrays import Float
from scenarios.tolerance import may_break
from surrogate.flight.watch.predicted import Predicted

FACTORS = (0.5, 0.7, 1.4, 2.0)
"""Changes of sales that are looked for."""
LESS = (1.0, 0.5)
"""Parts of what an offer brings that are looked for as missing, beside them: few offers bring half of what is sold."""
STARTS = 5
"""Moments at which a change may begin, spread over the periods of a series; most weight is on the first."""
FIRST_START = 0.6
MOST_SCALE = 6.0
"""Noise beyond so many times what is assumed excuses nothing any more."""
FEW = 20
"""Innovations from which on their spread is measured."""
NEGLIGIBLE = -40.0
"""Log of a ratio over the largest, below which it adds nothing."""
POWER = 0.8
"""With which a shortfall is called detectable."""
CHUNK = 8
"""Campaigns that are judged at a time: so few stay in the processor's cache."""


@dataclass(frozen=True, kw_only=True)
class SequentialParams:
    """How often an undisturbed campaign may raise any alarm.

    Raises
    ------
    ValueError
        For a share outside 0.1 % to 50 %.
    """

    false_alarms: float = 0.05
    """Share of undisturbed campaigns that may raise an alarm at any time, on any series."""

    def __post_init__(self) -> None:
        if not (0.001 <= self.false_alarms <= 0.5):
            raise ValueError(f"false_alarms: expected a share from 0.1% to 50%, got {self.false_alarms}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Tests:
    """The tests of J series, fixed before the first day."""

    predicted: Predicted
    weights: Float
    """[J] shares of the error, adding up to 1."""
    noise_series: NDArray[np.int64]
    """Series whose spread tells how noisy single days are."""
    starts: NDArray[np.int64]
    """[J, R]"""
    factors: Float
    """[J, F] changes of sales that are looked for; `FACTORS` first, 1 where there are no more of them."""

    def evidence(self, innovations: Float) -> Float:
        """[..., J, T] log of the evidence against the forecast of each series, up to each period.

        Days that are noisier than assumed, over all of `noise_series` together, weigh accordingly less.
        """
        found = np.empty(innovations.shape)
        flat, out = innovations.reshape(-1, *innovations.shape[-2:]), found.reshape(-1, *innovations.shape[-2:])
        direction = self.predicted.direction(self.starts)
        strength = np.cumsum(direction**2, axis=-1)
        for first in range(0, len(flat), CHUNK):
            part = flat[first : first + CHUNK]
            scale = self.noise(part)[:, None, None, :]
            along = np.cumsum(direction * part[:, :, None, :], axis=-1) / scale**2
            against = strength / scale**2
            out[first : first + CHUNK] = _mixture(along, against, self._start_weights, self.factors)
        return found

    def noise(self, innovations: Float) -> Float:
        """[..., T] how many times as noisy as assumed single days are, up to each period, at least 1."""
        active = self.predicted.active[self.noise_series]
        period, series = np.nonzero(active.T)
        here = innovations[..., self.noise_series[series], period]
        periods = innovations.shape[-1]
        scale = np.ones((*here.shape[:-1], periods))
        for last in range(periods):
            count = int(np.searchsorted(period, last, side="right"))
            if count < FEW:
                continue
            seen = here[..., :count]
            middle = np.median(seen, axis=-1, keepdims=True)
            spread = 1.4826 * np.median(np.abs(seen - middle), axis=-1)
            scale[..., last] = np.clip(spread, 1.0, MOST_SCALE)
        return scale

    @property
    def _start_weights(self) -> Float:
        """[R] weights of the starts, adding up to 1."""
        count = self.starts.shape[1]
        if count == 1:
            return np.ones(1)
        rest = np.full(count, (1.0 - FIRST_START) / (count - 1))
        rest[0] = FIRST_START
        return rest


def _mixture(along: Float, against: Float, starts: Float, factors: Float) -> Float:
    """Log of the average likelihood ratio over starts [R] and factors [J, F]; ``along`` is [n, J, R, T]."""
    with np.errstate(divide="ignore"):
        weights = np.log((factors != 1.0) / (factors != 1.0).sum(axis=1, keepdims=True))
    logs = []
    for place, start in enumerate(np.log(starts)):
        here, known = np.ascontiguousarray(along[:, :, place]), np.ascontiguousarray(against[:, :, place])
        for by, weight in zip((np.sqrt(factors) - 1.0).T[..., None], weights.T[..., None], strict=True):
            ratio = by * here
            ratio -= (0.5 * by**2) * known
            ratio += weight + start
            logs.append(ratio)
    top = logs[0].copy()
    for ratio in logs[1:]:
        np.maximum(top, ratio, out=top)
    total = np.zeros_like(top)
    for ratio in logs:
        ratio -= top
        # Single precision is exact enough for shares of a sum, and several times as fast.
        total += np.exp(np.maximum(ratio, NEGLIGIBLE).astype(np.float32))
    return np.asarray(top + np.log(total))


def fix_tests(
    predicted: Predicted, shares: Float, noise_series: NDArray[np.int64], brings: Float | None = None
) -> Tests:
    """Fix the tests of some series.

    Parameters
    ----------
    shares : [J]
        Of the error, in any unit; series that are never active get none.
    noise_series
        Numbers of the series that tell how noisy single days are.
    brings : [J]
        Share of a series' sales that its offer brings, 0 for none: that it, or half of it, is missing is looked for.
    """
    brought = np.zeros(len(shares)) if brings is None else np.clip(brings, 0.0, 1.0)
    factors = np.concatenate([np.tile(FACTORS, (len(shares), 1)), 1.0 - np.outer(brought, LESS)], axis=1)
    alive = np.asarray(predicted.active.any(axis=1))
    weights = np.where(alive, shares, 0.0)
    total = weights.sum()
    starts = np.zeros((len(alive), STARTS), dtype=np.int64)
    for number, active in enumerate(predicted.active):
        periods = np.flatnonzero(active)
        if len(periods):
            places = np.linspace(0, len(periods) - 1, STARTS).round().astype(np.int64)
            starts[number] = periods[places]
    return Tests(
        predicted=predicted,
        weights=weights / total if total > 0 else weights,
        noise_series=noise_series[alive[noise_series]],
        starts=starts,
        factors=factors,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Bar:
    """What evidence must exceed to be an alarm."""

    log_evidence: float
    """Of a series, its weight taken into account."""
    simulated: int
    """Undisturbed campaigns that set it."""
    alarmed: int
    """How many of them pass it at any time, on any series."""


def set_bar(highest: Float, params: SequentialParams) -> Bar:
    """Set the bar by the highest weighted evidence [N] of simulated undisturbed campaigns."""
    ordered = np.sort(highest)
    allowed = may_break(len(ordered), 1.0 - params.false_alarms)
    bar = max(float(ordered[len(ordered) - 1 - allowed]), 0.0)
    return Bar(log_evidence=bar, simulated=len(ordered), alarmed=int((highest > bar).sum()))


def detectable(tests: Tests, bar: Bar) -> Float:
    """[J] smallest lasting shortfall from a series' first period on that its last one finds with `POWER`.

    A share of sales; 1 where even a series that sells nothing any more might not be found.
    """
    strength = (tests.predicted.direction(tests.starts[:, :1])[:, 0] ** 2).sum(axis=-1)
    with np.errstate(divide="ignore"):
        looked_for = (tests.factors != 1.0).sum(axis=1)
        needed = bar.log_evidence - np.log(tests.weights) - np.log(FIRST_START / looked_for)
        moved = (np.sqrt(2.0 * np.maximum(needed, 0.0)) + float(ndtri(POWER))) / np.sqrt(strength)
    return np.asarray(1.0 - (1.0 - np.clip(np.nan_to_num(moved, nan=1.0), 0.0, 1.0)) ** 2)


def peak(evidence: Float) -> Float:
    """[...] highest weighted evidence [..., J, T] of a campaign, over all series and periods."""
    return np.asarray(evidence.max(axis=(-2, -1)))


def weighted(tests: Tests, evidence: Float) -> Float:
    """[..., J, T] log evidence of each series with its share of the error; -inf where it has none or is not active."""
    with np.errstate(divide="ignore"):
        found = evidence + np.log(tests.weights)[:, None]
    return np.where(np.cumsum(tests.predicted.active, axis=-1) > 0, found, -np.inf)
