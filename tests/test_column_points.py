"""1.230 beside 990 is refused with both readings, in every table in which the other cells do not tell which it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from actuals_files import ROWS, messages, text_of
from command_line import run
from hypothesis import given
from hypothesis import strategies as st
from shop import load_shop, problems_of, write_shop
from test_actuals import grid  # noqa: F401 - the shop's axes, made once
from test_point_numbers import with_table

from planner.commands.running.replan import amount_of
from scenarios.grid import Grid
from scenarios.language.slips.column_points import PointsSeen, fine_digits, points_in
from scenarios.problems import InvalidInput

SAID = "expected a number that can be read in one way only, got"
SALES = "date,product,segment,units,revenue"


def sales(*cells: str) -> str:
    """Two days of cases, each with its units and revenue."""
    rows = (f"2026-11-0{day},case,,{cell}" for day, cell in enumerate(cells, start=1))
    return text_of(tuple(rows), SALES)


@pytest.mark.parametrize(
    ("cells", "column", "told"),
    [
        (("13,990", "16,1.230", "14,1.080"), "revenue", '"1.230" (and on 1 more row); write 1230, or 1.23'),
        (("13,990", "16,1.200"), "revenue", '"1.200"; write 1200, or 1.20'),
        (("1.000,79000", "9,700"), "units", '"1.000"; write 1000, or 1'),
        (("1.024,79000", "9,700"), "units", '"1.024"; write 1024, or 1'),
        (("1,1.000",), "revenue", '"1.000"; write 1000, or 1'),
    ],
)
def test_thousands_in_actuals_are_refused(
    grid: Grid,  # noqa: F811
    cells: tuple[str, ...],
    column: str,
    told: str,
) -> None:
    """They were read as 1.23 yuan and as one piece, row by row, and nothing was said."""
    (problem,) = messages(sales(*cells), grid)
    assert f"{column}: {SAID} {told} if decimals were meant" in problem


@pytest.mark.parametrize(
    "cells",
    [
        ("13,990.50", "16,1.230"),
        ("13,990.000", "1,1.230", "1,0.125"),
        ("1.0,79", "16,1080"),
        ("13,1027", "16,1264.125", "1,12.345"),
    ],
)
def test_a_column_with_other_decimals_is_read(grid: Grid, cells: tuple[str, ...]) -> None:  # noqa: F811
    """Cells such as 0.125, 990.50 and 1264.125 show what a point means there, and programs write 1.0."""
    assert not messages(sales(*cells), grid)


def test_a_file_with_decimal_commas_is_read_as_before(grid: Grid) -> None:  # noqa: F811
    """Of 1,230 beside 12,50 the comma marks decimals: it is no 1.230 of a comma file."""
    text = text_of(
        ("2026-11-01,case,,1,12,50".replace(",", ";", 4), "2026-11-02;case;;1;1,230"), SALES.replace(",", ";")
    )
    assert not messages(text, grid)


def test_scores_are_no_thousands(grid: Grid) -> None:  # noqa: F811
    """A mean score of 4.500 beside 5 is what it says."""
    text = text_of().replace(",4.5,12,", ",4.500,12,").replace(",4.4,20,", ",5,20,")
    assert ROWS[1] not in text and not messages(text, grid)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (
            {"baseline": {"young,phone,,30": "young,phone,,1.020"}},
            'baseline.csv:2: units: {} "1.020"; write 1020, or 1.02',
        ),
        ({"baskets": {"young,79,60,1": "young,79,1.250,1"}}, 'baskets.csv:2: orders: {} "1.250"; write 1250, or 1.25'),
        ({"baskets": {"old,3200,": "old,3.200,"}}, 'baskets.csv:6: order_value: {} "3.200"; write 3200, or 3.20'),
        ({"baseline": {"young,phone,,30": "young,phone,,1.125"}}, 'units: {} "1.125"; write 1125, or 1.1250'),
    ],
)
def test_thousands_in_tables_of_a_scenario_are_refused(
    tmp_path: Path, edit: dict[str, dict[str, str]], told: str
) -> None:
    """1.020 helmets a day between 800 and 1400 were planned as one; the reading of either remedy is accepted."""
    found = [each for each in problems_of(tmp_path, **edit) if "one way" in each]
    assert len(found) == 1 and f"{told.format(SAID)} if decimals were meant" in found[0]
    meant = found[0].partition(", or ")[2].partition(" ")[0]
    (stem, pairs), (written,) = next(iter(edit.items())), (found[0].partition('got "')[2].partition('"')[0],)
    mended = {stem: {old: new.replace(written, meant) for old, new in pairs.items()}}
    assert not [each for each in problems_of(tmp_path, **mended) if "one way" in each]


def test_tables_with_three_decimals_everywhere_are_read(tmp_path: Path) -> None:
    """As ``campaign init`` writes them: a program that writes three decimals writes 30.000; and 1.128 beside 1 or 2."""
    cells = {f",,{units}": f",,{units}.000" for units in (30, 12, 70)}
    load_shop(tmp_path, baskets={"young,4000,10,2": "young,4000,10,1.128", "old,3200,50,1.5": "old,3200,50,2"})
    load_shop(tmp_path, baseline={**cells, ",,25": ",,188.410"} | {",,20": ",,20.000", ",,50": ",,50.500"})


@pytest.mark.parametrize("column", ["unit_cost", "return_cost"])
def test_thousands_in_costs_of_products_are_refused(tmp_path: Path, column: str) -> None:
    """1.890 beside 2760 was a cost of 1.89, in any currency; among 12.345 it is one."""
    path = with_table(tmp_path, "2699", "79")
    table = tmp_path / "products.csv"
    text = table.read_text("utf-8")
    if column == "unit_cost":
        text = text.replace(",1890,", ",1.890,")
    else:
        lines = [f"{line},{cost}" for line, cost in zip(text.split(), ("return_cost", "2.500", "12", ""), strict=True)]
        text = "\n".join(lines)
    table.write_text(text, "utf-8")
    done = run("validate", path)
    assert done.exit_code == 2 and f"products.csv:2: {column}: {SAID}" in " ".join(done.stderr.split())
    table.write_text(text.replace("1.890", "1890.125").replace(",12\n", ",12.50\n"), "utf-8")
    assert run("validate", path).exit_code == 0


@pytest.mark.parametrize("amount", ["1.000", "1.500", "12.000"])
@pytest.mark.parametrize("key", ["cost_per_contact", "return_cost"])
def test_an_amount_finer_than_a_cent_is_told_as_it_is_read(tmp_path: Path, key: str, amount: str) -> None:
    """Such amounts may have three decimals, so that they are read; the note says how."""
    edit = {"cost_per_contact: 0.02": f"cost_per_contact: {amount}"}
    if key == "return_cost":
        edit = {"fee_rate: 0.6%": f"fee_rate: 0.6%, return_cost: {amount}"}
    done = run("validate", write_shop(tmp_path, {"shop.yaml": edit}))
    told = f"{key}: {amount} is read as {float(amount):g}, with a decimal point; write {amount.replace('.', '')} where"
    assert told in " ".join(done.stdout.split())


def test_the_cost_of_a_change_is_read_in_one_way() -> None:
    """``--change-cost 1.000`` was one; dinars have three decimals."""
    with pytest.raises(InvalidInput, match=r"in one way only, got 1\.000; write 1000 or 1$"):
        amount_of("1.000", 2)
    assert (str(amount_of("1.000", 3)), str(amount_of("12.50", 2))) == ("1.000", "12.50")


def test_expected_amounts_may_be_finer_than_a_cent() -> None:
    """A model's 2.084 euro of one new customer are read; 2.084 beside 540, and any such pesos, are not."""
    one, beside = points_in(["2.084"]), points_in(["2.084", "540"])
    assert [one.doubtful(fine_digits(digits)) for digits in (0, 2, 3, None)] == [True, False, False, False]
    assert all(beside.doubtful(fine_digits(digits)) for digits in (0, 2, 3, None))


CELLS = st.one_of(
    st.integers(-9999, 9999).map(str),
    st.decimals(-2000, 2000, places=3).map(str),
    st.decimals(-20, 20, places=2).map(str),
    st.just(""),
)


@given(cells=st.lists(CELLS, max_size=12), at=st.integers(0, 12), digits=st.sampled_from((None, 0, 2, 3)))
def test_batches_tell_together_what_the_column_tells(cells: list[str], at: int, digits: int | None) -> None:
    """A column that is read in parts is doubtful exactly where the whole one is."""
    parts = points_in(cells[:at]) | points_in(cells[at:])
    assert parts.doubtful(digits) == points_in(cells).doubtful(digits)
    assert not PointsSeen().doubtful(0)
