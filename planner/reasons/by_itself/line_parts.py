"""Parts of the profit of an offer's lines that vendors' funding and the lift act on differently."""

from __future__ import annotations

from typing import NamedTuple

from scenarios.arrays import Float


class LineParts(NamedTuple):
    """Parts [M] of the profit of M lines: ``gain - paid + share * fundable + per_unit * kept - cost``."""

    share: Float
    """Of discount, gift and fixed cost, that a vendor pays."""
    per_unit: Float
    """What a vendor pays for a unit that is not returned."""
    payable: Float
    """1 where a vendor pays, or may be asked to: everywhere where nobody pays on any product; else 0."""

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
    """Messages, fixed cost, and what is charged for customers who are still tired after the horizon."""
    kept: Float
    """Units sold under the line and not returned, for each of which the vendor may pay."""
    kept_on_base: Float

    def profit(self) -> Float:
        """Profit of each line as the only one of a plan."""
        return self.gain - self.paid + self.share * self.fundable + self.per_unit * self.kept - self.cost

    def on_base(self) -> float:
        """Costs that stand at any lift."""
        funded = self.share * self.fundable_on_base + self.per_unit * self.kept_on_base
        return float((self.paid_on_base - funded + self.cost).sum())

    def on_bump(self) -> float:
        """Profit that the extra units bring after their own discounts and gifts."""
        given, kept = self.fundable - self.fundable_on_base, self.kept - self.kept_on_base
        funded = self.share * given + self.per_unit * kept
        return float((self.gain - self.paid + self.paid_on_base + funded).sum())
