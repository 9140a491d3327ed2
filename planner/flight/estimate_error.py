"""How far a use that no file tells may be off: by prices paid otherwise than reckoned, and by uses nobody counted."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from scenarios.answer.sums import MONEY
from scenarios.arrays import Flag
from scenarios.flight.basket_row import of_choices
from scenarios.flight.realised import Realised
from scenarios.flight.told_lines import untold_lines
from scenarios.flight.told_uses import alone_in_use, told_units
from scenarios.language.scope import Scope
from scenarios.language.where import admitted
from scenarios.language.words import Measure
from scenarios.response.economics import price_of
from scenarios.response.effects import Effects

Z_90 = 1.645
"""Standard deviations on each side of a 90% interval of a normal distribution."""
OF_MEDIAN = 1.4826
"""Standard deviations in the median distance of a normal distribution: what was marked down moves it little."""

MIXED = 0.25
"""How far from the regular price a product is sold by the mix of its articles; beyond it are markdowns and slips."""


class EstimateError:
    """Half a 90% interval of what a running campaign used of something that its file does not tell.

    The account is scaled by real sales at the plan's own prices. A product that holds several articles is sold at
    another mix of them, so that its amounts are off as what was paid for it is, where no offer lowers that. Of an offer
    whose uses are not told the account believes a take-up, which is as uncertain as it was when it was planned.

    Parameters
    ----------
    realised
        The campaign so far.
    effects
        Those that were planned by, which say how uncertain take-up is.
    """

    def __init__(self, realised: Realised, effects: Effects) -> None:
        self._realised, self._effects = realised, effects

    def of(self, measure: Measure | str, where: Scope, used: float) -> float:
        """Return how far a use of a scope may lie from ``used`` on either side; 0 where nothing in it is believed."""
        if measure in (Measure.UNITS, Measure.CONTACTS):
            return 0.0
        if measure is Measure.LINES:  # without a column offer the plan ran, as it was planned
            realised = self._realised
            untold = 0 if realised.actuals.ran is None else untold_lines(realised.actuals, realised.asked, where)
            return float(untold)
        prices = self._price_scatter * abs(used) if measure in MONEY else 0.0
        grid, known = self._realised.model.grid, self._realised.actuals.last + 1
        inside = admitted(where, grid.segments, grid.products, grid.scenario.horizon).periods
        parts = [prices]
        for offer, deviation in self._uncounted.items():
            if where.offers is not None and offer not in where.offers:
                continue
            amounts = self._realised.use(measure, where.model_copy(update={"offers": (offer,)})).amounts
            parts.append(deviation * abs(float(amounts[:known][inside[:known]].sum())))
        return Z_90 * math.hypot(*parts)

    @cached_property
    def _price_scatter(self) -> float:
        """How far prices paid lie from the regular ones where no line ran, as a relative standard deviation."""
        actuals = self._realised.actuals
        price = np.array([float(price_of(product)) for product in actuals.grid.products])[:, None]
        worth = price * actuals.units_total
        seen = np.isfinite(worth) & (worth > 0) & np.isfinite(actuals.revenue_total) & ~self._under_lines
        if not seen.any():
            return 0.0
        off, weight = np.abs(actuals.revenue_total[seen] / worth[seen] - 1.0), worth[seen]
        off, weight = off[off <= MIXED], weight[off <= MIXED]
        if not off.size:
            return 0.0
        order = np.argsort(off)
        passed = np.cumsum(weight[order])
        return OF_MEDIAN * float(off[order][np.searchsorted(passed, passed[-1] / 2.0)])

    @property
    def _under_lines(self) -> Flag:
        """[K, T] where a line runs."""
        choices = self._realised.sold.choices
        return np.asarray((choices.public > 0) | (choices.targeted > 0).any(axis=0))

    @cached_property
    def _uncounted(self) -> dict[str, float]:
        """Offers that ran and whose uses are a question and not all told, with the deviation of their take-up."""
        realised = self._realised
        model, sold, known = realised.model, realised.sold, realised.actuals.last + 1
        grid, found = model.grid, {}
        told = told_units(model, realised.ran, sold, realised.actuals)
        numbers = [np.array([-1, *(choice.offer for choice in grid.choices[block])]) for block in range(4)]
        layers = zip(alone_in_use(model, sold), told, of_choices(grid, sold.choices, numbers), strict=True)
        for asked, units, offers in layers:
            open_ = (asked & ~np.isfinite(units))[..., :known]
            for o, offer in enumerate(grid.scenario.offers):
                where = open_ & (offers[..., :known] == o)
                if where.any():
                    found[offer.id] = float(self._effects.take_up_cv[..., :known, o][where].mean())
        return found
