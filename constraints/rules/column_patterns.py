"""Patterns of two or three columns that several rules share: never both, one only with the other."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from constraints.rules.forms import Entries, Patterns
from constraints.rules.groups import Groups
from scenarios.arrays import Flag, Int

NEVER_BOTH = (((0, 0), (0, 0)), ((1, 0), (0, 1)))
"""(low, high) of the patterns: the second column is quiet, or the first one is."""
ONLY_WITH = (((0, 0), (0, 1)), ((0, 1), (1, 1)))
"""The first column is quiet, or the second is active."""
NOT_WITHOUT = (((0, 0, 0), (0, 0, 0), (0, 1, 0)), ((0, 1, 1), (1, 1, 0), (1, 1, 1)))
"""The first column is quiet, or the third is, or the second is active: the third comes after the first only with it."""

Shape = tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]


def patterns(shape: Shape, parts: tuple[Entries, ...]) -> Patterns:
    """One group per cell of the parts, one column per part; groups that have no literal in some column are kept.

    Parameters
    ----------
    shape
        One of the shapes above.
    parts
        Entries whose cells are group numbers, one part a column.
    """
    groups, group = np.unique(np.concatenate([part.cell for part in parts]), return_inverse=True)
    column = np.repeat(np.arange(len(parts)), [len(part.cell) for part in parts])
    first = np.cumsum([0, *(len(part.sets) for part in parts)])
    entries = Entries(
        cell=group * len(parts) + column,
        slot=np.concatenate([part.slot for part in parts]),
        choice_set=np.concatenate([part.choice_set + start for part, start in zip(parts, first, strict=False)]),
        sets=np.concatenate([part.sets for part in parts]),
    )
    low, high = (np.array(table, dtype=bool) for table in shape)
    wide = (len(groups), *low.shape)
    return Patterns(entries=entries, low=np.broadcast_to(low, wide), high=np.broadcast_to(high, wide))


def only(entries: Entries, kept: Flag | Int) -> Entries:
    """Some of the entries, by a mask or by their places."""
    return Entries(
        cell=entries.cell[kept], slot=entries.slot[kept], choice_set=entries.choice_set[kept], sets=entries.sets
    )


def aligned(first: Groups, second: Groups, periods: int) -> tuple[Entries, Entries]:
    """Entries of two layouts with the same cell for the same key and period."""
    keys = {key: number for number, key in enumerate(sorted({*first.keys, *second.keys}))}

    def moved(groups: Groups) -> Entries:
        number = np.array([keys[key] for key in groups.keys], dtype=np.int64)
        old = groups.entries
        cell: Int = number[old.cell // periods] * periods + old.cell % periods
        return Entries(cell=cell, slot=old.slot, choice_set=old.choice_set, sets=old.sets)

    return moved(first), moved(second)


def spread(entries: Entries, lags: Iterable[int], periods: int) -> Entries:
    """Each entry once for every lag, in the cell of its group so many periods later; none beyond either end."""
    moves = np.array(list(lags), dtype=np.int64)
    lag = np.repeat(moves, len(entries.cell))
    moved = np.tile(entries.cell % periods, len(moves)) + lag
    everywhere = Entries(
        cell=np.tile(entries.cell, len(moves)) + lag,
        slot=np.tile(entries.slot, len(moves)),
        choice_set=np.tile(entries.choice_set, len(moves)),
        sets=entries.sets,
    )
    return only(everywhere, (moved >= 0) & (moved < periods))
