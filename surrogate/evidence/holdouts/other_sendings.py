"""What else those who were sent an offer were sent, and those left out were not, by stratum.

A contrast of both is what all of it brought together. Sendings of the same goods in the weeks before leave customers
tired, and with goods that they bought ahead; offers on other goods on the same days may be on rivals, which take a part
of each other's sales. What that comes to is told where tests are taken in (`surrogate.scoring.fresh_lifts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Float, Int
from surrogate.evidence.holdouts.contacts import ALL

WEEKS = 8
"""Weeks before a run whose sendings are looked at."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sendings:
    """Shares of the treated who had other sendings, less the shares of those left out. S strata."""

    before: Mapping[int, Float] = field(default_factory=dict)
    """Weeks before the run -> [S] of the same goods then."""
    beside: Mapping[str, Float] = field(default_factory=dict)
    """Product of the scenario -> [S] of it on the same days."""


class _Sides:
    """Both groups by stratum. M customers."""

    def __init__(self, customer: Int, sent: Flag, stratum: Int, size: int) -> None:
        self._label = np.full(size, -1, dtype=np.int64)
        self._label[customer] = 2 * stratum + ~sent
        self._strata = 1 + int(stratum.max(initial=0))
        self._size = self._count(customer)

    def beyond(self, reached: Int) -> Float:
        """Return [S]: the share of the treated who are among these customers, less that of the others, 0 to 1."""
        share = self._count(reached) / np.maximum(self._size, 1)
        return np.asarray(np.clip(share[:, 0] - share[:, 1], 0.0, 1.0))

    def _count(self, customers: Int) -> Int:
        label = self._label[customers]
        return np.bincount(label[label >= 0], minlength=2 * self._strata).reshape(-1, 2)


class OtherSendings:
    """Runs of offers to named customers, each with whom it reached on which goods.

    Parameters
    ----------
    named
        Rows of runs: run, customer, on, first_day, last_day.
    categories
        Products of the scenario, by number.
    customers
        How many there are.
    """

    def __init__(self, named: pd.DataFrame, categories: tuple[str, ...], customers: int) -> None:
        rows = named[["run", "on", "customer", "first_day", "last_day"]].drop_duplicates(["run", "on", "customer"])
        rows = rows[(rows["on"] >= ALL).to_numpy()].sort_values(["run", "on"], kind="stable")
        self._customer = rows["customer"].to_numpy(dtype=np.int64)
        columns = (rows[name].to_numpy(dtype=np.int64) for name in ("run", "on", "first_day", "last_day"))
        run, on, first, last = columns
        starts = np.flatnonzero(np.r_[True, (np.diff(run) != 0) | (np.diff(on) != 0)]) if run.size else run
        self._start, self._end = starts, np.append(starts[1:], run.size)
        self._run, self._on, self._first, self._last = run[starts], on[starts], first[starts], last[starts]
        self._categories, self._size = categories, customers

    def of(self, product: int, days: Int, first: int, customer: Int, sent: Flag, stratum: Int) -> Sendings:
        """Return what else reached the treated of a run on one product that began on ``first``.

        Parameters
        ----------
        product
            That the run was on; beside runs on all of them nothing is told.
        days
            On which its groups are compared.
        first
            Its first day.
        customer, sent, stratum : [M]
            Its groups.
        """
        if product == ALL:
            return Sendings()
        sides = _Sides(customer, sent, stratum, self._size)
        before, beside = dict[int, Float](), dict[str, Float]()
        near = (self._first <= days[-1]) & (self._first >= first - 7 * WEEKS)
        for other in np.flatnonzero(near).tolist():
            on, start, end = int(self._on[other]), int(self._first[other]), int(self._last[other])
            reached = self._customer[self._start[other] : self._end[other]]
            if on in (product, ALL):
                if start < first:
                    week, part = max(round((first - start) / 7), 1), min((end - start + 1) / 7, 1.0)
                    before[week] = np.minimum(before.get(week, 0.0) + part * sides.beyond(reached), 1.0)
            elif days_both := int(((days >= start) & (days <= end)).sum()):
                name, part = self._categories[on], days_both / days.size
                beside[name] = np.minimum(beside.get(name, 0.0) + part * sides.beyond(reached), 1.0)
        return Sendings(before=before, beside=beside)
