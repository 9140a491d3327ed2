"""What a campaign has gained against no promotion so far, as planned and by what its sales say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class BoughtAhead:
    """What is off the gain because customers bought ahead of later sales, which no sale tells."""

    share: tuple[float, float]
    """Least and largest expected share of what offers sell more that is bought ahead, of products on offer."""
    drawn: tuple[float, float]
    """The lowest and the highest end of their 90 % intervals; as `share` where it is taken for certain."""
    off: Decimal
    """Off the gain by the expected shares: sales that are missing later, in major units, net ..."""
    charged: Decimal
    """... and of that what is charged for those after the horizon."""
    low: Decimal
    """Lower end of its 90 % interval."""
    high: Decimal
    """And the upper end."""
    mean: Decimal
    """Of all draws."""


@dataclass(frozen=True, kw_only=True)
class Gained:
    """Profit beyond that of no promotion over the observed periods, in major units, net."""

    planned: Decimal
    """By the plan's account, less that of no promotion: of the whole campaign the profit that the plan tells."""
    by_sales: Decimal
    """What it really made, less what would have been sold without promotion by the recalibrated lifts: the mean, by the
    interaction strengths of the plan's account."""
    low: Decimal
    """Lower end of its 90 % interval: what is left open of lifts, of what is bought ahead and of what rivals lose, and
    who would have bought anyway, by chance."""
    high: Decimal
    """And the upper end."""
    by_holdout: tuple[str, ...] = ()
    """Offers whose lifts customers who were kept out measured."""
    by_lot: tuple[str, ...] = ()
    """Offers that a lot switched off on some days."""
    by_model: tuple[str, ...] = ()
    """All others that ran: what they brought rests on the response model and on what was believed of baselines."""
    ahead: BoughtAhead | None = None
    """What of the gain is taken off for what was bought ahead; None where nothing is."""
