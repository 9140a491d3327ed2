"""The small shop's market some weeks before its first campaign, as records and trainings between campaigns need it.

Test modules take the fixtures as ``market`` and ``past``, beside the running shop as ``case``.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from flight_case import Running

from planner.simulate.life import Life, lived_past
from scenarios.market.likeness import likeness
from scenarios.market.play import Market

WEEKS, START, SEED = 20, dt.date(2026, 11, 1), 3


@pytest.fixture(scope="module")
def small_market(case: Running) -> Market:
    """A small market like the shop."""
    return likeness(case.grid, case.frozen.effects, 1, per_segment=500)


@pytest.fixture(scope="module")
def first_morning(market: Market) -> Life:
    """The shop's market on the morning of the first campaign."""
    return lived_past(market, WEEKS, SEED)


def days_of(frame: pd.DataFrame, name: str) -> tuple[dt.date, dt.date]:
    """First and last day of a column of dates."""
    return dt.date.fromisoformat(frame[name].min()), dt.date.fromisoformat(frame[name].max())
