"""Weather: what happens to all sales of a period is measured in the data, and told from what offers do in flight."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from flight_case import running
from replan_case import happened, sold

from scenarios.answer.archive import from_files, to_files
from scenarios.response.effects import Weather
from surrogate.evidence.uncertainty.weather import surprises, weather_of
from surrogate.flight.chance import ChanceParams, days
from surrogate.flight.recalibration.recalibrate import recalibrate
from surrogate.flight.watch.predicted import Beside, predict
from surrogate.flight.watch.sequential import SequentialParams, fix_tests, peak, set_bar, weighted
from surrogate.training.level_origins import LevelMiss, told_misses, usual_share


def _weeks(rng: np.random.Generator, shape: tuple[int, int], cv: float) -> np.ndarray:
    return np.exp(cv * rng.standard_normal(shape) - 0.5 * cv**2)


def test_surprises_of_weeks_are_split_as_they_were_made() -> None:
    """Two years of twelve products in three categories: deviations come back, counting and slow drift do not."""
    rng, weeks = np.random.default_rng(3), 104
    category = np.repeat(np.arange(3), 4)
    level = np.exp(np.cumsum(0.01 * rng.standard_normal((12, weeks)), axis=1)) * rng.uniform(60, 400, (12, 1))
    made = _weeks(rng, (1, weeks), 0.25) * _weeks(rng, (3, weeks), 0.15)[category] * _weeks(rng, (12, weeks), 0.08)
    found = surprises(rng.poisson(level * made).astype(float), np.repeat(level[:, :1], weeks, axis=1))
    assert found is not None
    weather = weather_of(found, range(12), [str(each) for each in category])
    assert weather is not None
    assert weather.everywhere == pytest.approx(0.25, abs=0.05)
    assert weather.category == pytest.approx(0.15, abs=0.05)
    assert weather.product == pytest.approx(0.08, abs=0.03)
    calm = surprises(rng.poisson(np.full((12, weeks), 150.0)).astype(float), np.full((12, weeks), 150.0))
    assert calm is not None
    still = weather_of(calm, range(12), [str(each) for each in category])
    assert still is not None and max(still.everywhere, still.category, still.product) < 0.05


def test_too_few_weeks_tell_no_weather() -> None:
    """Half a year is measured; less keeps what is assumed."""
    assert surprises(np.full((3, 20), 9.0), np.full((3, 20), 9.0)) is None
    assert ChanceParams().by(None, ("a", "b")) == ChanceParams()
    with pytest.raises(ValueError, match="everywhere: expected a deviation"):
        Weather(everywhere=1.2, category=0.0, product=0.1)


def test_products_of_a_category_share_their_weather() -> None:
    """Drawn periods have the deviations and correlations that were measured; baskets are of no category."""
    chance = ChanceParams().by(Weather(everywhere=0.1, category=0.3, product=0.05), ("garden", "garden", "home"))
    drawn = np.log(days((4000, 1, 4, 2), chance, np.random.default_rng(1)))[:, 0, :, 0]
    close = np.corrcoef(drawn.T)
    assert close[0, 1] > 0.9 and close[0, 2] < 0.3 and close[0, 3] < 0.3
    assert drawn.std(axis=0)[0] == pytest.approx(np.sqrt(0.1**2 + 0.3**2 + 0.05**2), rel=0.1)


def _beside(rng: np.random.Generator, count: int, left: float = 1.0) -> tuple[np.ndarray, np.ndarray, Beside]:
    """Units [D, 1, T] of an offer, and of others, in weeks of common weather."""
    level = 200.0 * _weeks(rng, (count, 1), 0.1)[:, None] * np.ones((count, 1, 8))
    around = 900.0 * _weeks(rng, (count, 1), 0.05)[:, None, None] * np.ones((count, 1, 3, 8))
    weather = _weeks(rng, (count, 8), 0.3)
    chanced = rng.poisson(left * level * weather[:, None]).astype(float)
    others = rng.poisson(around * weather[:, None, None]).astype(float)
    return level, chanced, Beside(means=around, chanced=others, active=np.ones((1, 3, 8), dtype=bool))


def test_a_shortfall_is_found_beside_what_no_line_touches() -> None:
    """In weeks that differ by 30 %, a missing third stands out beside others, alone in half; false alarms stay rare."""
    active, found = np.ones((1, 8), dtype=bool), {}
    for known in (False, True):
        means, chanced, around = _beside(np.random.default_rng(1), 400)
        predicted = predict(means, chanced, active, around if known else None)
        tests = fix_tests(predicted, np.ones(1), np.arange(1))
        _, calm, near = _beside(np.random.default_rng(2), 1000)

        def highest(units: np.ndarray, beside: Beside, known: bool = known, tests=tests) -> np.ndarray:
            innovations = tests.predicted.innovations(units, beside.chanced if known else None)
            return peak(weighted(tests, tests.evidence(innovations)))

        bar = set_bar(highest(calm, near), SequentialParams())

        def share(units: np.ndarray, beside: Beside, highest=highest, bar=bar) -> float:
            return float((highest(units, beside) > bar.log_evidence).mean())

        _, fresh, near = _beside(np.random.default_rng(3), 2000)
        assert share(fresh, near) <= 0.07
        _, fallen, near = _beside(np.random.default_rng(4), 500, left=2 / 3)
        found[known] = share(fallen, near)
    assert found[True] > 0.8 and found[False] < 0.6, found


def test_a_problem_keeps_its_weather(tmp_path) -> None:
    """A plan folder keeps what was measured; one of older effects keeps that nothing was."""
    shop = running(tmp_path)
    weather = Weather(everywhere=0.2, category=0.1, product=0.05)
    frozen = replace(shop.frozen, effects=replace(shop.frozen.effects, weather=weather))
    assert from_files(to_files(frozen), where="plans").effects.weather == weather
    assert from_files(to_files(shop.frozen), where="plans").effects.weather is None


WIDE = {"0.80,0.50,1.20": "0.80,0.30,2.00", "0.60,0.40,0.90": "0.60,0.25,1.40"}
"""Lifts of the public offers, hardly known."""


@pytest.mark.parametrize("true", [0.5, 1.0])
def test_weather_that_is_known_is_no_lesson_about_an_offer(tmp_path, true: float) -> None:
    """All sales are up while a cut runs: who knows of weather does not put it down to the cut, whatever that brings."""
    shop = running(tmp_path, effects=WIDE)
    units, off = sold(shop, lift={"cut-15": true}), {}
    units[..., 2:] *= 1.4
    actuals = happened(shop, units, last=5)
    for weather in (None, Weather(everywhere=0.3, category=0.0, product=0.05)):
        effects = replace(shop.frozen.effects, weather=weather)
        found = recalibrate(shop.model, effects, shop.plan, actuals).offers["cut-15"]
        off[weather is not None] = np.log(found.factor / true)
    assert found.low < true < found.high
    assert 0 < off[True] < off[False] - 0.08


def test_levels_are_judged_from_several_moments() -> None:
    """One winter that is half off is one of four moments: the usual miss is what all of them show."""
    winter = LevelMiss(first=dt.date(2026, 1, 19), last=dt.date(2026, 3, 15), miss=0.48)
    others = [replace(winter, first=dt.date(2025, month, 1), miss=0.1) for month in (3, 6, 9)]
    assert usual_share((winter,)) == 1.0
    assert usual_share((winter, *others)) == pytest.approx(np.sqrt((0.48**2 + 3 * 0.1**2) / 4) / 0.48)
    said = told_misses((winter, *others), np.array([[0.2, 0.41]]), np.ones((1, 2)), 0.12)
    assert "off by about 20% to 41% (standard deviation), all of them together by about 12%," in said
    assert "48% from 2026-01-19 to 2026-03-15" in said
    assert "the only weeks that tell it" in told_misses((winter,), np.array([[0.5]]), np.ones((1, 1)), 0.1)
    thin = told_misses((winter,), np.array([[0.08, 0.1, 0.8]]), np.array([[600.0, 399.0, 1.0]]), 0.1)
    assert "off by about 8% to 10% where most units are sold (up to 80% where hardly any are) (standard" in thin
