"""The bound as an amount of money: rounded up, and never below what a plan reaches in its account."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from constraints.ledger import LedgerReport
from planner.bound.lowering.bound import Bound
from scenarios.rounding import to_decimal

_ROUNDING = 1e-3
"""Share of the bound's guard against rounding that its sum in float64 may really be off."""


def bound_amount(bound: Bound, reports: Sequence[LedgerReport], digits: int, *, careful: bool) -> Decimal:
    """Return the bound in minor units, rounded up; what is reached where only its guard lies above that.

    The bound holds for the tables' float account. The ledger rounds every cell, and where cells are alike it rounds
    all of them one way: a best plan may come to more than its bound, and then is the bound itself.

    The guard against rounding is a billionth of all the sums that it stands for. Written as an amount, it would be the
    whole gap of a plan that gains nothing because nothing is to be gained.

    Parameters
    ----------
    reports
        Of the plans that were found.
    digits
        After the point, of the currency.
    careful
        Whether the objective is over the futures: what is bounded is then the profit that is expected.
    """
    reached = max(report.outcome.profit_change if careful else report.objective for report in reports)
    guard = bound.parts.get("rounding", 0.0)
    if bound.value - guard <= float(reached) + _ROUNDING * guard:
        return reached
    return max(to_decimal(int(np.ceil(bound.value * 10**digits)), digits), reached)
