"""What share of a group's purchases customers make whom an offer named: messages to heavy buyers reach more of them.

Before an offer, two readings say how much its customers buy. The one draws purchases to the mean, as far as they are
luck: it holds where customers were chosen by just these purchases, for luck does not last. The other takes purchases as
they are: it holds where customers were chosen by what they are like, for then luck is even among them. Which of the two
a retailer's choice is nearer to is measured once for all offers: by what named customers bought in the weeks after.

Both are read off what the offer is on: purchases of one category for an offer there, what they were worth for an offer
on orders. A lift is a small difference between two large sums, so a share that is read off other goods by 4 % makes a
lift of 40 % wrong by 14 %, one of 5 % by 84 %.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arrays import Float, Int
from surrogate.shelf.usual_purchases import UsualPurchases

Table = NDArray[np.float32]

SEVERAL, ORDERS = -1, -2
"""In place of a category: an offer on goods of several categories, an offer on orders."""
PRIOR_CHOICE, PRIOR_UNITS = 0.5, 4.0
"""Between both readings, as if so much had been measured (units times squared difference of the readings)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Reach:
    """Who was named by which run. R runs, N customers."""

    contacts: pd.DataFrame
    """run, customer: who was named by targeted runs."""
    run_week: Int
    """[R] week number of a run's first day."""
    run_category: Int
    """[R] index of the category that a run is on, `SEVERAL` or `ORDERS`."""
    usual: UsualPurchases
    """What customers usually bought before each week."""
    sold: pd.DataFrame
    """customer, week, category, quantity, worth: runs on one category reach a share of what is bought of it, runs on
    orders of what all of it is worth (`surrogate.shelf.goods.worth_of`)."""
    choice: float = PRIOR_CHOICE
    """0: customers were chosen by what they had bought, 1: by what they are like."""

    def of_groups(self, owner: Int, groups: int) -> Float:
        """Return the share [G, R] of a group's usual purchases that named customers make; ``owner`` [N], -1 nobody's.

        Nothing that was bought from the week of a run on is looked at.
        """
        (drawn, _), (plain, _) = self._shares(owner, groups, (_drawn, _plain))
        return np.asarray((1.0 - self.choice) * drawn + self.choice * plain)

    def measured_choice(self) -> float:
        """Return how customers were chosen, 0 to 1, by what named customers bought after the week of each run."""
        everybody = np.zeros(self.usual.customers.size, dtype=np.int64)
        (drawn, _), (plain, _), (after, units) = self._shares(everybody, 1, (_drawn, _plain, _after))
        apart, moved = plain - drawn, after - drawn
        known = float((units * apart**2).sum()) + PRIOR_UNITS
        return float(np.clip(((units * apart * moved).sum() + PRIOR_UNITS * PRIOR_CHOICE) / known, 0.0, 1.0))

    def _shares(
        self, owner: Int, groups: int, readings: Sequence[Callable[[UsualPurchases], Table]]
    ) -> list[tuple[Float, Float]]:
        """Return, by reading, the share [G, R] of a group's purchases that named customers make, and all of these."""
        everything, runs = self.usual, self.run_week.size
        column = everything.column(self.run_week)
        customer, run = (self.contacts[name].to_numpy(dtype=np.int64) for name in ("customer", "run"))
        row = np.minimum(np.searchsorted(everything.customers, customer), max(everything.customers.size - 1, 0))
        here = (everything.customers[row] == customer) & (owner[row] >= 0)
        row, run = row[here], run[here]
        mine, total = np.zeros((2, len(readings), groups, runs))
        for category in np.unique(self.run_category[run]).tolist():
            usual = everything if category == SEVERAL else self._of(category)
            on = self.run_category[run] == category
            place, known = owner[row[on]] * runs + run[on], np.unique(column[run[on]]).tolist()
            for read, reading in enumerate(readings):
                bought = reading(usual)
                mine[read] += np.bincount(place, bought[row[on], column[run[on]]], groups * runs).reshape(groups, runs)
                whole = np.zeros((groups, bought.shape[1]))
                for number in known:
                    whole[:, number] = np.bincount(owner[owner >= 0], bought[owner >= 0, number], groups)
                total[read] += whole[:, column] * (self.run_category == category)
        return [(part / np.maximum(everybody, 1e-12), everybody) for part, everybody in zip(mine, total, strict=True)]

    def _of(self, category: int) -> UsualPurchases:
        """Return what customers usually buy of one category, in units, or in all orders, by what it is worth."""
        rows = self.sold if category == ORDERS else self.sold[(self.sold["category"] == category).to_numpy()]
        who, week = (rows[name].to_numpy(dtype=np.int64) for name in ("customer", "week"))
        amount = rows["worth" if category == ORDERS else "quantity"]
        return self.usual.of_goods(who, week, amount.to_numpy(dtype=np.float64))


def _drawn(usual: UsualPurchases) -> Table:
    return usual.known


def _plain(usual: UsualPurchases) -> Table:
    return usual.plain


def _after(usual: UsualPurchases) -> Table:
    """What was bought after the week that a column stands before."""
    following = np.minimum(np.arange(usual.bought.shape[1]) + 1, usual.bought.shape[1] - 1)
    return np.asarray(usual.bought[:, -1:] - usual.bought[:, following])
