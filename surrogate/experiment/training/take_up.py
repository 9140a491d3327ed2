"""Take-up: the share of base units that is sold under an offer, from who redeemed it, and how surely it is known.

With m the mean outcome without the offer, y with it, u what was bought with it (`used_units` beside this) and v what
was bought with the offer in hand and without it (y = u + v), the share is what was bought with it, less the bump, over
what would have been bought anyway:

    s = (u - (y - m)) / m = 1 - v / m

The standard error is linearised (customers as units), and holds the doubt about which units were bought with it. The
share cannot be below 0, nor above 1 or u / m, because an offer wins sales; an estimate need not keep to that. What is
believed is the normal distribution around it, cut to that range (a flat prior: Gelfand, Smith and Lee,
doi:10.1080/01621459.1992.10475235), so that chance never makes a take-up certainly nothing where something was
redeemed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import truncnorm

from scenarios.arrays import Float
from surrogate.experiment.prepared.prepare import Prepared
from surrogate.experiment.training.used_units import UsedPart
from surrogate.held_out.trial import summed_by_customer

DRIFT_CV = 0.30
"""Relative standard deviation by which take-up is taken to vary between the experiment and a campaign."""


@dataclass(frozen=True, kw_only=True)
class TakeUp:
    """What redemptions say of one offer."""

    share: float
    """Of base units, 0 to 1."""
    cv: float
    """Relative standard deviation: of the estimate, and of what varies until the campaign."""


def take_up(prepared: Prepared, outcome: Float, offer: int, used: UsedPart | None = None) -> TakeUp | None:
    """Return the take-up of an offer (1 to A) that redemptions taught; None where the data names none.

    Parameters
    ----------
    prepared
        The experiment.
    outcome
        [N] units or money of each row.
    used
        Which part of it was bought with the offer; all that redeemers bought by default.
    """
    table = prepared.table
    if table.redeemed is None:
        return None
    mine, none = (np.where(table.arm == arm, prepared.weight, 0.0) for arm in (offer, 0))
    redeemed = outcome * (table.redeemed if used is None else used.part)
    kept = outcome - redeemed
    u, v, m = (
        float((weight * values).sum() / weight.sum())
        for weight, values in ((mine, redeemed), (mine, kept), (none, outcome))
    )
    if not (u > 0 and m > 0):
        return TakeUp(share=float(u > 0), cv=DRIFT_CV)
    terms = none * (outcome - m) * v / (none.sum() * m**2) - mine * (kept - v) / (mine.sum() * m)
    which = 0.0 if used is None else used.unsure(mine * outcome / mine.sum()) / m
    error = float(np.hypot(np.sqrt((summed_by_customer(terms, table.unit) ** 2).sum()), which))
    share, spread = _cut(1.0 - v / m, error, min(u / m, 1.0))
    return TakeUp(share=round(share, 6), cv=round(float(np.hypot(spread / share, DRIFT_CV)), 4))


def _cut(share: float, error: float, most: float) -> tuple[float, float]:
    """Return mean and standard deviation of a normal distribution that is cut to shares from 0 to ``most``."""
    if not (error > 1e-6 * most):
        return float(np.clip(share, 1e-6 * most, most)), 0.0
    low, high = -share / error, (most - share) / error
    cut = truncnorm(low, high, loc=share, scale=error)
    return float(np.clip(cut.mean(), 1e-6 * most, most)), float(cut.std())
