"""One sheet of a workbook: cells with number formats, formulas with their value, column widths, print setup."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MAX_WIDTH = 60
"""Columns of text are no wider; longer text wraps."""
_A4 = 9
_WIDE_DIGIT = 1.15
"""Width of a bold digit in units of the column width."""

Amount = Decimal | float | int


class _Stored(float):
    """A number that is stored with the digits that it has: 9516.11, of which 16 digits make 9516.110000000001."""

    def __format__(self, _: str) -> str:
        return repr(float(self)).upper().removesuffix(".0")


class Styles:
    """Cell formats of one workbook, each made once.

    Parameters
    ----------
    book
        The workbook.
    digits
        Digits of the currency's minor unit.
    """

    def __init__(self, book: Workbook, digits: int) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}
        money = "#,##0" + (f".{'0' * digits}" if digits else "")
        self.patterns = {
            "money": f"{money};[Red]-{money}",
            "count": "#,##0.000;[Red]-#,##0.000",
            "fine": "#,##0.000#########;[Red]-#,##0.000#########",
            "whole": "#,##0",
            "rate": "0.0000%;[Red]-0.0000%",
            "share": "0%",
            "part": "0.0##%",
            "ratio": "0.000000;[Red]-0.000000",
            "date": "yyyy-mm-dd",
            "text": "General",
        }

    def style(self, kind: str, **more: Any) -> Any:
        """Return the format of a kind of number or text; ``more`` are xlsxwriter's own properties."""
        properties = {"num_format": self.patterns[kind], "valign": "top", **more}
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]


class Sheet:
    """A worksheet that knows how wide its columns must be."""

    def __init__(self, book: Workbook, name: str, styles: Styles) -> None:
        self.name, self.styles = name, styles
        self.work: Worksheet = book.add_worksheet(name)
        self._widths: dict[int, float] = {}

    def text(self, row: int, column: int, value: str, *, wrap: bool = False, spans: bool = False, **more: Any) -> None:
        """Write a text, never read as a formula, number or link; ``spans``: it may run over the cells beside it."""
        side = {"text_wrap": wrap, **({} if "align" in more else {"align": "left", "indent": 1}), **more}
        self.work.write_string(row, column, value, self.styles.style("text", **side))
        if not spans:
            self._widen(column, 1 + max((cell_len(line) for line in value.splitlines()), default=0), bold=bool(more))

    def number(self, row: int, column: int, value: Amount | None, kind: str, **more: Any) -> None:
        """Write a number; a blank cell where there is none."""
        if kind == "share" and value is not None and round(100 * float(value), 9) % 1:
            kind = "part"  # an eighth is 12.5%, and 99.9% are not all
        style = self.styles.style(kind, **more)
        if value is None:
            self.work.write_blank(row, column, None, style)
            return
        self.work.write_number(row, column, _Stored(value), style)
        self._widen(column, _shown(value, self.styles.patterns[kind]), bold=bool(more))

    def date(self, row: int, column: int, value: dt.date) -> None:
        """Write a day."""
        self.work.write_datetime(
            row, column, dt.datetime.combine(value, dt.time()), self.styles.style("date", align="left", indent=1)
        )
        self._widen(column, 11)

    def formula(self, row: int, column: int, formula: str, value: Amount | str, kind: str, **more: Any) -> None:
        """Write a formula with the value that it has, for readers that do not calculate."""
        stored = value if isinstance(value, str) else float(value)
        self.work.write_formula(row, column, formula, self.styles.style(kind, **more), stored)
        shown = cell_len(value) if isinstance(value, str) else _shown(value, self.styles.patterns[kind])
        self._widen(column, shown, bold=bool(more))

    def header(self, row: int, titles: Iterable[str], *, numbers: Container[int] = ()) -> None:
        """Write a row of column titles, to the right above ``numbers``."""
        for column, title in enumerate(titles):
            side: dict[str, Any] = {
                "align": "right" if column in numbers else "left",
                "indent": int(column not in numbers),
            }
            self.text(row, column, title, wrap=True, bold=True, bottom=1, bg_color="#E8EEF4", **side)

    def finish(self, *, frozen: int = 0, repeated: tuple[int, int] | None = None, footer: str = "") -> None:
        """Set column widths, freeze the first rows, and set up printing: landscape A4, one page wide."""
        for column, width in self._widths.items():
            self.work.set_column(column, column, min(max(width + 2, 6), MAX_WIDTH))
        if frozen:
            self.work.freeze_panes(frozen, 0)
        if repeated is not None:
            self.work.repeat_rows(*repeated)
        self.work.set_landscape()
        self.work.set_paper(_A4)
        self.work.fit_to_pages(1, 0)
        self.work.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.work.set_footer(f"&L{footer.replace('&', '&&')[:180]} - &A&RPage &P of &N")

    def _widen(self, column: int, cells: float, *, bold: bool = False) -> None:
        needed = cells * (_WIDE_DIGIT if bold else 1.0)
        self._widths[column] = max(self._widths.get(column, 0.0), needed)


def _shown(value: Amount, pattern: str) -> int:
    """Characters of a number in its format."""
    places = pattern.partition(";")[0]
    digits = len(places.partition(".")[2].rstrip("%"))
    amount = float(value) * (100 if "%" in places else 1)
    return len(f"{amount:,.{digits}f}") + places.count("%")
