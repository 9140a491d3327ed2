"""The states of fatigue in the bound: customers are at least as tired as they track, and no chord lies too low."""

from __future__ import annotations

import numpy as np
import pytest
from scenario_factory import rng_of

from planner.bound.programs.ladder import Ladder, follow, ladder
from planner.bound.programs.series import values_before
from planner.bound.tables import Columns

Float = np.ndarray
REACHES = ((0.0, 1.0), (0.0, 0.3, 0.6, 1.0), (0.0, 0.05, 0.2), (0.0, 0.4, 0.5, 1.0))
STRENGTHS = ((0.3, 4.0, 28), (0.25, 3.0, 14), (0.9, 0.5, 8), (0.9, 5.0, 9), (0.05, 1.0, 2), (0.5, 8.0, 1))


def columns_of(reach: tuple[float, ...]) -> Columns:
    """Columns of one product, one for each reach."""
    pair = np.arange(len(reach))[None]
    slices = tuple((n, n + 1) for n in range(len(reach)))
    return Columns(
        pair=pair, public=pair, targeted=pair, real=np.ones((1, *pair.shape), dtype=bool), reach=reach, slices=slices
    )


def tracked(steps: Ladder, reach: Float, fatigue: float, decay: float) -> Float:
    """The states that the programs track through a history of reaches, one more than it has periods."""
    levels = [0.0]
    for here in reach:
        levels.append(float(follow(np.array(levels[-1]), steps.caps)) - float(np.log1p(-fatigue * decay * here)))
    return np.array(levels)


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("reach", REACHES)
def test_customers_are_at_least_as_tired_as_the_states_track(
    strength: tuple[float, float, int], reach: tuple[float, ...]
) -> None:
    """In every period of any history the state is at most ``-log`` of what lines leave, and within the last state."""
    fatigue, half_life, periods = strength
    decay = 0.5 ** (1.0 / half_life)
    lag = np.arange(periods)[:, None] - np.arange(periods)
    kernel = np.where(lag > 0, fatigue * decay ** np.maximum(lag, 0), 0.0)
    rng = rng_of(60_000 + periods)
    drawn = [rng.choice(reach, size=periods) * (rng.random(periods) < rng.random()) for _ in range(60)]
    steps = ladder(columns_of(reach), fatigue, decay, (periods, 3), 8)
    for history in [*drawn, np.full(periods, max(reach))]:
        levels = tracked(steps, history, fatigue, decay)
        assert (levels[:-1] <= -np.log1p(-kernel * history).sum(axis=1) + 1e-9).all()
        assert levels[-1] <= steps.level[-1] + 1e-9


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("reach", REACHES)
def test_between_states_the_chord_of_today_lies_above_tomorrows_values(
    strength: tuple[float, float, int], reach: tuple[float, ...]
) -> None:
    """For any values of tomorrow's states, bent upwards or downwards, at any tiredness that a history can lead to."""
    fatigue, half_life, periods = strength
    decay = 0.5 ** (1.0 / half_life)
    rng = rng_of(70_000 + periods)
    for states in (2, 8, 24):
        steps = ladder(columns_of(reach), fatigue, decay, (periods, 3), states)
        everybody = tracked(steps, np.full(max(periods - 1, 0), max(reach)), fatigue, decay)[-1]
        today = np.linspace(0.0, everybody, 301)
        values = np.stack([rng.normal(size=len(steps.level)), np.sqrt(steps.level), np.exp(-steps.level)])
        grid = values_before(values.T, steps, np)
        for number, tire in enumerate(steps.tire):
            tomorrow = follow(today, steps.caps) + tire
            for value, line in zip(values, grid[number].T, strict=True):
                exact = np.interp(tomorrow, steps.level, value)
                assert (np.interp(today, steps.level, line) >= exact - 1e-6 * np.abs(value).max()).all()


def test_values_that_bend_upwards_are_not_raised() -> None:
    """Where chords lie above by themselves, as they do without dips, today's states have exactly what comes next."""
    steps = ladder(columns_of((0.0, 0.5, 1.0)), 0.3, 0.5 ** (1 / 4), (28, 0), 24)
    value = np.exp(-steps.level)[:, None]
    plain = np.einsum("mn,mjx->xjn", value, steps.move)
    assert np.abs(values_before(value, steps, np) - plain).max() < 1e-12
