"""Whom runs of offers reached, and which runs told two groups of customers apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scenarios.arrays import Flag, Int

APART = 0.10
"""Difference in the share of both groups that another run reached from which on it told them apart, too ..."""
CHANCE = 3.0
"""... and standard errors that it must amount to."""
ALL = -1
"""In place of a product of the scenario: all of them, or orders."""


class Contacts:
    """Who was reached by which run. R runs.

    Parameters
    ----------
    named
        Rows of runs and the customers who were sent them.
    stratum : [N]
        Of every customer, by what was known of them at first.
    """

    def __init__(self, named: pd.DataFrame, stratum: Int) -> None:
        self._stratum = stratum
        one = named[["run", "customer"]].drop_duplicates()
        self._run, self._customer = (one[name].to_numpy(dtype=np.int64) for name in ("run", "customer"))
        table = named.drop_duplicates("run")
        self._runs = len(table)
        self.offer = table["offer"].to_numpy()
        self.first, self.last = (table[name].to_numpy(dtype=np.int64) for name in ("first_day", "last_day"))
        self._on = named.groupby("run")["on"].unique().to_dict()

    def apart(self, sent: Int, held: Int) -> Flag:
        """Return which runs [R] reached another share of one group of customers than of the other, in their strata.

        A list of all who are left out may name customers of strata that a run is not for: what other runs did there
        tells nobody apart.
        """
        label = np.full(len(self._stratum), -1, dtype=np.int64)
        for side, group in enumerate((sent, held)):
            label[group] = 2 * self._stratum[group] + side
        labels = 2 * (1 + int(self._stratum.max(initial=0)))
        size = np.bincount(label[label >= 0], minlength=labels).reshape(-1, 2)
        met = label[self._customer]
        reached = np.bincount(self._run[met >= 0] * labels + met[met >= 0], minlength=self._runs * labels)
        both = (size > 0).all(axis=1)
        (n1, n0), (one, other) = size[both].T, reached.reshape(self._runs, -1, 2)[:, both].transpose(2, 0, 1)
        weight = n1 * n0 / (n1 + n0)
        whole, share = max(float(weight.sum()), 0.5), (one + other) / (n1 + n0)
        difference = (one / n1 - other / n0) @ weight / whole
        error = np.sqrt((share * (1.0 - share) * (1.0 / n1 + 1.0 / n0)) @ weight**2) / whole
        return np.asarray(np.abs(difference) > np.maximum(APART, CHANCE * error))

    def together(self, run: int, product: int, apart: Flag) -> bool:
        """Return whether runs of other offers that tell the groups of a run apart met it on a product."""
        days = np.minimum(self.last, self.last[run]) - np.maximum(self.first, self.first[run]) + 1
        beside = apart & (self.offer != self.offer[run])
        beside &= days > APART * (self.last[run] - self.first[run] + 1)
        return any(
            product == ALL or ALL in self._on[other] or product in self._on[other]
            for other in np.flatnonzero(beside).tolist()
        )
