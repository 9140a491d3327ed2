"""Weekdays that are closed but for some dates, and where a person sees which days are closed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from plan_sets import PHONE_LINES, plan_set
from printed import printed
from shop import load_shop, problems_of

from planner.export.rollout_prices import price_rows
from planner.page.calendar import page_calendar
from planner.problem import problem_of
from planner.report.one_plan.calendar import Calendar
from planner.report.question import question_rows
from scenarios.language.horizon_words import horizon_words, so_far_words
from scenarios.language.json_schema import schema_json
from scenarios.language.schema import Scenario
from scenarios.language.schemas.horizon import Horizon
from scenarios.loading.load import load_scenario

UNIT = "unit: day"


@pytest.fixture(scope="module")
def sundays() -> Scenario:
    """The shipped fortnight from Sunday 2026-11-01 on, closed on one of its Sundays and on a Tuesday."""
    scenario = load_scenario("phone-flash-sale").scenario
    closed = {"closed": ["sunday", "2026-11-10"], "open": ["2026-11-08"]}
    horizon = Horizon.model_validate({**scenario.horizon.model_dump(), **closed})
    return scenario.model_copy(update={"horizon": horizon})


def test_a_date_opens_a_weekday_that_is_closed(sundays: Scenario) -> None:
    """Sunday the 8th trades, the 1st does not, within the horizon as for rules that look beside it."""
    horizon = sundays.horizon
    assert [day for day in range(14) if horizon.is_closed(day)] == [0, 9]
    assert not horizon.closed_on(dt.date(2026, 11, 8)) and horizon.closed_on(dt.date(2026, 11, 15))
    assert Horizon.model_validate_json(horizon.model_dump_json()) == horizon
    assert (
        "open" not in Horizon.model_validate({"start": "2026-11-01", "periods": 7, "closed": ["friday"]}).model_dump()
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("open: [2026-11-01]", "got 2026-11-01, a sunday; closed names no weekday; delete it"),
        ("closed: [friday], open: [2026-11-01]", "got 2026-11-01, a sunday; closed names friday; delete it"),
        ("closed: [friday], open: [2026-11-01..2026-11-03]", "which holds no such day; closed names friday; delete it"),
        (
            "closed: [friday], open: [2026-11-06]",
            "at least one friday of the horizon that stays closed, got all of them",
        ),
        ("closed: [friday], open: [2026-12-25]", "expected a date within the horizon, 2026-11-01 to 2026-11-07"),
        ("closed: [friday], open: [friday]", "expected a date such as 2026-11-01 or a range"),
        (
            "closed: [sunday, 2026-11-05..2026-11-06], open: [2026-11-01..2026-11-05]",
            "got 2026-11-01..2026-11-05, and 2026-11-05..2026-11-06 under horizon.closed",
        ),
    ],
)
def test_open_days_that_cannot_be_meant_are_refused(tmp_path: Path, days: str, expected: str) -> None:
    """Days that are open already, that are closed by their date, or that leave nothing of what is closed."""
    assert expected in problems_of(tmp_path, shop={UNIT: f"{UNIT}, {days}"})[0]


def test_an_open_day_is_told_once(tmp_path: Path) -> None:
    """Two entries that hold the same day are one too many."""
    fortnight = {f"periods: 7, {UNIT}": f"periods: 14, {UNIT}, closed: [sunday], open: [2026-11-08, 2026-11-08]"}
    assert any(
        "expected every open day once, got 2026-11-08 again" in each for each in problems_of(tmp_path, shop=fortnight)
    )


@pytest.mark.parametrize(
    ("horizon", "expected"),
    [
        ({}, "14 days from 2026-11-01"),
        (
            {"closed": ["sunday", "2026-11-10"], "open": ["2026-11-08"]},
            "14 days from 2026-11-01, 12 open (closed: every sunday but 2026-11-08; tuesday 2026-11-10)",
        ),
        (
            {"closed": ["2026-11-08", "2026-11-01", "2026-11-11..2026-11-13"]},
            "14 days from 2026-11-01, 9 open (closed: sunday 2026-11-01, 2026-11-08; 2026-11-11..2026-11-13)",
        ),
        (
            {"unit": "week", "closed": ["2026-11-08..2026-11-14"]},
            "14 weeks from 2026-11-01, 13 open (closed: 2026-11-08..2026-11-14)",
        ),
    ],
)
def test_closed_days_are_told_by_weekday(horizon: dict[str, object], expected: str) -> None:
    """A date that was mistyped stands under a weekday on which nobody is closed."""
    assert horizon_words(Horizon.model_validate({"start": "2026-11-01", "periods": 14, **horizon})) == expected


def test_calendars_mark_closed_days_and_say_which_they_are(sundays: Scenario) -> None:
    """Neither on a screen nor on a page does a closed day look like one without an offer."""
    plan = plan_set(sundays, PHONE_LINES).plans[0]
    told = "closed: every sunday but 2026-11-08; tuesday 2026-11-10"
    lines = printed(Calendar(plan=plan, scenario=sundays), 200)
    row = next(line for line in lines if line.startswith("nova-12 "))
    assert [number for number, cell in enumerate(row.split()[3:]) if cell == "#"] == [0, 9]
    assert any(line.endswith(f"# {told} (12 of 14 days are open)") for line in lines)
    page = page_calendar(plan, sundays)
    assert [number for number, day in enumerate(page.days) if day.closed] == [0, 9]
    assert page.closed is not None and (page.closed.symbol, page.closed.name) == ("#", told)
    assert ("horizon", horizon_words(sundays.horizon)) in question_rows(sundays)


def test_price_lists_have_no_prices_for_closed_days(tmp_path: Path) -> None:
    """Nobody puts a tag on a shelf that nobody sees."""
    shop = load_shop(tmp_path, shop={UNIT: f"{UNIT}, closed: [friday, 2026-11-03]"})
    rows = list(price_rows(problem_of(shop).grid, (), frozenset()))
    assert len(rows) == 3 * 5
    assert not {"2026-11-03", "2026-11-06"} & {row[0] for row in rows}


def test_the_json_schema_knows_open_days() -> None:
    """Editors that complete scenarios offer it, with the same dates and ranges as `closed`."""
    horizon = json.loads(schema_json())["$defs"]["Horizon"]["properties"]
    assert horizon["open"]["items"]["pattern"] == horizon["closed"]["items"]["anyOf"][1]["pattern"]


@pytest.mark.parametrize(
    ("horizon", "periods", "expected"),
    [
        ({"closed": ["sunday"]}, 8, "8 of 14 days, 6 of 12 open"),
        ({}, 8, "8 of 14 days"),
        ({"unit": "week"}, 3, "3 of 14 weeks"),
        ({"closed": ["sunday"]}, 14, "the whole campaign"),
    ],
)
def test_headings_say_how_much_is_over(horizon, periods, expected):
    """Monitor and report count days as the calendar does, and tell open ones apart where some are closed."""
    assert so_far_words(Horizon.model_validate({"start": "2026-11-01", "periods": 14, **horizon}), periods) == expected
