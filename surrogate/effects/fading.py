"""How levels fall on after the last week that was learned from: goods of a season fade, and new ones come to the shelf.

    level in week h after the last one = level at the end * (1 + share * kept * (exp(fading * h) - 1))

The held-out weeks are foreseen by it item by item, those of a plan category by category.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.first_few import first_few
from surrogate.stored_sizes import Holds

SECTION = "fading"
NEW_WEEKS = 8
"""Weeks before the end of the data in which a line that was first sold counts as new."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LearnedFading:
    """How levels fall after the data. C categories."""

    fading: Annotated[Float, Holds(axes="C")]
    """[C] what a week adds to the log of what goods that come and go sell; never above 0."""
    share: Annotated[Float, Holds(axes="C", least=0)]
    """[C] share of such goods in the level at the end of the data."""
    kept: Annotated[Float, Holds(axes="C", least=0)]
    """[C] share of what they lose that new goods do not make up for, if as many are launched as lately."""
    weeks: Annotated[Float, Holds(axes="C", least=0)]
    """[C] weeks for which levels fall: until goods are as old as goods get. By then others may have come."""

    def factor(self, days: Sequence[int], last_week: int) -> Float:
        """Return what days [D] (ordinals) sell over the level at the end of the last week [C, D]."""
        ahead = np.maximum((np.asarray(days) - 1) // 7 - last_week, 0)
        return 1 + self.share[:, None] * self._lost(ahead)

    def lines(self, categories: Sequence[str]) -> tuple[str, ...]:
        """Say how far levels of plans fall on, for how long, and where new goods make up for it."""
        first = -self.factor([8], 0)[:, 0] + 1
        falls = [
            f"{name} {lost:.1%} in the first week, for {weeks:.0f} weeks"
            for name, lost, weeks in zip(categories, first, self.weeks, strict=True)
            if lost > 0
        ]
        made_up = [
            f"{name} {1 - kept:.0%}"
            for name, kept, fading in zip(categories, self.kept, self.fading, strict=True)
            if fading < 0 and kept < 1
        ]
        said = []
        if falls:
            said.append(
                f"Baselines of plans fall on with the age of goods: {first_few(falls, joint='; ')}. Then goods are "
                "about as old as goods got in the data, and baselines stay as they are: what comes next is not known."
            )
        if made_up:
            said.append(
                f"New goods make up for what age takes, if as many are launched as in the last {NEW_WEEKS} weeks: "
                f"{first_few(made_up)} of it. Nothing is known of launches that are planned."
            )
        return tuple(said)

    def of_items(self, category: Int, coming: Float, weeks: Int) -> Float:
        """Return what items sell so many ``weeks`` [T] later over their level at the end [I, T].

        ``category`` [I] is whose they are, ``coming`` [I] the share of their sales that is of goods that come and go.
        """
        return np.asarray(1 + coming[:, None] * self._lost(weeks)[category])

    def _lost(self, ahead: Int) -> Float:
        lost = np.expm1(self.fading[:, None] * np.minimum(ahead, self.weeks[:, None]))
        return np.asarray(self.kept[:, None] * lost)
