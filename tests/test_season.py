"""Season and holidays: what they are to the baseline, and that two years of data tell them from level and trend."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from surrogate.effects.ensemble import EnsembleParams, fit_ensemble
from surrogate.effects.fit import FitParams
from surrogate.effects.levels import seasonal
from surrogate.effects.own_weeks import own_slopes
from surrogate.effects.season import Calendar, LearnedSeason, calendar_of
from surrogate.effects.season_note import season_note
from surrogate.effects.spans import FitCells
from surrogate.shelf.cells import Shelf
from surrogate.shelf.coupons import CouponCells

HOLIDAYS = {"feast": (dt.date(2024, 12, 25), dt.date(2025, 12, 25), dt.date(2026, 12, 25))}
FIRST_WEEK, WEEKS = (dt.date(2024, 6, 3).toordinal() - 1) // 7, 104


def test_a_holiday_acts_in_the_week_up_to_it():
    """The seven days that end with the holiday are marked, no other; a week's column is the share of such days."""
    calendar = Calendar(harmonics=0, holidays=HOLIDAYS)
    feast = dt.date(2025, 12, 25).toordinal()
    marked = calendar.by_day(range(feast - 10, feast + 5))[:, 0]
    assert marked.tolist() == [0.0] * 4 + [1.0] * 7 + [0.0] * 4
    week = (feast - 1) // 7
    assert calendar.by_week(np.array([week - 1, week]))[:, 0] == pytest.approx([3 / 7, 4 / 7])  # a Thursday


def test_season_needs_more_than_a_year_and_a_half():
    """A year of weeks gives no waves; holidays that are named count in any case."""
    assert calendar_of({}, weeks=53).names == ()
    assert calendar_of(HOLIDAYS, weeks=53).names == ("feast",)
    assert len(calendar_of(HOLIDAYS, weeks=104).names) == 5


def test_two_years_tell_season_and_holiday_from_level():
    """With a yearly wave of 30 % and a feast of +80 % in the data, both come back, for weeks that were not seen too."""
    rng = np.random.Generator(np.random.Philox(4))
    weeks = np.arange(FIRST_WEEK, FIRST_WEEK + WEEKS + 40)
    calendar = calendar_of(HOLIDAYS, weeks=WEEKS)
    wave, feast = np.cos(2 * np.pi * weeks * 7 / 365.2425), calendar.by_week(weeks)[:, -1]
    truth = np.exp(0.3 * wave + np.log(1.8) * feast)
    items = 6
    nothing = np.zeros((items, weeks.size))
    shelf = Shelf(
        categories=("a", "b"),
        names=tuple(map(str, range(items))),
        category=np.array([0, 0, 0, 1, 1, 1]),
        weeks=weeks,
        depth=nothing,
        display=nothing,
        mailer=nothing,
        weight=np.full(items, 1 / 3),
        calendar=calendar.by_week(weeks),
    )
    none = np.zeros((2, 0))
    cells = FitCells(
        span=np.zeros(weeks.size, dtype=np.int64),
        features=rng.standard_normal((1, 2, 3)),
        customers=np.array([[50.0, 60.0]]),
        units=rng.poisson(30 * truth * np.ones((2, items, 1))).astype(float),
        coupons=CouponCells(category=np.zeros(0, dtype=np.int64), depth=np.zeros(0), exposed=none, redeemed=none),
        coupon_span=np.zeros(0, dtype=np.int64),
    )
    params = EnsembleParams(members=1, profile=2, embedding=2, hidden=4, fit=FitParams(steps=160))
    own = own_slopes(cells.units[:, :, :WEEKS].sum(axis=0), shelf)
    members = fit_ensemble(cells, shelf, params, 1, lambda *_: None, seen=WEEKS, own=own)
    found = seasonal(members[0], shelf.window(int(weeks[WEEKS]), int(weeks[-1])))
    assert np.corrcoef(np.log(found[0]), np.log(truth[WEEKS:]))[0, 1] > 0.95
    assert 0.7 < np.log(found[0]).std() / np.log(truth[WEEKS:]).std() < 1.2


def test_learned_season_gives_each_day_its_factor():
    """A saved effect of a holiday lifts the days before it and no others."""
    dates = tuple(map(str, HOLIDAYS["feast"]))
    season = LearnedSeason(harmonics=0, holidays={"feast": dates}, effect=np.log([[[2.0], [1.0]]]))
    feast = dt.date(2026, 12, 25).toordinal()
    np.testing.assert_allclose(season.factor([feast, feast + 1])[0], [[2.0, 1.0], [1.0, 1.0]])


def test_a_past_that_is_too_short_is_told_by_the_weeks_that_count_and_what_to_do():
    """Held-out weeks do not count: the note says how many do, how many it takes and from when on, and what to do."""
    until = dt.date(2026, 9, 6)
    note = season_note(calendar_of({}, weeks=70), (), weeks=70, until=until)
    assert note == (
        "Baselines carry the last level forward, no season and no holidays: 70 weeks up to 2026-09-06 were trained on, "
        "and from 78 on a yearly season is told (the weeks of the test do not count: with train_until 2026-11-01 or "
        "later); baseline: {times: FILE} of a scenario multiplies them by what you know of the season."
    )
    named = season_note(calendar_of(HOLIDAYS, weeks=70), ("feast",), weeks=70, until=until)
    assert "follow the holiday feast day by day, but no season: 70 weeks up to 2026-09-06" in named
    assert "times" not in season_note(calendar_of({}, weeks=78), (), weeks=78, until=until)
