"""Tables in CSV and Parquet files, read in batches: only the mapped columns, never a whole file at once."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from scenarios.arrays import Flag, Int
from scenarios.problems import InvalidInput, Problem, meant_by, or_else
from surrogate.data.data_parts import DataPart
from surrogate.data.files.row_lines import line_of
from surrogate.data.files.text_encoding import codec_of, undecodable
from surrogate.data.files.unreadable import MARKS, PARQUET, uneven_row, why_unreadable
from surrogate.data.headers import csv_header, parquet_schema

BATCH_ROWS = 1 << 18
_BLOCK_BYTES = 1 << 23
BUYERS = "customer ids that also stand in the purchases"
LISTED = "products that files.products lists"
"""What the ids of a table beside the purchases must be, in messages."""

_TABLES = (*PARQUET, ".csv", ".txt", ".tsv")


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch:
    """Some rows of one file, or all rows of a small part's files. N rows."""

    path: Path
    """The file; the first one of several."""
    part: DataPart
    table: pa.RecordBatch
    rows: Int
    """[N] row numbers in their file, from 0."""
    paths: tuple[Path, ...] = ()
    """Where they are several files."""
    source: Int | None = None
    """[N] number of each row's file among them; None for the one file."""
    done: float = 1.0
    """Share of the part's files, by bytes, that is read with this batch."""

    def column(self, name: str) -> pa.Array:
        """Return a column."""
        return self.table.column(self.table.schema.get_field_index(name))

    def where(self, row: int) -> str:
        """Say where a row of this batch stands: the line of a CSV file, the row of a Parquet file."""
        number = int(self.rows[row])
        path = self.path if self.source is None else self.paths[int(self.source[row])]
        if path.suffix.lower() in PARQUET:
            return f"{path}: row {number + 1}"
        return f"{path}:{line_of(path, number, delimiter=self.part.delimiter, codec=codec_of(self.part.encoding))}"

    def keep(self, mask: Flag) -> Batch:
        """Return the rows where the mask holds."""
        if mask.all():
            return self
        source = None if self.source is None else self.source[mask]
        return replace(self, table=self.table.filter(pa.array(mask)), rows=self.rows[mask], source=source)


def paths_of(base: Path, part: DataPart) -> tuple[Path, ...]:
    """Return the files of a part in a fixed order: as listed, folders and patterns sorted by name.

    A file that several folders and patterns hold is read once.

    Raises
    ------
    InvalidInput
        For files that are not there or are named twice, and folders and patterns without tables.
    """
    found: dict[Path, Path] = {}
    named: dict[Path, str] = {}
    problems = []
    for name in part.file:
        path = base / name
        # what is there by that very name is meant: sales[1].csv is a usual name of a download
        if any(mark in name for mark in "*?[") and not path.exists():
            anchor = Path(name).anchor
            pattern = name[len(anchor) :]
            more = sorted((Path(anchor) if anchor else base).glob(pattern))
        elif path.is_dir():
            more = sorted(inner for inner in path.rglob("*") if inner.suffix.lower() in _TABLES)
        elif path.exists():
            more = [path]
            before = named.get(path.resolve())
            if before is not None:
                expected, remedy = "each file once", "take one of them out: its rows would count twice"
                got = f"{name} twice" if before == name else f"{before} and {name}, which are one file"
                problems.append(Problem(where=str(path), what="file", expected=expected, got=got, remedy=remedy))
            named[path.resolve()] = name
        else:
            more = []
        if not more:
            expected = "a CSV or Parquet file, or a folder or pattern that holds some"
            siblings = [inner.name for inner in path.parent.iterdir()] if path.parent.is_dir() else []
            meant = meant_by(path.name, [one for one in siblings if one.lower().endswith(_TABLES)])
            remedy = or_else(meant, "file names are relative to the data file's folder")
            problems.append(Problem(where=str(path), what="file", expected=expected, got="no such file", remedy=remedy))
        odd = next((one for one in more if one.exists() and not one.is_file() and not one.is_dir()), None)
        if odd is not None:
            expected, remedy = "a file, which is read several times", "write what it gives to a file first"
            problems.append(
                Problem(where=str(odd), what="file", expected=expected, got="a pipe or device", remedy=remedy)
            )
        for one in more:
            found.setdefault(one.resolve(), one)
    if problems:
        raise InvalidInput(problems)
    return tuple(found.values())


def read_batches(base: Path, part: DataPart) -> Iterator[Batch]:
    """Read the mapped columns of all files of a part, some rows at a time.

    Raises
    ------
    InvalidInput
        For files that cannot be read, and columns that are not there.
    """
    wanted = [name for _, name in part.columns()]
    paths = paths_of(base, part)
    sizes = [path.stat().st_size for path in paths]
    for number, path in enumerate(paths):
        tables = _parquet(path, part, wanted) if path.suffix.lower() in PARQUET else _csv(path, part, wanted)
        first = 0
        try:
            for table, share in tables:
                rows = np.arange(first, first + table.num_rows)
                first += table.num_rows
                done = (sum(sizes[:number]) + share * sizes[number]) / max(sum(sizes), 1)
                yield Batch(path=path, part=part, table=table, rows=rows, done=done)
        except (OSError, pa.ArrowException, UnicodeError, csv.Error) as error:
            raise _unreadable(path, part, error) from None
        if not first:
            remedy = "check that the export has run, or leave the file out"
            raise InvalidInput(
                [Problem(where=str(path), what="file", expected="at least one row", got="none", remedy=remedy)]
            )


