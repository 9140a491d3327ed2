"""Parts of the profit of an offer's lines that a vendor's funding and the lift act on differently."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


class FundingTerms(NamedTuple):
    """What a vendor pays."""

    share: float
    """Of discount, gift and fixed cost."""
    per_unit: float


class LineParts(NamedTuple):
    """Parts of the profit of lines, one entry a slot: ``gain - paid + share * fundable + per_unit * kept - cost``."""

    base: Float
    """Baseline units that the lift multiplies."""
    told: Float
    """What the lifts of the effects would make of them, whatever caps and empty shelves take off."""
    bump: Float
    """Expected extra units (or extra baskets' units), before anything is taken off."""
    gain: Float
    """Profit that the extra units bring at the regular price, after what they take from others."""
    paid: Float
    """Discount and gift net of spared fees on everything sold under the line, before funding."""
    paid_on_base: Float
    fundable: Float
    """Discount, gift and fixed cost, of which the vendor pays a share."""
    fundable_on_base: Float
    cost: Float
    """Messages and fixed cost."""
    kept: Float
    """Units sold under the line and not returned, for each of which the vendor may pay."""
    kept_on_base: Float

    def on_base(self, terms: FundingTerms) -> float:
        """Costs that stand at any lift."""
        funded = terms.share * self.fundable_on_base.sum() + terms.per_unit * self.kept_on_base.sum()
        return float(self.paid_on_base.sum() - funded + self.cost.sum())

    def on_bump(self, terms: FundingTerms) -> float:
        """Profit that the extra units bring after their own discounts and gifts."""
        given, kept = (self.fundable - self.fundable_on_base).sum(), (self.kept - self.kept_on_base).sum()
        funded = terms.share * given + terms.per_unit * kept
        return float(self.gain.sum() - (self.paid - self.paid_on_base).sum() + funded)
