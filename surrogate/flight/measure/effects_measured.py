"""Causal effects from random groups of customers: difference of means, and the same adjusted for their past (CUPED).

CUPED takes from each outcome what the past explains, by the slope that both groups share (Deng, Xu, Kohavi and Walker,
2013, doi:10.1145/2433396.2433413); being kept out was random, so that the past cannot differ but by chance. Intervals
of a lift (treated over held out, less 1) are Fieller's, which hold also where few were kept out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from scenarios.arrays import Float
from surrogate.flight.measure.power import SPREAD

CONFIDENCE = 0.95
FEWEST = 30
"""Customers of each group without whom nothing is said."""
LEAST_LIFT = -1.0
"""Nobody buys less than nothing: intervals end here, while estimates keep what chance made of them."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A measured lift."""

    method: str
    """``difference``, ``CUPED`` or ``switchback``."""
    lift: float
    """Relative: 0.1 is 10 % more than without."""
    low: float
    high: float
    """95 % interval; infinite where the comparison group is too small to bound it."""
    standard_error: float
    """Of the lift, to first order."""
    treated: float
    """Customers (periods, of a switchback) with the offer."""
    held: float
    """Without it."""
    explained: float = 0.0
    """Share of the variance that the past explained."""
    mean: float = 0.0
    """Of a customer without it; 0 where no groups of customers were compared."""
    dispersion: float = 0.0
    """Variance of customers over their mean, both groups together."""
    contacted: float = 1.0
    """Share of the treated whom ``lift`` is told of."""

    @property
    def found(self) -> bool:
        """Whether the interval excludes no effect."""
        return not (self.low <= 0.0 <= self.high)


def difference(treated: Float, held: Float) -> Measured | None:
    """Compare outcomes of customers; None where a group is too small or nothing was sold without the offer."""
    return _from_means(treated, held, method="difference", explained=0.0)


def cuped(treated: Float, held: Float, treated_before: Float, held_before: Float) -> Measured | None:
    """Compare outcomes of customers after taking off what their past explains; None as `difference`.

    Parameters
    ----------
    treated, held : [N1], [N0]
        Outcomes.
    treated_before, held_before : [N1], [N0]
        The same from before the campaign.
    """
    if min(len(treated), len(held)) < FEWEST or not (held.mean() > 0):
        return None
    past = np.concatenate([treated_before, held_before])
    middle, spread = past.mean(), past.var()
    if not (spread > 0):
        return difference(treated, held)
    inside = np.concatenate([treated_before - treated_before.mean(), held_before - held_before.mean()])
    outcome = np.concatenate([treated - treated.mean(), held - held.mean()])
    slope = past_slope(outcome, inside)
    explained = 1.0 - float(((outcome - slope * inside) ** 2).sum()) / max(float((outcome**2).sum()), 1e-300)
    adjusted = treated - slope * (treated_before - middle), held - slope * (held_before - middle)
    return _from_means(*adjusted, method="CUPED", explained=explained)


def past_slope(outcome: Float, past: Float) -> float:
    """Slope of outcomes on the past that all groups share; 0 where the past does not differ.

    Parameters
    ----------
    outcome, past : [N]
        Deviations from the mean of each customer's own group, so that the effect itself cannot bend the slope.
    """
    square = float(past @ past)
    return float(past @ outcome) / square if square > 0 else 0.0


def from_totals(
    treated: float,
    held: float,
    treated_customers: float,
    held_customers: float,
    *,
    lot: float = 1.0,
) -> Measured | None:
    """Compare totals of two groups of known size, where no customer is known by itself.

    Purchases of so many units (``lot``) vary as counts do, and customers by how often they buy (`SPREAD`, assumed).
    """
    stratum = Stratum(treated=treated, held=held, treated_customers=treated_customers, held_customers=held_customers)
    return from_strata([stratum], lot=lot)


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """Totals of two random groups of one segment."""

    treated: float
    held: float
    treated_customers: float
    held_customers: float


