"""cells.parquet: the integer rows of every plan, one row per plan, cell and account (docs/files.md)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.answer.cells import ACCOUNTS, Account, CellRows, LineRows
from scenarios.answer.remedies import RESTORE_FILE
from scenarios.arrays import Flag, Int
from scenarios.language.words import BASKET
from scenarios.problems import InvalidInput, Problem, shown

CELL = "cell"
KEYS = ("plan", "account", "period", "product", "segment", "offer", "coverage", "quantity")
"""Columns that say where an amount stands; all others are integers."""
_CELL_COLUMNS = tuple(field.name for field in fields(CellRows))
_PLACES = ("line", "segment", "product", "period", "block", "offer")
_LINE_COLUMNS = tuple(field.name for field in fields(LineRows) if field.name not in _PLACES)
AMOUNTS = tuple(dict.fromkeys((*_CELL_COLUMNS, *_LINE_COLUMNS)))
"""Integer columns: units, orders, uses, gifts and contacts in 1/1000, money in minor units."""
_KINDS = {
    "plan": pa.int32(),
    "account": pa.string(),
    "period": pa.date32(),
    "product": pa.string(),
    "segment": pa.string(),
    "offer": pa.string(),
    "coverage": pa.float64(),
    "quantity": pa.float64(),
    **dict.fromkeys(AMOUNTS, pa.int64()),
}
_EPOCH = dt.date(1970, 1, 1).toordinal()


def cells_table(accounts: Sequence[Account]) -> pa.Table:
    """Lay out the accounts of ranked plans, the first plan first: cells, then lines in plan order."""
    return pa.concat_tables([plan_table(rank, book) for rank, book in enumerate(accounts, start=1)])


def plan_table(rank: int, book: Account) -> pa.Table:
    """Lay out the account of the plan of one rank."""
    grid = book.grid
    segments = np.array([segment.id for segment in grid.segments], dtype=object)
    products = np.array([*(product.id for product in grid.products), BASKET], dtype=object)
    offers = np.array([offer.id for offer in grid.scenario.offers] or [""], dtype=object)
    dates = np.array(grid.scenario.horizon.dates, dtype="datetime64[D]")
    s, k, t = (axis.ravel() for axis in np.indices(grid.shape))
    rows, cells = book.rows, book.cells
    count, lines = len(s), len(rows.line)
    levels = {
        key: np.array([getattr(line, key) for line in book.lines], dtype=float)[rows.line] if lines else np.zeros(0)
        for key in ("coverage", "quantity")
    }
    days = dates.astype(np.int64).astype(np.int32)
    account = np.array([CELL, *ACCOUNTS], dtype=object)
    under = np.append(np.zeros(count, dtype=np.int64), rows.block + 1)
    of_line = under > 0
    columns: dict[str, pa.Array] = {
        "plan": _numbers(np.full(count + lines, rank, dtype=np.int32), pa.int32()),
        "account": _words(account[under]),
        "period": _numbers(days[np.append(t, rows.period)], pa.date32()),
        "product": _words(products[np.append(k, rows.product)]),
        "segment": _words(segments[np.append(s, rows.segment)]),
        "offer": _words(offers[np.append(np.zeros(count, dtype=np.int64), rows.offer)], of_line),
        **{key: _numbers(np.append(np.zeros(count), level), pa.float64(), of_line) for key, level in levels.items()},
    }
    nothing = np.zeros(count + lines, dtype=np.int64)
    for name in AMOUNTS:
        values = nothing.copy()
        if name in _CELL_COLUMNS:
            values[:count] = getattr(cells, name).ravel()
        if name in _LINE_COLUMNS:
            values[count:] = getattr(rows, name)
        columns[name] = _numbers(values, pa.int64())
    return pa.Table.from_arrays(list(columns.values()), names=list(columns))


def _numbers(values: Any, kind: pa.DataType, valid: Any = None) -> pa.Array:
    """Wrap numbers without a detour over pandas, whose import would cost more than the work."""
    return pa.Array.from_buffers(kind, len(values), [_bits(valid), pa.py_buffer(np.ascontiguousarray(values))])


def _words(values: Any, valid: Any = None) -> pa.Array:
    """Wrap texts likewise."""
    encoded = [str(word).encode() for word in values.tolist()]
    if valid is not None:
        encoded = [word if there else b"" for word, there in zip(encoded, valid.tolist(), strict=True)]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int32)
    np.cumsum([len(word) for word in encoded], out=offsets[1:])
    buffers = [_bits(valid), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def _bits(valid: Any) -> pa.Buffer | None:
    return None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))


def to_bytes(accounts: Sequence[Account]) -> bytes:
    """Return the bytes of cells.parquet; the same accounts give the same bytes with one version of pyarrow."""
    return table_bytes(cells_table(accounts))


def table_bytes(table: pa.Table) -> bytes:
    """Return the bytes of cells.parquet for its whole table."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", version="2.6", store_schema=False)
    return buffer.getvalue()


