"""A fit of beliefs to sales in which changes began at one moment, by Gauss-Newton steps on the response model.

One moment of those that `surrogate.flight.recalibration.explained` weighs. For every size that changes may have, the
evidence (the marginal likelihood, by Laplace's approximation) says how well such changes explain what was seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float
from surrogate.flight.evidence import Forecast
from surrogate.flight.recalibration.beliefs import BASE_CHANGED, LIFT_CHANGED, Beliefs
from surrogate.flight.recalibration.cells import Cells
from surrogate.flight.recalibration.censored import censored
from surrogate.flight.recalibration.contrasts import Contrast, told
from surrogate.flight.recalibration.fit import Fit, without_shocks
from surrogate.flight.recalibration.point import Point

SIZES = {0.25: 0.5, 0.5: 0.2, 1.0: 0.15, 2.0: 0.1, 4.0: 0.05}
"""Sizes of changes, as multiples of the usual one, and how much each is believed beforehand."""
TOO_SURE = {False: 0.8, True: 0.2}
"""Whether lifts were measured worse than their intervals say, and how much each is believed."""
LONGEST_STEP = 0.7
"""Most that a Gauss-Newton step moves the log of a factor."""


@dataclass(frozen=True, kw_only=True, eq=False)
class OfMoment:
    """A fit of beliefs in which changes began at one moment."""

    fit: Fit
    theta: Float
    """[B + shocks] parts and shocks at which it ended."""
    at: Point
    """What is expected there."""
    sized: list[tuple[float, Float, Float]]
    """Of every size of changes: log of how well it foretells the sales and was believed, parts, root of precision."""

    @property
    def log_evidence(self) -> float:
        """How well this moment foretells the sales, sizes weighed, but for what it shares with any other."""
        logs = np.array([log for log, _, _ in self.sized])
        return float(logs.max() + np.log(np.exp(logs - logs.max()).sum()))


def first_fit(
    forecast: Forecast,
    beliefs: Beliefs,
    cells: Cells,
    *,
    noise: float,
    steps: int,
    contrasts: Sequence[Contrast] = (),
    start: Point | None = None,
) -> OfMoment:
    """Fit beliefs where changes had come before the first period that tells; parameters as those of `explain`.

    Fits of one forecast and beliefs to several observations may share the point that they ``start`` at.
    """
    nothing = np.zeros(len(beliefs.kind) + len(_shock_sds(cells)))
    at = at_rest(forecast, beliefs) if start is None else start
    return fitted(at, cells, contrasts, int(telling_periods(cells)[0]), noise, steps, nothing)


def at_rest(forecast: Forecast, beliefs: Beliefs) -> Point:
    """Where nothing has moved."""
    return Point(forecast=forecast, beliefs=beliefs, theta=np.zeros(len(beliefs.kind)))


def telling_periods(cells: Cells) -> NDArray[np.int64]:
    """Periods that tell something, in order."""
    return np.flatnonzero((cells.split | cells.whole).any(axis=0))


def _priors(beliefs: Beliefs, *, alike: bool = False) -> list[tuple[Float, float]]:
    """Standard deviations of the parts [B], and the log of the belief in them, for every size of changes."""
    kinds = [
        list(SIZES.items()) if (beliefs.kind == kind).any() else [(1.0, 1.0)] for kind in (LIFT_CHANGED, BASE_CHANGED)
    ]
    return [
        (beliefs.sd(lift, base, too_sure=too_sure), float(np.log(one * other * third)))
        for (lift, one), (base, other) in product(*kinds)
        for too_sure, third in TOO_SURE.items()
        if not alike or lift == base
    ]


def _shock_sds(cells: Cells) -> Float:
    """Standard deviations of all shocks, and of who takes lines with pieces up."""
    shocks = [np.broadcast_to(sd, int(index.max(initial=-1)) + 1) for index, sd in cells.shocks]
    return np.concatenate([*shocks, cells.lines.take_up_sd])


def fitted(
    at: Point, cells: Cells, contrasts: Sequence[Contrast], moment: int, noise: float, steps: int, theta: Float
) -> OfMoment:
    """Fit beliefs where a change began at a moment, from some parts and shocks on; also those that it ended at."""
    # On the way, lifts and baselines are taken to have changed by one size; at the end, each by its own.
    priors, excess = _priors(at.beliefs, alike=True), 1.0
    fit, excess = _linearised(at, cells, contrasts, moment, noise, theta, excess)
    for _ in range(steps):
        scored = [(fit.posterior(1.0 / sd**2), log) for sd, log in priors]
        (_, aim, _), _ = max(scored, key=lambda each: each[0][0] + each[1])
        theta = theta + np.clip(fit.with_shocks(aim) - theta, -LONGEST_STEP, LONGEST_STEP)
        at = at.moved_to(theta[: len(at.theta)])
        fit, excess = _linearised(at, cells, contrasts, moment, noise, theta, excess)
    sized = [(fit.posterior(1.0 / sd**2), log) for sd, log in _priors(at.beliefs)]
    return OfMoment(
        fit=fit, theta=theta, at=at, sized=[(evidence + log, aim, root) for (evidence, aim, root), log in sized]
    )


def _linearised(
    at: Point, cells: Cells, contrasts: Sequence[Contrast], moment: int, noise: float, theta: Float, excess: float
) -> tuple[Fit, float]:
    """The log likelihood near some parts and shocks, and how many times as noisy as assumed single cells are.

    What hits a product alone in a period hits all its segments alike: one more part a product and period, of known
    variance, is integrated out.
    """
    count = len(at.theta)
    found, slopes, of_lines = at.seen(cells, moment)
    shock, hit = _shocks(cells, theta[count:])
    seen = len(cells.actual)
    grown, units = cells.gather(found.grown), cells.gather(found.units)
    expected = np.maximum(grown * shock[:seen] + (units - grown), 1e-6)
    moving = expected - (units - grown)  # what a better day makes more of
    none = np.zeros((len(cells.lines.take_up_sd), seen))  # sales do not hang on who takes an offer up
    slopes = np.concatenate([slopes * shock[:seen], hit[:, :seen] * moving[None], none], axis=0)  # [B, observations]
    off = cells.actual - expected
    variance = np.maximum(expected, 1.0) + (noise * moving) ** 2
    calm, odd = cells.calm(off, variance * excess + (cells.alone * moving) ** 2)
    excess = max(1.0, float((calm * off**2 / variance).mean()))
    trust = cells.weight * calm / (variance * excess)
    at_least = 0.0
    if of_lines is not None:
        takes = theta[len(theta) - len(none) :]
        lines = censored(found, cells, of_lines, shock[seen:], hit[:, seen:], takes, noise=noise, excess=excess)
        slopes, off = np.concatenate([slopes, lines.slopes], axis=1), np.concatenate([off, lines.off])
        trust, moving = np.concatenate([trust, lines.trust]), np.concatenate([moving, lines.moving])
        at_least = lines.log_likelihood
    trusted = slopes * trust
    hit_alike = cells.by_product(trusted * moving)
    certain = cells.by_product(cells.weight) / cells.by_product(np.ones(seen)) / cells.alone**2
    alike = 1.0 / (certain + cells.by_product(trust * moving**2))
    pulled = cells.by_product(trust * moving * off)
    precision = trusted @ slopes.T - (hit_alike * alike) @ hit_alike.T
    pull = trusted @ off - hit_alike @ (alike * pulled)
    log_likelihood = (
        -0.5 * float((trust * off**2).sum() + (cells.weight * np.log(variance * excess)).sum())
        + 0.5 * float((alike * pulled**2).sum() + np.log(certain * alike).sum())
        + at_least
        - odd
    )
    if contrasts:
        measured = told(contrasts, at.beliefs, at.theta, moment)
        weighed = measured.slopes * measured.trust
        precision[:count, :count] += weighed @ measured.slopes.T
        pull[:count] += weighed @ measured.off
        log_likelihood += measured.log_likelihood
    pull = pull + precision @ theta
    constant = log_likelihood - float(pull @ theta) + 0.5 * float(theta @ precision @ theta)
    known = 1.0 / _shock_sds(cells) ** 2
    fit = without_shocks(precision, pull, constant, known, trust=trust[:seen], off=off[:seen], expected=moving[:seen])
    return fit, excess


def _shocks(cells: Cells, theta: Float) -> tuple[Float, Float]:
    """Factor of all shocks on each observation, and which shocks hit it [shocks, observations]."""
    log, start = np.zeros(len(cells.actual) + len(cells.lines)), 0
    for index, _ in cells.shocks:
        size = int(index.max(initial=-1)) + 1
        log = log + theta[start : start + size][index]
        start += size
    return np.exp(log), cells.hit
