"""cells.parquet against the recomputed rows: lines that one file holds and the other does not, then value by value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from constraints.checking.differences import Difference, same, words
from constraints.line_words import line_words
from scenarios.answer import cells_file
from scenarios.answer.cells import Account
from scenarios.answer.plan import RankedPlan
from scenarios.answer.plan_files import CELLS, PLANS, PlanDirectory
from scenarios.arrays import Int
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import EVERYBODY

SHOWN_ROWS = 5
"""Rows of cells.parquet that are named one by one, for each plan; the others are counted."""
_SPARE_ROWS = 1_000_000
"""A file may hold so many rows more than it should and is still read, to say which."""


def check_cells(directory: PlanDirectory, accounts: Sequence[Account]) -> tuple[list[Difference], list[pa.Table]]:
    """Compare cells.parquet with the recomputed rows, and its lines with those of plans.json.

    Returns
    -------
    differences, written
        What deviates; and the rows of every plan as they were written.
    """
    tables = [cells_file.plan_table(rank, book) for rank, book in enumerate(accounts, start=1)]
    raw = directory.raw[CELLS]
    if tables and raw == cells_file.table_bytes(pa.concat_tables(tables)):
        return [], tables
    most = sum(table.num_rows for table in tables) + _SPARE_ROWS
    written = cells_file.from_bytes(raw, where=str(directory.folder / CELLS), most_rows=most)
    found: list[Difference] = []
    plans = written.column("plan").to_numpy()
    extra = sorted(set(plans.tolist()) - set(range(1, len(accounts) + 1)))
    found += [
        Difference(file=CELLS, place=f"plan {rank}", expected="no such plan", got="rows of one") for rank in extra
    ]
    parts = []
    for number, table in enumerate(tables):
        rank = number + 1
        rows = written.filter(pa.array(plans == rank))
        parts.append(rows)
        lines = _line_differences(directory.plan_set.plans[number], rows, number)
        found += lines
        if rows.num_rows != table.num_rows:
            if not lines:
                expected, got = f"{table.num_rows:,} rows", f"{rows.num_rows:,}"
                found.append(Difference(file=CELLS, place=f"plan {rank}", expected=expected, got=got))
            continue
        found += _row_differences(table, rows, rank)
    return found, parts


def _line_differences(plan: RankedPlan, rows: pa.Table, number: int) -> list[Difference]:
    """Lines that one file holds and the other does not."""
    names = ("period", "product", "segment", "offer", "coverage", "quantity", "account")
    listed = rows.filter(pa.array(rows.column("account").to_numpy(zero_copy_only=False) != cells_file.CELL))
    booked: dict[_Line, None] = {}
    for period, product, segment, offer, coverage, quantity, account in zip(
        *(listed.column(name).to_pylist() for name in names), strict=True
    ):
        who = EVERYBODY if account in ("public", "basket_public") else segment
        booked[_Line(period, product, who, offer or "", coverage or 0.0, quantity or 0.0)] = None
    stated = dict.fromkeys(
        _Line(x.date, x.product, x.segment, x.offer, x.coverage, x.quantity) for x in plan.plan_lines
    )
    place = f"plans[{number}].lines"
    removed = [line for line in booked if line not in stated]
    added = {line: None for line in stated if line not in booked}
    by_place: dict[Any, list[_Line]] = {}
    for line in added:
        by_place.setdefault(line[:3], []).append(line)
    found = []
    for line in removed:
        twins = by_place.get(line[:3], [])
        twin = twins.pop(0) if twins else None
        if twin is not None:
            del added[twin]
        got = "no such line" if twin is None else str(twin)
        found.append(Difference(file=PLANS, place=place, expected=str(line), got=got))
    for line in added:
        expected = f"no line that {CELLS} does not hold"
        found.append(Difference(file=PLANS, place=place, expected=expected, got=str(line)))
    return found


class _Line(NamedTuple):
    """A line by what both files say of it."""

    date: dt.date
    product: str
    segment: str
    offer: str
    coverage: float
    quantity: float

    def __str__(self) -> str:
        return line_words(
            PlanLine.model_construct(
                date=self.date,
                product=self.product,
                segment=self.segment,
                offer=self.offer,
                coverage=self.coverage,
                quantity=self.quantity,
            )
        )


def _row_differences(table: pa.Table, rows: pa.Table, rank: int) -> list[Difference]:
    """Compare rows of one plan column by column; name the first, count the rest."""
    wrong: list[tuple[int, str]] = []
    for name in (*cells_file.KEYS[1:], *cells_file.AMOUNTS):
        one, other = table.column(name), rows.column(name)
        if not one.equals(other):
            wrong += [(row, name) for row in _unlike(one, other)]
    wrong.sort()
    found = [
        Difference(
            file=CELLS,
            place=f"{cells_file.place(table, row)}, {name}",
            expected=words(table.column(name)[row].as_py()),
            got=words(rows.column(name)[row].as_py()),
        )
        for row, name in wrong[:SHOWN_ROWS]
    ]
    if len(wrong) > SHOWN_ROWS:
        more = f"{len(wrong) - SHOWN_ROWS:,} more values that differ"
        found.append(Difference(file=CELLS, place=f"plan {rank}", expected="none of them", got=more))
    return found


def _unlike(one: Any, other: Any) -> list[int]:
    """Rows in which two columns differ."""
    if pa.types.is_integer(one.type):
        left, right = one.to_numpy(), other.to_numpy()
        places: Int = np.flatnonzero(left != right)
        return [int(row) for row in places]
    pairs = zip(one.to_pylist(), other.to_pylist(), strict=True)
    return [row for row, (left, right) in enumerate(pairs) if not same(left, right)]
