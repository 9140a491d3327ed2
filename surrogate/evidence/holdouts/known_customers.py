"""What was known of customers before a run told its groups apart: whether they had bought, and which stratum is theirs.

Strata are placed by purchases up to a week, and anew every few weeks.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenarios.arrays import Int
from surrogate.data.events import Events

LEAST_WEEKS = 4
"""Fewer say next to nothing of who buys much (`surrogate.effects.spans.TELLING_WEEKS`)."""
ANEW_WEEKS = 8
"""So often customers are placed anew; who first bought since is a stratum of new ones."""


class KnownCustomers:
    """What was known of customers by a week."""

    def __init__(self, events: Events, strata: Callable[[int], Int], new: int) -> None:
        week = events.visits["week"].to_numpy(dtype=np.int64)
        self.told_from = int(week.min()) + LEAST_WEEKS - 1
        """First week by which purchases say who buys much."""
        self._first = np.full(len(events.customers), np.iinfo(np.int64).max)
        np.minimum.at(self._first, events.visits["customer"].to_numpy(), week)
        self._strata, self._new = strata, new
        self._placed: dict[int, Int] = {}

    def at_first(self) -> Int:
        """Return the stratum [N] of every customer as soon as purchases say who buys much."""
        stratum = self._strata(self.told_from)
        return np.where(stratum < 0, self._new, stratum)

    def known(self, who: Int, week: int) -> tuple[Int, Int]:
        """Return which of some customers had bought by a week, and the stratum of each."""
        at = week - (week - self.told_from) % ANEW_WEEKS
        if at not in self._placed:
            self._placed[at] = self._strata(at)
        who = who[self._first[who] <= week]
        stratum = self._placed[at][who]
        return who, np.where(stratum < 0, self._new, stratum)
