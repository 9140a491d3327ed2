"""What a campaign has gained against no promotion so far, as planned and by what its sales say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Gained:
    """Profit beyond that of no promotion over the observed periods, in major units, net."""

    planned: float
    """By the plan's account."""
    by_sales: float
    """What it really made, less what would have been sold without promotion by the recalibrated lifts."""
    low: float
    """The same where every offer's lift lies at the lower end of its 90 % interval."""
    high: float
    """And at the upper end."""
