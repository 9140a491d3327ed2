"""Lines of CSV files on which rows begin: blank lines are no rows, and a quoted cell may span several lines."""

from __future__ import annotations

import csv
from pathlib import Path


def line_of(path: Path, row: int, *, delimiter: str = ",", codec: str = "utf-8-sig") -> int:
    """Return the line, from 1, on which a row below the header begins.

    Parameters
    ----------
    path
        The file, which is read again up to the row: only messages ask for lines.
    row
        Its number from 0, as pyarrow counts rows: without blank lines.
    delimiter
        What stands between cells.
    codec
        How its text is written.
    """
    try:
        with path.open(encoding=codec, newline="") as file:
            reader = csv.reader(file, delimiter=delimiter)
            left, line = row + 1, 1
            for cells in reader:
                if cells and not left:
                    return line
                left -= bool(cells)
                line = reader.line_num + 1
    except (OSError, UnicodeDecodeError, csv.Error):
        pass
    return row + 2
