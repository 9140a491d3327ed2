"""What a bound says: its value, what it was reached with, and what it is the sum of."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.bound.inputs import Prices
from scenarios.arrays import Float


@dataclass(frozen=True, kw_only=True, eq=False)
class Bound:
    """An upper bound, and what it was reached with. Money in major units, counted from the empty plan."""

    value: float
    """The lower of the tightened and the naive bound."""
    naive: float
    """With every interaction at its best: no fatigue, theft or dip, halo and basket factor at their most."""
    prices: Float
    """[L] objective per unit of each limit's own use, 0 for limits at risk."""
    stock_prices: Float
    """[K, T] objective per unit of stock up to a period."""
    parts: dict[str, float] = field(default_factory=dict)
    """What `value` is the sum of."""
    at: Prices | None = None
    """All prices of the tightened bound; None where the naive one is lower."""
