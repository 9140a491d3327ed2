"""Columns of a customers' file whose points may separate thousands: what batches tell, and what all of them make of it.

A file has millions of rows. Of a column that has shown one decimal (12.5, 0.125) nothing more is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scenarios.language.slips.column_points import PointsSeen, either_way, points_in
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


class ColumnDoubts:
    """Running summaries of columns."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def note(self, cells: pa.Array, column: str, first: int, digits: int | None) -> None:
        """Look at the trimmed texts of a batch that begins at row ``first``; ``digits`` as in `PointsSeen.doubtful`."""
        seen = self._seen.get(column, _Seen(points=PointsSeen(), digits=digits, begun=-1))
        if seen.points.decimals or seen.begun == first:
            return  # a column that two measures read is counted once
        cells = pc.fill_null(cells, "")
        pointed = pc.match_substring(cells, ".")
        points = (
            points_in(cells.filter(pc.invert(pointed)).unique().to_pylist()) if not seen.points.whole else seen.points
        )
        row, count, text = seen.row, seen.count, seen.text
        if pc.any(pointed).as_py():
            both = pc.match_substring_regex(cells, BOTH_WAYS)
            others = cells.filter(pc.and_not(pointed, both))
            places = np.flatnonzero(np.asarray(both))
            points |= points_in(others.unique().to_pylist()) | PointsSeen(both_ways=places.size > 0)
            if places.size and not count:
                row, text = first + int(places[0]), cells[int(places[0])].as_py()
            count += places.size
        self._seen[column] = replace(seen, points=seen.points | points, begun=first, text=text, row=row, count=count)

    def found(self) -> Iterator[Doubted]:
        """Yield the columns that stay doubtful after the last batch."""
        for column, seen in self._seen.items():
            if seen.points.doubtful(seen.digits):
                remedy = either_way(seen.text, seen.digits)
                yield Doubted(column=column, text=seen.text, row=seen.row, count=seen.count, remedy=remedy)
