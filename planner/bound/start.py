"""The prices that the bound begins from: limits and stock free, everything else at the guess that follows."""

from __future__ import annotations

import numpy as np

from planner.bound.inputs import Data, Prices
from planner.bound.layout import Layout


def start_prices(data: Data, layout: Layout) -> Prices:
    """Return prices of the shapes that a question has, with nothing to pay for limits, stock and rules."""
    t, s, k, _ = data.cells.lift.shape
    intervals, rules, messages = len(layout.cuts) + 1, data.rules, data.weights.message.shape[1]
    return Prices(
        limit=np.zeros(len(data.sign)),
        stock=np.zeros((t, k)),
        theft=np.ones((intervals, t, s, k)),
        load=np.zeros((intervals, t, s, k)),
        dip=np.ones((t, s, k)),
        basket=np.ones((t, s, k)),
        public=np.zeros((t, s, k, int(layout.public.max()) + 1)),
        basket_public=np.zeros((t, s, int(layout.basket_public.max()) + 1)),
        message=np.zeros((1 + intervals * layout.sent_by_load, messages, t, s, k + 1)),
        message_floor=np.zeros(len(data.message_floors.least)),
        reached=np.ones(data.weights.reached.shape),
        count=np.zeros(len(rules.count_cap)),
        window=np.zeros(len(rules.window_cap)),
        word=np.zeros(layout.rules.cells - len(rules.window_cap)),
        literal=np.zeros(len(rules.words.cell)),
    )
