"""Days on which a public offer ran on goods that a targeted one was on: what that brought there is no lift of its own.

Where both are there a customer takes the better of the two, so on such days a holdout tells what the targeted offer
adds to the public one, and not what it brings alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scenarios.arrays import Int
from scenarios.language.words import Layer, Mechanic
from surrogate.data.events import Events

MOST = 0.5
"""Share of the goods of an offer that public ones must be on for a day to be theirs."""
EVERYTHING = -1
"""What the offers table writes for every product of the data, and for every customer."""


class PublicDays:
    """When declared public offers ran on which products; those on orders come on top of others and do not count."""

    def __init__(self, events: Events) -> None:
        public = [
            name
            for name, each in events.past_offers.items()
            if Layer(each.layer) is Layer.PUBLIC and not Mechanic(each.mechanic).is_basket
        ]
        rows = events.offers
        rows = rows[((rows["customer"] == EVERYTHING) & rows["offer"].isin(public)).to_numpy()]
        columns = (rows[name].to_numpy(dtype=np.int64) for name in ("product", "first_day", "last_day"))
        self._product, self._first, self._last = columns

    def free(self, first: int, last: int, goods: Mapping[int, float]) -> Int:
        """Return the days of a span on which no public offers were on most of some goods.

        Parameters
        ----------
        first, last
            Ordinals.
        goods
            Product of the data, or `EVERYTHING` -> weight.
        """
        days = np.arange(first, last + 1)
        taken = np.zeros(days.size)
        near = (self._first <= last) & (self._last >= first)
        for product, weight in goods.items():
            on = near & np.isin(self._product, [EVERYTHING, product])
            taken += weight * ((self._first[on, None] <= days) & (days <= self._last[on, None])).any(axis=0)
        return days[taken <= MOST * sum(goods.values())]
