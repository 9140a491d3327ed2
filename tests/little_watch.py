"""Monitors that draw few futures, for tests of what is told beside alarms, not of how seldom these are false."""

from __future__ import annotations

from functools import partial

import pytest

import planner.flight.watch.monitor
from planner.flight.watch.monitor import MonitorParams

LIGHT = MonitorParams(futures=50, least=100, most=100)
"""As few as are allowed."""


def little_watch(patch: pytest.MonkeyPatch, futures: int = LIGHT.futures) -> None:
    """Let ``campaign monitor`` draw as few futures as `LIGHT`, or so many; test_monitor runs it as people do."""
    few = partial(MonitorParams, futures=futures, least=LIGHT.least, most=LIGHT.most)
    patch.setattr(planner.flight.watch.monitor, "MonitorParams", few)
