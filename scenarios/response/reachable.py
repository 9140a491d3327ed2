"""Who can be reached: the share of each segment's customers that a channel reaches at all (``channels``, ``reach``).

A coverage is a share of these customers. Arrays have no axis of segments where every channel of a block reaches
everybody, so that a scenario without ``reach`` pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from scenarios.arrays import Float
from scenarios.grid import Grid
from scenarios.language.schema import Channel, Segment

EVERYBODY = np.ones(1)
"""[1] reach of what reaches everybody, in every segment; told from others by its identity."""


def shares(channel: Channel, segments: Sequence[Segment]) -> Float:
    """[S] share of each segment's customers whom a channel can reach; `EVERYBODY` where it reaches all."""
    if channel.reach is None:
        return EVERYBODY
    found = np.array([channel.reaches(segment.id) for segment in segments])
    return EVERYBODY if (found == 1.0).all() else found


def by_channel(grid: Grid) -> dict[str, Float]:
    """Shares [S], or `EVERYBODY`, of all channels, by their ids."""
    return {channel.id: shares(channel, grid.segments) for channel in grid.scenario.channels}


def covered(grid: Grid, block: int) -> Float:
    """[choices], or [S, choices] where a channel does not reach everybody: share of a segment that a choice covers."""
    coverage = np.array([0.0] + [choice.coverage for choice in grid.choices[block]])
    known = by_channel(grid)
    offers = grid.scenario.offers
    reach = [known.get(offers[choice.offer].channel or "", EVERYBODY) for choice in grid.choices[block]]
    if all(each is EVERYBODY for each in reach):
        return coverage
    wide = [np.broadcast_to(each, len(grid.segments)) for each in (EVERYBODY, *reach)]
    return np.asarray(coverage * np.stack(wide, axis=-1))


def told(grid: Grid, block: int) -> Float:
    """[choices] 1 where customers are told of a line of a choice, 0 for none and where they were told before."""
    return np.array([0.0] + [float(choice.told) for choice in grid.choices[block]])


def shells(grid: Grid, channels: Sequence[str | None]) -> list[tuple[frozenset[str | None], Float]]:
    """Groups of customers by the channels that reach them, with each group's share [S] (or [1]) of every segment.

    Whoever a rarer channel reaches is taken to be among those whom the wider ones reach. So a segment's customers lie
    in shells: the widest channel alone reaches the outermost, all of them the innermost.

    Parameters
    ----------
    channels
        The different channels of some offers; None stands for offers without one, which reach everybody.
    """
    known = by_channel(grid)
    reach = {channel: known.get(channel or "", EVERYBODY) for channel in channels}
    if all(each is EVERYBODY for each in reach.values()):
        return [(frozenset(channels), EVERYBODY)]
    size = len(grid.segments)
    found: dict[frozenset[str | None], Float] = {}
    for segment in range(size):
        levels = {channel: float(np.broadcast_to(each, size)[segment]) for channel, each in reach.items()}
        steps = sorted({*levels.values(), 0.0})
        for below, level in pairwise(steps):
            inside = frozenset(channel for channel, share in levels.items() if share >= level)
            found.setdefault(inside, np.zeros(size))[segment] += level - below
    return list(found.items()) or [(frozenset(channels), np.zeros(size))]
