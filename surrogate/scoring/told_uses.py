"""Which share of purchases under a public coupon, bundle or gift is bought with it, as the till told by segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Offer
from surrogate.evidence.named_uses import SECTION, NamedUses
from surrogate.held_out.take_up_errors import TAKE_UP_CV_RANGE
from surrogate.parts import unpack
from surrogate.scoring.axes import Axes
from surrogate.scoring.known_mechanics import share_named


@dataclass(frozen=True, kw_only=True, eq=False)
class ToldUse:
    """Used shares of all purchases under an offer."""

    share: Float
    """[S, K]"""
    error: Float
    """[S, K] standard deviation of what the data leaves unsure; NaN where it is not told."""
    weeks_cv: float
    """By how much weeks differ, relative; NaN where too few tell it."""

    def of_base(self, lift: Float) -> Float:
        """Return the used share of base units [S, K], with a lift [S, K].

        Of a share r of purchases and a lift l, ``r (1 + l) - l`` of the base units are used.
        """
        return np.clip(1.0 - (1.0 - self.share) * (1.0 + lift), 0.0, 1.0)

    def varies(self, lift: Float, usual: float) -> Float:
        """Return the relative standard deviation [S, K] of what is used of base units in a campaign.

        What the data leaves unsure, and how weeks differ, never less than the least of learned take-ups. How unsure the
        lift is moves the split of uses, not their number, and is in none of it.

        Parameters
        ----------
        lift
            [S, K] with which the shares of base units were taken.
        usual
            The deviation where too few weeks tell how they differ.
        """
        weeks = usual if np.isnan(self.weeks_cv) else self.weeks_cv
        own = np.where(np.isnan(self.error), 0.0, self.error) * (1.0 + lift) / np.maximum(self.of_base(lift), 1e-9)
        return np.clip(np.hypot(own, weeks), *TAKE_UP_CV_RANGE)


def told_use(axes: Axes, offer: Offer) -> ToldUse | None:
    """Return what the till told of an offer's use; None where it told nothing. Older models know one share."""
    model, shape = axes.model, (len(axes.segments), len(axes.products))
    named = share_named(model, offer)
    if named is None:
        return None
    section = SECTION[offer.mechanic]
    if section not in model.sections:
        return ToldUse(share=np.full(shape, named), error=np.full(shape, np.nan), weeks_cv=float("nan"))
    found = unpack(model.sections[section], NamedUses)
    share, error = found.of(tuple(one.id for one in axes.segments), axes.index)
    return ToldUse(share=share, error=error, weeks_cv=found.weeks_cv)
