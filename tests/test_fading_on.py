"""Levels of goods that fade fall on after the data: in held-out weeks, in plans and in words."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from test_lives import ELASTICITY, FADING, WEEKS, _collections
from test_order_season import axes_with

from scenarios.language.words import Unit
from surrogate.effects.fading import LearnedFading
from surrogate.effects.line_ages import coming_shares, faded, learned_fading, lines_of
from surrogate.evidence.terms.panel import Panel
from surrogate.model_file import SECTIONS
from surrogate.scoring.aged_goods import fading_notes
from surrogate.scoring.base_units import base_units_of
from surrogate.training.level_origins import level_misses

LAUNCH = np.array([0, 2, 4, 27, 29, 31])
KNOWN = 48
"""Weeks of the data that are known when the others are foreseen."""


def _events(units: np.ndarray, depth: np.ndarray, lines: list[str]) -> SimpleNamespace:
    """Return sales of lines of dresses [I, T], all of a week on its Monday."""
    item, week = np.nonzero(units > 0)
    full = units[item, week] * 10.0
    daily = pd.DataFrame({
        "product": item, "day": (2000 + week) * 7 + 1, "quantity": units[item, week], "regular": full,
        "shelf_discount": full * depth[item, week],
    })  # fmt: skip
    goods = pd.DataFrame({"product": range(len(lines)), "category": "dresses", "line": lines})
    return SimpleNamespace(daily=daily, products=goods)


def _learned(events, units, shelf, *, cut):
    slope = np.array([ELASTICITY])
    lines, coming = lines_of(events, shelf, slope, by=cut), coming_shares(events, shelf, by=cut)
    return learned_fading(units, lines, coming, shelf, slope)


def test_what_fades_is_foreseen_to_fade_on_in_tests_and_plans_alike():
    """Held-out weeks of fading goods are foreseen to a percent from the level before, and plans say the same."""
    units, shelf = _collections(LAUNCH)
    shelf = replace(shelf, names=tuple(f"dresses: s{one}" for one in range(6)), fading=np.full(6, -FADING))
    events, cut = _events(units, shelf.depth, [f"s{one}" for one in range(6)]), 2000 + KNOWN - 1
    fades = _learned(events, units[:, :KNOWN], shelf, cut=cut)
    assert (fades.share[0], fades.kept[0], fades.weeks[0]) == (1, 1, 8), "27 weeks old at most, 20 now: a test's weeks"
    plain = units * (1 - shelf.depth) ** ELASTICITY
    known = plain[3:, KNOWN - 1 : KNOWN] * faded(fades, events, shelf, cut=cut)[3:]
    np.testing.assert_allclose(known, plain[3:, KNOWN:], rtol=0.01)
    days = (shelf.weeks[KNOWN:] * 7 + 3).tolist()
    np.testing.assert_allclose(fades.factor(days, cut)[0], known.sum(axis=0) / plain[3:, KNOWN - 1].sum(), rtol=1e-6)
    assert faded(None, events, shelf, cut=cut).tolist() == np.ones((6, WEEKS - KNOWN)).tolist()


def test_goods_that_come_all_the_time_keep_a_categorys_level():
    """Where as many goods are launched as leave, levels stay; what is pooled comes and goes as its lines do."""
    launch = np.arange(-27, WEEKS)
    age = np.arange(WEEKS) - launch[:, None]
    units = np.where((age >= 0) & (age < 27), 60 * np.exp(-FADING * age), 0.0)
    events = _events(units, np.zeros_like(units), [f"s{one}" for one in range(launch.size)])
    _, shelf = _collections(np.array([27, 0]))
    shelf = replace(shelf, names=("dresses: s54", "dresses: all else"), fading=np.array([-FADING, 0.0]))
    shelf = replace(shelf, depth=np.zeros_like(shelf.depth), until=None)
    both = np.stack([units[54], np.delete(units, 54, axis=0).sum(axis=0)])
    fades = _learned(events, both, shelf, cut=2000 + WEEKS - 1)
    assert coming_shares(events, shelf, by=2000 + WEEKS - 1).tolist() == [1, 1]
    assert fades.share[0] == 1 and fades.kept[0] == 0, "what leaves is made up for, too"
    assert fades.factor([(2000 + WEEKS + 5) * 7], 2000 + WEEKS - 1)[0, 0] == 1
    (said,) = fades.lines(("dresses",))
    assert "New goods make up for" in said and "dresses 100%" in said


def test_earlier_moments_judge_levels_that_fall_on():
    """How wide baselines are believed is told by levels as plans use them: carried forward as goods fade."""
    units, shelf = _collections(LAUNCH)
    shelf = replace(shelf, fading=np.full(6, -FADING))
    panel = Panel(
        units=units, base=np.full(6, 30.0), bump=(1 - shelf.depth) ** -ELASTICITY, category=shelf.category,
        usable=shelf.counted,
    )  # fmt: skip
    held = SimpleNamespace(shelf=shelf.window(2048, 2053), units=np.ones((1, 6, 6)), network=np.ones((1, 6, 6)))

    def falls(week):
        return np.exp(-FADING * np.broadcast_to(np.arange(1, 2000 + WEEKS - week), (6, 1999 + WEEKS - week)))

    ageless = replace(shelf, fading=None)
    flat, falling = (level_misses(held, panel, [(None, None)], each, falls)[1].miss for each in (ageless, shelf))
    assert falling < 0.08 < 0.25 < flat


@pytest.mark.parametrize("unit", [Unit.WEEK, Unit.DAY])
def test_baselines_of_a_plan_fall_by_the_week_and_others_stay(unit):
    """Weeks and days of a horizon sell what age leaves; a category without fading keeps every bit, as do old models."""
    axes = axes_with(planned=None, unit=unit, periods=3 if unit is Unit.WEEK else 21)
    axes = replace(axes, products=axes.products[:1] * 2, index=np.array([0, 1]))
    axes = replace(axes, model=replace(axes.model, season=None))
    zero, fades = np.zeros(2), np.array([-0.05, 0.0])
    learned = LearnedFading(fading=fades, share=np.array([0.8, 0.0]), kept=np.ones(2), weeks=zero + 2)
    flat, falling = base_units_of(axes), base_units_of(replace(axes, model=replace(axes.model, fading=learned)))
    left = 1 + 0.8 * np.expm1(-0.05 * np.repeat([1, 2, 2], flat.shape[-1] // 3))
    np.testing.assert_allclose(falling[:, :, 0], flat[:, :, 0] * left, rtol=1e-5)
    assert falling[:, :, 1].tobytes() == flat[:, :, 1].tobytes()
    assert fading_notes(axes) == () and "fading" in SECTIONS
    (said,) = fading_notes(replace(axes, model=replace(axes.model, fading=learned)))
    assert "a 96% in its first week, 92% in its last" in said
