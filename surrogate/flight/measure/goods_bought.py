"""How customers buy the goods that offers run on: from figures of single goods to those of all of them together.

A customer buys good k at ``activity x taste_k`` times its mean rate, and several goods at one visit. With a, v_k the
variances of activity and taste (of mean 1; a is below 0 where goods take each other's place), g what goods vary
together within a week (`CustomerRates.visits`), l_k the units of one purchase, m_kt the mean of good k in a period of w
weeks, M_k its sum over periods and M over goods, a customer's units have the variance

    sum_k l_k M_k + g / w sum_t ((sum_k m_kt)^2 - sum_k m_kt^2)  +  a M^2 + (1 + a) sum_k v_k M_k^2

The first two terms are purchases counted around the customers' own rates, the others the rates. So the goods together
have lots of the former over M, and rates that spread by the root of the latter over M. Purchases around rates that
differ by customer, divided over goods by shares that do, too, are those of Goodhardt, Ehrenberg and Chatfield (1984,
doi:10.2307/2981696); power asks for their first two moments alone, and for no distribution.
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.response.customer_rates import CustomerRates
from surrogate.flight.measure.power import Buying


def buying_of_goods(known: CustomerRates, means: Float, period_weeks: float) -> Buying | None:
    """Return how customers of a segment buy goods together; None where nothing is bought.

    Parameters
    ----------
    known
        How they buy single goods.
    means : [K, T]
        Units a customer without the offers, where these run; 0 elsewhere.
    period_weeks
        Weeks of one period.
    """
    total = float(means.sum())
    if not (total > 0):
        return None
    by_good = means.sum(axis=1)
    beside = float((means.sum(axis=0) ** 2).sum() - (means**2).sum())
    counted = float(np.array(known.lots) @ by_good) + known.visits / period_weeks * beside
    differing = known.activity * total**2 + (1.0 + known.activity) * float(np.array(known.tastes) @ by_good**2)
    return Buying(lot=max(counted / total, 1.0), spread=float(np.sqrt(max(differing, 0.0))) / total)
