"""Neighbourhoods: which slots a step may change, and gains laid out slot by slot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.lagrangian import Gains
from scenarios.arrays import Flag, Float, Int
from scenarios.grid import Grid


@dataclass(frozen=True, kw_only=True, eq=False)
class Neighbourhood:
    """F slots that may change, and the columns whose gains they need."""

    columns: NDArray[np.int32]
    """[M] columns ``product * T + period``; the count is one of few sizes, so that little is compiled."""
    slots: Int
    """[F] flat slot indices of all slots in the columns, and of all basket slots."""
    free: Flag
    """[F] which of them may change."""


def column_sizes(grid: Grid) -> tuple[int, ...]:
    """Numbers of columns that gains are compiled for: an eighth of all, and all."""
    total = grid.shape[1] * grid.shape[2]
    return tuple(sorted({max(1, -(-total // 8)), total}))


def over_columns(grid: Grid, wanted: Int, free: Flag | None = None) -> Neighbourhood:
    """The neighbourhood of all slots in some columns (and all basket slots).

    Parameters
    ----------
    wanted
        Column numbers.
    free : bool [N], optional
        Narrows the slots that may change.
    """
    s, k, t = grid.shape
    size = next(size for size in column_sizes(grid) if size >= len(wanted))
    rest = np.setdiff1d(np.arange(k * t), wanted)[: size - len(wanted)]
    columns = np.sort(np.concatenate([wanted, rest])).astype(np.int32)
    inside = np.zeros(k * t, dtype=bool)
    inside[wanted] = True
    targeted = grid.offsets[1] + np.arange(s)[None, :] * (k * t) + columns[:, None]
    slots = np.concatenate(
        [columns.astype(np.int64), targeted.ravel(), np.arange(grid.offsets[2], grid.offsets[4], dtype=np.int64)]
    )
    may = np.concatenate([inside[columns], np.repeat(inside[columns], s), np.ones(t + s * t, dtype=bool)])
    if free is not None:
        may &= free[slots]
    return Neighbourhood(columns=columns, slots=slots, free=may)


def everywhere(grid: Grid) -> Neighbourhood:
    """All slots."""
    return over_columns(grid, np.arange(grid.shape[1] * grid.shape[2]))


def gains_by_slot(gains: Gains, width: int) -> Float:
    """[F, width] gains in the order of `Neighbourhood.slots`; choices that a block lacks are -inf."""
    parts = [
        gains.public,
        gains.targeted.reshape(-1, gains.targeted.shape[-1]),
        gains.basket_public,
        gains.basket_targeted.reshape(-1, gains.basket_targeted.shape[-1]),
    ]
    table = np.full((sum(len(part) for part in parts), width), -np.inf)
    start = 0
    for part in parts:
        table[start : start + len(part), : part.shape[1]] = part
        start += len(part)
    return table
