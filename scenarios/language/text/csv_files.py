"""CSV files, read strictly: UTF-8, one header, every cell with its line number.

Semicolons or tabs in the header tell a file with decimal commas: its cells are held in plain form
(`scenarios.language.slips.decimal_comma`), and so are dates with the year first in every file
(`scenarios.language.slips.year_first`).
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scenarios.bounded_read import TooLarge, read_bounded
from scenarios.language.slips.column_points import doubt_in
from scenarios.language.slips.comma_numbers import comma_remedy
from scenarios.language.slips.decimal_comma import COMMA, EXPECTED, SPOKEN, separator_of, write_plainly
from scenarios.language.slips.foreign_bytes import encoding_of, foreign, json_document
from scenarios.language.slips.year_first import write_dates_plainly
from scenarios.language.text.csv_cells import number_of, share_of
from scenarios.language.text.csv_header import header_slips
from scenarios.plain_digits import digits_remedy
from scenarios.problems import Problem, shown

MAX_BYTES = 512 * 1024 * 1024
"""Largest table that is read."""
_VALUE = re.compile(r"[-+]?[0-9][0-9.,:/ -]*%?")
"""A number, a share or a date: no name of a column."""
TOLD = 5
"""Bad cells of a column that are told one by one: a column of decimal commas is one mistake, made in every row."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CsvTable:
    """One CSV file as columns of stripped texts."""

    name: str
    """As messages name it."""
    columns: dict[str, list[str]]
    lines: list[int]
    """Line of the file on which each row begins."""
    problems: list[Problem] = field(default_factory=list)
    """What is wrong with the file so far; readers append to it."""
    title: str = ""
    """As the scenario names it."""
    written: dict[str, list[str]] = field(default_factory=dict)
    """Columns as the file writes them, where ``columns`` hold them in plain form."""

    def __len__(self) -> int:
        return len(self.lines)

    def problem(self, row: int | None, what: str, expected: str, got: str = "", remedy: str = "") -> None:
        """Note a problem on a row (on the header where row is None)."""
        line = 1 if row is None else self.lines[row]
        where = f"{self.name}:{line}"
        if row is not None and what in self.written:  # people look for what their file says
            got = got.replace(self.columns[what][row], self.written[what][row], 1)
        self.problems.append(Problem(where=where, what=what, expected=expected, got=got, remedy=remedy))

    def texts(self, column: str) -> list[str]:
        """Return a column's texts; blanks for a column that the file does not have."""
        return self.columns.get(column) or [""] * len(self)

    def require(self, known: Iterable[str], required: Iterable[str], *, others: bool = False) -> bool:
        """Check the header; with ``others`` unknown columns are allowed unless they stand for a known one.

        Such are misspelt ones, and other words for a column that is missing.
        """
        slips = header_slips(list(self.columns), list(known), list(required), others=others)
        for expected, got, remedy in slips:
            self.problem(None, "header", expected, got, remedy)
        return not slips

    def numbers(
        self,
        column: str,
        *,
        default: float = math.nan,
        share: bool = False,
        digits: int | None = None,
        expected: str = "",
    ) -> list[float]:
        """Return a column as floats, ``default`` for blank cells; every bad cell is a problem (and NaN).

        ``digits`` are those of the currency, of amounts; ``expected`` says what a share is here.
        """
        parse = share_of if share else number_of
        expected = expected or ("a share such as 18%" if share else "a number")
        texts = self.texts(column)
        bad: list[int] = []
        out = [0.0] * len(texts)
        seen: dict[str, float] = {"": default}
        for row, text in enumerate(texts):
            value = seen.get(text)
            if value is None:
                try:
                    value = parse(text)
                except ValueError:
                    bad.append(row)
                    out[row] = math.nan
                    continue
                seen[text] = value
            out[row] = value
        for row, more in _first_of(bad):
            text = texts[row]
            self.problem(row, column, expected, f"{shown(text)}{more}", digits_remedy(text, comma_remedy(text, digits)))
        if not share:
            self.refuse_doubt(column, digits)
        return out

    def refuse_doubt(self, column: str, digits: int | None = None) -> bool:
        """Refuse a column whose points may separate thousands, and say whether it is one; ``digits`` as in `numbers`.

        Of a file with decimal commas this is asked before its cells are held in plain form.
        """
        doubt = None if column in self.written else doubt_in(column, self.texts(column), digits)
        if doubt is not None:
            self.problem(doubt.row, column, EXPECTED, doubt.got, doubt.remedy)
        return doubt is not None

    def required_numbers(self, column: str, *, share: bool = False, expected: str = "") -> list[float]:
        """Return a column as floats where a blank is a problem too."""
        expected = expected or ("a share such as 18%" if share else "a number")
        values = self.numbers(column, share=share, expected=expected)
        blank = [row for row, text in enumerate(self.texts(column)) if not text]
        for row, more in _first_of(blank):
            self.problem(row, column, expected, f"a blank{more}")
        return values


def _first_of(rows: list[int]) -> Iterator[tuple[int, str]]:
    """Yield the rows that are told one by one; the last of them says how many more there are."""
    told = rows[:TOLD]
    for row in told:
        left = len(rows) - TOLD if row == told[-1] else 0
        yield row, "" if left <= 0 else f", and {left} more {'row' if left == 1 else 'rows'} like it"


def too_large(name: str, got: str) -> Problem:
    """Tell that a table has too many bytes."""
    expected, remedy = f"at most {MAX_BYTES // 2**20} MiB", "check that it is the file that is meant"
    return Problem(where=name, what="file size", expected=expected, got=got, remedy=remedy)


