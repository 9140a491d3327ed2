"""The verdict tells errors of level from errors of effect."""

from __future__ import annotations

from dataclasses import replace

import pytest
from held_town import town

from surrogate.held_out.held_scores import at_real_levels, beside_chance, score_forecast
from surrogate.held_out.verdict_apart import PLAIN, distrust, levels_and_effects, spoken_against


def rows_of(held, network, baseline):
    """Return the scores of the network, of its levels alone, and of segment means, beside chance."""
    forecasts = {"network": network, PLAIN: baseline, "segment mean": held.segment_mean}
    rows = [score_forecast(name, units, held) for name, units in forecasts.items()]
    return beside_chance(rows, list(forecasts.values()), held, 1)


def test_wrong_levels_do_not_pass_for_wrong_lifts():
    """Right lifts on levels that are a third too high: levels are not trusted, lifts are, and the points are told."""
    held = town(lift_sd=0.05, base_cv=0.02)
    rows = rows_of(held, held.network * 1.35, held.baseline * 1.35)
    levels, effects, source = levels_and_effects(rows)
    assert distrust(rows) == "", "wrong levels are nothing against the lifts"
    assert levels.startswith("Levels: do not trust them") and "too high" in levels
    assert effects.startswith("Effects: trust the lifts more than none")
    assert spoken_against(rows) == (levels,) and "baseline: {times: FILE}" in levels
    points = 100 * (rows[0].wape_promoted - rows[0].wape_at_levels)
    assert f"{points:.1f} points are errors of level" in source and points > 15


def test_wrong_lifts_do_not_pass_for_wrong_levels():
    """Right levels and lifts of four times the real ones: levels are trusted, lifts are not."""
    held = town(lift_sd=0.05, base_cv=0.02)
    lift = held.network / held.baseline - 1
    rows = rows_of(held, held.baseline * (1 + 4 * lift), held.baseline)
    assert distrust(rows).startswith("Do not trust the lifts of this model: ") and distrust(rows).count(". ") == 0
    levels, effects, source = levels_and_effects(rows)
    assert levels.startswith("Levels: trust them")
    assert effects.startswith("Effects: do not trust the lifts")
    assert spoken_against(rows) == (effects,) and "A randomised test tells them" in effects
    assert "hardly any is an error of level" in source


def test_levels_are_set_right_by_weeks_without_promotion_alone():
    """Twice the forecast gives the same corrected units; what is sold under promotions does not move them."""
    held = town()
    once, twice = at_real_levels(held.network, held), at_real_levels(held.network * 2, held)
    assert twice == pytest.approx(once, rel=0.05)
    other = replace(held, units=held.units * (1.0 + 4.0 * held.promoted))
    assert at_real_levels(held.network, other) == pytest.approx(once)


def test_nothing_is_said_of_what_no_week_shows():
    """Where everything was promoted in all weeks, neither levels nor effects can be told alone."""
    held = town()
    always = replace(held, shelf=replace(held.shelf, depth=held.shelf.depth * 0 + 0.3))
    said = levels_and_effects(rows_of(always, held.network, held.baseline))
    assert all(one.startswith("Nothing can be said of") for one in said) and len(said) == 2
    assert spoken_against(rows_of(always, held.network, held.baseline)) == ()


def test_right_levels_and_lifts_have_nothing_against_them():
    """A network that knows the truth: no sentence goes on to effects and plans."""
    held = town(lift_sd=0.05, base_cv=0.02)
    assert spoken_against(rows_of(held, held.network, held.baseline)) == ()
