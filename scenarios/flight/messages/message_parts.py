"""A message of a running campaign and the lines that it carries, with what rows tell of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scenarios.flight.messages.audiences import LineKey


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """A line that a message carries."""

    key: LineKey
    offer: int
    product: int
    coverage: float
    told: float
    """NaN where its row does not tell."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Message:
    """What goes to one segment over one channel in one period."""

    segment: int
    channel: str
    period: int
    parts: tuple[Part, ...]
    shares: Mapping[int, float]
    """By offer: how many times as many were sent as are counted; offers that no row tells are not there."""
