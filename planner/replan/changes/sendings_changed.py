"""Sendings among changes that are told as one row: what is sent once comes, goes or changes as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from planner.replan.changes.going_together import Sides, sent_day
from scenarios.grid import Grid


@dataclass(frozen=True, kw_only=True)
class ChangedSending:
    """One sending of an offer that a row of changes is about."""

    offer: str
    sent: dt.date
    """First day of the period in which it goes out."""
    valid_until: dt.date
    """Last day on which customers may use it, which may lie after the horizon."""
    change: Literal["dropped", "added", "changed"]
    """Whether the new plan sends it no more, newly, or otherwise."""


def sendings_changed(grid: Grid, changes: Sequence[Sides]) -> tuple[ChangedSending, ...]:
    """List the sendings of some changed slots in time order; none where nothing in them is sent once."""
    found: dict[tuple[dt.date, str], set[int]] = {}
    for sides in changes:
        for side, line in enumerate(sides):
            sent = sent_day(grid, line)
            if line is not None and sent is not None:
                found.setdefault((sent, line.offer), set()).add(side)
    return tuple(
        ChangedSending(
            offer=offer,
            sent=sent,
            valid_until=_until(grid, offer, sent),
            change="changed" if len(held) > 1 else "added" if 1 in held else "dropped",
        )
        for (sent, offer), held in sorted(found.items())
    )


def _until(grid: Grid, offer: str, sent: dt.date) -> dt.date:
    valid, horizon = grid.offer(offer).valid, grid.scenario.horizon
    return sent if valid is None else valid.until(horizon, horizon.period_of(sent))