def read_csv_file(path: Path, name: str | None = None) -> CsvTable:
    """Read a CSV file, or what a pipe gives; messages name the path as given, or ``name``.

    Raises
    ------
    OSError
        Where the file is not there or may not be read.
    """
    try:
        return read_csv(read_bounded(path, MAX_BYTES), name or str(path))
    except TooLarge as error:
        name = name or str(path)
        return CsvTable(name=name, columns={}, lines=[], problems=[too_large(name, error.got)], title=name)


def read_csv(raw: bytes, name: str, title: str = "") -> CsvTable:
    """Read the bytes of a CSV file (UTF-8, with or without BOM); problems are collected in the table.

    Parameters
    ----------
    name
        As messages name it, with its folder.
    title
        As a scenario names it; ``name`` by default.
    """
    table = CsvTable(name=name, columns={}, lines=[], title=title or name)
    if len(raw) > MAX_BYTES:
        table.problems.append(too_large(name, f"{len(raw) / 2**20:,.1f} MiB"))
        return table
    other = foreign(raw) or json_document(raw)
    if other is not None:
        problem = Problem(where=name, what="file", expected="a CSV file", got=other.name, remedy=other.remedy("CSV"))
        table.problems.append(problem)
        return table
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        got, remedy = encoding_of(raw, error.start), "save as CSV UTF-8"
        problem = Problem(where=f"{name}:{line}", what="encoding", expected="UTF-8 text", got=got, remedy=remedy)
        table.problems.append(problem)
        return table
    if "\0" in text:  # what is left where a file was cut off
        line = text.count("\n", 0, text.index("\0")) + 1
        expected, got = "plain text", "the control character 0x00"
        remedy = "export it again: the file may be damaged"
        table.problems.append(
            Problem(where=f"{name}:{line}", what="characters", expected=expected, got=got, remedy=remedy)
        )
        return table
    stream = io.StringIO(text, newline="")
    separator = separator_of(stream.readline())
    stream.seek(0)
    reader = csv.reader(stream, strict=True, delimiter=separator)
    _, first = next(_records(reader, table), (1, []))
    header = [cell.strip() for cell in first]
    if table.problems:
        return table
    if not any(header):
        table.problem(None, "file", "a header line with column names", "an empty file")
        return table
    _check_header(table, header, separator)
    rows, lines = _rows(reader, table, header, separator)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(header)
    for column, cells in zip(header, columns, strict=True):
        if column:
            table.columns[column] = [cell.strip() for cell in cells]
    table.lines.extend(lines)
    table.written.update(table.columns if separator != COMMA else {})
    table.written.update(write_dates_plainly(table.columns))
    if separator != COMMA:
        doubts = write_plainly(table.columns)
        for doubt in doubts:
            table.problem(doubt.row, doubt.column, EXPECTED, doubt.got, doubt.remedy)
        if doubts:  # nobody goes on with one of two readings
            table.columns.clear()
            table.lines.clear()
    return table


def _check_header(table: CsvTable, header: list[str], separator: str) -> None:
    if "" in header and any(_VALUE.fullmatch(column) for column in header):  # blanks among values: a row of the table
        remedy = "write one name for each column in the first line"
        table.problem(None, "header", "names of columns", shown(separator.join(header)), remedy)
        return
    for position, column in enumerate(header):
        if not column:
            table.problem(None, "header", f"a name for column {position + 1}", "a blank")
        elif column in header[:position]:
            table.problem(None, "header", "each column once", f"{column} twice", "delete or rename one")


def _rows(reader: Any, table: CsvTable, header: list[str], separator: str) -> tuple[list[list[str]], list[int]]:
    rows: list[list[str]] = []
    lines: list[int] = []
    uneven: list[tuple[int, int]] = []
    whole = ""
    for line, cells in _records(reader, table):
        if not any(cell.strip() for cell in cells):  # spreadsheets leave rows of commas behind
            continue
        if len(cells) == len(header):
            rows.append(cells)
            lines.append(line)
        else:
            uneven.append((line, len(cells)))
            whole = whole or cells[0]
    widths = {width for _, width in uneven}
    other = max((sign for sign in SPOKEN if sign != separator), key=whole.count)
    if widths == {1} and not rows and whole.count(other):
        where = f"{table.name}:{uneven[0][0]}"
        expected, remedy = f"{SPOKEN[separator]} between cells, as in the header", "write the same sign everywhere"
        told = Problem(where=where, what="row", expected=expected, got=SPOKEN[other], remedy=remedy)
        table.problems.append(told)
        return rows, lines
    if len(uneven) > 1 and len(widths) == 1 and not rows:  # every row is right, and the header is not
        if len(set(header)) < len(header) and "" not in header:
            return rows, lines  # a column that stands there twice is told
        table.problems.clear()  # blanks among the names come of the same mistake
        expected, got = f"{widths.pop()} column names, as all rows have cells", shown(separator.join(header))
        remedy = "write one name for each column in the first line, and nothing above it"
        table.problem(None, "header", expected, got, remedy)
        return rows, lines
    signs = SPOKEN[separator]
    remedy = f"add or delete {signs}; put quotes around texts that contain {signs}"
    for place, more in _first_of(list(range(len(uneven)))):
        line, width = uneven[place]
        expected, got = f"{len(header)} cells as in the header", f"{width}{more}"
        problem = Problem(where=f"{table.name}:{line}", what="row", expected=expected, got=got, remedy=remedy)
        table.problems.append(problem)
    return rows, lines


def _records(reader: Any, table: CsvTable) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line on which it begins: a quoted cell may span several."""
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            where = f"{table.name}:{line}"
            problem = Problem(
                where=where, what="CSV", expected="well-formed CSV", got=str(error), remedy="check the quotes"
            )
            table.problems.append(problem)
            return
