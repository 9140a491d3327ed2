"""Whole messages of a plan: a limit that looks at some lines of a message counts the message, not their part of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.plan import LineResult
from scenarios.currency import minor_digits
from scenarios.grid import Grid
from scenarios.language.schema import Offer
from scenarios.language.words import EVERYBODY, Measure
from scenarios.response.messages import message_groups, reach_in, sent, share_messages
from scenarios.rounding import UNIT_DIGITS, scaled, to_decimal, units

_MONEY = (Measure.CASH_COST, Measure.GROSS_SPEND, Measure.SPEND)
"""Measures that hold what messages cost."""

Rows = tuple[NDArray[np.int64], NDArray[np.int64], list[Offer], NDArray[np.float64]]
"""Segment, period, offer and coverage of targeted lines."""


class Messages:
    """Messages of a plan.

    Parameters
    ----------
    grid
        Of the scenario as it was planned.
    lines
        All lines of the plan: what the account of a line has of a message is its part among these.
    """

    def __init__(self, grid: Grid, lines: Sequence[LineResult]) -> None:
        self._grid, self._digits = grid, minor_digits(grid.scenario.currency)
        own = [line for line in lines if line.segment != EVERYBODY]
        parts = share_messages(grid.scenario, grid.segments, *self._rows(own), self._digits)
        keys = [_key(line) for line in own]
        self._parts = {key: (int(told), int(cost)) for key, told, cost in zip(keys, *parts, strict=True)}

    def beside(self, lines: Sequence[LineResult], measure: Measure | str) -> Decimal:
        """Return what the messages of some lines come to beside the parts that their own accounts have.

        0 for measures without messages, and where no other line rides along. As in `scenarios.answer.people.messages`.
        """
        if measure is not Measure.CONTACTS and measure not in _MONEY:
            return Decimal(0)
        own = [line for line in lines if line.segment != EVERYBODY]
        scenario, segments = self._grid.scenario, self._grid.segments
        price = {channel.id: float(channel.cost_per_contact) for channel in scenario.channels}
        segment, period, offers, coverage = self._rows(own)
        contacts = cost = 0
        for (where, channel, _), rows in message_groups(scenario, segment, period, offers).items():
            people = reach_in(scenario, segments[where])[channel] * sent(segments[where].customers, coverage[rows])
            parts = [self._parts[_key(own[row])] for row in rows]
            contacts += int(units(people)) - sum(told for told, _ in parts)
            cost += int(scaled(people * price[channel], self._digits)) - sum(paid for _, paid in parts)
        if measure is Measure.CONTACTS:
            return to_decimal(contacts, UNIT_DIGITS)
        return to_decimal(cost, self._digits)

    def _rows(self, lines: Sequence[LineResult]) -> Rows:
        grid, horizon = self._grid, self._grid.scenario.horizon
        return (
            np.array([grid.segment_index[line.segment] for line in lines], dtype=np.int64),
            np.array([horizon.period_of(line.period) for line in lines], dtype=np.int64),
            [grid.offer(line.offer) for line in lines],
            np.array([line.coverage for line in lines], dtype=float),
        )


def _key(line: LineResult) -> tuple[object, ...]:
    return line.period, line.product, line.segment, line.offer
