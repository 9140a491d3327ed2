"""The account by period or another place: sums of cells.parquet as numbers, what follows from them as formulas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from xlsxwriter.utility import xl_col_to_name

from planner.export.plan_rows import period_numbers, summed, words
from planner.export.sheet import Sheet
from scenarios.answer import cells_file
from scenarios.arrays import Int
from scenarios.language.schema import Scenario
from scenarios.rounding import UNIT_DIGITS, to_decimal


@dataclass(frozen=True, kw_only=True)
class AccountColumn:
    """One column of the account."""

    title: str
    cells: tuple[str, ...] = ()
    """Columns of cells.parquet whose sum it is."""
    adds: tuple[str, ...] = ()
    """Titles that are added, where it follows from others."""
    takes: tuple[str, ...] = ()
    """Titles that are taken off."""


COLUMNS = (
    AccountColumn(title="units", cells=("units",)),
    AccountColumn(title="sales at regular price", cells=("sales",)),
    AccountColumn(title="discount", cells=("discount",)),
    AccountColumn(title="revenue", adds=("sales at regular price",), takes=("discount",)),
    AccountColumn(title="cost", cells=("cost",)),
    AccountColumn(title="fees", cells=("fees",)),
    AccountColumn(title="fees spared", cells=("fee_spared",)),
    AccountColumn(title="vendor funding", cells=("funding",)),
    AccountColumn(title="margin", adds=("revenue", "fees spared", "vendor funding"), takes=("cost", "fees")),
    AccountColumn(title="gifts", cells=("gift_cost",)),
    AccountColumn(title="messages", cells=("contact_cost",)),
    AccountColumn(title="fixed costs", cells=("fixed_cost",)),
    AccountColumn(title="charged beyond", cells=("borrowed", "left_fatigue", "ahead")),
    AccountColumn(title="profit", adds=("margin",), takes=("gifts", "messages", "fixed costs", "charged beyond")),
)
_ONLY_CELLS = ("units", "sales")
"""Columns that rows of lines hold too, where they must not be added again."""


def letters_of(title: str) -> str:
    """Return the letters of a column; the periods stand in the first."""
    return str(xl_col_to_name(1 + [column.title for column in COLUMNS].index(title)))


def account_by(rows: pa.Table, place: Int, count: int) -> dict[str, Int]:
    """Sum the rows of one plan by place, [count] integers by title; columns that follow from others included.

    Parameters
    ----------
    place
        [R] where each row belongs.
    """
    at_cell = words(rows, "account") == cells_file.CELL
    found: dict[str, Int] = {}
    for column in COLUMNS:
        total = np.zeros(count, dtype=np.int64)
        for name in column.cells:
            values = rows.column(name).to_numpy()
            total += summed(np.where(at_cell, values, 0) if name in _ONLY_CELLS else values, place, count)
        for title in column.adds:
            total = total + found[title]
        for title in column.takes:
            total = total - found[title]
        found[column.title] = total
    return found


def account_by_period(rows: pa.Table, scenario: Scenario) -> dict[str, Int]:
    """Sum the rows of one plan by period, [T] integers by title."""
    dates = scenario.horizon.dates
    return account_by(rows, period_numbers(rows, dates), len(dates))


def write_account(sheet: Sheet, top: int, amounts: dict[str, Int], scenario: Scenario, digits: int) -> int:
    """Write the account below row ``top`` (counted from 0); returns the row of its totals."""
    sheet.header(top, ("period", *(column.title for column in COLUMNS)), numbers=range(1, len(COLUMNS) + 1))
    dates = scenario.horizon.dates
    total = top + 1 + len(dates)
    for number, day in enumerate(dates):
        sheet.date(top + 1 + number, 0, day)
        write_amounts(sheet, top + 1 + number, amounts, number, digits)
    write_totals(sheet, total, top + 1, amounts, digits)
    return total


def write_amounts(sheet: Sheet, row: int, amounts: dict[str, Int], number: int, digits: int) -> None:
    """Write the amounts of one place from the second column on: sums as numbers, what follows from them as formulas."""
    for place, column in enumerate(COLUMNS, start=1):
        kind, places = _kind(column, digits)
        amount = to_decimal(int(amounts[column.title][number]), places)
        if column.cells:
            sheet.number(row, place, amount, kind)
        else:
            sheet.formula(row, place, _formula(column, row), amount, kind)


def write_totals(sheet: Sheet, total: int, first: int, amounts: dict[str, Int], digits: int) -> None:
    """Write the totals of the rows from ``first`` up to the one above ``total``, both counted from 0."""
    sheet.text(total, 0, "Total", bold=True, top=1)
    for place, column in enumerate(COLUMNS, start=1):
        kind, places = _kind(column, digits)
        letters = xl_col_to_name(place)
        formula = f"=ROUND(SUM({letters}{first + 1}:{letters}{total}),{places})"
        value = to_decimal(int(amounts[column.title].sum()), places)
        sheet.formula(total, place, formula, value, kind, bold=True, top=1)


def _kind(column: AccountColumn, digits: int) -> tuple[str, int]:
    return ("count", UNIT_DIGITS) if column.title == "units" else ("money", digits)


def _formula(column: AccountColumn, row: int) -> str:
    plus = "+".join(f"{letters_of(title)}{row + 1}" for title in column.adds)
    return f"={plus}" + "".join(f"-{letters_of(title)}{row + 1}" for title in column.takes)
