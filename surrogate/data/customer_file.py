"""Files with one row a customer, CSV or Parquet: to place customers, and to search artefacts for their ids."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.language.csv_files import CsvTable, read_csv
from scenarios.problems import InvalidInput, Problem
from surrogate.data.id_text import id_text
from surrogate.data.unreadable import why_unreadable

CUSTOMER = "customer"
"""Column of ids, if the file has one."""


def customer_table(path: Path) -> CsvTable:
    """Read a file as columns of texts; blanks where a value is missing.

    Raises
    ------
    InvalidInput
        For a file that cannot be read; what is wrong inside a CSV file stands in the table's problems.
    """
    try:
        content = path.read_bytes()
        if path.suffix.lower() not in (".parquet", ".pq"):
            return read_csv(content, path.name)
        frame = pq.read_table(pa.BufferReader(content), use_threads=False, pre_buffer=False).to_pydict()
    except (pa.ArrowInvalid, OSError) as error:
        expected, got, remedy = why_unreadable(path, error)
        expected = f"a CSV or Parquet file of customers: {expected}"
        problem = Problem(where=str(path), what="file", expected=expected, got=got, remedy=remedy)
        raise InvalidInput([problem]) from None
    texts = {name: [id_text(one) for one in values] for name, values in frame.items()}
    count = len(next(iter(texts.values()), []))
    return CsvTable(name=path.name, columns=texts, lines=list(range(1, count + 1)))


def read_ids(path: Path) -> list[str]:
    """Return the ids of the column ``customer``, or of the only column.

    Raises
    ------
    InvalidInput
        For files that cannot be read or have neither.
    """
    table = customer_table(path)
    if not table.problems and CUSTOMER not in table.columns and len(table.columns) != 1:
        got = ", ".join(table.columns) or "no column"
        table.problem(
            None, "header", f"the column {CUSTOMER}", got, "name the column of ids so, or give a file of ids only"
        )
    if table.problems:
        raise InvalidInput(table.problems)
    return table.columns[CUSTOMER] if CUSTOMER in table.columns else next(iter(table.columns.values()))
