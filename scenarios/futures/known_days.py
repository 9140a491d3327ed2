"""Days of a running campaign that are over: what they sold is known, whatever strengths a future has afterwards.

Lines of days that are over tire customers and buy ahead of later days by the future's own strengths; on their own days
they did what the account says.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.arrays import Int
from scenarios.response.model import Flows
from scenarios.response.totals import LineShares, Shares

Array = Any


def as_it_was(
    account: tuple[Flows, Shares], future: tuple[Flows, Shares], known: int, period: Int
) -> tuple[Flows, Shares]:
    """Take the first periods as the account's strengths have them, and all others as the future's have.

    Parameters
    ----------
    known
        Periods that are over.
    period
        [M] period of each place that holds an offer.
    """
    (then, was), (flow, shares) = account, future
    over = np.arange(flow.base.shape[-1]) < known

    def by_period(first: Array, later: Array) -> Array:
        return np.where(over, first, later)

    flow = flow._replace(
        **{
            name: by_period(getattr(then, name), getattr(flow, name))
            for name in Flows._fields
            if name != "tail_fatigue"
        }
    )
    lines = (np.where(period < known, first, later) for first, later in zip(was.lines, shares.lines, strict=True))
    return flow, shares._replace(lift=by_period(was.lift, shares.lift), lines=LineShares(*lines))
