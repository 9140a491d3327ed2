"""What told uses say of whether an offer is carried out at all: a code that no till knows is used by nobody.

Every unit that a coupon brings uses it, so that uses tell what sales alone cannot: where some hundred were expected and
none came, no take-up that was believed in explains it. The count of uses is weighed under both explanations. Carried
out, its mean is as uncertain as the offer's take-up and lift (integrated over both), around which it scatters as a
negative binomial; not carried out, it is a Poisson count of any share of `NOTHING` of that: tests by staff.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import gammainc, logsumexp
from scipy.stats import nbinom, poisson

from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from surrogate.flight.recalibration.undone import NOTHING
from surrogate.flight.recalibration.uses_seen import DAY, Seen, Spread, spreads

REACH, NODES = 6.0, 61
"""Standard deviations on both sides over which beliefs are integrated, and at how many points each."""
LEAST_MEAN = 1e-9
"""Of a count, so that its distribution is defined."""


def unused(model: Coefficients, effects: Effects, seen: Mapping[int, Sequence[Seen]]) -> dict[int, float]:
    """Log of how much better an offer that is not carried out explains its uses than one that is, by its number.

    Parameters
    ----------
    effects
        As believed before these uses and the sales beside them.
    seen
        Uses by offer, as `seen_uses` tells them under these effects.
    """
    return {
        number: log_ratio(
            sum(each.uses for each in told),
            sum(each.base for each in told),
            sum(max(each.bump, 0.0) for each in told),
            sum(int(each.cells.sum()) for each in told),
            *spreads(model, effects, number, told),
        )
        for number, told in seen.items()
    }


def log_ratio(uses: float, base: float, bump: float, cells: int, take_up: Spread, lift: Spread) -> float:
    """Log of P(uses | not carried out) / P(uses | carried out).

    Parameters
    ----------
    base, bump
        Expected uses by base buyers, and by extra sales.
    cells
        In which they were counted.
    """
    count = round(uses)
    points = np.linspace(-REACH, REACH, NODES)
    weights = -0.5 * points**2 - np.log(np.exp(-0.5 * points**2).sum())
    of_base = base * np.exp(points * np.sqrt(take_up.common))
    of_bump = bump * np.exp(points * np.sqrt(lift.common))
    mean = np.maximum(of_base[:, None] + of_bump, LEAST_MEAN)
    size = cells / DAY**2  # a negative binomial of this size has the variance mean + (DAY mean)^2 / cells
    log = nbinom.logpmf(count, size, size / (size + mean))
    carried_out = float(logsumexp(log + weights[:, None] + weights))
    return _nothing(count, NOTHING * (base + bump)) - carried_out


def _nothing(count: int, most: float) -> float:
    """Log probability of a Poisson count whose mean is anything from 0 to ``most``, all alike."""
    most = max(most, LEAST_MEAN)
    inside = float(gammainc(count + 1, most))
    if inside > 0:
        return float(np.log(inside) - np.log(most))
    # Far beyond it, the largest mean decides: the integral is about its end times most / (count + 1).
    return float(poisson.logpmf(count, most) - np.log(count + 1.0))
