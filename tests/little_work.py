"""Searches that are hardly ones, for tests of what comes before or after them, not of how good they are."""

from __future__ import annotations

import pytest

from planner.bound.tight import BoundParams
from planner.run.effort import BOUND, WORK, Effort


def little_work(patch: pytest.MonkeyPatch, work: float = 4.0) -> None:
    """Let quick effort be the first generations and two steps of either bound."""
    patch.setitem(WORK, Effort.QUICK, work)
    patch.setitem(BOUND, Effort.QUICK, BoundParams(naive_iterations=2, iterations=2))
