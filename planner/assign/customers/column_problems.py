"""What is wrong with the columns of a customers' file, told once a column however many batches have it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from planner.assign.customers.customer_file import SEGMENT, CustomerFile, column_of, problem_of, texts_of
from scenarios.first_few import first_few
from scenarios.language.slips.column_doubts import ColumnDoubts
from scenarios.language.slips.comma_numbers import comma_remedy
from scenarios.language.slips.decimal_comma import COMMA, EXPECTED, reading_of
from scenarios.problems import Problem, meant_by, or_else
from surrogate.data.files.customer_file import CUSTOMER

_DIGITS = "write digits 0 to 9 and a decimal point only"
_DIGITS_WITH_COMMAS = "write digits 0 to 9 and a decimal comma only"
"""Of a file whose cells stand apart by something else than commas, as spreadsheets of many countries save them."""


def note_segments(
    words: NDArray[np.object_], bad: NDArray[np.bool_], known: Sequence[str], first: int, problems: ColumnProblems
) -> None:
    """Note rows of a batch that begins at row ``first`` whose segment the scenario does not have."""
    if bad.any():
        remedy = or_else(meant_by(str(words[int(np.argmax(bad))]), known), "")
        expected = f"segments of the scenario ({_first_of(known)})"
        problems.note(SEGMENT, expected, bad, first, lambda row: f'"{words[row]}"' if words[row] else "a blank", remedy)


def _first_of(known: Sequence[str]) -> str:
    return first_few(known, 8)


class ColumnProblems:
    """What is wrong with columns, gathered over all batches: one problem a column and kind, with its first place.

    Parameters
    ----------
    file
        Where the columns stand.
    """

    def __init__(self, file: CustomerFile) -> None:
        self._file = file
        self._found: dict[tuple[str, str], tuple[str, int, int, str]] = {}
        self._told: set[tuple[str, str, int]] = set()
        self._doubts = ColumnDoubts()

    @property
    def _digits(self) -> str:
        return _DIGITS if self._file.separator in (None, "", COMMA) else _DIGITS_WITH_COMMAS

    def note(self, column: str, expected: str, bad: NDArray[np.bool_], first: int, got: Any, remedy: str = "") -> None:
        """Note bad rows of a batch that begins at row ``first``; ``got`` is called with the first of them."""
        if not bad.any() or (column, expected, first) in self._told:
            return  # a column that two measures read is told once
        self._told.add((column, expected, first))
        place = int(np.argmax(bad))
        known = self._found.get((column, expected))
        count = int(bad.sum())
        if known is None:
            self._found[column, expected] = (str(got(place)), first + place, count, remedy)
        else:
            self._found[column, expected] = (known[0], known[1], known[2] + count, known[3])

    def numbers(self, batch: pa.RecordBatch, name: str, first: int) -> NDArray[np.float64]:
        """Return a column's numbers [n]: NaN where blank, and where something else is wrong, which is noted."""
        return self.read(batch, name, first)[0]

    def read(
        self, batch: pa.RecordBatch, name: str, first: int, digits: int | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return a column's numbers [n], and which cells are noted already, so that nobody notes them again.

        ``digits`` are the most decimals that they have, where that is known.
        """
        column = column_of(batch, name)
        noted = np.zeros(batch.num_rows, dtype=bool)
        texts = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        try:
            if texts:
                trimmed = pc.utf8_trim_whitespace(self._with_points(column, name, first, noted))
                if self._file.separator == COMMA:
                    self._doubts.note(trimmed, name, first, digits)
                column = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
            values = np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False))
            bad = np.isnan(values) & np.asarray(column.is_valid()) if texts else noted
            remedy = f"{self._digits}, or leave the cell blank"
        except (pa.ArrowException, TypeError):
            raw = texts_of(column)
            values = pd.to_numeric(pd.Series(raw), errors="coerce").to_numpy(dtype=np.float64)
            bad = np.isnan(values) & (raw != "")
            told = comma_remedy(raw[int(np.argmax(bad))]) if bad.any() else ""
            remedy = told or self._digits
        if bad.any():
            cells = texts_of(column)
            self.note(name, "numbers", bad, first, lambda row: f'"{cells[row]}"', remedy)
            noted |= bad
        endless = np.isinf(values)
        self.note(name, "finite numbers", endless, first, lambda row: values[row])
        return np.where(endless, np.nan, values), noted | endless

    def close(self) -> None:
        """Note what only all rows together tell: columns whose points may separate thousands."""
        for doubt in self._doubts.found():
            self._found[doubt.column, EXPECTED] = (f'"{doubt.text}"', doubt.row, doubt.count, doubt.remedy)

    def _with_points(self, column: pa.Array, name: str, first: int, noted: NDArray[np.bool_]) -> pa.Array:
        """Return texts with decimal points; cells of a file with decimal commas that may mean two are noted, blank."""
        if self._file.separator == COMMA:
            return column
        coded = pc.dictionary_encode(column)
        cells = coded.dictionary.to_pylist()
        reading = reading_of(cells)
        doubts = [reading.doubt(cell) for cell in cells]
        noted |= np.array([*map(bool, doubts), False])[pc.fill_null(coded.indices, -1).to_numpy()]
        raw, remedy = texts_of(column), next(filter(None, doubts), "")
        self.note(name, EXPECTED, noted, first, lambda row: f'"{raw[row]}"', remedy)
        plain = ["" if doubt else reading.cell(cell) for cell, doubt in zip(cells, doubts, strict=True)]
        return pa.array(plain, pa.string()).take(coded.indices)

    def __bool__(self) -> bool:
        return bool(self._found)

    def problems(self) -> list[Problem]:
        """Return all problems, by column."""
        out = []
        for (column, expected), (got, row, count, remedy) in self._found.items():
            more = f" and in {count - 1:,} more" if count > 1 else ""
            name = self._file.naming if column == CUSTOMER else column
            text = f"{got} in {self._file.where(row)}{more}"
            out.append(problem_of(self._file.path, name, expected, text, remedy))
        return out
