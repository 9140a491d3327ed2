"""Columns of large files whose points may separate thousands: what batches tell, and what all of them make of it.

A file has millions of rows. Of a column that has shown one decimal (12.5, 0.125) nothing more is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scenarios.language.slips.column_points import PointsSeen, either_way, points_beside_commas, points_in
from scenarios.language.slips.point_numbers import BOTH_WAYS


@dataclass(frozen=True, kw_only=True)
class Doubted:
    """A column that can be read in two ways."""

    column: str
    text: str
    """Its first such cell."""
    row: int
    count: int
    """How many such cells there are."""
    remedy: str
    where: str = ""
    """Place of the first such cell, where it was asked for."""


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """A column so far."""

    points: PointsSeen
    digits: int | None
    begun: int
    """First row of the batch that was seen last."""
    text: str = ""
    row: int = -1
    count: int = 0
    commas: bool = False
    where: str = ""


class ColumnDoubts:
    """Running summaries of columns."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def note(
        self,
        cells: pa.Array,
        column: str,
        first: int,
        digits: int | None,
        *,
        commas: bool = False,
        where: Callable[[int], str] | None = None,
    ) -> None:
        """Look at the trimmed texts of a batch that begins at row ``first``.

        Parameters
        ----------
        digits
            As in `PointsSeen.doubtful`.
        commas
            Whether decimals are said to have commas, not points.
        where
            Asked for the place of the first doubtful cell in its batch.
        """
        seen = self._seen.get(column, _Seen(points=PointsSeen(), digits=digits, begun=-1, commas=commas))
        if seen.points.decimals or seen.begun == first:
            return  # a column that two measures read is counted once
        told = points_beside_commas if commas else points_in
        cells = pc.fill_null(cells, "")
        pointed = pc.match_substring(cells, ".")
        points = seen.points
        if commas or not points.whole:
            points |= told(cells.filter(pc.invert(pointed)).unique().to_pylist())
        seen = replace(seen, begun=first)
        if pc.any(pointed).as_py():
            both = pc.match_substring_regex(cells, BOTH_WAYS)
            others = cells.filter(pc.and_not(pointed, both))
            places = np.flatnonzero(np.asarray(both))
            points |= told(others.unique().to_pylist()) | PointsSeen(both_ways=places.size > 0)
            if places.size and not seen.count:
                place = int(places[0])
                named = "" if where is None else where(place)
                seen = replace(seen, row=first + place, text=cells[place].as_py(), where=named)
            seen = replace(seen, count=seen.count + places.size)
        self._seen[column] = replace(seen, points=points)

    def found(self) -> Iterator[Doubted]:
        """Yield the columns that stay doubtful after the last batch."""
        for column, seen in self._seen.items():
            if seen.points.doubtful(0 if seen.commas else seen.digits):
                remedy = either_way(seen.text, seen.digits, commas=seen.commas)
                yield Doubted(
                    column=column, text=seen.text, row=seen.row, count=seen.count, remedy=remedy, where=seen.where
                )
