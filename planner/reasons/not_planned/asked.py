"""What a planner asks about a plan: a product, an offer, a segment, a day, or everything."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.reasons.known_ids import Typed, refuse_unknown
from planner.reasons.not_planned.free_slots import axes
from scenarios.grid import Grid
from scenarios.language.words import BASKET
from scenarios.problems import InvalidInput, Problem


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked about; None for all."""

    product: str | None = None
    offer: str | None = None
    segment: str | None = None
    period: dt.date | None = None
    """Any day of the period."""
    whole: bool = False
    """Whether everything is told, not only what surprises most."""

    @property
    def narrow(self) -> bool:
        """Whether something certain is asked about."""
        return any(each is not None for each in (self.product, self.offer, self.segment, self.period))


def wanted(grid: Grid, asked: Asked) -> NDArray[np.bool_]:
    """[N, width] choices that are asked about.

    A public offer reaches every segment, so that it is asked about whichever segment is.

    Raises
    ------
    InvalidInput
        For ids that the scenario does not know, and a day outside the horizon.
    """
    offers = [each.id for each in grid.scenario.offers]
    segments = [each.id for each in grid.segments]
    products = [*(each.id for each in grid.products), BASKET]
    refuse_unknown(
        (
            Typed("product", asked.product, products),
            Typed("offer", asked.offer, offers),
            Typed("segment", asked.segment, segments),
        ),
        {"product": "--product", "offer": "--offer", "segment": "--segment"},
        "the plan's scenario",
    )
    offer, product, period = axes(grid)
    found = np.ones((grid.slots, grid.width), dtype=bool)
    if asked.offer is not None:
        found &= offer == offers.index(asked.offer)
    if asked.product is not None:
        found &= (product == products.index(asked.product))[:, None]
    if asked.segment is not None:
        whom = np.array([-1 if (place := grid.slot(slot).segment) is None else place for slot in range(grid.slots)])
        found &= ((whom == segments.index(asked.segment)) | (whom < 0))[:, None]
    if asked.period is not None:
        found &= (period == _period(grid, asked.period))[:, None]
    return found


def _period(grid: Grid, day: dt.date) -> int:
    """Period that a day lies in."""
    horizon = grid.scenario.horizon
    period = horizon.period_of(day)
    if not (0 <= period < horizon.periods):
        expected = f"a day from {horizon.start} to {horizon.last_day}"
        raise InvalidInput([Problem(where="--period", what="day", expected=expected, got=str(day))])
    return period
