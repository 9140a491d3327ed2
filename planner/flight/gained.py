"""What a campaign has gained against no promotion so far, as planned and by what its sales say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Gained:
    """Profit beyond that of no promotion over the observed periods, in major units, net."""

    planned: Decimal
    """By the plan's account, less that of no promotion: of the whole campaign the profit that the plan tells."""
    by_sales: Decimal
    """What it really made, less what would have been sold without promotion by the recalibrated lifts: the mean."""
    low: Decimal
    """Lower end of its 90 % interval: what is left open of lifts, and who would have bought anyway, by chance."""
    high: Decimal
    """And the upper end."""
    by_holdout: tuple[str, ...] = ()
    """Offers whose lifts customers who were kept out measured."""
    by_lot: tuple[str, ...] = ()
    """Offers that a lot switched off on some days."""
    by_model: tuple[str, ...] = ()
    """All others that ran: what they brought rests on the response model and on what was believed of baselines."""
