"""Lift tests in a CSV file beside the data file (``experiments: {table: FILE}``), as ``campaign report`` writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scenarios.language.text.csv_files import read_csv_file
from scenarios.language.words import Mechanic
from scenarios.problems import InvalidInput, Problem, did_you_mean, shown
from surrogate.data.lift_tests import LiftTest

COLUMNS = (
    "name",
    "offer",
    "mechanic",
    "depth",
    "product",
    "segment",
    "lift",
    "standard_error",
    "first_day",
    "last_day",
    "products",
    "segments",
    "product_weights",
    "segment_weights",
)
REQUIRED = ("lift", "standard_error")
SEVERAL = ("products", "segments", "product_weights", "segment_weights")
"""Columns whose cells hold several ids or shares, joined by ..."""
JOINED_BY = "+"
"""... this, as of offers that ran together in a file of actuals."""


def _wrong(kind: str, message: str, cell: str) -> tuple[str, str]:
    """Return what a cell holds instead, and what to do."""
    if kind == "missing":
        return "a blank", "fill it in, or delete the row"
    if kind == "enum":
        return shown(cell), did_you_mean(cell, [one.value for one in Mechanic])
    return message.removeprefix("Value error, "), ""


def _several(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(JOINED_BY)]


def read_lift_tests(named: Any, base: Path, where: str) -> list[dict[str, str | list[str]]]:
    """Return the rows of the file that ``experiments: {table: FILE}`` names, as a data file would write them.

    Parameters
    ----------
    named
        The value of ``experiments``.
    base
        Folder of the data file.
    where
        Place of the value, for messages.

    Raises
    ------
    InvalidInput
        For other keys, a file that cannot be read, and rows that are no lift tests.
    """
    if set(named) != {"table"} or not isinstance(named["table"], str):
        expected = "a list of lift tests, or {table: FILE.csv}"
        raise InvalidInput([Problem(where=where, what="experiments", expected=expected, got=shown(named))])
    path = base / named["table"]
    try:
        table = read_csv_file(path)
    except OSError as error:
        got = (error.strerror or "unreadable").lower()
        problem = Problem(where=where, what="experiments", expected="a CSV file that can be read", got=f"{path}: {got}")
        raise InvalidInput([problem]) from None
    if not table.problems and table.require(COLUMNS, REQUIRED):
        for column in REQUIRED:
            table.refuse_doubt(column)
    rows: list[dict[str, str | list[str]]] = []
    for row in range(len(table) if not table.problems else 0):
        written = {name: cell for name in COLUMNS if (cell := table.texts(name)[row])}
        cells = {name: _several(cell) if name in SEVERAL else cell for name, cell in written.items()}
        try:
            LiftTest.model_validate(cells)
        except ValidationError as error:
            for found in error.errors():
                place = ".".join(str(part) for part in found["loc"]) or "row"
                table.problem(row, place, "a lift test", *_wrong(found["type"], found["msg"], written.get(place, "")))
        rows.append(cells)
    if table.problems:
        raise InvalidInput(table.problems)
    return rows
