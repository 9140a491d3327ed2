"""What is wrong with a file that cannot be read, in a planner's words instead of a library's."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from scenarios.problems import Problem

PARQUET = (".parquet", ".pq")
BLANK_BYTES = 8
"""A file of fewer bytes holds nothing but a mark of its encoding and line ends."""
POINTS = "write decimals with a point, put quotes around texts that contain commas, add missing commas"
"""What to do with uneven rows of a file that is separated by commas."""
MARKS = "check delimiter and decimal_mark in the data file, and that texts with commas stand in quotes"
"""What to do with them where the data file says what separates cells and marks decimals."""
_MAGIC = (
    (b"\x1f\x8b", "a compressed file", "unpack it"),
    (b"PK\x03\x04", "an Excel workbook or a zip archive", "save the sheet as CSV (UTF-8), or unpack it"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV (UTF-8)"),
    (b"PAR1", "a Parquet file", "let its name end in .parquet"),
)
"""First bytes of files that are often given for tables, what they are, and what to do."""
_FIELDS = re.compile(r"Expected (\d+) columns, got (\d+)")


def why_unreadable(path: Path, error: Exception) -> tuple[str, str, str]:
    """Return what was expected of a file, what it is instead, and what to do.

    Parameters
    ----------
    path
        The file; its suffix says what it should be.
    error
        As pyarrow or the operating system raised it.
    """
    spoken = getattr(error, "strerror", None)
    if spoken:
        return "a CSV or Parquet file that can be read", str(spoken).lower(), "check its name, and that you may read it"
    text = " ".join(str(error).split())
    if path.suffix.lower() not in PARQUET and (other := magic_of(path)) is not None:
        return "a CSV or Parquet file that can be read", *other
    if isinstance(error, UnicodeDecodeError) or "utf8" in text.lower() or "utf-8" in text.lower():
        remedy = "export it again" if path.suffix.lower() in PARQUET else "save the file as UTF-8"
        return "text in UTF-8", "another encoding", remedy
    if path.suffix.lower() in PARQUET:
        return "a whole Parquet file", "a file that is cut off, or of another format", "export it again"
    if found := _FIELDS.search(text):
        got = f"a row of {found.group(2)}" + (" field" if found.group(2) == "1" else " fields")
        return f"{found.group(1)} fields in every row, as in the header", got, POINTS
    if "field limit" in text or "straddling" in text:
        got = "a cell or a row without an end"
        return "cells and rows of a length that people write", got, "check line ends, and that quotes are closed"
    if "empty" in text.lower():
        got = "an empty file" if path.stat().st_size <= BLANK_BYTES else "nothing below the first line"
        return "a header and rows", got, "check that the export has run"
    return "a CSV or Parquet file that can be read", "text that is no table", "open it and look, or export it again"


def magic_of(path: Path) -> tuple[str, str] | None:
    """Return what a file is that is no CSV file, by its first bytes, and what to do; None for text."""
    return next(((got, remedy) for start, got, remedy in _MAGIC if _begins(path, start)), None)


def _begins(path: Path, start: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(start)) == start
    except OSError:
        return False


def uneven_row(
    path: Path, error: Exception, *, delimiter: str = ",", remedy: str = POINTS, codec: str = "utf-8-sig"
) -> Problem | None:
    """Name the first row of a CSV file that has not as many cells as the header; None where the error is another.

    Parameters
    ----------
    path
        The file, which is read again to its end: the error tells no line.
    error
        As pyarrow raised it.
    delimiter
        What stands between cells.
    remedy
        What to do.
    codec
        How its text is written.
    """
    if path.suffix.lower() in PARQUET or not _FIELDS.search(str(error)):
        return None
    uneven: list[tuple[int, int]] = []
    more = 0
    try:
        with path.open(encoding=codec, newline="") as file:
            reader = csv.reader(file, delimiter=delimiter)
            header = len(next(reader, []))
            line = reader.line_num + 1
            for cells in reader:
                if cells and len(cells) != header:
                    more += len(uneven)
                    uneven = uneven or [(line, len(cells))]
                line = reader.line_num + 1
    except (OSError, UnicodeDecodeError, csv.Error):
        return None
    if not uneven:
        return None
    ((line, count),) = uneven
    got = f"{count}" + (f" (and on {more:,} more {'row' if more == 1 else 'rows'})" if more else "")
    expected = f"{header} cells as in the header"
    return Problem(where=f"{path}:{line}", what="row", expected=expected, got=got, remedy=remedy)
