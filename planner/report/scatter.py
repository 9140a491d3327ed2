"""A picture of numbered points on two axes, drawn with characters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

HEIGHT = 12
"""Rows of the picture."""
WIDEST = 76
"""Columns of the picture on wide screens."""
NARROWEST = 24
"""Columns below which nothing is drawn."""


@dataclass(frozen=True, kw_only=True)
class Scatter:
    """Points with short marks; where two fall together the first one is seen."""

    points: tuple[tuple[float, float], ...]
    """Across and up."""
    marks: tuple[str, ...]
    across: str
    """What the horizontal axis is."""
    up: str
    write: Callable[[int, float], str]
    """Writes a value of an axis, 0 across and 1 up."""
    loud: int
    """The point that stands out."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the points above an axis whose ends are labelled."""
        low = [min(point[axis] for point in self.points) for axis in (0, 1)]
        high = [max(point[axis] for point in self.points) for axis in (0, 1)]
        labels = [self.write(1, value) for value in (high[1], low[1])]
        left = max(len(label) for label in labels)
        width = min(options.max_width - left - 3, WIDEST)
        if width < NARROWEST:
            return
        rows = [[" "] * width for _ in range(HEIGHT)]
        wide = max(len(mark) for mark in self.marks)
        stand_out: tuple[int, int, str] | None = None
        for number in sorted(range(len(self.points)), key=lambda place: place != self.loud):
            column = round(_share(self.points[number][0], low[0], high[0]) * (width - wide))
            row = HEIGHT - 1 - round(_share(self.points[number][1], low[1], high[1]) * (HEIGHT - 1))
            mark = self.marks[number]
            if all(cell == " " for cell in rows[row][max(column - 1, 0) : column + len(mark) + 1]):
                rows[row][column : column + len(mark)] = list(mark)
                if number == self.loud:
                    stand_out = (row, column, mark)
        yield Text(f"{self.up} (up) against {self.across} (right)", style="bold")
        for number, cells in enumerate(rows):
            label = labels[0] if number == 0 else labels[1] if number == HEIGHT - 1 else ""
            line = Text(f"{label:>{left}} │", style="dim")
            drawn = Text("".join(cells))
            if stand_out is not None and stand_out[0] == number:
                drawn.stylize("bold green", stand_out[1], stand_out[1] + len(stand_out[2]))
            yield line + drawn
        ends = (self.write(0, low[0]), self.write(0, high[0]))
        yield Text(" " * left + " └" + "─" * width, style="dim")
        yield Text(" " * (left + 2) + ends[0] + f"{ends[1]:>{max(width - len(ends[0]), 1)}}", style="dim")


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5
