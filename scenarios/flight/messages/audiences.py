"""Audiences of a rollout: which customers each targeted line is for, as numbers without names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Int
from scenarios.response.messages import whole_customers

_SAME = 1e-6
"""Coverages that differ by less are one."""

LineKey = tuple[dt.date, str, str, str]
"""Date, product, segment and offer of a line."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AudienceLine:
    """Whom one line is for."""

    coverage: float
    channel: str
    """Empty for none."""
    members: Int
    """Numbers of customers, the same for the same customer in all lines of the rollout."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Audiences:
    """Of all targeted lines of a plan's rollouts."""

    lines: Mapping[LineKey, AudienceLine]
    customers: Mapping[str, int]
    """By segment: how many there were when audiences were drawn, where a rollout tells."""

    def together(self, lines: Sequence[tuple[LineKey, float]]) -> int | None:
        """Count different customers whom some lines are for, by key and coverage; None where one has no audience."""
        found = [self.lines.get(key) for key, _ in lines]
        members = [
            each.members
            for each, (_, coverage) in zip(found, lines, strict=True)
            if each is not None and abs(each.coverage - coverage) < _SAME
        ]
        if len(members) < len(lines) or not members:
            return None
        return int(np.unique(np.concatenate(members)).size)

    def counted(self, segment: str, channel: str) -> float | None:
        """Share of a segment that coverages are counted of, where a channel says how many it can reach.

        A rollout draws a coverage of those who have consented; None where no audience over the channel tells of them.
        """
        people = self.customers.get(segment, 0)
        shares = [
            len(each.members) / each.coverage / people
            for (_, _, of, _), each in self.lines.items()
            if of == segment and each.channel == channel and people and each.coverage > 0
        ]
        return min(max(shares), 1.0) if shares else None

    def reachable(self, segment: str, channel: str) -> float:
        """Share of a segment whom a channel reaches at all, as far as audiences that fell short show; else 1.

        Who is kept out or has not consented is in none, and one with fewer than its coverage asks for holds all others.
        Of a channel that says how many it can reach, `counted` tells it.
        """
        people = self.customers.get(segment, 0)
        short = [
            len(each.members)
            for (_, _, of, _), each in self.lines.items()
            if of == segment and each.channel == channel and len(each.members) < whole_customers(people, each.coverage)
        ]
        return max(short) / people if short else 1.0
