"""What customers usually buy: their purchases before a week, as far as these say more than luck.

Messages sent to heavy buyers must not count as having reached average ones, nor luck as habit; nor may what customers
bought under an offer say what they would have bought without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Int = NDArray[np.int64]

LEAST_RELIABLE = 0.05


@dataclass(frozen=True, kw_only=True, eq=False)
class UsualPurchases:
    """What customers usually bought, week by week. N customers, T weeks."""

    customers: Int
    """[N] sorted."""
    first_week: int
    known: NDArray[np.float32]
    """[N, T + 1] relative to others, by what was bought before each week; the last column by all weeks."""

    def column(self, week: Int) -> Int:
        """Return the column [R] that is known before weeks [R]; weeks after the data know all of it."""
        return np.clip(week - self.first_week, 0, self.known.shape[1] - 1)

    def before(self, week: int) -> pd.Series:
        """Return by customer what was known before a week."""
        column = int(self.column(np.array([week]))[0])
        return pd.Series(self.known[:, column].astype(np.float64), index=pd.Index(self.customers, name="customer"))


def usual_purchases(visits: pd.DataFrame) -> UsualPurchases:
    """Return what each customer usually bought, relative to others, before each week.

    A customer's units so far are drawn to the mean by their reliability, the share of their variance that odd and even
    weeks have in common. Before the first week all are alike.

    Parameters
    ----------
    visits
        customer, week, quantity, as in `surrogate.data.events.Events.visits`.
    """
    customers, row = np.unique(visits["customer"].to_numpy(), return_inverse=True)
    week = visits["week"].to_numpy()
    first = int(week.min()) if week.size else 0
    count = int(week.max()) - first + 1 if week.size else 0
    units = np.zeros((customers.size, count), dtype=np.float32)
    np.add.at(units, (row, week - first), visits["quantity"].to_numpy(dtype=np.float32))
    known = np.ones((customers.size, count + 1), dtype=np.float32)
    halves = np.zeros((2, customers.size))
    for number in range(count):
        halves[(first + number) % 2] += units[:, number]
        known[:, number + 1] = _drawn_to_mean(halves)
    return UsualPurchases(customers=customers.astype(np.int64), first_week=first, known=known)


def _drawn_to_mean(halves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return units [N] of two halves [2, N] of the weeks, drawn to their mean by what the halves have in common.

    Customers without units are not known yet and count for neither.
    """
    total = halves.sum(axis=0)
    seen = total > 0
    variance = float(total[seen].var(ddof=1)) if seen.sum() > 1 else 0.0
    common = 4 * float(np.cov(halves[:, seen])[0, 1]) / variance if variance > 0 else 0.0
    reliable = float(np.clip(common, LEAST_RELIABLE, 1.0))
    mean = float(total[seen].mean()) if seen.any() else 1.0
    return np.asarray(mean + reliable * (total - mean))
