"""CSV files as spreadsheets of countries with decimal commas write them: other separators, numbers and dates.

A header that is separated by semicolons or tabs tells such a file. In it ``12,50`` is 12.50, ``31.12.2026`` is a date,
and ``12.50`` stays what it is. What may be a thousand or a decimal number is left to whoever wrote it.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from scenarios.problems import shown

COMMA = ","
"""What separates the columns of all other files, in which a point marks decimals."""
SPOKEN = {COMMA: "commas", ";": "semicolons", "\t": "tabs"}
"""Separators, as messages name them."""
WORDS = frozenset(
    (
        "block",
        "category",
        "currency",
        "customer",
        "group",
        "id",
        "mechanic",
        "name",
        "note",
        "offer",
        "on",
        "product",
        "pseudonym",
        "rivals",
        "segment",
        "vendor",
    )
)
"""Columns of words, in which ``1.234`` and ``31.12.2026`` are names."""
EXPECTED = "a number that can be read in one way only"
_QUOTED = re.compile(r'(?:^|(?<=[,;\t]))"[^"]*(?:"|$)')
"""A cell in quotes, or its part on the first line."""
_PART = re.compile(r"[^;:]+")
"""A date or number of a cell: arrivals have several, ``06.11.2026:1500;09.11.2026:200``."""
_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_SPACE = "[ '\u2019\u00a0\u2009\u202f]"
_NUMBER = re.compile(
    rf"""(?P<sign>[+-]?)
    (?P<whole>[0-9]+|[0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}})+|[0-9]{{1,3}}(?:\.[0-9]{{3}})+|[0-9]{{1,3}}(?:,[0-9]{{3}})+)
    (?:(?P<mark>[.,])(?P<decimals>[0-9]+))?
    (?P<power>[eE][+-]?[0-9]+)?
    (?:{_SPACE}?(?P<percent>%))?""",
    re.VERBOSE,
)
_BOTH = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
"""Thousands, or three decimals."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the cells of a column are read."""

    plain: dict[str, str]
    """What a part of a cell is with a decimal point, or as 2026-12-31; those that stand so already are left out."""
    doubtful: dict[str, str]
    """Parts that may be thousands or decimals, and what to do about each."""

    def cell(self, text: str) -> str:
        """Return a cell in plain form."""
        return _PART.sub(lambda part: self.plain.get(part[0].strip(), part[0]), text)

    def doubt(self, text: str) -> str:
        """Return what to do about a cell that may be read in two ways; nothing for any other."""
        if not self.doubtful:
            return ""
        return next((self.doubtful[part] for part in _parts(text) if part in self.doubtful), "")


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A column with cells that may be read in two ways, as a message says it."""

    row: int
    """The first such row."""
    column: str
    got: str
    remedy: str


def separator_of(header: str) -> str:
    r"""Return what separates the columns of a file by its first line.

    Examples
    --------
    >>> separator_of("date,offer"), separator_of('"date";"offer, if any"'), separator_of("date\toffer")
    (',', ';', '\t')
    """
    with suppress(csv.Error):
        if len(next(csv.reader([header], strict=True), [])) > 1:
            return COMMA
    bare = _QUOTED.sub("", header).strip()
    if COMMA in bare:
        return COMMA
    return max((COMMA, ";", "\t"), key=bare.count)


def reading_of(cells: Iterable[str]) -> Reading:
    """Tell how the numbers and dates of a column are read.

    ``1.234`` is read as it stands where other cells have decimal points (``12.50``) and none a decimal comma; nothing
    else tells what it is. ``1,234`` has a decimal comma, but not among decimal points.

    Examples
    --------
    >>> found = reading_of(["1 234,50", "-1.234,5", "12,5 %", "31.12.2026", "12.50", "1.234", "gold"])
    >>> found.plain
    {'1 234,50': '1234.50', '-1.234,5': '-1234.5', '12,5 %': '12.5%', '31.12.2026': '2026-12-31'}
    >>> found.doubtful["1.234"]
    'write 1234, or 1,234 if decimals were meant'
    """
    parts = dict.fromkeys(part for cell in dict.fromkeys(cells) for part in _parts(cell))
    numbers = {part: found for part in parts if (found := _NUMBER.fullmatch(part)) is not None}
    marks = {found["mark"] for part, found in numbers.items() if not _BOTH.fullmatch(part)}
    points = "." in marks and "," not in marks
    plain: dict[str, str] = {}
    doubtful: dict[str, str] = {}
    for part in parts:
        if _BOTH.fullmatch(part) and ("," in part) == points:
            whole, decimals = re.split("[.,]", part)
            other = "." if points else ","
            doubtful[part] = f"write {whole}{decimals}, or {whole}{other}{decimals} if decimals were meant"
            continue
        written = _plain(numbers[part]) if part in numbers else _day(part)
        if written != part:
            plain[part] = written
    return Reading(plain=plain, doubtful=doubtful)


def write_plainly(columns: dict[str, list[str]]) -> list[Doubt]:
    """Write numbers and dates of a table's columns in plain form, in place; one doubt a column comes back."""
    doubts = []
    for column, cells in columns.items():
        if column in WORDS:
            continue
        reading = reading_of(cells)
        written = {cell: reading.cell(cell) for cell in dict.fromkeys(cells)}
        doubtful = [row for row, cell in enumerate(cells) if reading.doubt(cell)]
        columns[column] = [written[cell] for cell in cells]
        if doubtful:
            row, others = doubtful[0], len(doubtful) - 1
            more = f" (and on {others} more {'row' if others == 1 else 'rows'})" if others else ""
            got, remedy = f"{shown(cells[row])}{more}", reading.doubt(cells[row])
            doubts.append(Doubt(row=row, column=column, got=got, remedy=remedy))
    return doubts


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in _PART.findall(cell)]


def _day(text: str) -> str:
    """Return a date as 2026-12-31: before points the day stands first; anything else as it is."""
    found = _DATE.fullmatch(text)
    if found is None:
        return text
    day, month, year = (int(part) for part in found.groups())
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return text


def _plain(number: re.Match[str]) -> str:
    """Return a number with a decimal point and nothing between thousands; as it is where one sign stands for both."""
    whole, mark = number["whole"], number["mark"]
    if mark and mark in whole:
        return number[0]
    none = mark == COMMA and not number["decimals"].strip("0")  # 9000,00 of a cell that shows two decimals is 9000
    decimals = f".{number['decimals']}" if mark and not none else ""
    return f"{number['sign']}{re.sub('[^0-9]', '', whole)}{decimals}{number['power'] or ''}{number['percent'] or ''}"
