"""Actuals from a CSV file: one row a date, product, segment and group; every kind of mistake one clear message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from scenarios.arrays import Float
from scenarios.bounded_read import TooLarge, read_bounded
from scenarios.flight.actuals import Actuals, Ran
from scenarios.flight.reading.beyond import check_beyond
from scenarios.flight.reading.checks import check_complete, check_figures
from scenarios.flight.reading.closed_rows import known_with, nothing_sold
from scenarios.flight.reading.columns import KEYS, MEASURES, REQUIRED, tell
from scenarios.flight.reading.net_of_tax import net_of_tax
from scenarios.flight.reading.next_to_nothing import next_to_nothing
from scenarios.flight.reading.oddities import oddities, ran_otherwise
from scenarios.flight.reading.price_of_one import price_of_one
from scenarios.flight.reading.rows import Rows, read_rows
from scenarios.flight.reading.spend import check_spend
from scenarios.flight.reading.still_valid import with_validities
from scenarios.flight.reading.unit_of_revenue import told_in_another_unit
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.text.csv_files import MAX_BYTES, CsvTable, read_csv
from scenarios.problems import InvalidInput, Problem


def actuals_bytes(path: Path) -> bytes:
    """Return what a file of actuals holds, read once: a pipe gives it only once, and a file may change meanwhile.

    Raises
    ------
    InvalidInput
        Where it cannot be read, or has no end.
    """
    try:
        return read_bounded(path, MAX_BYTES)
    except TooLarge as error:
        expected = f"a CSV file of at most {MAX_BYTES / 2**20:g} MiB"
        raise InvalidInput([Problem(where=str(path), what="actuals", expected=expected, got=error.got)]) from None
    except OSError as error:
        got = (error.strerror or str(error)).lower()
        problem = Problem(where=str(path), what="actuals", expected="a CSV file that can be read", got=got)
        raise InvalidInput([problem]) from None


def load_actuals(
    path: Path,
    grid: Grid,
    lines: Sequence[PlanLine] = (),
    *,
    as_of: dt.date | None = None,
    raw: bytes | None = None,
    settled_periods: int = 0,
    expected: Float | None = None,
) -> Actuals:
    """Read what happened in a campaign so far.

    Parameters
    ----------
    path
        The file, as messages name it.
    grid
        Of the scenario that was planned.
    lines
        The plan's lines, to tell where something else ran.
    as_of
        A day after which no row may lie; left out, only the end of the campaign bounds the dates. Closed days that
        follow the last row are known, up to this day.
    raw
        What the file holds, where it has been read already.
    settled_periods
        Of a re-planned folder, how many periods were known then; see `Actuals`.
    expected
        [K] units of each product in its best period, where they are known; see `check_beyond`.

    Raises
    ------
    InvalidInput
        With every kind of mistake at once, each with the first line that has it.
    """
    table = read_csv(actuals_bytes(path) if raw is None else raw, str(path))
    return read_actuals(table, grid, lines, as_of=as_of, settled_periods=settled_periods, expected=expected)


def read_actuals(
    table: CsvTable,
    grid: Grid,
    lines: Sequence[PlanLine] = (),
    *,
    as_of: dt.date | None = None,
    settled_periods: int = 0,
    expected: Float | None = None,
) -> Actuals:
    """Read actuals from a table in memory; see `load_actuals`.

    Raises
    ------
    InvalidInput
        For all mistakes of the table at once.
    """
    if table.problems or not table.require((*KEYS, *MEASURES), REQUIRED):
        raise InvalidInput(table.problems)
    if not len(table):
        table.problem(None, "rows", "at least one row of sales", "none")
        raise InvalidInput(table.problems)
    rows = read_rows(table, grid, as_of)
    _refuse_repeated(table, rows, grid)
    check_figures(table, rows, grid)
    check_beyond(table, rows, grid, expected)
    check_spend(table, rows, grid)
    if not table.problems:
        check_complete(table, rows, grid)
    if table.problems:
        raise InvalidInput(table.problems)
    s, k, t = grid.shape
    last, tables = known_with(int(rows.period.max()), grid.scenario.horizon, as_of), {}
    for name, values in rows.figures.items():
        if np.isfinite(values).any():
            filled = np.full((2, s + 1, k + 1, t), np.nan)
            filled[rows.group, rows.segment, rows.product, rows.period] = values
            tables[name] = nothing_sold(name, filled, grid, last)
    actuals = Actuals(
        grid=grid,
        name=table.name,
        last=last,
        tables=tables,
        ran=_ran(rows, grid),
        settled_periods=settled_periods,
    )
    otherwise = ran_otherwise(actuals, lines)
    wrong = told_in_another_unit(actuals) or price_of_one(actuals)
    nothing = next_to_nothing(table, rows, grid, lines)
    told = np.zeros((k + 1, t), dtype=bool)
    told[rows.product[nothing.rows], rows.period[nothing.rows]] = True
    told[rows.product[~nothing.rows], rows.period[~nothing.rows]] = False
    warnings = oddities(actuals, otherwise, cheap=~told[:-1] & (not wrong))
    warnings = warnings if wrong else (*nothing.sentences, *warnings)
    return replace(actuals, warnings=warnings, otherwise=otherwise, attention=wrong or net_of_tax(actuals, lines))


def _refuse_repeated(table: CsvTable, rows: Rows, grid: Grid) -> None:
    """Every date, product, segment and group once."""
    s, k, t = grid.shape
    keys = np.ravel_multi_index((rows.group, rows.segment, rows.product, rows.period), (2, s + 1, k + 1, t))
    _, first = np.unique(keys, return_index=True)
    again = np.setdiff1d(np.arange(len(keys)), first)

    def got(row: int) -> str:
        here = keys[np.flatnonzero(rows.row == row)[0]]
        return f"the keys of line {table.lines[int(rows.row[np.flatnonzero(keys == here)[0]])]} again"

    expected = "each date, product, segment and group once"
    tell(table, rows.row[again], "row", expected, got, "add the two rows up, or delete one")


def _ran(rows: Rows, grid: Grid) -> frozenset[Ran] | None:
    """Offers that ran, from the rows that name them."""
    if rows.offers is None:
        return None
    s, k, _ = grid.shape
    found = set()
    for number, offers in enumerate(rows.offers):
        product, segment = int(rows.product[number]), int(rows.segment[number])
        for offer in offers:
            found.add(
                Ran(
                    period=int(rows.period[number]),
                    product=None if product == k else product,
                    segment=None if segment == s else segment,
                    offer=offer,
                )
            )
    return with_validities(found, grid, int(rows.period.max()))
