"""Digits of other scripts are no numbers, wherever they stand: refused with the place, and with what to write."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from actuals_files import ROWS, messages, text_of
from command_line import run
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from shop import load_shop

from constraints.line_words import line_words
from planner.commands.running.replan import amount_of
from planner.typed_numbers import typed_share
from scenarios.grid import Grid, build_grid
from scenarios.language.date_ranges import DateRange
from scenarios.language.plan_lines import PlanLine
from scenarios.language.text.csv_cells import plain_value
from scenarios.language.text.csv_files import read_csv
from scenarios.language.values import parse_money, parse_share
from scenarios.plain_digits import REMEDY, has_foreign_digits, is_rank, share_text
from scenarios.problems import InvalidInput

OTHER_ZEROS = (0x0660, 0x06F0, 0x0966, 0x0E50, 0xFF10, 0x1D7CE)
"""Arabic, Persian, Devanagari, Thai, full-width, mathematical bold."""
numbers = st.integers(0, 10**6)
scripts = st.sampled_from(OTHER_ZEROS)


def in_script(number: object, zero: int) -> str:
    """Write a number in another script."""
    return "".join(chr(zero + int(sign)) if sign.isascii() and sign.isdigit() else sign for sign in str(number))


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Grid:
    """The small shop."""
    return build_grid(load_shop(tmp_path_factory.mktemp("shop")).scenario)


@given(number=numbers, zero=scripts)
def test_no_reader_takes_digits_of_other_scripts(number: int, zero: int) -> None:
    """Shares, money, dates, cells of tables and values of --vary: refused in every script, taken in plain digits."""
    text = in_script(number, zero)
    for parse, word in ((parse_share, f"{text}%"), (parse_money, text), (DateRange.parse, f"2026-11-{text}")):
        with pytest.raises(PydanticCustomError) as refused:
            parse(word)
        assert (refused.value.context or {})["remedy"] == REMEDY
    assert plain_value(text) == text
    assert plain_value(str(number)) == number
    assert typed_share(text) is None and typed_share(str(number)) == number
    assert has_foreign_digits(text) and not has_foreign_digits(str(number))
    assert not is_rank(text)
    table = read_csv(f"lift\n{text}\n{text}%\n".encode(), "t.csv")
    table.numbers("lift", share=True)
    table.numbers("lift")
    assert {problem.remedy for problem in table.problems} == {REMEDY} and len(table.problems) == 4
    with pytest.raises(InvalidInput, match=REMEDY):
        amount_of(text, 2)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("tax_rate: 19%", 'tax_rate: "١٩%"', 'money.tax_rate: expected a share such as 18%, got "١٩%"'),
        ("customers: 18000", "customers: １２", 'segments.regulars.customers: expected a whole number, got "１２"'),
        ("price: 19.90", 'price: "１９.90"', "products.espresso-1kg.price: expected an amount of money"),
        ("start: 2027-03-01", "start: ２０２７-03-01", "horizon.start: expected a date such as 2026-11-01"),
        ("max: 12000}", 'max: 12000, window: "٧ days"}', "window: expected a length of time"),
    ],
)
def test_a_scenario_is_told_to_use_plain_digits(old: str, new: str, words: str, tmp_path: Path) -> None:
    """One line with the place and the remedy, whatever kind of number it is."""
    scenario = tmp_path / "spring.yaml"
    run("init", scenario)
    text = scenario.read_text("utf-8")
    assert old in text
    scenario.write_text(text.replace(old, new, 1), "utf-8")
    result = run("validate", scenario)
    assert result.exit_code == 2
    (told,) = (line for line in result.stderr.splitlines() if "expected" in line)
    assert words in told and told.endswith(f"; {REMEDY}")


def test_tables_beside_a_scenario_are_told_too(tmp_path: Path) -> None:
    """A full-width lift in the table of effects is named with its line."""
    scenario = tmp_path / "spring.yaml"
    run("init", scenario)
    table = tmp_path / "spring-effects.csv"
    table.write_text(table.read_text("utf-8").replace("0.52", "１", 1), "utf-8")
    result = run("validate", scenario)
    assert result.exit_code == 2
    assert f'spring-effects.csv:2: lift: expected a share such as 18%, got "１"; {REMEDY}' in result.stderr


def test_decimal_commas_in_tables_are_read_for_the_planner(tmp_path: Path) -> None:
    """A quoted lift with a decimal comma is answered with the number that was meant."""
    scenario = tmp_path / "spring.yaml"
    run("init", scenario)
    table = tmp_path / "spring-effects.csv"
    table.write_text(table.read_text("utf-8").replace("0.52", '"0,52"', 1), "utf-8")
    result = run("validate", scenario)
    assert 'spring-effects.csv:2: lift: expected a share such as 18%, got "0,52"; write 0.52' in result.stderr


def test_actuals_are_told_too(grid: Grid) -> None:
    """Units in Arabic digits, revenue in full-width ones: one line each."""
    text = text_of((ROWS[0].replace(",30,80970,", ",٣٠,８０９７０,"), *ROWS[1:]))
    assert messages(text, grid) == [
        f'actuals.csv:2: units: expected a whole number, got "٣٠"; {REMEDY}',
        f'actuals.csv:2: revenue: expected a number, got "８０９７０"; {REMEDY}',
    ]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("plan", "template-basic", "--gap", "５%"), f"a share such as 5%, got ５%; {REMEDY}"),
        (("sweep", "template-basic", "--vary", "limits.total-budget.max=１:5:2"), REMEDY),
        (("sweep", "template-basic", "--vary", "limits.total-budget.max=1:5:²"), REMEDY),
        (("compare", "plans:²", "plans"), "plans:²: plans: expected a plan directory"),
        (("plan", "template-basic", "--start", "plans:²"), "plans:²"),
        (("validate", "template-basic", "--set", "limits.total-budget.max=a:²"), REMEDY),
        (("validate", "template-basic", "--set", "limits.²=a:²"), "a member of limits"),
    ],
)
def test_options_are_told_too(command: tuple[str, ...], words: str) -> None:
    """Superscripts count as digits in Python, but no number can be made of them: no traceback either way."""
    result = run(*command)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_share_of_a_line_is_said_as_it_was_written() -> None:
    """A message to an eighth of the customers is 12.5 %, not the 12 % that a level of its own might be."""
    line = PlanLine(date=dt.date(2026, 11, 3), product="nova", segment="students", offer="note", coverage=0.125)
    assert "(12.5%)" in line_words(line)
    assert share_text(0.999) == "99.9%"
