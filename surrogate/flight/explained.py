"""What explains the sales so far: errors of the measurement, and a change of unknown size at an unknown moment.

For every moment at which a change may have begun, beliefs are fitted by Gauss-Newton steps on the response model; for
every size that changes may have, the evidence (the marginal likelihood, by Laplace's approximation) says how well such
changes explain what was seen (MacKay, 1992, doi:10.1162/neco.1992.4.3.415). All explanations together, weighed by
evidence, are the answer (Bayesian model averaging; Hoeting et al., 1999, doi:10.1214/ss/1009212519): a calm campaign
moves little, and one that has plainly changed is believed at once. A shock of a single period that explains as much
takes its share of the weight, so the last day alone is never trusted fully.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float
from surrogate.flight.beliefs import BASE_CHANGED, LIFT_CHANGED, Beliefs
from surrogate.flight.cells import Cells
from surrogate.flight.censored import censored
from surrogate.flight.contrasts import Contrast, told
from surrogate.flight.evidence import Expected, Forecast
from surrogate.flight.fit import Fit, without_shocks

SIZES = {0.25: 0.5, 0.5: 0.2, 1.0: 0.15, 2.0: 0.1, 4.0: 0.05}
"""Sizes of changes, as multiples of the usual one, and how much each is believed beforehand."""
TOO_SURE = {False: 0.8, True: 0.2}
"""Whether lifts were measured worse than their intervals say, and how much each is believed."""
MOMENTS, MANY_CELLS, FEWER_MOMENTS = 6, 2000, 3
"""Most moments at which a change is looked for, and how many where more cells than so many tell: each is a fit."""
EVER = 0.5
"""Belief that what has changed had changed before the first period that tells."""
LATER_STEPS = 1
"""Gauss-Newton steps for later moments, which start where an earlier one ended."""
LONGEST_STEP = 0.7
"""Most that a Gauss-Newton step moves the log of a factor."""
PLAIN = 0.95
"""Weight of all later moments together from which on a change is told."""
LEAST_WEIGHT = 1e-3
"""Explanations that weigh less add nothing to how uncertain the answer is."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Explained:
    """What the sales so far say, all explanations weighed."""

    theta: Float
    """[B] moves of the beliefs, changes among them as they are now."""
    covariance: Float
    """[B, B]"""
    own: tuple[Float, Float]
    """Logs of the baselines' own parts [S, K], and their standard deviations."""
    log_evidence: float
    """How well all explanations together foretell the sales, but for what they share with any other."""
    since: int | None
    """Period in which a change began, where the sales say so plainly; None where they do not."""


Key = TypeVar("Key")


def mixed(found: Mapping[Key, Explained], logs: Mapping[Key, float]) -> tuple[Explained, dict[Key, float]]:
    """Explanations by beliefs of the same parts as one, and the weight of each.

    Parameters
    ----------
    logs
        How well each foretells the sales, times how far it was believed, in logs.
    """
    scores = np.array([logs[key] for key in found])
    weights = np.exp(scores - scores.max())
    together = float(scores.max() + np.log(weights.sum()))
    weights /= weights.sum()
    pairs = list(zip(weights.tolist(), found.values(), strict=True))
    theta = np.sum([weight * each.theta for weight, each in pairs], axis=0)
    covariance = np.sum(
        [weight * (each.covariance + np.outer(each.theta - theta, each.theta - theta)) for weight, each in pairs],
        axis=0,
    )
    middle = np.sum([weight * each.own[0] for weight, each in pairs], axis=0)
    spread = np.sum([weight * (each.own[1] ** 2 + (each.own[0] - middle) ** 2) for weight, each in pairs], axis=0)
    best = max(pairs, key=lambda pair: pair[0])[1]
    explained = replace(best, theta=theta, covariance=covariance, own=(middle, np.sqrt(spread)), log_evidence=together)
    return explained, dict(zip(found, weights.tolist(), strict=True))


def explain(
    forecast: Forecast,
    beliefs: Beliefs,
    cells: Cells,
    *,
    noise: float,
    steps: int,
    contrasts: Sequence[Contrast] = (),
    moments: int = MOMENTS,
) -> Explained:
    """Weigh all explanations of what was sold.

    Parameters
    ----------
    contrasts
        Lifts that a holdout measured beside.
    noise
        Relative standard deviation of a cell's sales beside counting noise, at least.
    steps
        Gauss-Newton steps for each moment.
    moments
        Most moments at which a change is looked for.
    """
    count = len(beliefs.kind)
    if not len(cells.actual):
        sd = beliefs.sd(1.0, 1.0)
        return Explained(
            theta=np.zeros(count), covariance=np.diag(sd**2), own=(np.zeros_like(beliefs.own_sd), beliefs.own_sd),
            log_evidence=0.0, since=None,
        )  # fmt: skip
    periods = np.flatnonzero((cells.split | cells.whole).any(axis=0))
    when = _moments(periods, moments if len(cells.actual) <= MANY_CELLS else min(moments, FEWER_MOMENTS))
    fits, logs, found = [], [], []
    start = np.zeros(count + len(_shock_sds(cells)))
    for number, moment in enumerate(when):
        often = steps if number == 0 else LATER_STEPS
        fit, start = _fitted(forecast, beliefs, cells, contrasts, int(moment), noise, often, start)
        fits.append(fit)
        belief = 1.0 if len(when) == 1 else EVER if number == 0 else (1.0 - EVER) / (len(when) - 1)
        for (sd, log), at in product(_priors(beliefs), (number,)):
            evidence, theta, precision = fit.posterior(1.0 / sd**2)
            logs.append(evidence + log + np.log(belief))
            found.append((at, theta, precision))
    weights = np.exp(np.array(logs) - max(logs))
    log_evidence = max(logs) + float(np.log(weights.sum()))
    weights /= weights.sum()
    theta = sum((w * each[1] for w, each in zip(weights, found, strict=True)), start=np.zeros(count))
    covariance = np.zeros((count, count))
    for weight, (_, each, precision) in zip(weights, found, strict=True):
        if weight > LEAST_WEIGHT:
            covariance += weight * (np.linalg.inv(precision) + np.outer(each - theta, each - theta))
    best = found[int(weights.argmax())][0]
    later = sum(weight for weight, each in zip(weights, found, strict=True) if each[0])
    fit = fits[best]
    return Explained(
        theta=theta,
        covariance=covariance,
        own=cells.own(beliefs.own_sd, *_own_shocks(fit, cells, theta, covariance), (fit.trust, fit.off, fit.expected)),
        log_evidence=log_evidence,
        since=int(when[best]) if best and later > PLAIN else None,
    )


