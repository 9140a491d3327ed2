"""Channels that reach nobody: their offers bring nothing, which is hardly meant."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.first_few import first_few
from scenarios.language.read_in import listed_segments
from scenarios.language.schema import Scenario


def doubtful_channels(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence on each channel that offers use and that can reach none of a segment's customers."""
    segments = listed_segments(scenario)
    for channel in scenario.channels:
        offers = [offer.id for offer in scenario.offers if offer.channel == channel.id]
        dead = [segment.id for segment in segments if channel.reaches(segment.id) == 0]
        if offers and dead:
            whom = "nobody" if len(dead) == len(segments) else f"nobody of {first_few(dead)}"
            yield f"channel {channel.id}: a reach of 0% lets {first_few(offers)} reach {whom}"
