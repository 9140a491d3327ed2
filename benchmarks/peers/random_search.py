"""The peer: random plans, mended by dropping lines.

Default: a line in 5 % of the slots. Tuned: a share drawn evenly on a log scale for every plan.
"""

from __future__ import annotations

import numpy as np

from peers.plans import SPARSE, Clock, Found, Plans
from planner.evolution.workspace import Workspace

LEAST, MOST = 0.002, 1.0


def run(space: Workspace, clock: Clock, seed: int, *, tuned: bool) -> Found:
    """Draw plans until the time is over."""
    plans, rng = Plans(space, clock), np.random.Generator(np.random.Philox(seed))
    while not clock.over:
        share = float(np.exp(rng.uniform(np.log(LEAST), np.log(MOST)))) if tuned else SPARSE
        plans.dropped(plans.plan(plans.random(rng, share)))
    return plans.found