def _own_shocks(fit: Fit, cells: Cells, theta: Float, covariance: Float) -> tuple[Float, Float]:
    """All shocks and their standard deviations, without those of who takes lines with pieces up."""
    until = len(fit.shocks) - len(cells.lines.take_up_sd)
    return fit.with_shocks(theta)[len(theta) :][:until], fit.unsure(covariance)[:until]


def _moments(periods: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Moments at which a change may have begun: the first period that tells, and later ones evenly spread."""
    places = np.unique(np.linspace(0, len(periods) - 1, most).round().astype(np.int64))
    return np.asarray(periods[places])


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


def _fitted(
    forecast: Forecast,
    beliefs: Beliefs,
    cells: Cells,
    contrasts: Sequence[Contrast],
    moment: int,
    noise: float,
    steps: int,
    theta: Float,
) -> tuple[Fit, Float]:
    """Fit beliefs where a change began at a moment, from some parts and shocks on; also those that it ended at."""
    # On the way, lifts and baselines are taken to have changed by one size; at the end, each by its own.
    priors, excess = _priors(beliefs, alike=True), 1.0
    fit, excess = _linearised(forecast, beliefs, cells, contrasts, moment, noise, theta, excess)
    for _ in range(steps):
        scored = [(fit.posterior(1.0 / sd**2), log) for sd, log in priors]
        (_, aim, _), _ = max(scored, key=lambda each: each[0][0] + each[1])
        theta = theta + np.clip(fit.with_shocks(aim) - theta, -LONGEST_STEP, LONGEST_STEP)
        fit, excess = _linearised(forecast, beliefs, cells, contrasts, moment, noise, theta, excess)
    return fit, theta


def _linearised(
    forecast: Forecast,
    beliefs: Beliefs,
    cells: Cells,
    contrasts: Sequence[Contrast],
    moment: int,
    noise: float,
    theta: Float,
    excess: float,
) -> tuple[Fit, float]:
    """The log likelihood near some parts and shocks, and how many times as noisy as assumed single cells are.

    What hits a product alone in a period hits all its segments alike: one more part a product and period, of known
    variance, is integrated out.
    """
    count = len(beliefs.kind)
    found, slopes, of_lines = _moved(forecast, beliefs, cells, theta[:count], moment)
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
        measured = told(contrasts, beliefs, theta[:count], moment)
        weighed = measured.slopes * measured.trust
        precision[:count, :count] += weighed @ measured.slopes.T
        pull[:count] += weighed @ measured.off
        log_likelihood += measured.log_likelihood
    pull = pull + precision @ theta
    constant = log_likelihood - float(pull @ theta) + 0.5 * float(theta @ precision @ theta)
    known = 1.0 / _shock_sds(cells) ** 2
    fit = without_shocks(precision, pull, constant, known, trust=trust[:seen], off=off[:seen], expected=moving[:seen])
    return fit, excess


def _moved(
    forecast: Forecast, beliefs: Beliefs, cells: Cells, theta: Float, moment: int
) -> tuple[Expected, Float, Float | None]:
    """What is expected, changes counting from a moment on, and slopes of what was observed [B, observations].

    Last come those of lines that count pieces, [B, N]; None where nothing is known of any.
    """
    found = forecast(*beliefs.moves(theta), beliefs.nudges)
    later = np.arange(found.units.shape[-1]) >= moment
    if not later.all():
        before = forecast(*beliefs.moves(np.where(beliefs.lasting, theta, 0.0)), beliefs.nudges)
        found = found.from_then_on(later, before)
    counts = np.where(beliefs.lasting[:, None], 1.0, later)[:, None, None]
    slopes = cells.gather(beliefs.slopes(found) * counts)
    if not len(cells.lines):
        return found, slopes, None
    layers = [beliefs.slopes(each) * counts for each in found.under_lines]
    return found, slopes, cells.lines.gather(np.stack(layers, axis=1))


def _shocks(cells: Cells, theta: Float) -> tuple[Float, Float]:
    """Factor of all shocks on each observation, and which shocks hit it [shocks, observations]."""
    rows, log, start = [], np.zeros(len(cells.actual) + len(cells.lines)), 0
    for index, _ in cells.shocks:
        size = int(index.max(initial=-1)) + 1
        log = log + theta[start : start + size][index]
        rows.append((np.arange(size)[:, None] == index).astype(float))
        start += size
    return np.exp(log), np.concatenate(rows)
