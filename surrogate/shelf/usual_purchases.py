"""What customers usually buy: their purchases before a week, as far as these say more than luck.

Messages sent to heavy buyers must not count as having reached average ones, nor luck as habit; nor may what customers
bought under an offer say what they would have bought without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arrays import Float, Int

LEAST_RELIABLE = 0.05
SHAPES = (0.2, 50.0)
"""Shapes of the gamma prior that are believed: customers differ much, hardly at all."""
AS_BOUGHT = 1e-3
"""Shape under which purchases of some goods count as they are; goods that nobody bought yet are shared as all are."""


@dataclass(frozen=True, kw_only=True, eq=False)
class UsualPurchases:
    """What customers usually bought, week by week. N customers, T weeks."""

    customers: Int
    """[N] sorted."""
    first_week: int
    known: NDArray[np.float32]
    """[N, T + 1] relative to others, by what was bought before each week; the last column by all weeks."""
    plain: NDArray[np.float32]
    """[N, T + 1] the same, but of what was bought nothing is taken for luck."""
    bought: NDArray[np.float32]
    """[N, T + 1] units before each week."""

    def column(self, week: Int) -> Int:
        """Return the column [R] that is known before weeks [R]; weeks after the data know all of it."""
        return np.clip(week - self.first_week, 0, self.known.shape[1] - 1)

    def of_goods(self, customer: Int, week: Int, quantity: Float) -> UsualPurchases:
        """Return the same for some goods, of which customers bought these quantities.

        A customer's share of the goods is the one that all purchases suggest, moved by what the customer bought of them
        as far as customers differ in that (a gamma prior, its shape by moments). In ``plain`` it is what the customer
        bought of them: a prior would draw whoever is fond of the goods to everybody's taste, and with them those whom
        offers on the goods name.
        """
        row = np.minimum(np.searchsorted(self.customers, customer), max(self.customers.size - 1, 0))
        place = week - self.first_week
        weeks = self.known.shape[1] - 1
        here = (self.customers[row] == customer) & (place >= 0) & (place < weeks) if row.size else np.zeros(0, bool)
        sums = np.bincount(row[here] * weeks + place[here], quantity[here], self.customers.size * weeks)
        bought = np.zeros(self.known.shape, dtype=np.float32)
        np.cumsum(sums.reshape(-1, weeks), axis=1, out=bought[:, 1:])
        known, plain = _fond(self.known, bought), _fond(self.plain, bought, shape=AS_BOUGHT)
        return replace(self, known=known, plain=plain, bought=bought)

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
    known, plain = np.ones((2, customers.size, count + 1), dtype=np.float32)
    bought = np.zeros_like(known)
    np.cumsum(units, axis=1, out=bought[:, 1:])
    halves = np.zeros((2, customers.size))
    for number in range(count):
        halves[(first + number) % 2] += units[:, number]
        known[:, number + 1], plain[:, number + 1] = _drawn_to_mean(halves), halves.sum(axis=0)
    return UsualPurchases(
        customers=customers.astype(np.int64), first_week=first, known=known, plain=plain, bought=bought
    )


def _fond(
    usual: NDArray[np.float32], bought: NDArray[np.float32], *, shape: float | None = None
) -> NDArray[np.float32]:
    """Return what customers usually buy of some goods, by what they usually buy and have bought of these so far."""
    expected = usual * (bought.sum(axis=0) / np.maximum(usual.sum(axis=0), 1e-12))
    if shape is None:
        spread = ((bought - expected) ** 2 - expected).sum(axis=0)
        shape = np.clip((expected**2).sum(axis=0) / np.maximum(spread, 1e-12), *SHAPES)
    return np.asarray(usual * (shape + bought) / (shape + expected), dtype=np.float32)


def _drawn_to_mean(halves: Float) -> Float:
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
