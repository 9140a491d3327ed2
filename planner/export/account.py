"""The account by period: integer sums of cells.parquet as numbers, everything that follows from them as formulas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from xlsxwriter.utility import xl_col_to_name

from planner.export.sheet import Sheet
from scenarios.answer import cells_file
from scenarios.answer.rounding import UNIT_DIGITS, to_decimal
from scenarios.language.schema import Scenario

Integers = NDArray[np.int64]


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


def account_by_period(rows: pa.Table, scenario: Scenario) -> dict[str, Integers]:
    """Sum the rows of one plan by period, [T] integers by title; columns that follow from others included."""
    first = np.datetime64(scenario.horizon.start, "D").astype(np.int64)
    days = rows.column("period").cast(pa.int32()).to_numpy().astype(np.int64)
    dates = np.array(scenario.horizon.dates, dtype="datetime64[D]").astype(np.int64)
    period = np.searchsorted(dates, days)
    if not (len(days) and days.min() >= first and (dates[np.minimum(period, len(dates) - 1)] == days).all()):
        raise ValueError("expected rows of the scenario's own periods")
    at_cell = np.asarray(rows.column("account").to_numpy(zero_copy_only=False) == cells_file.CELL)
    found: dict[str, Integers] = {}
    for column in COLUMNS:
        total = np.zeros(len(dates), dtype=np.int64)
        for name in column.cells:
            values = rows.column(name).to_numpy()
            np.add.at(total, period, np.where(at_cell, values, 0) if name in _ONLY_CELLS else values)
        for title in column.adds:
            total = total + found[title]
        for title in column.takes:
            total = total - found[title]
        found[column.title] = total
    return found


def write_account(sheet: Sheet, top: int, amounts: dict[str, Integers], scenario: Scenario, digits: int) -> int:
    """Write the account below row ``top`` (counted from 0); returns the row of its totals."""
    sheet.header(top, ("period", *(column.title for column in COLUMNS)), numbers=range(1, len(COLUMNS) + 1))
    dates = scenario.horizon.dates
    total = top + 1 + len(dates)
    for number, day in enumerate(dates):
        row = top + 1 + number
        sheet.date(row, 0, day)
        for place, column in enumerate(COLUMNS, start=1):
            kind, places = _kind(column, digits)
            amount = to_decimal(int(amounts[column.title][number]), places)
            if column.cells:
                sheet.number(row, place, amount, kind)
                continue
            sheet.formula(row, place, _formula(column, row), amount, kind)
    sheet.text(total, 0, "Total", bold=True, top=1)
    for place, column in enumerate(COLUMNS, start=1):
        kind, places = _kind(column, digits)
        letters = xl_col_to_name(place)
        formula = f"=ROUND(SUM({letters}{top + 2}:{letters}{total}),{places})"
        value = to_decimal(int(amounts[column.title].sum()), places)
        sheet.formula(total, place, formula, value, kind, bold=True, top=1)
    return total


def _kind(column: AccountColumn, digits: int) -> tuple[str, int]:
    return ("count", UNIT_DIGITS) if column.title == "units" else ("money", digits)


def _formula(column: AccountColumn, row: int) -> str:
    plus = "+".join(f"{letters_of(title)}{row + 1}" for title in column.adds)
    return f"={plus}" + "".join(f"-{letters_of(title)}{row + 1}" for title in column.takes)
