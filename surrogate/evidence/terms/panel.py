"""Weekly sales of items beside what the network expects of them, and the bumps that earlier weeks left behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from surrogate.evidence.terms.dip_shapes import DipShape


@dataclass(frozen=True, kw_only=True, eq=False)
class Panel:
    """Weekly sales of items beside what the network expects. I items, T weeks."""

    units: Float
    """[I, T] of all customers."""
    base: Float
    """[I] expected units a week, nothing promoted."""
    bump: Float
    """[I, T] units over baseline that the network expects of the week's promotions."""
    category: Int
    """[I]"""
    usable: Flag
    """[I, T] False where sales say nothing (stock-outs)."""
    year: Float | None = None
    """[T, B] waves of the year and holidays that items follow, each in its own way; None where no year is known."""

    def summed(self, values: Float) -> Float:
        """Return sums [C, T] over the items of each category."""
        inside = np.zeros((int(self.category.max()) + 1, len(self.base)))
        inside[self.category, np.arange(len(self.base))] = 1.0
        return np.asarray(inside @ values)


def net_bumps(panel: Panel, season: Float | float = 1.0) -> Float:
    """Return extra units [C, T] of whole categories by the network's bumps, never below 0.

    Parameters
    ----------
    season
        [I, T] what a week of the year sells, in baselines.
    """
    return np.maximum(panel.summed(panel.base[:, None] * season * (panel.bump - 1.0)), 0.0)


def dips(panel: Panel, shape: DipShape, season: Float) -> tuple[Float, Float]:
    """Return [I, T] net bumps of earlier weeks over one week's baseline: the item's own part, the category's."""
    gross = panel.base[:, None] * season * np.maximum(panel.bump - 1.0, 0.0)
    net = net_bumps(panel, season)
    base = np.maximum(np.bincount(panel.category, panel.base, len(net)), 1e-9)
    share = gross / np.maximum(panel.summed(gross), 1e-9)[panel.category]
    own = share * net[panel.category] / np.maximum(panel.base, 1e-9)[:, None]
    category = (net / base[:, None])[panel.category]
    return shape.of_past(own), shape.of_past(category)
