"""The lift of random groups and its error, of which neither hangs on what chance made of the few who were left out.

A ratio is a bad observation where few were left out: chance by which they buy much makes the lift small and its error
small with it, so that many lifts, weighed by their errors, come to less than the truth. As in flight
(`surrogate.flight.measure.taught`), what is taken is the difference ``D = A - r B`` of what the treated bought (A) and
r times what the others did (B), at the most probable ratio r given the lifts of all alike runs. D is normal around 0 at
the true ratio (Fieller, 1954); over the baseline it is one Newton step from r (Le Cam's one-step estimator).

Baseline: B less what D explains of it, ``B - cov(B, D) / var(D) D``. That is what both groups tell of it together, and
chance in D and chance in it are independent, so that the step does not follow its own weight.

Variances: at the true ratio treated customers and r times the others have one mean, and their variances a ratio rho: 1
where deviations grow as means do (larger baskets), r where variances do (more purchases). All runs together tell it. So
both groups tell one variance of a cell, by their sizes, and few who were left out do not seem to be sure because they
happened to buy alike. What customers add up over several runs is kept as it was.

How far lifts of alike runs lie apart, hence how far r may lie from theirs, is told by their steps from one ratio
(DerSimonian and Laird, 1986, doi:10.1016/0197-2456(86)90046-2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from scenarios.arrays import Float, Int

LEAST_RATIO = 0.05
SURE_BASELINE = 5.0
"""Standard errors that the baseline of those left out is expected to amount to: a ratio to less is no normal number."""
LEAST_SPREAD = 0.05
"""Standard deviation that lifts of alike runs have at least."""
_ROUNDS = 100
_NOTHING = 1e-300
"""In place of a variance of 0: of groups in which nobody's purchases differ."""
_TELLING = 0.02
"""Logarithm of a ratio below which rho is 1 whatever its exponent."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """Both groups of one stratum of one run. N1 customers with the offer, N0 without."""

    treated: Int
    """[N1] numbers of customers."""
    held: Int
    """[N0]"""
    bought: Float
    """[N1] by the treated."""
    left: Float
    """[N0] by the others."""
    offered: Float
    """[N0] by the others, of the goods that the offer was on."""


@dataclass(frozen=True, kw_only=True)
class Believed:
    """What all alike runs together say of one of them; where nothing is known, what coupons of all kinds may bring."""

    lift: float = 0.5
    spread: float = 1.0
    """Standard deviation of lifts around it. Both only say where the step is taken, and that must not be far below the
    truth: the baseline would be told too high, lift and error too low. Wide, they leave that to the data."""
    growth: float = 0.5
    """Exponent of the ratio in rho: 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A lift, normal around the true one."""

    lift: float
    standard_error: float
    ratio: float
    """At which it was taken."""
    held: float
    """Share of the variance there that comes of those left out."""
    growth: float
    """As of `Believed`."""
    luck: Float = field(compare=False, repr=False)
    """[N] what each customer, by number, adds to the error of the difference there."""


class Sums:
    """What groups add up to, at any ratio.

    Parameters
    ----------
    groups
        At least one.
    """

    def __init__(self, groups: Sequence[Groups]) -> None:
        size = 1 + max(int(max(each.treated.max(), each.held.max())) for each in groups)
        errors = np.zeros((3, size))
        counts, means, squares = [], [], []
        for each in groups:
            both = np.stack([each.left, each.offered])
            one, other = len(each.treated), len(each.held)
            weight = one * other / (one + other)  # Mantel and Haenszel's, by the sizes of both groups alone
            counts.append((one, other, weight))
            means.append((each.bought.mean(), *both.mean(axis=1)))
            squares.append((each.bought.var(ddof=1), *np.cov(both)[[0, 0, 1], [0, 1, 1]]))
            errors[0, each.treated] += weight / np.sqrt(one * (one - 1.0)) * (each.bought - means[-1][0])
            scaled = weight / np.sqrt(other * (other - 1.0)) * (both - both.mean(axis=1, keepdims=True))
            np.add.at(errors, (np.array([[1], [2]]), each.held), scaled)
        self._one, self._other, self._weight = np.array(counts, dtype=np.float64).T
        self._bought, self._left, self._offered = np.array(means).T
        self._squares = np.array(squares).T
        self._of_customers = errors
        self._errors = errors @ errors.T

    def luck(self, ratio: float) -> Float:
        """Return what each customer [N] adds to the error of the difference at a ratio."""
        return np.asarray(np.array([1.0, -1.0, 1.0 - ratio]) @ self._of_customers)

    def at(self, ratio: float, growth: float) -> At | None:
        """Compare at a ratio; None where nobody's purchases differ."""
        more, rho, weight = ratio - 1.0, ratio**growth, self._weight
        gaps = self._bought - self._left - more * self._offered
        own = np.stack([self._squares[0], np.array([1.0, 2.0 * more, more**2]) @ self._squares[1:]])
        shared = (self._one - 1.0) * own[0] + (self._other - 1.0) * own[1] / rho
        shared /= self._one + self._other - 2.0
        sizes = np.stack([self._one, self._other])
        told = weight**2 * shared * np.array([[1.0], [rho]]) / sizes  # [2, G]
        alone = float((weight**2 * own / sizes).sum())
        if not (alone > 0):
            return None
        together = float(np.array([1.0, -1.0, -more]) @ self._errors @ np.array([1.0, -1.0, -more]))
        held = float(np.array([1.0, more]) @ self._errors[1:, 1:] @ np.array([1.0, more]))
        share, slope = 1.0 / ratio**2, 1.0 / ratio  # of the offered goods in what is compared, where it is only they
        if held > 0:
            share, slope = float(self._errors[2, 2]) / held, float(np.array([1.0, more]) @ self._errors[1:, 2]) / held
        difference, inflation = float(weight @ gaps), together / alone
        part = float(told[1].sum() / told.sum())
        return At(
            ratio=ratio,
            difference=difference,
            base=float(weight @ self._offered) + slope * part * difference,
            variance=float(told.sum()) * inflation,
            base_error=float(np.sqrt(share * told[1].sum() * inflation)),
            held=part,
            squares=(weight**2 * own).sum(axis=1),
            gaps=weight * gaps,
            gap_variances=told.sum(axis=0) * inflation,
            gap_bases=weight * (self._offered + slope * told[1] / np.maximum(told.sum(axis=0), _NOTHING) * gaps),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class At:
    """Groups compared at one ratio. G groups."""

    ratio: float
    difference: float
    base: float
    """By both groups."""
    variance: float
    """Of the difference."""
    base_error: float
    """Expected of what those left out tell of the baseline alone."""
    held: float
    """Share of the variance that comes of those left out."""
    squares: Float
    """[2] what the treated and the others vary by, each by themselves."""
    gaps: Float
    """[G] what makes the difference, with its variances and baselines."""
    gap_variances: Float
    gap_bases: Float

    def sure(self, least: float) -> bool:
        """Return whether those left out are expected to buy enough to tell a lift from: so many standard errors."""
        return self.base >= least * self.base_error > 0


class _Newton(NamedTuple):
    found: At
    """At the most probable ratio."""
    step: float
    """The ratio one step from it."""
    variance: float


def believed(groups: Sequence[Groups], alike: Believed | None = None) -> Believed:
    """Return what runs together say of each of them; what is ``alike`` to them where they say too little.

    Parameters
    ----------
    groups
        Of all of them.
    alike
        What more runs say, of which these are a part; None where these are all. Those tell spread and growth, too.
    """
    usual = alike or Believed()
    last = _newton(Sums(groups), usual) if groups else None
    if last is None:
        return usual
    if alike is not None:
        return Believed(lift=last.found.ratio - 1.0, spread=alike.spread, growth=alike.growth)
    found = last.found
    return Believed(
        lift=found.ratio - 1.0,
        spread=_spread(found) if len(groups) > 1 else usual.spread,
        growth=_growth(found, usual.growth),
    )


def one_step_lift(groups: Sequence[Groups], alike: Believed, least: float = SURE_BASELINE) -> Step | None:
    """Return the lift of some groups; None where too little is expected of those left out to tell one.

    Parameters
    ----------
    groups
        Of the runs that tell it.
    alike
        What all alike runs say.
    least
        Standard errors that the baseline of those left out must be expected to amount to.
    """
    if not groups:
        return None
    sums = Sums(groups)
    last = _newton(sums, alike, least)
    if last is None:
        return None
    return Step(
        lift=last.step - 1.0,
        standard_error=float(np.sqrt(last.variance)),
        ratio=last.found.ratio,
        held=last.found.held,
        growth=alike.growth,
        luck=sums.luck(last.found.ratio),
    )


def _newton(sums: Sums, alike: Believed, least: float = SURE_BASELINE) -> _Newton | None:
    start, precision = max(1.0 + alike.lift, LEAST_RATIO), 1.0 / alike.spread**2
    ratio, last = start, None
    for _ in range(_ROUNDS):
        found = sums.at(ratio, alike.growth)
        if found is None or not found.sure(least):
            return None
        last = _Newton(found, ratio + found.difference / found.base, found.variance / found.base**2)
        trust = 1.0 / last.variance
        aim = max((precision * start + trust * last.step) / (precision + trust), LEAST_RATIO)
        if abs(aim - ratio) < 1e-9:
            break
        ratio = 0.5 * (ratio + aim)
    return last


def _growth(found: At, usual: float) -> float:
    if abs(np.log(found.ratio)) < _TELLING or not (found.squares > 0).all():
        return usual
    return float(np.clip(np.log(found.squares[1] / found.squares[0]) / np.log(found.ratio), 0.0, 1.0))


def _spread(found: At) -> float:
    """Return how far lifts of groups lie apart beyond chance."""
    known = (found.gap_bases > 0) & (found.gap_variances > 0)
    base, variance = found.gap_bases[known], found.gap_variances[known]
    if len(base) < 2:
        return Believed().spread
    return max(float(np.sqrt(apart_beyond_chance(found.gaps[known] / base, variance / base**2))), LEAST_SPREAD)


def apart_beyond_chance(lifts: Float, variances: Float) -> float:
    """Return the variance [1] of true lifts around their mean, told by measured ones (DerSimonian and Laird).

    Parameters
    ----------
    lifts, variances
        [N] as they were measured, and of the chance in each.
    """
    weights = 1.0 / np.maximum(variances, 1e-300)
    beyond = float(weights @ (lifts - weights @ lifts / weights.sum()) ** 2) - (len(weights) - 1)
    room = float(weights.sum() - (weights**2).sum() / weights.sum())
    return max(beyond, 0.0) / room if room > 0 else 0.0
