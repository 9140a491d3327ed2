"""How single customers buy: units at a time, and how far their own rates lie apart, by segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from scenarios.arrays import Float, Int
from surrogate.digits import to_digits
from surrogate.flight.measure.power import Buying, buying_of
from surrogate.stored_sizes import Holds

SECTION = "own-buying"
WEEKS = 8
"""Last weeks that tell it: about as long as a campaign, in which customers are the same ones."""


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnBuying:
    """`surrogate.flight.measure.power.Buying` of S segments, then of all customers, for comparisons of customers."""

    ids: tuple[str, ...]
    """[S]"""
    lot: Annotated[Float, Holds(axes="N", least=0)]
    """[S + 1] units at a time; 0 where too few customers tell it."""
    spread: Annotated[Float, Holds(axes="N", least=0)]
    """[S + 1] relative deviation of customers' own rates."""

    def of(self, segment: str) -> tuple[float, float] | None:
        """Return lot and spread of a segment, of all customers for one that the model does not know; None if untold."""
        place = self.ids.index(segment) if segment in self.ids else len(self.ids)
        return (float(self.lot[place]), float(self.spread[place])) if self.lot[place] > 0 else None


def own_buying(sales: pd.DataFrame, customers: Int, label: Int, ids: tuple[str, ...]) -> OwnBuying:
    """Measure it by what each customer bought of all watched goods in the last weeks.

    Parameters
    ----------
    sales
        customer, week, quantity.
    customers
        [N] numbers of those that the segments were made of.
    label
        [N] segment of each.
    ids
        [S] of the segments.
    """
    recent = sales[(sales["week"] > sales["week"].max() - WEEKS).to_numpy()]
    size = int(max(customers.max(initial=-1), recent["customer"].max() if len(recent) else -1)) + 1
    units = np.asarray(np.bincount(recent["customer"], recent["quantity"], size), dtype=np.float64)[customers]
    found = [buying_of(units[label == number]) for number in range(len(ids))] + [buying_of(units)]
    untold = [one or Buying(spread=0.0) for one in found]
    return OwnBuying(
        ids=ids,
        lot=to_digits(np.array([0.0 if one is None else one.lot for one in found])),
        spread=to_digits(np.array([one.spread for one in untold])),
    )
