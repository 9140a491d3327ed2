"""What customers spent on all goods in the weeks before an offer."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from surrogate.data.events import Events

PAST_WEEKS = 26
"""Weeks of purchases before an offer that its outcome is adjusted for, where there are so many."""


class PastSpend:
    """What customers spent on all goods in the weeks up to one."""

    def __init__(self, events: Events) -> None:
        order = np.argsort(events.visits["week"].to_numpy(), kind="stable")
        columns = (events.visits[name].to_numpy()[order] for name in ("week", "customer", "regular"))
        self._week, self._customer, self._regular = columns
        self._size = len(events.customers)
        self._known: dict[int, Float] = {}

    def up_to(self, week: int) -> Float:
        """Return it [N]."""
        if week not in self._known:
            start, end = np.searchsorted(self._week, [week - PAST_WEEKS + 1, week + 1])
            rows = slice(int(start), int(end))
            sums = np.bincount(self._customer[rows], self._regular[rows], self._size)
            self._known[week] = sums.astype(np.float64)
        return self._known[week]
