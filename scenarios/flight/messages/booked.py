"""Messages of the past as an account has them: as coverages name customers, or as a lock tells that they were sent."""

from __future__ import annotations

from typing import NamedTuple

from scenarios.grid import Grid
from scenarios.language.schemas.rule import Locked


class Named(NamedTuple):
    """A message as an account has it that knows of coverages alone."""

    contacts: float
    rows: int
    """That tell of it: whoever writes a part on each, in whole customers, rounds each."""


def held_messages(grid: Grid) -> dict[tuple[int, str, int], float]:
    """By segment, channel and period: customers of the messages that a re-planned account has as they were sent."""
    locks = (each for rule in grid.scenario.rules if isinstance(rule, Locked) for each in rule.sent)
    period = grid.scenario.horizon.period_of
    return {(grid.segment_index[one.segment], one.channel, period(one.date)): one.contacts for one in locks}
