"""Rows of a table that speak of cells: blank or ``*`` means all, and the most specific row wins."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from scenarios.arrays import Flag, Int
from scenarios.language.schema import Horizon
from scenarios.language.text.csv_files import CsvTable
from scenarios.language.text.unread_dates import tell_unread
from scenarios.language.values import usable_ids
from scenarios.language.words import EVERYBODY
from scenarios.plain_dates import day_of
from scenarios.problems import a_kind, did_you_mean, shown

ALL = -1
"""A key that the row leaves open."""
OUTSIDE = -2
"""A date outside the horizon: the row is left out."""
UNKNOWN = -3
"""A key that means nothing (a problem was noted): the row is left out."""


def id_keys(table: CsvTable, column: str, ids: tuple[str, ...]) -> Int:
    """Return the index of each row's id, `ALL` where blank or ``*``; every unknown word is one problem."""
    numbers = {"": ALL, EVERYBODY: ALL} | {word: number for number, word in enumerate(ids)}
    unknown: dict[str, list[int]] = {}
    texts = table.texts(column)
    keys = np.fromiter((numbers.get(text, UNKNOWN) for text in texts), dtype=np.int64, count=len(texts))
    for row in np.flatnonzero(keys == UNKNOWN):
        unknown.setdefault(texts[row], []).append(int(row))
    for word, rows in unknown.items():
        more = f" (on {len(rows)} rows)" if len(rows) > 1 else ""
        remedy = did_you_mean(word, usable_ids(ids, column), kind=column)
        table.problem(rows[0], column, f"{a_kind(column)} of the scenario", f"{shown(word)}{more}", remedy)
    return keys


def period_keys(table: CsvTable, horizon: Horizon) -> tuple[Int, int]:
    """Return each row's period (`ALL` where blank or ``*``) and how many rows lie outside the horizon."""
    texts = table.texts("period")
    numbers: dict[str, int] = {"": ALL, EVERYBODY: ALL}
    outside = 0
    keys = np.empty(len(texts), dtype=np.int64)
    for row, text in enumerate(texts):
        number = numbers.get(text)
        if number is None:
            try:
                period = horizon.period_of(day_of(text))
                number = period if 0 <= period < horizon.periods else OUTSIDE
            except ValueError:
                number = UNKNOWN
            numbers[text] = number
        outside += number == OUTSIDE
        keys[row] = number
    unread = [int(row) for row in np.flatnonzero(keys == UNKNOWN)]
    tell_unread(table, "period", unread, "a date such as 2026-11-01, or a blank for every period")
    return keys, outside


def outside_note(outside: int, table: CsvTable) -> str:
    """Say how many rows lie outside the horizon."""
    if outside == 1:
        return f"1 row of {table.title} lies outside the horizon and is not used"
    return f"{outside:,} rows of {table.title} lie outside the horizon and are not used"


@dataclass(frozen=True, kw_only=True, eq=False)
class Resolution:
    """Which row of a table speaks for each cell."""

    row: Int
    """The axes' shape; -1 where no row does."""


def resolve_rows(table: CsvTable, keys: list[Int], shape: tuple[int, ...], needed: Flag) -> Resolution:
    """Find the most specific row of every needed cell.

    Parameters
    ----------
    keys
        For each axis, the index that each row names, or `ALL`.
    needed
        [shape] cells that matter; rows that tie elsewhere are no problem.

    Notes
    -----
    The number of named keys ranks a row. Two rows with the same keys, or with equally many keys where none is more
    specific, contradict each other: a problem is noted on the table.
    """
    stacked = np.stack(keys) if keys else np.zeros((0, 0), dtype=np.int64)
    usable = np.flatnonzero((stacked >= ALL).all(axis=0))
    named = stacked[:, usable] >= 0
    pattern = (named * (1 << np.arange(len(shape)))[:, None]).sum(axis=0)
    speaks: dict[int, Int] = {}
    for mask in np.unique(pattern):
        rows = usable[pattern == mask]
        axes = [axis for axis in range(len(shape)) if mask >> axis & 1]
        speaks[int(mask)] = _owner(table, rows, [stacked[axis, rows] for axis in axes], axes, shape)
    best = np.full(shape, -1, dtype=np.int64)
    for level in range(len(shape), -1, -1):
        masks = [mask for mask in speaks if int(mask).bit_count() == level]
        open_cells = needed & (best < 0)
        for first, second in combinations(masks, 2):
            _refuse_ties(table, open_cells, speaks[first], speaks[second])
        for mask in masks:
            best = np.where(best < 0, speaks[mask], best)
    return Resolution(row=best)


def _owner(table: CsvTable, rows: Int, keys: list[Int], axes: list[int], shape: tuple[int, ...]) -> Int:
    """Return the row that speaks for each combination of some axes, in a shape that broadcasts over all."""
    sizes = tuple(shape[axis] for axis in axes)
    flat = np.ravel_multi_index(keys, sizes) if axes else np.zeros(len(rows), dtype=np.int64)
    owner = np.full(int(np.prod(sizes)), -1, dtype=np.int64)
    owner[flat[::-1]] = rows[::-1]
    again = rows[owner[flat] != rows]
    if len(again):
        first = int(again[0])
        original = table.lines[int(owner[flat[np.flatnonzero(rows == first)[0]]])]
        more = f", and {len(again) - 1} more such rows" if len(again) > 1 else ""
        table.problem(
            first, "row", "one row for the same cells", f"the keys of line {original} again{more}", "delete one"
        )
    return owner.reshape([size if axis in axes else 1 for axis, size in enumerate(shape)])


def _refuse_ties(table: CsvTable, open_cells: Flag, first: Int, second: Int) -> None:
    tie = open_cells & (first >= 0) & (second >= 0)
    if not tie.any():
        return
    ones, others = (np.broadcast_to(owner, tie.shape)[tie] for owner in (first, second))
    pairs = np.unique(np.stack([np.minimum(ones, others), np.maximum(ones, others)]), axis=1)
    one, other = (int(row) for row in pairs[:, 0])
    more = f" ({pairs.shape[1] - 1} more pairs like these)" if pairs.shape[1] > 1 else ""
    got = f"lines {table.lines[one]} and {table.lines[other]}, equally specific, for the same cells{more}"
    table.problem(other, "row", "one most specific row per cell", got, "add a row that names all their keys")