def from_bytes(raw: bytes, *, where: str, most_rows: int | None = None) -> pa.Table:
    """Read cells.parquet: exactly the columns that are written, whole numbers and words, nothing missing.

    Parameters
    ----------
    most_rows
        Refuse a file of more rows before it is unpacked.

    Raises
    ------
    InvalidInput
        For a truncated or foreign file.
    """

    def refused(what: str, expected: str, got: str) -> InvalidInput:
        return InvalidInput([Problem(where=where, what=what, expected=expected, got=got, remedy=remedy)])

    remedy = RESTORE_FILE
    try:
        file = pq.ParquetFile(pa.BufferReader(raw))
        rows, columns = file.metadata.num_rows, file.schema_arrow.names
        missing = [name for name in (*KEYS, *AMOUNTS) if name not in columns]
        if missing:
            raise refused("columns", ", ".join(missing), ", ".join(map(str, columns)))
        foreign = [name for name in columns if name not in _KINDS]
        if foreign:
            raise refused("columns", "only those that docs/files.md lists", ", ".join(map(shown, foreign)))
        for name in (*KEYS, *AMOUNTS):
            kind = _KINDS[name]
            got = file.schema_arrow.field(name).type if columns.count(name) == 1 else "several columns"
            if got != kind:
                raise refused(f"column {name}", str(kind), str(got))
        if most_rows is not None and rows > most_rows:
            raise refused("rows", f"at most {most_rows:,}", f"{rows:,}")
        table = file.read(columns=[*KEYS, *AMOUNTS], use_threads=False)
        table.validate(full=True)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        got = f"a damaged file ({(str(error).splitlines() or [''])[0][:80]})"
        raise refused("file", "a whole Parquet file", got) from None
    _refuse_impossible(table, refused)
    return table


def _refuse_impossible(table: pa.Table, refused: Callable[[str, str, str], InvalidInput]) -> None:
    """Refuse what no writer of this file leaves: gaps outside of lines, days beyond the calendar."""
    for name in table.column_names:
        if name not in ("offer", "coverage", "quantity") and table.column(name).null_count:
            raise refused(f"column {name}", "a value in every row", f"{table.column(name).null_count:,} gaps")
    days = _integers(table.column("period").cast(pa.int32()))
    first, last = (day.toordinal() - _EPOCH for day in (dt.date.min, dt.date.max))
    if len(days) and not (first <= days.min() and days.max() <= last):
        raise refused("column period", "days of the calendar", "others")


def of_cells(table: pa.Table) -> Flag:
    """Which rows hold what a cell sells, and not what stands under a line."""
    return _is_word(table.column("account").combine_chunks(), CELL)


def _is_word(column: pa.StringArray, word: str) -> Flag:
    """Compare texts byte by byte, without `pyarrow.compute`, whose import would cost more than the work."""
    _, offsets, data = column.buffers()
    wanted = np.frombuffer(word.encode(), dtype=np.uint8)
    at = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    found = np.diff(at) == len(wanted)
    text = np.frombuffer(b"" if data is None else data, dtype=np.uint8)
    found[found] = (text[at[:-1][found][:, None] + np.arange(len(wanted))] == wanted).all(axis=1)
    return np.asarray(found)


def amounts(table: pa.Table, name: str) -> Int:
    """Take one column of whole numbers."""
    return np.asarray(_integers(table.column(name)))


def _integers(column: pa.ChunkedArray) -> Any:
    """Read numbers without pandas, which ``to_numpy`` imports."""
    return np.from_dlpack(column.combine_chunks())


def place(table: pa.Table, row: int) -> str:
    """Say where a row stands: ``plan 1, public, off-15 on nova-12 for students on 2026-11-03``."""
    entry = {name: table.column(name)[row].as_py() for name in KEYS}
    day = entry["period"].isoformat() if isinstance(entry["period"], dt.date) else entry["period"]
    offer = f"{entry['offer']} on " if entry["offer"] else ""
    return f"plan {entry['plan']}, {entry['account']}, {offer}{entry['product']} for {entry['segment']} on {day}"
