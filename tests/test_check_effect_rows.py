"""Finance's own effect table against the one that was planned with: a row that was changed is one line of the check."""

from __future__ import annotations

from pathlib import Path

import pytest
from flight_case import LINES, Running, running
from plan_folders import write_folder
from shop import FILES

from constraints.checking.check import check
from constraints.checking.effect_rows import SHOWN_ROWS, days_said
from scenarios.language.schema import Horizon

OLD_COUPON = "old,,,coupon-20,0.30,0.20,0.50,0.15"
ROW = "old, every product, coupon-20 (effects.csv:6), 2026-11-01 to 2026-11-07"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The small shop that was planned."""
    return running(tmp_path_factory.mktemp("shop"))


def own_copy(folder: Path, effects: str, shop: str = FILES["shop.yaml"]) -> Path:
    """Finance's own copy of the question, with an effect table of its own."""
    folder.mkdir()
    for name, text in {**FILES, "effects.csv": effects, "shop.yaml": shop}.items():
        (folder / name).write_text(text, "utf-8")
    return folder / "shop.yaml"


def said(case: Running, folder: Path, *edits: tuple[str, str], shop: str = FILES["shop.yaml"]) -> list[str]:
    """What the check says of the own copy: place, expected and got."""
    write_folder(case.problem, folder / "plan", LINES)
    text = case.problem.loaded.tables["effects.csv"].decode()
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    report = check(folder / "plan", own_copy(folder / "own", text, shop))
    return [f"{one.place}: expected {one.expected}, got {one.got}" for one in report.own_differences]


def test_the_same_table_says_nothing(case: Running, tmp_path: Path) -> None:
    """Rows in another order and a remark are no difference either."""
    assert said(case, tmp_path, (f"{OLD_COUPON}\n", ""), (",,,front", f"{OLD_COUPON}\n,,,front")) == []


def test_a_changed_row_is_one_line(case: Running, tmp_path: Path) -> None:
    """Seven days of one number, and the spread that follows from it, are told by the row that says them."""
    changed = OLD_COUPON.replace("0.30", "0.35")
    assert said(case, tmp_path, (OLD_COUPON, changed)) == [f"lift of {ROW}: expected 0.35, got 0.30"]


def test_a_number_that_is_written_otherwise_is_the_same(case: Running, tmp_path: Path) -> None:
    """30% is 0.30: where only the spread of other rows moves, no row is blamed for its spelling."""
    shop = FILES["shop.yaml"].replace("response:", "risk: {take_up_cv: 0.5}\nresponse:")
    changed = OLD_COUPON.replace("0.30,", "30%,").replace("0.15", "15%")
    found = said(case, tmp_path, (OLD_COUPON, changed), shop=shop)
    assert not [one for one in found if "effects.csv" in one]
    assert any(one.startswith("take_up_cv of ") for one in found)


def test_a_table_that_cannot_be_read_any_more_is_told(case: Running, tmp_path: Path) -> None:
    """A plan folder whose own table was broken since is compared by its numbers, and named."""
    write_folder(case.problem, tmp_path / "plan", LINES)
    path = tmp_path / "plan" / "problem" / "question" / "effects.csv"
    path.write_text("no,table\n1,2\n", "utf-8")
    text = case.problem.loaded.tables["effects.csv"].decode().replace("25%", "26%")
    report = check(tmp_path / "plan", own_copy(tmp_path / "own", text))
    assert any(one.place.startswith("take_up of young, case, ") for one in report.own_differences)


def test_several_numbers_of_a_row_are_one_line(case: Running, tmp_path: Path) -> None:
    """Both are named, and a blank as such."""
    changed = OLD_COUPON.replace("0.30,0.20,0.50", "0.35,,")
    assert said(case, tmp_path, (OLD_COUPON, changed)) == [
        f"lift, lift_low, lift_high of {ROW}: expected lift 0.35, lift_low a blank, lift_high a blank, "
        "got lift 0.30, lift_low 0.20, lift_high 0.50"
    ]


