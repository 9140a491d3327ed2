"""The market as it was recorded before it knew pieces, caps and weeks: a scenario without them plays as ever."""

from __future__ import annotations

import hashlib
from dataclasses import fields

import numpy as np
import pytest
from flight_case import LINES, running
from market_case import BUSY, play, small_market

from scenarios.market.drift import draw_drift, with_drift
from scenarios.market.likeness import likeness
from scenarios.market.sold import Sold


def digest(sold: Sold) -> str:
    """A digest of every cell: the account to the cent, units, uses, orders and messages to a thousandth."""
    found = hashlib.sha256()
    for field in fields(sold.account):
        found.update(getattr(sold.account, field.name).astype("<i8").tobytes())
    for name in ("units", "uses", "orders", "contacts", "gift_units", "topped_up"):
        found.update(np.rint(1000 * getattr(sold.tally, name)).astype("<i8").tobytes())
    return found.hexdigest()[:16]


@pytest.mark.parametrize(("seed", "recorded"), [(1, "6cb5394d2f493103"), (2, "c5fc78ba1035c84e")])
def test_singles_day_plays_as_recorded(seed: int, recorded: str) -> None:
    """Every mechanic, gifts, messages and baskets, in the market that singles-day is measured in."""
    assert digest(play(small_market(), BUSY, seed)) == recorded


def test_a_drift_plays_as_recorded() -> None:
    """The same with customers who change on the fourth day."""
    market = small_market()
    drift = draw_drift(market, 3, strength=0.5, from_day=4)
    assert digest(play(with_drift(market, drift), BUSY, 1)) == "d93f8bd9875f3c13"


def test_a_market_like_a_shop_plays_as_recorded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A market made to resemble a scenario in days, and a plan in it."""
    case = running(tmp_path_factory.mktemp("shop"))
    market = likeness(case.grid, case.frozen.effects, 1, per_segment=600)
    assert digest(play(market, LINES, 5)) == "d0dc9c369cb209f5"
