"""Held-out weeks: what was sold, beside what the first fit and its members foresaw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from surrogate.effects.depths import DEPTH_CAP
from surrogate.effects.member_spread import ranks, spread_out
from surrogate.shelf.cells import Shelf
from surrogate.shelf.promoted import is_promoted


@dataclass(frozen=True, kw_only=True, eq=False)
class MemberForecast:
    """What each ensemble member foresaw of held-out weeks. E members, S segments, I items, T weeks."""

    base: Float
    """[E, S, I] units a week with nothing promoted."""
    units: Float
    """[E, S, I, T] under what the weeks promoted."""
    mechanic: Int
    """[I, T] strongest mechanic, an index into `surrogate.shelf.mechanics.KINDS`; -1 where nothing was promoted."""
    distance: Float
    """[I, T] of the week's promotions from the training data (`surrogate.shelf.support`); 0 where they were seen."""


def spread_units(units: Float, plain: Float, shelf: Shelf, unsure: Float) -> Float:
    """Return the members' forecasts [E, S, I, T], spread as their lifts are unsure (`spread_out`).

    Parameters
    ----------
    units
        [E, S, I, T] under what the weeks promote.
    plain
        [E, S, I, T] with nothing promoted.
    shelf
        The weeks.
    unsure
        [C] standard deviation of each category's answer to log price.
    """
    lift = units / np.maximum(plain, 1e-9) - 1.0
    inside = np.arange(len(unsure))[:, None] == shelf.category
    total, without = (np.einsum("ci,esit->ec", inside.astype(float), one) for one in (units, plain))
    rank = ranks(total / np.maximum(without, 1e-9))[:, shelf.category]
    points = unsure[shelf.category][:, None] * -np.log1p(-np.minimum(shelf.depth, DEPTH_CAP))
    order = np.broadcast_to(rank[:, None, :, None], lift.shape)
    spread = spread_out(lift, (1.0 + lift.mean(axis=0)) * points, order)
    return np.asarray(np.maximum(1.0 + spread, 0.0) * plain)


def mean_counted(units: Float, shelf: Shelf) -> Float:
    """Return mean units [S, I, 1] of the weeks [S, I, T] that show demand."""
    counted = shelf.counted.astype(float)
    total, weeks = (units * counted).sum(axis=2), np.maximum(counted.sum(axis=1), 1.0)
    return np.asarray((total / weeks)[:, :, None])


@dataclass(frozen=True, kw_only=True, eq=False)
class Held:
    """Held-out sales and three predictions of them. S segments, I items, T weeks."""

    shelf: Shelf
    units: Float
    """[S, I, T] sold."""
    network: Float
    """[S, I, T] the network under what the weeks promoted."""
    baseline: Float
    """[S, I, T] the network with promotions switched off."""
    segment_mean: Float
    """[S, I, T] mean units of the training weeks."""
    usual_deals: Float
    """[S, I, T] the network under each item's usual promotions."""
    members: MemberForecast | None = None
    """What intervals are calibrated on; without it there are none."""
    anonymous: bool = False
    """Whether the last segment is sales without a customer."""

    @property
    def forecast(self) -> MemberForecast:
        """The members' forecasts.

        Raises
        ------
        ValueError
            When the record holds none.
        """
        if self.members is None:
            raise ValueError("calibrating intervals needs the forecasts of the ensemble's members")
        return self.members

    @property
    def promoted(self) -> Flag:
        """[I, T]: where a deal, a display, a mailer or a declared offer was on; censored weeks count as neither."""
        return is_promoted(self.shelf.strongest) & self.shelf.counted

    @property
    def unpromoted(self) -> Flag:
        """[I, T]: where none was on."""
        return ~is_promoted(self.shelf.strongest) & self.shelf.counted

    def by_category(self, values: Float) -> Float:
        """Sum [S, I, T] over a category's items to [S, C, T]."""
        return np.stack(
            [values[:, self.shelf.category == number].sum(axis=1) for number in range(len(self.shelf.categories))],
            axis=1,
        )
