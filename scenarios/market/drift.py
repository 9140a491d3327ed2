"""A market that changes: from one day on the same customers want other things, and no plan was told.

The day that was measured is not the day that comes: a rival opens, money is short, a taste passes. Price sensitivity,
the share of messages that is read, and the need for each category are multiplied by factors from a day on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from scenarios.arrays import Float
from scenarios.market.customers import Population, stream
from scenarios.market.day import DayResult
from scenarios.market.deals import ActiveLine
from scenarios.market.play import Market
from scenarios.market.state import MarketState
from scenarios.market.till import DayTill


@dataclass(frozen=True, kw_only=True, eq=False)
class Drift:
    """What changes, and when. S segments, C categories."""

    from_day: int
    """First day on which it has changed."""
    sensitivity: Float
    """[S] factors on the utility of a price cut."""
    attention: Float
    """[S] factors on the share of messages that is read, and on what a gift feels like."""
    need: Float
    """[C] factors on the odds of looking for a category."""


def draw_drift(market: Market, seed: int, *, strength: float, from_day: int) -> Drift:
    """Draw what changes; the same seed gives the same change.

    Parameters
    ----------
    strength
        Standard deviation of the logs of the factors on sensitivity and attention, half of it common to all segments;
        needs change by half as much.

    Raises
    ------
    ValueError
        For a negative strength.
    """
    if not (0 <= strength <= 3):
        raise ValueError(f"expected a strength from 0 to 3, got {strength}")
    rng = stream(seed, "drift")
    segments, categories = len(market.segments), len(market.kinds)
    shared = rng.standard_normal(2)
    own = rng.standard_normal((2, segments))
    logs = strength * np.sqrt(0.5) * (shared[:, None] + own)
    return Drift(
        from_day=from_day,
        sensitivity=np.exp(logs[0]),
        attention=np.exp(logs[1]),
        need=np.exp(0.5 * strength * rng.standard_normal(categories)),
    )


def drifted(people: Population, drift: Drift) -> Population:
    """Return the customers after the change."""
    return replace(
        people,
        sensitivity=people.sensitivity * drift.sensitivity[people.segment],
        notice=np.clip(people.notice * drift.attention[people.segment], 0.0, 0.95),
        gift_taste=people.gift_taste * drift.attention[people.segment],
        need=people.need + np.log(drift.need),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class DriftingMarket(Market):
    """A market whose customers change on a day of the horizon; everything else is as ever."""

    drift: Drift

    @cached_property
    def changed(self) -> Market:
        """The market with its customers as they are after the change."""
        people = drifted(self.people, self.drift)
        return Market(scenario=self.scenario, truth=self.truth, residents=people, remembered=self.remembered)

    def day(
        self, state: MarketState, day: int, lines: Sequence[ActiveLine], seed: int, depths: Float
    ) -> tuple[MarketState, DayTill, DayResult]:
        """Play one day, with the customers as they are by then."""
        if day < self.drift.from_day:
            return super().day(state, day, lines, seed, depths)
        return self.changed.day(state, day, lines, seed, depths)


def as_of(market: Market, day: int) -> Market:
    """Return the market with its customers as they are on a day of the horizon."""
    if isinstance(market, DriftingMarket) and day >= market.drift.from_day:
        return market.changed
    return market


def with_drift(market: Market, drift: Drift) -> DriftingMarket:
    """Return a market that changes as a drift says."""
    return DriftingMarket(
        scenario=market.scenario,
        truth=market.truth,
        residents=market.people,
        remembered=market.remembered,
        drift=drift,
    )
