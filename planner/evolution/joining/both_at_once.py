"""Schedules that hold two known changes of one group of rivals at once.

Of each group one schedule is chosen, so that two changes in it come together only where one schedule holds both: a line
goes, and another offer comes on another day. What two schedules lack to pay in a linear programme tells which of their
sums are worth a look.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scenarios.arrays import Plan

Key = tuple[int, bytes]
"""A group and the contents of its slots."""
PAIRED = 200
"""Schedules of each group, those that lack least to pay, of which two are joined."""


def both_at_once(own: list[bytes], lacks: Mapping[Key, float], known: set[Key], most: int) -> list[Key]:
    """Join two changes of one group, those first that together lack least to pay.

    Parameters
    ----------
    own
        What the plan holds in each group.
    lacks
        What schedules lack to pay, the plan's own among them.
    known
        Schedules that are not told again.
    most
        Schedules at most.
    """
    found: dict[Key, float] = {}
    for group, held in enumerate(own):
        mine = sorted((lack, key[1]) for key, lack in lacks.items() if key[0] == group and key[1] != held)[:PAIRED]
        if len(mine) < 2:
            continue
        now: Plan = np.frombuffer(held, dtype=np.int8)
        contents = np.stack([np.frombuffer(each, dtype=np.int8) for _, each in mine])
        changed = contents != now
        apart = ~(changed.astype(np.int64) @ changed.T.astype(np.int64)).astype(bool)
        first, second = np.nonzero(np.triu(apart, 1))
        lack = np.array([each for each, _ in mine])
        together = lack[first] + lack[second] - lacks[group, held]
        for at in np.argsort(together, kind="stable")[:most].tolist():
            both = np.where(changed[first[at]], contents[first[at]], contents[second[at]])
            key = group, both.tobytes()
            if key not in known:
                found.setdefault(key, float(together[at]))
    return sorted(found, key=lambda key: (found[key], key))[:most]
