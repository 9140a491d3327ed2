"""cells.parquet: the integer rows of every plan, one row per plan, cell and account (docs/files.md)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.cells import ACCOUNTS, Account, CellRows, LineRows
from scenarios.problems import InvalidInput, Problem
from scenarios.words import BASKET

CELL = "cell"
KEYS = ("plan", "account", "period", "product", "segment", "offer", "coverage")
"""Columns that say where an amount stands; all others are integers."""
_CELL_COLUMNS = tuple(field.name for field in fields(CellRows))
_PLACES = ("line", "segment", "product", "period", "block", "offer")
_LINE_COLUMNS = tuple(field.name for field in fields(LineRows) if field.name not in _PLACES)
AMOUNTS = tuple(dict.fromkeys((*_CELL_COLUMNS, *_LINE_COLUMNS)))
"""Integer columns: units, orders, uses, gifts and contacts in 1/1000, money in minor units."""


def cells_table(accounts: Sequence[Account]) -> pa.Table:
    """Lay out the accounts of ranked plans, the first plan first: cells, then lines in plan order."""
    return pa.concat_tables([_one(rank, book) for rank, book in enumerate(accounts, start=1)])


def _one(rank: int, book: Account) -> pa.Table:
    grid = book.grid
    segments = np.array([segment.id for segment in grid.segments], dtype=object)
    products = np.array([*(product.id for product in grid.products), BASKET], dtype=object)
    offers = np.array([offer.id for offer in grid.scenario.offers] or [""], dtype=object)
    dates = np.array(grid.scenario.horizon.dates, dtype=object)
    s, k, t = (axis.ravel() for axis in np.indices(grid.shape))
    rows, cells = book.rows, book.cells
    count, lines = len(s), len(rows.line)
    coverage = np.array([line.coverage for line in book.lines], dtype=float)[rows.line] if lines else np.zeros(0)
    columns: dict[str, Any] = {
        "plan": pa.array(np.full(count + lines, rank), pa.int32()),
        "account": _words(np.array([CELL] * count + [ACCOUNTS[block] for block in rows.block], dtype=object)),
        "period": pa.array(np.concatenate([dates[t], dates[rows.period]]).tolist(), pa.date32()),
        "product": _words(np.concatenate([products[k], products[rows.product]])),
        "segment": _words(np.concatenate([segments[s], segments[rows.segment]])),
        "offer": _words(np.concatenate([np.full(count, None, dtype=object), offers[rows.offer]])),
        "coverage": pa.array(np.concatenate([np.full(count, np.nan), coverage]), pa.float64(), from_pandas=True),
    }
    nothing = np.zeros(count + lines, dtype=np.int64)
    for name in AMOUNTS:
        values = nothing.copy()
        if name in _CELL_COLUMNS:
            values[:count] = getattr(cells, name).ravel()
        if name in _LINE_COLUMNS:
            values[count:] = getattr(rows, name)
        columns[name] = pa.array(values, pa.int64())
    return pa.table(columns)


def _words(values: Any) -> pa.Array:
    return pa.array(values.tolist(), pa.string())


def to_bytes(accounts: Sequence[Account]) -> bytes:
    """Return the bytes of cells.parquet; the same accounts give the same bytes with one version of pyarrow."""
    buffer = io.BytesIO()
    pq.write_table(cells_table(accounts), buffer, compression="zstd", version="2.6", store_schema=False)
    return buffer.getvalue()


def from_bytes(raw: bytes, *, where: str) -> pa.Table:
    """Read cells.parquet.

    Raises
    ------
    InvalidInput
        For a truncated or foreign file.
    """
    remedy = "restore the file from where it was written, or plan again"
    try:
        table = pq.read_table(io.BytesIO(raw), use_threads=False)
    except (pa.ArrowException, OSError) as error:
        got = f"a damaged file ({str(error).splitlines()[0][:80]})"
        problem = Problem(where=where, what="file", expected="a whole Parquet file", got=got, remedy=remedy)
        raise InvalidInput([problem]) from None
    missing = [name for name in (*KEYS, *AMOUNTS) if name not in table.column_names]
    if missing:
        problem = Problem(
            where=where, what="columns", expected=", ".join(missing), got=", ".join(table.column_names), remedy=remedy
        )
        raise InvalidInput([problem])
    return table


def place(table: pa.Table, row: int) -> str:
    """Say where a row stands: ``plan 1, public, off-15 on nova-12 for students on 2026-11-03``."""
    entry = {name: table.column(name)[row].as_py() for name in KEYS}
    day = entry["period"].isoformat() if isinstance(entry["period"], dt.date) else entry["period"]
    offer = f"{entry['offer']} on " if entry["offer"] else ""
    return f"plan {entry['plan']}, {entry['account']}, {offer}{entry['product']} for {entry['segment']} on {day}"
