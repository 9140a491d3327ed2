"""Rewards in the bound: no load between the ends that rivals may put on a cell earns it more than the better end."""

from __future__ import annotations

import numpy as np
import pytest

from planner.bound.at_prices.rewards import Periods, rewards
from planner.bound.relaxed.theft import own_loads

STEADY, UNITS, FRESH = 7.0, 9.0, 0.8
MOST = 1.2
"""Most load that the rival puts on the first of two products."""


def best_end(base: float, bump: float, price: float) -> float:
    """Reward of the first of two rivals at its better end, tiredness at its freshest."""
    both, column = np.ones(2), np.ones((1, 2))
    rival = 1.0 - np.exp(-MOST)
    here = Periods(
        base=base * column[None],
        bump=bump * column[None],
        above=0.0 * column,
        sent=np.zeros((0, 1, 2)),
        fixed=0.0 * column,
        theft_price=np.array([[[price, 0.0]]]),
        load=np.zeros((1, 1, 2)),
        dip_price=0.0 * both,
        fall=0.0 * both,
        basket_price=0.0 * both,
        units=UNITS * both,
        steady=STEADY * both,
        fresh_low=FRESH * both,
        fresh_high=FRESH * both,
        others=np.array([MOST, 0.0]),
        whole=MOST * both,
        spared=both,
        own=own_loads(np.array([[0.0, rival]]) / FRESH, (FRESH * both, FRESH * both)),
        allowed=column > 0,
        choice=column > 0,
    )
    plain, tiring, _, _ = rewards(here, np.ones((2, 1)), np.array([[1], [0]]), (), np)
    return float((plain + tiring * FRESH)[:, 0, 0].max())


@pytest.mark.parametrize(("base", "bump"), [(2.0, 0.0), (-2.0, 0.0), (0.0, 3.0), (0.0, -3.0), (-2.0, -3.0), (2.0, 3.0)])
def test_no_load_between_the_ends_earns_more(base: float, bump: float) -> None:
    """Gains are convex in the load; losses are not, so their ends must stand for what lies between, at any price."""
    load = np.linspace(0.0, MOST, 201)
    for price in np.linspace(-40.0, 40.0, 33):
        worth = np.exp(-load) * (STEADY * base + UNITS * bump * FRESH) + price * load
        assert best_end(base, bump, price) >= worth.max() - 1e-9
