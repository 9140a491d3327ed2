"""The mapped columns of a CSV or Parquet file, as text; all other columns stay unread."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from scenarios.problems import InvalidInput, Problem, did_you_mean
from surrogate.data.files.text_encoding import undecodable
from surrogate.data.files.unreadable import MARKS, uneven_row, why_unreadable

Texts = NDArray[np.object_]
"""Texts of any length; columns of few different values share them."""


def read_columns(path: Path, wanted: tuple[str, ...], *, delimiter: str = ",") -> dict[str, Texts]:
    """Read columns as text without spaces around it; missing values are empty.

    Parameters
    ----------
    path
        The file.
    wanted
        Its columns that are read.
    delimiter
        What separates the columns of a CSV file.

    Raises
    ------
    InvalidInput
        When the file cannot be read, holds no row, or lacks or repeats a column.
    """
    try:
        known = _names(path, delimiter)
        _require_delimiter(path, known, wanted, delimiter)
        missing = [name for name in wanted if name not in known]
        twice = [name for name in wanted if known.count(name) > 1]
        if missing or twice:
            raise InvalidInput(
                [
                    *(column_problem(path.name, name, "a column of this name", "none", did_you_mean(name, known))
                      for name in missing),
                    *(column_problem(path.name, name, "one column of this name", f"{known.count(name)}",
                                     "rename one of them")
                      for name in twice),
                ]
            )  # fmt: skip
        table = _read(path, wanted, delimiter)
    except (OSError, pa.ArrowException, ValueError, EOFError) as error:
        found = uneven_row(path, error, delimiter=delimiter, remedy=MARKS) or undecodable(path, error)
        if found is not None:
            raise InvalidInput([found]) from None
        expected, got, remedy = why_unreadable(path, error)
        remedy += "; file names count from the folder of the data file"
        raise InvalidInput([column_problem(str(path), "file", expected, got, remedy)]) from None
    if table.num_rows == 0:
        raise InvalidInput([column_problem(path.name, "rows", "one row a customer", "none below the header")])
    return {name: _texts(table[name]) for name in wanted}


def typed_columns(path: Path, wanted: tuple[str, ...]) -> frozenset[str]:
    """Return the columns of a readable file that hold numbers or times, not text: their decimals have no mark."""
    if not _is_parquet(path):
        return frozenset()
    schema = pq.read_schema(path)
    text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_dictionary)
    return frozenset(name for name in wanted if not any(is_text(schema.field(name).type) for is_text in text))


def _require_delimiter(path: Path, known: list[str], wanted: tuple[str, ...], delimiter: str) -> None:
    marks = (one for one in (",", ";", "\t", "|") if one != delimiter and one in known[0])
    mark = next(marks, None) if len(known) == 1 else None
    if mark is not None and known[0] not in wanted:
        remedy = f"the columns seem to be separated by {mark!r}: write delimiter: {mark!r}"
        remedy += ", and decimal_mark: ',' where the comma marks decimals" if mark != "," else ""
        got, expected = f'one column "{known[0][:60]}"', f"columns separated by {delimiter!r}"
        raise InvalidInput([column_problem(path.name, "columns", expected, got, remedy)])


def _texts(column: pa.ChunkedArray) -> Texts:
    trimmed = pc.utf8_trim_whitespace(pc.fill_null(column, ""))
    return np.asarray(trimmed.to_pandas().to_numpy(dtype=object))


def column_problem(file: str, column: str, expected: str, got: str, remedy: str = "") -> Problem:
    """Return a problem of one column."""
    return Problem(where=file, what=column, expected=expected, got=got, remedy=remedy)


def _names(path: Path, delimiter: str) -> list[str]:
    if _is_parquet(path):
        return list(pq.read_schema(path).names)
    with pa_csv.open_csv(path, parse_options=_lines(delimiter)) as reader:
        return list(reader.schema.names)


def _lines(delimiter: str) -> pa_csv.ParseOptions:
    return pa_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)


def _read(path: Path, wanted: tuple[str, ...], delimiter: str) -> pa.Table:
    if _is_parquet(path):
        table = pq.read_table(path, columns=list(wanted))
        return pa.table({name: pa.array(_as_text(table[name])) for name in wanted})
    options = pa_csv.ConvertOptions(
        include_columns=list(wanted), column_types=dict.fromkeys(wanted, pa.string()), strings_can_be_null=False
    )
    return pa_csv.read_csv(path, parse_options=_lines(delimiter), convert_options=options)


def _as_text(column: pa.ChunkedArray) -> list[str]:
    """Write typed values as text, without the decimal point that tables with gaps give to whole numbers."""
    values = column.to_pandas()
    if pd.api.types.is_bool_dtype(values):
        values = values.astype(int)
    elif pd.api.types.is_float_dtype(values):
        known = values.dropna()
        if np.isfinite(known).all() and (known == np.floor(known)).all():
            values = values.astype("Int64")
    return ["" if pd.isna(value) else str(value) for value in values]


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() in (".parquet", ".pq")
