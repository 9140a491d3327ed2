"""What explains the sales so far: errors of the measurement, and a change of unknown size at an unknown moment.

For every moment at which a change may have begun, beliefs are fitted (`surrogate.flight.recalibration.of_moment`); for
every size that changes may have, the evidence (the marginal likelihood, by Laplace's approximation) says how well such
changes explain what was seen (MacKay, 1992, doi:10.1162/neco.1992.4.3.415). All explanations together, weighed by
evidence, are the answer (Bayesian model averaging; Hoeting et al., 1999, doi:10.1214/ss/1009212519): a calm campaign
moves little, and one that has plainly changed is believed at once. A shock of a single period that explains as much
takes its share of the weight, so the last day alone is never trusted fully.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float
from surrogate.flight.evidence import Forecast
from surrogate.flight.recalibration.beliefs import Beliefs
from surrogate.flight.recalibration.cells import Cells
from surrogate.flight.recalibration.contrasts import Contrast
from surrogate.flight.recalibration.fit import Fit, covariance_of
from surrogate.flight.recalibration.of_moment import OfMoment, first_fit, fitted, telling_periods

MOMENTS, MANY_CELLS, FEWER_MOMENTS = 6, 2000, 3
"""Most moments at which a change is looked for, and how many where more cells than so many tell: each is a fit."""
EVER = 0.5
"""Belief that what has changed had changed before the first period that tells."""
LATER_STEPS = 1
"""Gauss-Newton steps for later moments, which start where an earlier one ended."""
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
    first: OfMoment | None = None,
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
    first
        What `first_fit` says by the same forecast, beliefs and observations, where it is known already.
    """
    count = len(beliefs.kind)
    if not len(cells.actual):
        sd = beliefs.sd(1.0, 1.0)
        return Explained(
            theta=np.zeros(count), covariance=np.diag(sd**2), own=(np.zeros_like(beliefs.own_sd), beliefs.own_sd),
            log_evidence=0.0, since=None,
        )  # fmt: skip
    periods = telling_periods(cells)
    when = _moments(periods, moments if len(cells.actual) <= MANY_CELLS else min(moments, FEWER_MOMENTS))
    if first is None:
        first = first_fit(forecast, beliefs, cells, noise=noise, steps=steps, contrasts=contrasts)
    ended, fits, logs, found = first, [], [], []
    for number, moment in enumerate(when):
        if number:
            ended = fitted(ended.at, cells, contrasts, int(moment), noise, LATER_STEPS, ended.theta)
        fits.append(ended.fit)
        belief = 1.0 if len(when) == 1 else EVER if number == 0 else (1.0 - EVER) / (len(when) - 1)
        for log, aim, root in ended.sized:
            logs.append(log + np.log(belief))
            found.append((number, aim, root))
    weights = np.exp(np.array(logs) - max(logs))
    log_evidence = max(logs) + float(np.log(weights.sum()))
    weights /= weights.sum()
    thetas = np.stack([each[1] for each in found])
    theta = weights @ thetas
    kept = np.flatnonzero(weights > LEAST_WEIGHT)
    apart = thetas[kept] - theta
    covariance = covariance_of(((float(weights[each]), found[each][2]) for each in kept.tolist()), count)
    covariance += (apart.T * weights[kept]) @ apart
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
