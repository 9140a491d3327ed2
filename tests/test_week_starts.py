"""Weeks of limits begin on the day that the horizon says: Sunday in the Gulf, Friday for a leaflet."""

from __future__ import annotations

import datetime as dt

import pytest
from shop import load_shop, problems_of

from constraints.limits.entries import limit_entries
from constraints.limits.spans import spans_of
from scenarios.grid import build_grid
from scenarios.language.schema import Horizon, Limit

WEEKLY = Limit.model_validate({"id": "few", "measure": "lines", "max": 3, "each": "week"})


def _weeks(start: dt.date, periods: int, **keys: str) -> list[str | None]:
    horizon = Horizon.model_validate({"start": start, "periods": periods} | keys)
    return [span.name for span in spans_of(WEEKLY, horizon)]


def test_weeks_run_from_the_day_that_is_said() -> None:
    """1 February 2027 is a Monday: eight days hold one whole week from Monday, parts of two others from Sunday."""
    start = dt.date(2027, 2, 1)
    assert _weeks(start, 8) == ["2027-02-01..2027-02-07", "2027-02-08"]
    assert _weeks(start, 8, week_starts="sunday") == ["2027-02-01..2027-02-06", "2027-02-07..2027-02-08"]
    assert _weeks(start, 8, week_starts="friday") == ["2027-02-01..2027-02-04", "2027-02-05..2027-02-08"]


def test_the_past_of_the_first_week_belongs_to_it() -> None:
    """From Sunday the first week began one day before the horizon, from Friday three days."""
    start = dt.date(2027, 2, 1)
    for first, before in (("monday", 0), ("sunday", -1), ("friday", -3)):
        horizon = Horizon.model_validate({"start": start, "periods": 8, "week_starts": first})
        assert spans_of(WEEKLY, horizon, oldest=-10)[0].first == before


def test_a_limit_of_a_scenario_counts_these_weeks(tmp_path) -> None:
    """The shop's week from Sunday 1 November is one of its own, where two begin by Mondays."""
    keys = {"measure: spend, max: 80000": "measure: lines, max: 9, each: week"}
    by = {"unit: day": "unit: day, week_starts: sunday"}

    def spans(edits: dict[str, str]) -> list[str | None]:
        loaded = load_shop(tmp_path, shop=edits)
        entry = next(each for each in limit_entries(build_grid(loaded.scenario, {})) if each.id == "total-budget")
        return [row.at for row in entry.rows]

    assert spans(keys) == ["2026-11-01", "2026-11-02..2026-11-07"]
    assert spans(keys | by) == ["2026-11-01..2026-11-07"]


def test_it_is_written_only_where_it_is_no_monday() -> None:
    """Plans of Mondays keep their bytes."""
    assert "week_starts" not in Horizon.model_validate({"start": dt.date(2027, 2, 1), "periods": 8}).model_dump()
    sunday = Horizon.model_validate({"start": dt.date(2027, 2, 1), "periods": 8, "week_starts": "sunday"})
    assert Horizon.model_validate(sunday.model_dump()) == sunday


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("week_starts: sonday", 'got "sonday"; did you mean sunday?'),
        (
            "unit: week, week_starts: monday",
            "shop.yaml:4: horizon: expected weeks from sunday on, as their start 2026-11-01 says,"
            " got week_starts: monday; delete it, or change start",
        ),
    ],
)
def test_what_is_no_day_or_another_day_is_refused(tmp_path, keys: str, told: str) -> None:
    """Plans of weeks have weeks that begin with their start."""
    assert any(told in problem for problem in problems_of(tmp_path, shop={"unit: day": keys}))
