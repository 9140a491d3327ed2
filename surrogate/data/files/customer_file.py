"""Files with one row a customer, CSV or Parquet: to place customers, and to search artefacts for their ids."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.arrays import Flag
from scenarios.bounded_read import read_bounded
from scenarios.first_few import first_few
from scenarios.language.text.csv_files import MAX_BYTES, CsvTable, read_csv_file
from scenarios.problems import InvalidInput, Problem
from surrogate.data.files.id_text import ALL_DIGITS, AS_TEXT, WHOLE_IDS, id_text, inexact, shortened
from surrogate.data.files.unreadable import why_unreadable

CUSTOMER, PSEUDONYM = "customer", "pseudonym"
"""Columns of ids, and of what ``campaign profiles`` writes in their place: a file that lists customers has one."""
_SHOWN = 8
"""Columns that a message names: a file of features has dozens."""


def naming_column(columns: Sequence[str]) -> tuple[str, tuple[str, str, str] | None]:
    """Return which column names the customers, and what is wrong (expected, got, remedy) where that is not plain."""
    here = [name for name in (CUSTOMER, PSEUDONYM) if name in columns]
    if len(here) == 1:
        return here[0], None
    if here:
        return CUSTOMER, (f"one of the columns {CUSTOMER} and {PSEUDONYM}", "both", "delete one of them")
    remedy = f"name the column of ids so, or that of pseudonyms {PSEUDONYM}"
    return CUSTOMER, (f"the column {CUSTOMER}", in_words(columns), remedy)


def in_words(columns: Sequence[str]) -> str:
    """Name columns, the first of many."""
    return first_few(columns, _SHOWN) if columns else "no column"


def customer_table(path: Path) -> CsvTable:
    """Read a file as columns of texts; blanks where a value is missing.

    Raises
    ------
    InvalidInput
        For a file that cannot be read; what is wrong inside a CSV file stands in the table's problems.
    """
    try:
        if path.suffix.lower() not in (".parquet", ".pq"):
            table = read_csv_file(path, path.name)
            for name in (CUSTOMER, PSEUDONYM):
                if name in table.columns:
                    _check_digits(table, name, shortened(pa.array(table.columns[name], pa.string())), AS_TEXT)
            return table
        content = read_bounded(path, max(MAX_BYTES, path.stat().st_size))
        names = pq.read_schema(pa.BufferReader(content)).names
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            table = CsvTable(name=path.name, columns={}, lines=[])
            for name in twice:
                table.problem(None, "header", "each column once", f"{name} twice", "delete or rename one")
            return table
        read = pq.read_table(
            pa.BufferReader(content), use_threads=False, pre_buffer=False, page_checksum_verification=True
        )
        read.validate(full=True)  # damaged bytes would be another id, or none
        frame = read.to_pydict()
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        expected, got, remedy = why_unreadable(path, error)
        expected = f"a CSV or Parquet file of customers: {expected}"
        problem = Problem(where=str(path), what="file", expected=expected, got=got, remedy=remedy)
        raise InvalidInput([problem]) from None
    texts = {name: [_text(one) for one in values] for name, values in frame.items()}
    table = CsvTable(name=path.name, columns=texts, lines=list(range(1, read.num_rows + 1)))
    for name in (CUSTOMER, PSEUDONYM):
        if name in texts:
            _check_ids(table, name, read.column(name).combine_chunks())
    return table


def _text(value: object) -> str:
    """Return the text of a cell; infinity is told as such, for whoever reads numbers to refuse: it is no blank."""
    return str(value) if isinstance(value, float | np.floating) and np.isinf(value) else id_text(value)


def _check_ids(table: CsvTable, column: str, ids: pa.Array) -> None:
    """Refuse columns that hold other ids than people know: lists, records, numbers whose last digits are lost."""
    if pa.types.is_nested(ids.type):
        table.problem(None, column, "a column of plain values", str(ids.type))
        return
    _check_digits(table, column, inexact(ids), WHOLE_IDS)
    _check_digits(table, column, shortened(ids), AS_TEXT)


def _check_digits(table: CsvTable, column: str, broken: Flag, remedy: str) -> None:
    """Refuse ids whose last digits are lost."""
    lost = np.flatnonzero(broken)
    if lost.size:
        got = f"{table.columns[column][int(lost[0])]} in {lost.size:,} {'row' if lost.size == 1 else 'rows'}"
        table.problem(int(lost[0]), column, ALL_DIGITS, got, remedy)


def read_ids(path: Path) -> list[str]:
    """Return the ids of the column ``customer``, or of the only column.

    Raises
    ------
    InvalidInput
        For files that cannot be read or have neither.
    """
    table = customer_table(path)
    if not table.problems and CUSTOMER not in table.columns and len(table.columns) != 1:
        got = in_words(list(table.columns))
        table.problem(
            None, "header", f"the column {CUSTOMER}", got, "name the column of ids so, or give a file of ids only"
        )
    if table.problems:
        raise InvalidInput(table.problems)
    return table.columns[CUSTOMER] if CUSTOMER in table.columns else next(iter(table.columns.values()))