def from_strata(strata: Sequence[Stratum], *, lot: float = 1.0) -> Measured | None:
    """Compare totals of two groups, segment by segment, and pool the segments; variances as in `from_totals`.

    Segments weigh by the size of their groups, ``n1 n0 / (n1 + n0)`` (Mantel and Haenszel, 1959,
    doi:10.1093/jnci/22.4.719), so that chance in one of them does not decide how much it counts. Segments with too few
    customers of a group are left out; those whose held-out customers bought nothing are not: that is chance, too.
    """
    compared = [each for each in strata if min(each.treated_customers, each.held_customers) >= FEWEST]
    if not compared:
        return None
    treated = np.array([(each.treated, each.treated_customers) for each in compared]).T
    held = np.array([(each.held, each.held_customers) for each in compared]).T
    weights = treated[1] * held[1] / (treated[1] + held[1])
    weights /= weights.sum()
    means, variances = [], []
    for units, customers in (treated, held):
        rates = units / customers
        means.append(float(weights @ rates))
        variances.append(float(weights**2 @ ((lot * rates + (SPREAD * rates) ** 2) / customers)))
    if not (means[1] > 0):
        return None
    sizes = float(treated[1].sum()), float(held[1].sum())
    return lift_of_means(means[0], means[1], variances[0], variances[1], "difference", 0.0, *sizes)


def _from_means(treated: Float, held: Float, *, method: str, explained: float) -> Measured | None:
    if min(len(treated), len(held)) < FEWEST or not (held.mean() > 0):
        return None
    variances = float(treated.var(ddof=1)) / len(treated), float(held.var(ddof=1)) / len(held)
    return lift_of_means(
        float(treated.mean()),
        float(held.mean()),
        *variances,
        method,
        explained,
        float(len(treated)),
        float(len(held)),
    )


def lift_of_means(
    one: float,
    other: float,
    one_variance: float,
    other_variance: float,
    method: str,
    explained: float,
    treated: float,
    held: float,
) -> Measured:
    """Ratio of two independent means less 1, with Fieller's interval."""
    z = float(ndtri(0.5 + CONFIDENCE / 2.0))
    ratio = one / other
    error = math.sqrt(one_variance + ratio**2 * other_variance) / other
    g = z**2 * other_variance / other**2
    low, high = -math.inf, math.inf
    if g < 1.0:
        inner = one_variance * (1.0 - g) + ratio**2 * other_variance
        width = z * math.sqrt(max(inner, 0.0)) / other
        low, high = max((ratio - width) / (1.0 - g) - 1.0, LEAST_LIFT), (ratio + width) / (1.0 - g) - 1.0
    return Measured(
        method=method,
        lift=ratio - 1.0,
        low=low,
        high=high,
        standard_error=error,
        treated=treated,
        held=held,
        explained=explained,
        mean=other,
        dispersion=(one_variance * treated**2 + other_variance * held**2) / (one * treated + other * held),
    )


def contacted_share(coverage: Float, kept_out: float) -> Float:
    """Share of the customers of a campaign who were contacted, where a coverage counts those kept out as well.

    Parameters
    ----------
    coverage : [N]
        Share of a whole segment that each line reaches, as far as the customers who were not kept out allow.
    kept_out
        Share of the segment that was kept out, below 1.

    Raises
    ------
    ValueError
        For another share.
    """
    if not (0.0 <= kept_out < 1.0):
        raise ValueError(f"kept_out: expected a share below 1, got {kept_out}")
    return np.minimum(coverage / (1.0 - kept_out), 1.0)


def per_contacted(measured: Measured, coverage: float) -> Measured:
    """Turn the lift of a group of whom only a share was contacted into the lift of those contacted.

    Raises
    ------
    ValueError
        For a share that is not above 0 and up to 1.
    """
    if not (0.0 < coverage <= 1.0):
        raise ValueError(f"coverage: expected a share above 0, got {coverage}")
    return replace(
        measured,
        lift=measured.lift / coverage,
        low=measured.low if math.isinf(measured.low) else max(measured.low / coverage, LEAST_LIFT),
        high=measured.high / coverage,
        standard_error=measured.standard_error / coverage,
        contacted=measured.contacted * coverage,
    )
