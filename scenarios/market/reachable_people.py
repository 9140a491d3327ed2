"""Whom channels can reach at all: the same customers all through a run (``channels``, ``reach``)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.language.schema import Scenario, Segment
from scenarios.market.customers import Population
from scenarios.market.day import DayDraws
from scenarios.response.reachable import EVERYBODY, shares
from scenarios.streams import stream

BEYOND = 2.0
"""A draw that is below no coverage."""


def among_reachable(
    draws: DayDraws, scenario: Scenario, segments: tuple[Segment, ...], people: Population, seed: int
) -> DayDraws:
    """Return a day's draws in which no message comes to customers whom its channel cannot reach.

    Whoever a rarer channel reaches, the wider ones reach, too, as the account takes it.
    """
    known = [shares(channel, segments) for channel in scenario.channels]
    if all(each is EVERYBODY for each in known):
        return draws
    wide = np.stack([np.broadcast_to(each, len(segments)) for each in (*known, EVERYBODY)], axis=-1)
    place = stream(seed, "reachable").random(people.segment.size)
    return replace(draws, chance=np.where(place[:, None] < wide[people.segment], draws.chance, BEYOND))
