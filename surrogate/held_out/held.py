"""Held-out weeks: what was sold, beside what the first fit and its members foresaw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surrogate.shelf.cells import Shelf
from surrogate.shelf.promoted import is_promoted

Float = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class MemberForecast:
    """What each ensemble member foresaw of held-out weeks. E members, S segments, I items, T weeks."""

    base: Float
    """[E, S, I] units a week with nothing promoted."""
    units: Float
    """[E, S, I, T] under what the weeks promoted."""
    mechanic: NDArray[np.int64]
    """[I, T] strongest mechanic, an index into `surrogate.shelf.mechanics.KINDS`; -1 where nothing was promoted."""
    distance: Float
    """[I, T] of the week's promotions from the training data (`surrogate.shelf.support`); 0 where they were seen."""


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
    def promoted(self) -> NDArray[np.bool_]:
        """[I, T]: where a deal, a display, a mailer or a declared offer was on; censored weeks count as neither."""
        return is_promoted(self.shelf.strongest) & self.shelf.counted

    @property
    def unpromoted(self) -> NDArray[np.bool_]:
        """[I, T]: where none was on."""
        return ~is_promoted(self.shelf.strongest) & self.shelf.counted

    def by_category(self, values: Float) -> Float:
        """Sum [S, I, T] over a category's items to [S, C, T]."""
        return np.stack(
            [values[:, self.shelf.category == number].sum(axis=1) for number in range(len(self.shelf.categories))],
            axis=1,
        )
