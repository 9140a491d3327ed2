"""How far levels miss eight weeks ahead, from several moments of the data: one winter says little of a spring.

The held-out weeks are tested by a fit that has not seen them. Earlier moments are tested by the last fit, which has
learned season and promotions from all weeks: only the level is carried forward from what was known then. So their
misses are told a little too small; fitting anew for every moment would cost a training each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.futures.usual_spread import spread_words
from surrogate.data.weeks import monday_of
from surrogate.effects.fit import Member
from surrogate.effects.level_noise import BASE_CV_RANGE
from surrogate.effects.levels import PRIOR_UNITS, led_by_last_weeks, recency, seasonal
from surrogate.evidence.terms.panel import Panel
from surrogate.held_out.held import Held
from surrogate.shelf.cells import Shelf

AHEAD = 8
"""Weeks that a level is carried forward."""
APART = 13
"""Weeks between two moments: a quarter of a year."""
LEAST_KNOWN = 26
"""Weeks before a moment, at least."""
MOST = 4
"""Moments, the held-out weeks among them: a year."""
Falls = Callable[[int], Float]
"""Takes the number of a week; returns what items sell in each week after it over their level at its end [I, T]."""


@dataclass(frozen=True, kw_only=True)
class LevelMiss:
    """What levels missed in some weeks, as a root mean square over categories."""

    first: dt.date
    last: dt.date
    miss: float
    """Relative."""
    sold: tuple[float, ...] = ()
    """[C] units of each category."""
    foreseen: tuple[float, ...] = ()
    """[C] the same, as the level was carried forward."""

    @property
    def in_all(self) -> float | None:
        """What all categories together sold beyond what was foreseen, relative; None where it was not counted."""
        return sum(self.sold) / sum(self.foreseen) - 1.0 if sum(self.foreseen) > 0 else None


def level_misses(
    held: Held, panel: Panel, members: Sequence[Member], shelf: Shelf, falls: Falls
) -> tuple[LevelMiss, ...]:
    """Misses of the held-out weeks, and of `AHEAD` weeks after earlier moments, the latest first.

    Parameters
    ----------
    held
        The held-out weeks and their forecast.
    panel, members
        Of the last fit, over all weeks.
    shelf
        All weeks.
    falls
        How levels fall after a moment by the age of goods.
    """
    inside = (np.arange(len(shelf.categories))[:, None] == shelf.category[None]).astype(np.float64)
    found = [_told(held.shelf.weeks, inside @ held.units.sum(axis=(0, 2)), inside @ held.network.sum(axis=(0, 2)))]
    season = np.mean([seasonal(member, shelf) for member in members], axis=0)
    counted = np.asarray(panel.usable, dtype=np.float64)
    units, expected = panel.units * counted, panel.base[:, None] * season * panel.bump * counted
    end = shelf.weeks.size - held.shelf.weeks.size
    for number in range(1, MOST):
        known = end - number * APART
        if known < LEAST_KNOWN:
            break
        after = slice(known, known + AHEAD)
        aged = _aged(shelf, falls, known)
        level = _level(units[:, :known], expected[:, :known] * aged[:, :known])
        ahead = (level[:, None] * expected[:, after] * aged[:, after]).sum(axis=1)
        found.append(_told(shelf.weeks[after], inside @ units[:, after].sum(axis=1), inside @ ahead))
    return tuple(found)


def usual_share(misses: Sequence[LevelMiss]) -> float:
    """What levels usually miss, as a share of what they missed in the held-out weeks, each 5 % at least."""
    squares = np.maximum([each.miss for each in misses], BASE_CV_RANGE[0]) ** 2
    return float(np.sqrt(squares.mean() / squares[0]))


def told_misses(misses: Sequence[LevelMiss], base_cv: Float, units: Float, everywhere: float) -> str:
    """Say how wide the baselines of segments and products, which sell so many ``units``, are believed, and why.

    Parameters
    ----------
    everywhere
        Relative standard deviation of all baselines together.
    """
    wide = spread_words(base_cv, units, "{:.0%}".format)
    shown = ", ".join(f"{each.miss:.0%}{_in_all(each)} from {each.first} to {each.last}" for each in misses)
    alone = "" if len(misses) > 1 else ", the only weeks that tell it"
    return (
        f"Baselines of single segments and products are off by about {wide} (standard deviation), all of them together "
        f"by about {everywhere:.0%}, in all periods of a future alike: carried forward, levels of products missed "
        f"{shown}{alone}."
    )


def _in_all(miss: LevelMiss) -> str:
    """Say what all products together sold beyond what was foreseen, where it was counted."""
    return "" if miss.in_all is None else f" (all together sold {miss.in_all:+.0%})"


def _told(weeks: Int, sold: Float, foreseen: Float) -> LevelMiss:
    return LevelMiss(
        first=monday_of(int(weeks[0])),
        last=monday_of(int(weeks[-1])) + dt.timedelta(days=6),
        miss=_miss(sold, foreseen),
        sold=tuple(sold.tolist()),
        foreseen=tuple(foreseen.tolist()),
    )


def _aged(shelf: Shelf, falls: Falls, known: int) -> Float:
    """Return what each week sells over the last of the first ``known`` weeks by the age of goods [I, T]."""
    if shelf.fading is None:
        return np.ones(shelf.depth.shape)
    before = np.exp(shelf.fading[:, None] * np.arange(1 - known, 1))
    after = np.where(shelf.on_shelf[:, [known - 1]], falls(int(shelf.weeks[known - 1])), 1.0)
    return np.concatenate([before, after], axis=1)


def _level(units: Float, expected: Float) -> Float:
    """Level of items over what is expected of them on average, as `surrogate.effects.levels.last_level` finds it."""
    recent, last = recency(units.shape[1])
    ratio = (units @ recent + PRIOR_UNITS) / (expected @ recent + PRIOR_UNITS)
    return led_by_last_weeks(units @ last, expected @ last, ratio)


def _miss(sold: Float, expected: Float) -> float:
    """Root mean square of relative misses; large categories count more, up to a point, and counting is taken off."""
    wanted = np.maximum(expected, 1e-9)
    excess = ((sold - wanted) ** 2 - wanted) / wanted**2
    weight = wanted / (1.0 + wanted / 100.0)
    return float(np.sqrt(max(float((weight * excess).sum() / weight.sum()), 0.0)))
