"""A file with one row a customer, CSV or Parquet, read in batches as often as wanted; hashes of ids decide ties."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from scenarios.language.slips.decimal_comma import COMMA, SPOKEN, separator_of
from scenarios.problems import InvalidInput, Problem, shown
from surrogate.data.files.customer_file import CUSTOMER, PSEUDONYM, naming_column
from surrogate.data.files.id_text import id_text
from surrogate.data.files.row_lines import line_of
from surrogate.data.files.text_encoding import undecodable
from surrogate.data.files.unreadable import BLANK_BYTES, PARQUET, POINTS, uneven_row, why_unreadable

SEGMENT = "segment"
_BLOCK_BYTES = 1 << 22


@dataclass(frozen=True, kw_only=True)
class CustomerFile:
    """A file and its columns."""

    path: Path
    columns: tuple[str, ...]
    """Names without spaces around them."""
    header: tuple[str, ...]
    """Names as the file writes them."""
    separator: str = COMMA
    """What stands between the cells of a CSV file; another one than commas tells of decimal commas."""

    @property
    def naming(self) -> str:
        """Column that names the customers; batches have it as ``customer`` in any case."""
        return naming_column(self.columns)[0]

    @property
    def pseudonymous(self) -> bool:
        """Whether customers are named by pseudonyms already."""
        return self.naming == PSEUDONYM

    def where(self, row: int) -> str:
        """Say where a row (from 0) stands."""
        return f"row {row + 1}" if self._is_parquet else f"line {line_of(self.path, row, delimiter=self.separator)}"

    @property
    def _is_parquet(self) -> bool:
        return self.path.suffix.lower() in PARQUET

    def batches(self, wanted: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """Yield some columns in batches of at most so many rows; the same file gives the same batches.

        Whoever asks for ``customer`` gets the `naming` column under that name.

        Raises
        ------
        InvalidInput
            Where the file cannot be read to its end.
        """
        try:
            read = [self.naming if name == CUSTOMER else name for name in wanted]
            for whole in self._batches(read, rows):
                batch = whole.rename_columns([CUSTOMER if name == self.naming else name for name in whole.schema.names])
                for first in range(0, batch.num_rows, rows):
                    yield batch.slice(first, rows)
        except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
            raise _unreadable(self.path, error, self.separator) from None

    def _batches(self, wanted: list[str], rows: int) -> Iterator[pa.RecordBatch]:
        if self._is_parquet:
            options = {"buffer_size": 1 << 20, "pre_buffer": False, "page_checksum_verification": True}
            with pq.ParquetFile(self.path, **options) as file:
                self._refuse_nested(file.schema_arrow, wanted)
                for batch in file.iter_batches(batch_size=rows, columns=wanted, use_threads=False):
                    batch.validate(full=True)  # damaged bytes would be another id, or none
                    yield batch
            return
        written = dict(zip(self.columns, self.header, strict=True))
        convert = pa_csv.ConvertOptions(
            include_columns=[written[name] for name in wanted],
            column_types=dict.fromkeys(self.header, pa.string()),
            strings_can_be_null=False,
        )
        read = pa_csv.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False)
        parse = pa_csv.ParseOptions(newlines_in_values=True, delimiter=self.separator)
        with pa_csv.open_csv(self.path, read_options=read, parse_options=parse, convert_options=convert) as reader:
            yield from (batch.rename_columns(wanted) for batch in reader)

    def _refuse_nested(self, schema: pa.Schema, wanted: list[str]) -> None:
        """Refuse lists and records where a plain value is read: they would be ids that nobody has."""
        problems = [
            problem_of(self.path, name, "a column of plain values", str(schema.field(name).type))
            for name in wanted
            if pa.types.is_nested(schema.field(name).type)
        ]
        if problems:
            raise InvalidInput(problems)


def open_customers(path: Path) -> CustomerFile:
    """Read the header of a file.

    Raises
    ------
    InvalidInput
        For a file that cannot be read, or not more than once, and a header without one of the columns ``customer`` and
        ``pseudonym``, with both, or with a column twice.
    """
    if path.exists() and not path.is_file():
        got, remedy = "a folder" if path.is_dir() else "a pipe or device", "write the customers to a file first"
        raise InvalidInput([problem_of(path, "file", "a file, which is read several times", got, remedy)])
    header, separator = _header(path)
    names = [name.strip() for name in header]
    problems = []
    wrong = naming_column(names)[1]
    if wrong is not None:
        expected, got, remedy = wrong
        if not header:
            got, remedy = _no_header(path)
        elif CUSTOMER not in names:
            got = shown(got)
        problems.append(problem_of(path, "header", expected, got, remedy))
    problems += [
        problem_of(path, "header", "each column once", f"{name or 'a blank'} twice", "delete or rename one")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if problems:
        raise InvalidInput(problems)
    return CustomerFile(path=path, columns=tuple(names), header=tuple(header), separator=separator)


def _no_header(path: Path) -> tuple[str, str]:
    """Return what stands in place of a header, and what to do."""
    if path.suffix.lower() in PARQUET:
        return "no column", "check that the export has run"
    if path.stat().st_size > BLANK_BYTES:
        return "a blank first line", "remove the lines above the header"
    return "an empty file", "check that the export has run"


def _header(path: Path) -> tuple[list[str], str]:
    """Return the names of a file's columns as it writes them, and what separates them."""
    try:
        if path.suffix.lower() in PARQUET:
            return list(pq.read_schema(path).names), COMMA
        with path.open(encoding="utf-8-sig", newline="") as file:
            separator = separator_of(file.readline())
            file.seek(0)
            return next(csv.reader(file, delimiter=separator), []), separator
    except (OSError, pa.ArrowException, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from None


def problem_of(path: Path, what: str, expected: str, got: str, remedy: str = "") -> Problem:
    """Return what is wrong with a file."""
    return Problem(where=str(path), what=what, expected=expected, got=got, remedy=remedy)


def _unreadable(path: Path, error: Exception, separator: str = COMMA) -> InvalidInput:
    signs = SPOKEN[separator]
    remedy = POINTS if separator == COMMA else f"put quotes around texts that contain {signs}, add missing {signs}"
    found = uneven_row(path, error, delimiter=separator, remedy=remedy) or undecodable(path, error)
    if found is not None:
        return InvalidInput([found])
    expected, got, remedy = why_unreadable(path, error)
    return InvalidInput([problem_of(path, "file", expected, got, remedy)])


def column_of(batch: pa.RecordBatch, name: str) -> pa.Array:
    """Return a column of a batch, dictionaries written out."""
    column = batch.column(batch.schema.get_field_index(name))
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def texts_of(column: pa.Array) -> NDArray[np.object_]:
    """Return ids or words [n] as text without spaces around it; blank where missing, 7 and 7.0 and "7" the same."""
    kind = column.type
    if pa.types.is_floating(kind):
        values = column.to_numpy(zero_copy_only=False).astype(np.float64)  # 16 bits do not hold the bound
        known = values[np.isfinite(values)]
        if (known == np.floor(known)).all() and (np.abs(known) < 2**53).all():
            column = pc.cast(pc.if_else(pc.is_finite(column), column, None), pa.int64())
    if pa.types.is_integer(column.type):
        column = pc.cast(column, pa.string())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        trimmed = pc.utf8_trim_whitespace(pc.fill_null(column, ""))
        return np.asarray(trimmed.to_numpy(zero_copy_only=False), dtype=object)
    return np.array([id_text(one) for one in column.to_pylist()], dtype=object)


def hashes_of(ids: NDArray[np.object_]) -> NDArray[np.uint64]:
    """Return the 64-bit hashes [n] of ids: the same id has the same everywhere, and nothing else decides ties."""
    return np.asarray(pd.util.hash_array(ids, categorize=False), dtype=np.uint64)
