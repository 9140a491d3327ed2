"""Which share of each segment a rollout holds out, counted in the list that it wrote."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from scenarios.arrays import Float
from scenarios.first_few import and_more, first_few
from scenarios.grid import Grid
from scenarios.language.text.csv_files import CsvTable, read_csv_file
from scenarios.problems import InvalidInput, Problem, shown

_FILE, _COLUMNS = "holdout.csv", ("customer", "segment")
_REMEDY = "name the folder that campaign export --rollout wrote for this plan, with --customers"


def held_out_shares(grid: Grid, rollout: Path | None) -> Float:
    """Return the share [S] of each segment that a rollout holds out.

    Raises
    ------
    InvalidInput
        With one problem, where the list is not there, or is none of a rollout of these segments.
    """
    if rollout is None:
        return np.zeros(len(grid.segments))
    counts = _counted(rollout / _FILE, [segment.id for segment in grid.segments])
    for segment in grid.segments:
        if counts[segment.id] > segment.customers:
            expected = f"at most the {segment.customers:,} customers of {segment.id}"
            raise _refused(str(rollout / _FILE), "segment", expected, f"{counts[segment.id]:,}")
    return np.array([counts[segment.id] / max(segment.customers, 1) for segment in grid.segments])


def _counted(path: Path, ids: list[str]) -> Counter[str]:
    """Return how many customers of each segment the list names."""
    try:
        table = read_csv_file(path)
    except OSError as error:
        got = str(error.strerror).lower()
        raise _refused(str(path), "file", "a file of the customers that a rollout holds out", got) from None
    if table.problems:
        raise InvalidInput(table.problems)
    missing = [name for name in _COLUMNS if name not in table.columns]
    if missing:
        expected = f"the columns {' and '.join(_COLUMNS)}, as a rollout writes them"
        raise _refused(f"{path}:1", "header", expected, ", ".join(table.columns) or "none")
    return _known(table, ids)


def _known(table: CsvTable, ids: list[str]) -> Counter[str]:
    counts = Counter(table.texts("segment"))
    strange = [name for name in counts if name not in ids]
    if strange:
        row = table.texts("segment").index(strange[0])
        got = f"{shown(strange[0])} in {counts[strange[0]]:,} of {len(table):,} rows{and_more(len(strange), 1)}"
        raise _refused(f"{table.name}:{table.lines[row]}", "segment", f"a segment of the plan ({first_few(ids)})", got)
    return counts


def _refused(where: str, what: str, expected: str, got: str) -> InvalidInput:
    return InvalidInput([Problem(where=where, what=what, expected=expected, got=got, remedy=_REMEDY)])
