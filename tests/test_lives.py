"""Goods of a season fade with age and are marked down when they are old: the two are told apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from surrogate.effects.lives import fading_lines, fading_of, first_life
from surrogate.effects.own_weeks import own_slopes
from surrogate.shelf.cells import Shelf

WEEKS, LIFE, ELASTICITY, FADING = 54, 27, 2.0, 0.06


def _collections(launch: np.ndarray, *, fading: float = FADING) -> tuple[np.ndarray, Shelf]:
    """Expected units of styles that are cut by 25 % at an age of 10 weeks and by 55 % at 20, and their shelf."""
    age = np.arange(WEEKS) - launch[:, None]
    there = (age >= 0) & (age < LIFE)
    depth = np.where(there, np.select([age >= 20, age >= 10], [0.55, 0.25], 0.0), 0.0)
    units = np.where(there, 60 * np.exp(-fading * age) * (1 - depth) ** -ELASTICITY, 0.0)
    none = np.zeros_like(depth)
    shelf = Shelf(
        categories=("dresses",), names=tuple(f"s{one}" for one in range(len(launch))),
        category=np.zeros(len(launch), dtype=np.int64), weeks=2000 + np.arange(WEEKS), depth=depth, display=none,
        mailer=none, weight=np.full(len(launch), 1 / len(launch)), since=2000 + np.maximum(launch, 0),
        until=2000 + np.minimum(launch + LIFE - 1, WEEKS - 1),
    )  # fmt: skip
    return units, shelf


def test_a_markdown_of_fading_goods_is_not_learned_too_low():
    """What age takes is no answer to the cut: the slope is the elasticity, the fading the real one."""
    units, shelf = _collections(np.array([0, 2, 4, 27, 29, 31]))
    found = own_slopes(units, shelf)
    assert found.slope[0] == pytest.approx(ELASTICITY, rel=0.05)
    assert found.fading[0] == pytest.approx(-FADING, rel=0.25)
    assert found.error[0] > 0.2, "that age had to be taken off is unsure, and widens the interval"
    life = first_life(replace(shelf, fading=fading_of(shelf, found.fading)))
    np.testing.assert_allclose(np.diff(life[0, :LIFE]), found.fading[0])
    assert life[0, :LIFE].mean() == pytest.approx(0, abs=1e-9)


def test_goods_that_do_not_fade_keep_their_answer():
    """No fading is made up where there is none, and goods that are always there have none whatever they sell."""
    units, shelf = _collections(np.array([0, 2, 4, 27, 29, 31]), fading=0.0)
    found = own_slopes(units, shelf)
    assert found.slope[0] == pytest.approx(ELASTICITY, rel=0.1) and found.fading[0] > -0.01
    lasting = replace(shelf, since=None, until=None)
    assert own_slopes(units + 1, lasting).fading[0] == 0 and fading_of(lasting, np.array([-0.1])) is None


def test_what_tells_age_and_cut_apart_is_said():
    """A note gives the fading found, and names categories of which all goods were cut at the same age."""
    _, shelf = _collections(np.array([0, 4, 27]))
    said = fading_lines(replace(shelf, fading=np.full(3, np.log(0.94))))
    assert "dresses 6%" in said[0] and "same age: dresses" in said[1]
    other = replace(shelf, depth=np.where(np.arange(3)[:, None] == 1, np.roll(shelf.depth, -5, axis=1), shelf.depth))
    assert len(fading_lines(replace(other, fading=np.full(3, np.log(0.94))))) == 1
    assert fading_lines(shelf) == ()
