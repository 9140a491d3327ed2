"""Tables of the terminal views on a page: the same figures and sentences, all columns but drawings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from planner.report.table import Cell, FittedTable


@dataclass(frozen=True, kw_only=True)
class PageCell:
    """One cell of a page's table."""

    text: str
    number: bool
    strong: bool = False


@dataclass(frozen=True, kw_only=True)
class PageTable:
    """A table as the page's template lays it out."""

    title: str
    head: tuple[PageCell, ...]
    rows: tuple[tuple[PageCell, ...], ...]
    notes: tuple[str, ...] = ()
    empty: str = ""
    """What is said where there are no rows."""


def page_table(found: FittedTable, *, title: str | None = None) -> PageTable:
    """Take over a table of a terminal view; ``title`` in place of its own where the page's heading says it already."""
    places = [place for place, column in enumerate(found.columns) if not column.drawing]
    numbers = [found.columns[place].number for place in places]

    def cells(row: Sequence[Cell]) -> tuple[PageCell, ...]:
        return tuple(
            PageCell(text=_plain(row[place]), number=number, strong=_strong(row[place]))
            for place, number in zip(places, numbers, strict=True)
        )

    head = tuple(
        PageCell(text=found.columns[place].title, number=number) for place, number in zip(places, numbers, strict=True)
    )
    return PageTable(
        title=found.title if title is None else title,
        head=head,
        rows=tuple(cells(row) for row in found.rows),
        notes=(*found.notes, *(about.text for about in found.abouts)),
        empty=found.empty,
    )


def plain_table(title: str, head: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]]) -> PageTable:
    """Lay out rows of texts.

    Parameters
    ----------
    head
        Title of each column, and whether it holds numbers.
    """
    return PageTable(
        title=title,
        head=tuple(PageCell(text=name, number=number) for name, number in head),
        rows=tuple(cells_of(row, head) for row in rows),
    )


def cells_of(row: Sequence[str], head: Sequence[tuple[str, bool]], *, strong: bool = False) -> tuple[PageCell, ...]:
    """Return the cells of a row of texts under a head as that of `plain_table`."""
    return tuple(PageCell(text=text, number=number, strong=strong) for text, (_, number) in zip(row, head, strict=True))


def _plain(cell: Cell) -> str:
    return cell.plain if isinstance(cell, Text) else cell


def _strong(cell: Cell) -> bool:
    return isinstance(cell, Text) and "bold" in str(cell.style)
