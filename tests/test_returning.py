"""Levels of segments: who was chosen for a quiet time comes back, and who was chosen for a busy one settles."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from surrogate.effects import returning
from surrogate.effects.returning import RECENT_WEEKS, what_lasts
from surrogate.people.profiles import Features, Scale
from surrogate.people.segments import Segmentation
from surrogate.shelf.cells import ItemRows, Shelf

WEEKS, PEOPLE = 40, 4000


def lasting(monkeypatch: pytest.MonkeyPatch, rates: np.ndarray, weeks: int = WEEKS) -> tuple[np.ndarray, np.ndarray]:
    """Return the factors of the half that bought least and of the other, and the true ones."""
    rng = np.random.Generator(np.random.Philox(2))
    units = rng.poisson(rates[:, None], (PEOPLE, weeks))

    def seen_until(week: int) -> np.ndarray:
        return np.log1p(units[:, : week + 1].sum(axis=1) / (week + 1))[:, None]

    def features(events: Any, categories: Any, *, last_week: int) -> Features:
        raw = seen_until(last_week)
        return Features(customers=np.arange(PEOPLE), names=("rate",), raw=raw, baskets=np.full(PEOPLE, 50.0))

    monkeypatch.setattr(returning, "build_features", features)
    raw = seen_until(weeks - 1)
    label = (raw[:, 0] > np.median(raw)).astype(np.int64)
    seen = SimpleNamespace(
        week=weeks - 1,
        scaled=raw,
        scale=Scale(names=("rate",), logged=np.zeros(1, dtype=bool), centre=np.zeros(1), spread=np.ones(1)),
    )
    who, week = np.nonzero(units)
    rows = ItemRows(
        customer=who.astype(np.int32),
        item=np.zeros(who.size, dtype=np.int32),
        week=week.astype(np.int32),
        quantity=units[who, week].astype(np.float32),
    )
    nothing = np.zeros((1, weeks))
    shelf = Shelf(
        categories=("a",), names=("a",), category=np.zeros(1, dtype=np.int64), weeks=np.arange(weeks), depth=nothing,
        display=nothing, mailer=nothing, weight=np.ones(1),
    )  # fmt: skip
    segments = Segmentation(ids=("s1", "s2"), names=("", ""), label=label, stability=1.0, least_visits=0.0)
    members: Any = ((SimpleNamespace(profile=np.eye(1)), None),)
    no_events: Any = SimpleNamespace(visits=pd.DataFrame())
    facts: Any = seen
    found = what_lasts(members, segments, facts, no_events, rows, shelf)
    truth = np.array([rates[label == s].mean() / units[label == s, -3:].mean() for s in (0, 1)])
    return found, truth


def test_luck_does_not_last(monkeypatch):
    """Where customers hardly differ, the quiet half comes back and the busy half settles, as much as they will."""
    rng = np.random.Generator(np.random.Philox(1))
    found, truth = lasting(monkeypatch, rng.gamma(20.0, 0.02, PEOPLE))
    assert found[0] > 1.02 and found[1] < 0.995
    np.testing.assert_allclose(found, truth / (truth @ [0.5, 0.5]), atol=0.06)


def test_habit_lasts(monkeypatch):
    """Where customers differ much, their segments keep their levels."""
    found, _ = lasting(monkeypatch, np.repeat([0.2, 3.0], PEOPLE // 2))
    np.testing.assert_allclose(found, 1.0, atol=0.06)


def test_a_short_past_says_nothing(monkeypatch):
    """With fewer weeks before the last eight than eight, levels stay as they are read off."""
    found, _ = lasting(monkeypatch, np.full(PEOPLE, 0.5), weeks=2 * RECENT_WEEKS - 1)
    assert (found == 1).all()
