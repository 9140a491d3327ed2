"""Rows of a table that hold for no cell: more specific rows speak for all of theirs, or nothing is sold in any."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag, Int
from scenarios.first_few import first_few
from scenarios.language.text.csv_files import CsvTable
from scenarios.tables.cell_rows import ALL


def outdone_rows_note(table: CsvTable, keys: list[Int], row: Int, needed: Flag) -> tuple[str, ...]:
    """Say which rows hold for no cell, why, and what to do.

    Parameters
    ----------
    keys
        What each row names along the axes, `ALL` where it leaves a key open; rows outside the horizon are told already.
    row
        The axes' shape; the row that speaks for each cell.
    needed
        The cells that ask for a row.
    """
    inside = np.all([key >= ALL for key in keys], axis=0)
    speaks = np.zeros(len(table), dtype=bool)
    speaks[np.unique(row[needed & (row >= 0)])] = True
    outdone: list[int] = []
    idle: list[int] = []
    for number in np.flatnonzero(inside & ~speaks).tolist():
        here = tuple(slice(None) if key[number] == ALL else [int(key[number])] for key in keys)
        asked = needed
        for axis, part in enumerate(here):
            asked = asked[(slice(None),) * axis + (part,)]
        (outdone if asked.any() else idle).append(number)
    notes = []
    if outdone:
        which = _which(table, outdone)
        notes.append(
            f"{which} for no cell: rows that name more keys speak for all of theirs; name the same keys as they do, "
            "write days on which nothing is sold under horizon.closed, or delete what is not needed"
        )
    if idle:
        notes.append(f"{_which(table, idle)} for no cell: nothing is sold there (a closed day, or after a last_sale)")
    return tuple(notes)


def _which(table: CsvTable, rows: list[int]) -> str:
    lines = first_few([str(table.lines[row]) for row in rows])
    return f"row {lines} of {table.title} holds" if len(rows) == 1 else f"rows {lines} of {table.title} hold"
