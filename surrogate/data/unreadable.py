"""What is wrong with a file that cannot be read, in a planner's words instead of a library's."""

from __future__ import annotations

import csv
import re
from pathlib import Path

PARQUET = (".parquet", ".pq")
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
    if isinstance(error, UnicodeDecodeError) or "utf8" in text.lower() or "utf-8" in text.lower():
        return "text in UTF-8", "another encoding", "save the file as UTF-8"
    if path.suffix.lower() in PARQUET:
        return "a whole Parquet file", "a file that is cut off, or of another format", "export it again"
    if found := _FIELDS.search(text):
        got = f"a row of {found.group(2)}" + (" field" if found.group(2) == "1" else " fields")
        remedy = "check delimiter and decimal_mark in the data file, and that texts with commas stand in quotes"
        return f"{found.group(1)} fields in every row, as in the header", got, remedy
    if "empty" in text.lower():
        return "a header and rows", "an empty file", "check that the export has run"
    return "a CSV or Parquet file that can be read", "text that is no table", "open it and look, or export it again"


def uneven_row(path: Path, error: Exception) -> tuple[int, int, int, int] | None:
    """Find the first row of a CSV file with commas that has not as many cells as the header.

    Returns
    -------
    tuple or None
        Its line, its cells, those of the header, and how many rows below are uneven, too; None where the error is
        another.
    """
    if path.suffix.lower() in PARQUET or not _FIELDS.search(str(error)):
        return None
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = len(next(reader, []))
            first, more, line = None, 0, reader.line_num + 1
            for cells in reader:
                if cells and len(cells) != header:
                    first, more = (first, more + 1) if first is not None else ((line, len(cells)), 0)
                line = reader.line_num + 1
    except (OSError, UnicodeDecodeError, csv.Error):
        return None
    return None if first is None else (*first, header, more)