def test_an_amount_of_ones_own_is_compared(tmp_path: Path) -> None:
    """A column of one's own that differs in one row is named with it, and one that is missing as such."""
    grams = {"lift_low,lift_high": "grams,note", "0.30,0.20,0.50,0.15": "0.30,2,,0.15"}
    case = running(tmp_path, effects=grams)
    (tmp_path / "first").mkdir(), (tmp_path / "second").mkdir()
    assert said(case, tmp_path / "first", ("0.30,2,,0.15", "0.30,3,,0.15")) == [f"grams of {ROW}: expected 3, got 2"]
    assert said(case, tmp_path / "second", ("lift,grams,note", "lift,weight,note")) == [
        "custom measure grams: expected none, got a table",
        "custom measure weight: expected a table, got none",
    ]


def test_a_row_of_a_day_names_its_day(case: Running, tmp_path: Path) -> None:
    """A row that only the own copy has is compared with the row that spoke for its cells when it was planned."""
    day = "old,case,2026-11-03,coupon-20,0.9,0.20,1.50,0.15"
    assert said(case, tmp_path, (OLD_COUPON, f"{OLD_COUPON}\n{day}")) == [
        "lift, lift_high of old, case, coupon-20 (effects.csv:7), 2026-11-03: expected lift 0.9, lift_high 1.50, "
        "got lift 0.30, lift_high 0.50"
    ]


def test_many_changed_rows_are_counted(case: Running, tmp_path: Path) -> None:
    """The first are named, the others counted in one line."""
    days = [f"{who},case,2026-11-{day:02},coupon-20,0.{day}1,,,0.4" for who in ("young", "old") for day in range(1, 8)]
    days += [f",phone,2026-11-{day:02},buds,0.{day}1,,,0.4" for day in range(1, 8)]
    days += [f",phone-pro,2026-11-{day:02},buds,0.{day}1,,,0.4" for day in range(1, 8)]
    found = said(case, tmp_path, (OLD_COUPON, "\n".join([OLD_COUPON, *days])))
    assert len(found) == SHOWN_ROWS + 1
    assert found[-1] == f"effects: expected none of them, got {len(days) - SHOWN_ROWS} more rows that differ"


def test_the_last_day_is_that_of_the_last_period() -> None:
    """Four weeks from 8 March end on 4 April, and one week has seven days; a day is one date."""
    weeks = Horizon.model_validate({"start": "2027-03-08", "periods": 4, "unit": "week"})
    assert days_said(weeks, 0, 3) == "2027-03-08 to 2027-04-04"
    assert days_said(weeks, 1, 1) == "2027-03-15 to 2027-03-21"
    days = Horizon.model_validate({"start": "2027-03-08", "periods": 4, "unit": "day"})
    assert days_said(days, 1, 1) == "2027-03-09"


def test_one_row_more_is_one(case: Running, tmp_path: Path) -> None:
    """The rows that are not named are counted in words that fit one of them, too."""
    days = [f"{who},case,2026-11-{day:02},coupon-20,0.{day}1,,,0.4" for who in ("young", "old") for day in range(1, 8)]
    days += [f",phone,2026-11-{day:02},buds,0.{day}1,,,0.4" for day in range(1, 8)]
    found = said(case, tmp_path, (OLD_COUPON, "\n".join([OLD_COUPON, *days])))
    assert len(days) == SHOWN_ROWS + 1 and found[-1] == "effects: expected none of them, got 1 more row that differs"


def test_what_no_row_explains_is_told_by_cell(case: Running, tmp_path: Path) -> None:
    """Another spread for lifts without an interval moves numbers, though every row says the same."""
    shop = FILES["shop.yaml"].replace("response:", "risk: {lift_cv: 0.5}\nresponse:")
    found = said(case, tmp_path, shop=shop)
    assert any(one.startswith("risk.lift_cv: ") for one in found)
    assert any(one.startswith("lift_sd of young, phone, 2026-11-01, buds: ") for one in found)
