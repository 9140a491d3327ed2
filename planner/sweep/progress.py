"""What a sweep has done so far, and its table, which never stands beside plans that are not its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from planner.sweep.record import Planned, Point, Sweep
from planner.sweep.vary import Axis


@dataclass(frozen=True, kw_only=True, eq=False)
class Done:
    """The points that are done, by their values."""

    axes: tuple[Axis, ...]
    limit: str | None
    table: Callable[[Sweep], None]
    """Given the table of what is done whenever that changes."""
    points: dict[tuple[str, ...], Point] = field(default_factory=dict)

    def put(
        self,
        values: tuple[str, ...],
        found: Planned,
        lent: tuple[str, ...] | None = None,
        raised: Decimal = Decimal(0),
    ) -> None:
        """Take a point in, and keep its plans; at no moment does the table tell of plans that are not there any more.

        Parameters
        ----------
        lent
            Values of the point whose plan this one began with, where that was planned again.
        raised
            Objective that this has added to what the point's own search had found.
        """
        point = found.point
        if found.keep is not None:
            before = self.points.pop(values, None)
            self.table(self.sweep(interrupted=True))
            try:
                point = found.keep()
            except BaseException:  # then the folder still holds what it held
                if before is not None:
                    self.points[values] = before
                raise
        self.points[values] = replace(point, lent=lent, raised=raised)
        self.table(self.sweep(interrupted=True))

    def place(self, values: tuple[str, ...]) -> int:
        """Place of a combination in the order of the axes' values, the last axis fastest."""
        place = 0
        for axis, value in zip(self.axes, values, strict=True):
            place = place * len(axis.values) + axis.values.index(value)
        return place

    def sweep(self, *, interrupted: bool) -> Sweep:
        """All points that are done, in the order of the axes' values."""
        points = tuple(self.points[values] for values in sorted(self.points, key=self.place))
        return Sweep(axes=self.axes, points=points, limit=self.limit, interrupted=interrupted)
