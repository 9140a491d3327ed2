"""What a campaign's gain leaves open because nobody sees what is bought ahead and what rivals lose.

Customers who stocked up are missing on later days, and so are those whom an offer drew from a rival. No sale tells it:
the account takes it off by the strengths of the response model, and where these have an interval, the gain has it, too.
In a future in which more is bought ahead, the same sales were made from larger baselines: more of them would have come
without promotion, and more is charged for what follows the horizon. How tired customers are is not drawn here: they
were that tired in these very sales, from which lifts are learned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.flight.past.learning import Learned
from scenarios.arrays import Float
from scenarios.futures.draws import Draws, strength_scores, strengths_as_expected
from scenarios.futures.expected_future import as_expected
from scenarios.futures.outcomes import sales
from scenarios.grid import Grid
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.totals import sold_by

_FARTHEST, _PLACES = 3.5, 15
"""Standard normal score beyond which next to no future lies, and how many are reckoned up to it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class StrengthsLeftOpen:
    """What drawn strengths make of the observed periods, in major units of money; D is 1 where nothing is drawn."""

    more: Float
    """[D] how much less is gained than by the expected strengths."""
    missed: float
    """Margin of what was bought ahead by the expected shares and is missing in the observed periods ..."""
    charged: float
    """... and what is charged for it beyond the horizon."""
    taken: Float
    """[D] both together."""


def strengths_left_open(
    learned: Learned, settled: Effects, tables: Coefficients, *, seed: int, count: int
) -> StrengthsLeftOpen:
    """Draw what is bought ahead and what rivals lose, as futures of a plan do, given what ran and was sold.

    Parameters
    ----------
    settled
        Effects by which what ran sold what was really sold.
    tables
        Of these, stock left aside.
    """
    counted = _Counted(learned, settled, tables)
    grid, ranges = tables.grid, tables.ranges
    expected = strengths_as_expected(1, len(grid.products))
    scores = strength_scores(grid, seed, "flight gained", count)
    now, now_charged = counted(tables, expected)
    nothing = replace(tables.strengths, pull_forward=np.zeros_like(tables.strengths.pull_forward))
    none, none_charged = counted(replace(tables, strengths=nothing, ranges=None), expected)
    ahead, charged = now, now_charged
    if ranges is not None and (ranges.ahead_low < ranges.ahead_high).any():
        ahead, charged = counted(tables, {**_still(count, grid), "ahead": scores["ahead"]})
    more = (ahead - now) + (charged - now_charged)
    if ranges is not None and ranges.stolen_low < ranges.stolen_high:
        # One number that everything follows smoothly: a few futures tell those between them.
        some = np.linspace(-_FARTHEST, _FARTHEST, _PLACES)
        stolen, others = counted(tables, {**_still(_PLACES, grid), "stolen": some})
        more = more + np.interp(scores["stolen"], some, (stolen - now) + (others - now_charged))
    return StrengthsLeftOpen(
        more=more,
        missed=float(now[0] - none[0]),
        charged=float(now_charged[0] - none_charged[0]),
        taken=ahead + charged - none - none_charged,
    )


def _still(count: int, grid: Grid) -> dict[str, Float]:
    return strengths_as_expected(count, len(grid.products))


class _Counted:
    """Money of the observed periods by some strengths: sold there without promotion, and charged beyond the horizon."""

    def __init__(self, learned: Learned, settled: Effects, tables: Coefficients) -> None:
        grid = tables.grid
        self._ran, self._last = learned.ran.plan, learned.actuals.last
        # Days that are over are moved, too: what they sold is known, but not what of it would have been sold anyway.
        self._effects, self._one = as_expected(grid, replace(settled, known_periods=0))
        self._margin = np.where(np.arange(grid.shape[2]) <= self._last, tables.economics.unit_margin[:, None], 0.0)
        self._sold = sold_by(tables, self._ran, np).units

    def __call__(self, tables: Coefficients, strengths: dict[str, Float]) -> tuple[Float, Float]:
        """[D] margin of what would have been sold without promotion, and [D] charges."""
        draws, empty = self._draws(strengths), np.zeros_like(self._ran)
        found = []
        # Without lines only what history left behind follows the strengths.
        alike = tables.past.borrowed is None
        nobody = sales(tables, self._effects, empty, draws.part(0, 1) if alike else draws)
        one = next(nobody) if alike else None
        for some in sales(tables, self._effects, self._ran, draws):
            none = next(nobody) if one is None else one
            rest = np.divide(none.units, some.units, out=np.zeros(some.units.shape), where=some.units > 0)
            charges = np.broadcast_to(some.charges, rest.shape)[..., : self._last + 1]
            found.append(((self._margin * self._sold * rest).sum(axis=(1, 2, 3)), charges.sum(axis=(1, 2, 3))))
        anyway, charged = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return anyway, charged

    def _draws(self, strengths: dict[str, Float]) -> Draws:
        """As many futures in which all but the strengths is as expected; their scores take no memory."""
        count, one = len(strengths["tired"]), self._one

        def still(values: Float) -> Float:
            return np.broadcast_to(values, (count, *values.shape[1:]))

        return Draws(
            member=np.zeros(count, dtype=np.int64),
            lift=still(one.lift),
            take_up=still(one.take_up),
            base=still(one.base),
            orders=still(one.orders),
            **strengths,
        )
