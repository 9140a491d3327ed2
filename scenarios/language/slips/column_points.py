"""Columns in which a point may separate thousands: ``1.230`` beside ``990`` is 1,230 to half of Europe, and not 1.23.

The other cells of the column tell: ``0.125``, ``12.5`` or ``1249.500`` have a point that marks decimals, and so have
all other cells then. Programs that write three decimals everywhere write ``990.000``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scenarios.language.slips.decimal_comma import COMMA, Doubt
from scenarios.language.slips.point_numbers import one_way, read_both_ways
from scenarios.problems import shown

_DECIMAL = re.compile(r"\s*[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")
_WHOLE = re.compile(r"\s*[+-]?0*[1-9][0-9]+\s*")
"""A single digit is written so beside decimals, too: 1.128 units an order beside 2 are no thousand."""
_FINE = 3
"""Decimals from which on an amount of money may have three of them."""


@dataclass(frozen=True, kw_only=True)
class PointsSeen:
    """What the cells of a column tell about its points, whichever part of the column they are."""

    both_ways: bool = False
    """Whether some may be thousands or decimals."""
    decimals: bool = False
    """Whether another one shows that points mark decimals."""
    whole: bool = False
    """Whether another one is a whole number from 10 on, beside which a thousand may stand."""

    def __or__(self, other: PointsSeen) -> PointsSeen:
        """Return what two parts of a column tell together."""
        return PointsSeen(
            both_ways=self.both_ways or other.both_ways,
            decimals=self.decimals or other.decimals,
            whole=self.whole or other.whole,
        )

    def doubtful(self, digits: int | None = None) -> bool:
        """Whether the column may be read in two ways.

        Parameters
        ----------
        digits
            Most decimals of its numbers, where that is known: those of the currency, and 0 of what is counted.
        """
        too_many = digits is not None and digits < _FINE
        return self.both_ways and not self.decimals and (too_many or self.whole)


def fine_digits(digits: int | None) -> int | None:
    """Return the most decimals of amounts that may be finer than the smallest unit of a currency with ``digits``.

    Unit costs and what a model expects of a customer have three decimals as often as two; where a currency has no
    smaller unit at all, hardly.
    """
    return 0 if digits == 0 else None


def points_in(texts: Iterable[str]) -> PointsSeen:
    """Return what cells of a column tell.

    Examples
    --------
    >>> points_in(["990", "1.230"]).doubtful(), points_in(["990", "1.230", "12.5"]).doubtful()
    (True, False)
    >>> points_in(["1.230", "2.000"]).doubtful(), points_in(["1.230", "2.000"]).doubtful(2)
    (False, True)
    """
    both, whole = False, False
    for text in texts:
        if "." not in text:
            whole = whole or _WHOLE.fullmatch(text) is not None
        elif read_both_ways(text):
            both = True
        elif _DECIMAL.fullmatch(text):
            return PointsSeen(both_ways=both, decimals=True, whole=whole)
    return PointsSeen(both_ways=both, whole=whole)


def points_beside_commas(texts: Iterable[str]) -> PointsSeen:
    """Return what cells of a column tell whose decimals are said to have commas; take it with no digits.

    A comma before decimals (``12,5``) shows it, and so do two points (``1.234.567``). Where neither stands in the
    column, ``1.230`` may have come from a program that writes decimal points.

    Examples
    --------
    >>> points_beside_commas(["990", "1.230"]).doubtful(0), points_beside_commas(["12,50", "1.230"]).doubtful(0)
    (True, False)
    """
    both = False
    for text in texts:
        if COMMA in text or text.count(".") > 1:
            return PointsSeen(both_ways=both, decimals=True)
        both = both or read_both_ways(text) != ""
    return PointsSeen(both_ways=both)


def doubt_in(column: str, cells: Sequence[str], digits: int | None = None, *, commas: bool = False) -> Doubt | None:
    """Return what is doubtful about a column; None where it has one reading.

    Parameters
    ----------
    digits
        As in `PointsSeen.doubtful`.
    commas
        Whether decimals are said to have commas, not points.
    """
    different = dict.fromkeys(cells)
    seen = points_beside_commas(different) if commas else points_in(different)
    if not seen.doubtful(0 if commas else digits):
        return None
    rows = [row for row, cell in enumerate(cells) if read_both_ways(cell)]
    more = f" (and on {len(rows) - 1} more {'row' if len(rows) == 2 else 'rows'})" if len(rows) > 1 else ""
    first = cells[rows[0]]
    remedy = either_way(first, digits, commas=commas)
    return Doubt(row=rows[0], column=column, got=f"{shown(first)}{more}", remedy=remedy)


def either_way(text: str, digits: int | None = None, *, commas: bool = False) -> str:
    """Say how to write a doubtful cell in one way or the other.

    Examples
    --------
    >>> either_way("1.230", 2, commas=True)
    'write 1230, or 1,230 if decimals were meant'
    >>> either_way("144.000", 0), either_way("1.230", 2), either_way("1.125")
    ('write 144000, or 144 if decimals were meant', 'write 1230, or 1.23 if decimals were meant', \
'write 1125, or 1.1250 if decimals were meant')
    """
    thousands = text.replace(".", "")
    if commas:
        return f"write {thousands}, or {text.replace('.', COMMA)} if decimals were meant"
    if digits is not None and digits < _FINE:
        decimal = one_way(text, digits).rpartition(" ")[2]
    else:
        decimal = text.rstrip("0").rstrip(".")
        decimal = f"{decimal}0" if read_both_ways(decimal) else decimal  # four decimals are decimals
    return f"write {thousands}, or {decimal} if decimals were meant"
