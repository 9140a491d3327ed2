"""Tables that fit any width: text folds, optional columns give way, numbers are never cut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

Cell = str | Text
_GAP = 2


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a `FittedTable`."""

    title: str
    number: bool = False
    """Right-aligned and never broken."""
    drawing: bool = False
    """Left-aligned and never broken."""
    least: int = 10
    """Columns that text keeps at least before optional columns give way."""
    gives_way: int = 0
    """0: always shown; else hidden on narrow screens, the largest first."""


@dataclass(frozen=True, kw_only=True)
class About:
    """A sentence below a table about one of its columns: unsaid where the column has given way."""

    column: str
    """Its title."""
    text: str


@dataclass(frozen=True, kw_only=True)
class FittedTable:
    """A table that chooses its columns by the width it is printed at.

    Raises
    ------
    ValueError
        For a row with other cells than columns.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Sequence[Cell], ...]
    notes: tuple[str, ...] = ()
    """Sentences below the table."""
    abouts: tuple[About, ...] = ()
    """Then those about columns that may have given way."""
    empty: str = "nothing"
    """What is said instead of a table without rows."""
    narrow: FittedTable | None = None
    """The same in fewer words, printed where text would have to be folded or columns to give way."""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells in a table of {len(self.columns)} columns: {self.title}")

    def least_width(self, places: Sequence[int], *, whole_words: bool = True) -> int:
        """Width below which a number would be cut, a word broken, or text squeezed under its least width."""
        return _GAP * (len(places) - 1) + sum(self._least(place, whole_words) for place in places)

    @property
    def natural_width(self) -> int:
        """Width at which every column is shown and nothing is folded."""
        natural = [max(map(_width, self._cells(place))) for place in range(len(self.columns))]
        return sum(natural) + _GAP * (len(natural) - 1)

    def _least(self, place: int, whole_words: bool) -> int:
        column = self.columns[place]
        cells = self._cells(place)
        natural = max(_width(cell) for cell in cells)
        word = max(_longest_word(cell) for cell in cells) if whole_words else 0
        return natural if column.number or column.drawing else min(natural, max(column.least, word))

    def _cells(self, place: int) -> tuple[Cell, ...]:
        return (self.columns[place].title, *(row[place] for row in self.rows))

    def fitting(self, width: int) -> tuple[int, ...]:
        """Places of the columns that are shown at a width; only where nothing can give way are long words broken."""
        places = list(range(len(self.columns)))
        while self.least_width(places) > width:
            optional = [place for place in places if self.columns[place].gives_way]
            if not optional:
                return tuple(places) if self.least_width(places, whole_words=False) <= width else ()
            places.remove(max(optional, key=lambda place: (self.columns[place].gives_way, place)))
        return tuple(places)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Print the title, the table and its notes."""
        if self.narrow is not None and self.natural_width > options.max_width:
            yield self.narrow
            return
        if self.title:
            yield Text(self.title, style="bold")
        hidden: set[str] = set()
        if not self.rows:
            yield Text(self.empty)
        else:
            places = self.fitting(options.max_width)
            if places:
                yield self._table(places, options.max_width, console)
            else:
                yield from self._stacked()
            left_out = [place for place in range(len(self.columns)) if places and place not in places]
            if titles := [title for title in map(self._known_as, left_out) if title]:
                yield Text(f"not shown at this width: {', '.join(titles)}", style="dim")
            hidden = {self.columns[place].title for place in left_out}
        for sentence in (*self.notes, *(about.text for about in self.abouts if about.column not in hidden)):
            yield Text(sentence, style="dim")

    def _known_as(self, place: int) -> str:
        """Return a column's title, with the title before it where several columns have the same."""
        title = self.columns[place].title
        if place == 0 or sum(column.title == title for column in self.columns) == 1:
            return title
        return f"{title} of {self.columns[place - 1].title}" if title else title

    def widths(self, places: Sequence[int], width: int) -> list[int]:
        """Cells of each column that is shown: text keeps its least and is cut to one level where there is no room."""
        whole_words = self.least_width(places) <= width
        least = [self._least(place, whole_words) for place in places]
        natural = [max(map(_width, self._cells(place))) for place in places]
        room = width - _GAP * (len(places) - 1)

        def cut(level: int) -> list[int]:
            return [min(most, max(fewest, level)) for fewest, most in zip(least, natural, strict=True)]

        level = max(natural)
        while level > 1 and sum(cut(level)) > room:
            level -= 1
        return cut(level)

    def _table(self, places: Sequence[int], width: int, console: Console) -> Table:
        widths = self.widths(places, width)
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
        # Widths are said outright: left alone, rich squeezes columns below what they must have, and cuts the last one.
        for place, cells in zip(places, widths, strict=True):
            column = self.columns[place]
            whole = column.number or column.drawing
            table.add_column(
                _text(column.title),
                justify="right" if column.number else "left",
                no_wrap=whole,
                overflow="crop" if whole else "fold",
                width=cells,
            )
        for row in self.rows:
            texts = [
                _text(row[place]) if self.columns[place].number else _hyphened(_text(row[place]), cells)
                for place, cells in zip(places, widths, strict=True)
            ]
            table.add_row(*(_hung(text, cells, console) for text, cells in zip(texts, widths, strict=True)))
        return table

    def _stacked(self) -> RenderResult:
        """One ``title: value`` line per cell, for screens narrower than the numbers side by side."""
        for number, row in enumerate(self.rows):
            if number:
                yield Text("")
            for column, cell in zip(self.columns, row, strict=True):
                title = f"{column.title}: " if column.title else ""
                yield Text.assemble((title, "bold"), _text(cell), overflow="fold")


def _text(cell: Cell) -> Text:
    """Wrap a text so that nothing in it is read as markup."""
    return cell if isinstance(cell, Text) else Text(cell)


def _hyphened(text: Text, width: int) -> Text:
    """Break words that are wider than a column where an id is put together, rather than anywhere."""
    words = [word for word in re.finditer(r"\S+", text.plain) if word[0].isascii() and len(word[0]) > width]
    breaks = [place for word in words for place in _joints(word[0], word.start(), width)]
    return Text("\n").join(text.divide(breaks)) if breaks else text


def _joints(word: str, start: int, width: int) -> Iterator[int]:
    """Places behind the last mark within each width of a long word; none where a piece has no mark."""
    while len(word) > width:
        piece = max((mark.end() for mark in re.finditer(r"[:\-_./]", word) if mark.end() <= width), default=0)
        if not piece:
            return
        yield start + piece
        word, start = word[piece:], start + piece


def _hung(text: Text, width: int, console: Console) -> Text:
    """Fold the lines that begin with spaces, and begin what is folded with as many."""
    if not any(line.startswith(" ") for line in text.plain.splitlines()):
        return text
    lines: list[Text] = []
    for line in text.split("\n"):
        indent = len(line.plain) - len(line.plain.lstrip(" "))
        lead, room = Text(" " * indent), width - indent
        lines += [lead + part for part in line[indent:].wrap(console, room)] if indent and room > indent else [line]
    return Text("\n").join(lines)


def _width(cell: Cell) -> int:
    text = cell.plain if isinstance(cell, Text) else cell
    return max((cell_len(line) for line in text.splitlines()), default=0)


def _longest_word(cell: Cell) -> int:
    """Cells of the longest word that a fold would break; scripts without spaces may be broken anywhere."""
    text = cell.plain if isinstance(cell, Text) else cell
    return max((cell_len(word) for word in text.split() if word.isascii()), default=0)
