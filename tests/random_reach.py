"""Random channels that reach a part of each segment, as the plain values of a scenario file."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from random_offers import share


def reach_fewer(document: dict[str, Any], given: bool | None) -> None:
    """Let channels reach a part of each segment, the same of all or not, and send some offers over a second one.

    From a stream of its own, in two of five scenarios, or where it is ``given``.
    """
    seed = zlib.crc32(repr(["reach", *map(str, document["products"])]).encode())
    own = np.random.Generator(np.random.Philox(seed))
    if own.random() >= 0.4 if given is None else not given:
        return
    segments = [segment["id"] for segment in document["segments"]]
    document["channels"].append({"id": "post", "cost_per_contact": "0.03"})
    for channel in document["channels"]:
        if own.random() < 0.3:
            channel["reach"] = share(own.uniform(0.1, 1.0))
        elif own.random() < 0.8:
            known = [segment for segment in segments if own.random() < 0.7]
            if known:
                channel["reach"] = {segment: share(own.choice([0.0, 0.25, 0.6, own.random()])) for segment in known}
    for offer in document["offers"]:
        if "channel" in offer and own.random() < 0.4:
            offer["channel"] = "post"
