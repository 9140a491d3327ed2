"""Headers: which columns a file has, and whether those that the data file maps are among them, before any row."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.problems import InvalidInput, Problem, did_you_mean
from surrogate.data.data_parts import DataPart
from surrogate.data.files.text_encoding import codec_of
from surrogate.data.files.unreadable import BLANK_BYTES


def csv_header(path: Path, part: DataPart) -> list[str]:
    """Return the columns of a CSV file.

    Raises
    ------
    InvalidInput
        For a file without a header, and mapped columns that are not there or are there twice.
    OSError, UnicodeError, csv.Error
        For a file that cannot be read.
    """
    with path.open(encoding=codec_of(part.encoding), newline="") as file:
        header = next(csv.reader(file, delimiter=part.delimiter), [])
    if not header:
        got, remedy = "an empty file", "check that the export has run, or leave the file out"
        if path.stat().st_size > BLANK_BYTES:
            got, remedy = "a blank first line", "remove the lines above the header"
        raise InvalidInput(
            [Problem(where=str(path), what="file", expected="a header and rows", got=got, remedy=remedy)]
        )
    _require(path, part, header)
    return header


def parquet_schema(path: Path, part: DataPart) -> pa.Schema:
    """Return the columns of a Parquet file with their types.

    Raises
    ------
    InvalidInput
        For mapped columns that are not there, are there twice, or hold more than plain values.
    OSError, pyarrow.ArrowException
        For a file that cannot be read.
    """
    with pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False) as file:
        schema = file.schema_arrow
    _require(path, part, schema.names)
    nested = [name for _, name in part.columns() if pa.types.is_nested(schema.field(name).type)]
    if nested:
        expected, got = "a column of plain values", str(schema.field(nested[0]).type)
        raise InvalidInput([Problem(where=str(path), what=nested[0], expected=expected, got=got)])
    return schema


def _require(path: Path, part: DataPart, known: list[str]) -> None:
    """Refuse what is missing or there twice."""
    problems = []
    delimiter, mapped = part.delimiter, list(part.columns())
    other = next((mark for mark in (";", "\t", "|", ",") if mark != delimiter and mark in known[0]), None)
    if len(known) == 1 and mapped[0][1] not in known and other is not None:
        remedy = f"the columns seem to be separated by {other!r}: write delimiter: {other!r}"
        expected, got = f"columns separated by {delimiter!r}", f'one column "{known[0][:60]}"'
        raise InvalidInput([Problem(where=str(path), what="columns", expected=expected, got=got, remedy=remedy)])
    for key, name in mapped:
        count = known.count(name)
        if count == 1:
            continue
        remedy = _meant(name, known) if not count else "rename one of them"
        got = "none" if not count else f"{count} of that name"
        expected = f"a column {name}, which the data file names under {key}"
        problems.append(Problem(where=str(path), what="columns", expected=expected, got=got, remedy=remedy))
    if problems:
        raise InvalidInput(problems)


def _meant(name: str, known: list[str]) -> str:
    """Say which column was probably meant; spaces around its name are shown, because nobody sees them."""
    spaced = next((one for one in known if one.strip() == name.strip()), None)
    if spaced is not None:
        return f'the file writes "{spaced}", with spaces around it: map it so, or correct the header'
    return did_you_mean(name, known)