def require_columns(path: Path, part: DataPart) -> None:
    """Look at the header of one file of a part alone.

    Raises
    ------
    InvalidInput
        For a file whose header cannot be read, and for mapped columns that are not there or are there twice.
    """
    header = parquet_schema if path.suffix.lower() in PARQUET else csv_header
    try:
        header(path, part)
    except (OSError, pa.ArrowException, UnicodeError, csv.Error) as error:
        raise _unreadable(path, part, error) from None


def read_part(base: Path, part: DataPart) -> Batch:
    """Read a small table whole: one batch, with the rows of all its files.

    Raises
    ------
    InvalidInput
        When a file cannot be read, or its files hold different types in one column.
    """
    batches = list(read_batches(base, part))
    tables = [pa.Table.from_batches([_plain(batch.table)]) for batch in batches]
    try:
        whole = pa.concat_tables(tables, promote_options="permissive").combine_chunks()
    except pa.ArrowException:
        expected, got = "the same column types in all its files", "different ones"
        raise InvalidInput([Problem(where=part.label, what="files", expected=expected, got=got)]) from None
    (table,) = whole.to_batches() or [pa.RecordBatch.from_pylist([], schema=whole.schema)]
    rows = np.concatenate([batch.rows for batch in batches])
    paths = tuple(dict.fromkeys(batch.path for batch in batches))
    source = np.concatenate([np.full(len(batch.rows), paths.index(batch.path)) for batch in batches])
    return Batch(path=paths[0], part=part, table=table, rows=rows, paths=paths, source=source)


def _plain(table: pa.RecordBatch) -> pa.RecordBatch:
    """Return dictionary columns as their values."""
    columns = [column.dictionary_decode() if pa.types.is_dictionary(column.type) else column for column in table]
    return pa.RecordBatch.from_arrays(columns, names=table.schema.names)


def _parquet(path: Path, part: DataPart, wanted: list[str]) -> Iterator[tuple[pa.RecordBatch, float]]:
    """Yield tables, and the share of the file's rows that is read with each."""
    schema = parquet_schema(path, part)
    texts = [name for name in wanted if _is_text(schema.field(name).type)]
    options = {"buffer_size": 1 << 20, "pre_buffer": False, "page_checksum_verification": True}
    with pq.ParquetFile(path, read_dictionary=texts, **options) as file:
        read, rows = 0, max(file.metadata.num_rows, 1)
        for table in file.iter_batches(batch_size=BATCH_ROWS, columns=wanted, use_threads=False):
            table.validate(full=True)  # damaged bytes would be another id, or none
            read += table.num_rows
            yield table, read / rows


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _csv(path: Path, part: DataPart, wanted: list[str]) -> Iterator[tuple[pa.RecordBatch, float]]:
    """Yield tables, and the share of the file's bytes that is read with each."""
    header = csv_header(path, part)
    options = pacsv.ConvertOptions(
        include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string()), strings_can_be_null=False
    )
    reader = pacsv.open_csv(
        path,
        read_options=pacsv.ReadOptions(
            block_size=_BLOCK_BYTES, use_threads=False, column_names=header, skip_rows=1, encoding=part.encoding
        ),
        parse_options=pacsv.ParseOptions(delimiter=part.delimiter, newlines_in_values=True),
        convert_options=options,
    )
    blocks = max(path.stat().st_size / _BLOCK_BYTES, 1.0)
    with reader:
        for number, batch in enumerate(reader, start=1):
            if batch.num_rows:
                yield batch, min(number / blocks, 1.0)


def _unreadable(path: Path, part: DataPart, error: Exception) -> InvalidInput:
    codec = codec_of(part.encoding)
    found = uneven_row(path, error, delimiter=part.delimiter, remedy=MARKS, codec=codec) or undecodable(
        path, error, encoding=part.encoding, key=True
    )
    if found is not None:
        return InvalidInput([found])
    expected, got, remedy = why_unreadable(path, error)
    return InvalidInput([Problem(where=str(path), what="file", expected=expected, got=got, remedy=remedy)])


def none_in_time(part: DataPart, time: str, until: dt.date) -> InvalidInput:
    """Return the refusal of a file whose rows are all dated after the last day that is read, or not at all."""
    expected, got = f"some row up to {until}, the last day that is read", "none"
    remedy = "check which column is mapped, and its dates, or leave the file out"
    return InvalidInput([Problem(where=part.label, what=time, expected=expected, got=got, remedy=remedy)])


def strangers(part: DataPart, column: str, expected: str, got: str) -> InvalidInput:
    """Return the refusal of a file whose ids are not those of the others."""
    remedy = "check which column is mapped, and that ids are written alike in both files (007 is not 7)"
    return InvalidInput([Problem(where=part.label, what=column, expected=expected, got=got, remedy=remedy)])
