"""One order of rows and customers, told by what they say: the same data in another order is the same data.

Three things make it so. Amounts are cut to a grid on which sums are exact, so that they do not depend on what is
added first. A customer's rows are sorted by all that they hold before any of them is set against another. And
customers are numbered by what is known of them, neither by ids nor by who came first: two that nothing tells apart are
the same to whatever learns from them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.arrays import Float, Int
from surrogate.data.events import Events

Marks = NDArray[np.uint64]

GRID = 2.0**-16
"""Amounts and units are whole multiples of this, less than a hundredth of a cent: sums up to 10^11 are exact."""
_BLOCK = 1 << 21
"""Rows that are looked at together, so that tens of millions need little memory on top."""
_UNKNOWN = np.uint64(0x9E3779B97F4A7C15)
"""Stands for a number that is missing."""
_FIRST = ("customer", "time", "product")
_SORTED = frozenset({"sales", "visits", "offer_sales", "signals"})
"""Tables whose rows of one customer are sorted by keys that each stand once."""


_LATER = frozenset({"holdout", "nobodys", "nobodys_orders"})
"""Tables that older models knew nothing of."""


def on_grid(values: NDArray[Any]) -> Float:
    """Return amounts or units [N] on the grid; what is no number stays none."""
    return np.asarray(np.round(np.asarray(values, dtype=np.float64) / GRID) * GRID)


def sorted_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return purchase rows sorted by customer, time, product and then by everything else, receipts and shops last.

    Parameters
    ----------
    rows
        As in `surrogate.data.row_store.ROW`. Numbers of customers and stores may follow the order of the rows, because
        neither puts one row of a customer before another that differs in what is learned from.
    """
    columns = {name: rows[name].to_numpy() for name in rows.columns}
    order = np.lexsort([columns[name] for name in reversed(_FIRST)])
    same = np.ones(max(len(rows) - 1, 0), dtype=bool)
    for name in _FIRST:
        values = columns[name][order]
        same &= values[1:] == values[:-1]
    tied = np.flatnonzero(np.append(False, same) | np.append(same, False)[: len(rows)])
    if tied.size:  # of most rows three columns tell all, and every further one costs a sort
        others = [name for name in columns if name not in (*_FIRST, "basket", "store")]
        among = order[tied]
        keys = [columns[name][among] for name in (*_FIRST, *others, "basket", "store") if name in columns]
        order[tied] = among[np.lexsort(keys[::-1])]
    return rows.take(order)


def marks_of(columns: Iterable[NDArray[Any]], rows: int, start: int = 0) -> Marks:
    """Return a mark [N] of each row of columns [N]; equal rows have equal ones, others practically never.

    Parameters
    ----------
    columns
        Whole numbers, others, texts; in one order, because that is marked, too.
    rows
        N, which no column tells where there is none.
    start
        Tells marks of one kind of rows from those of another.
    """
    marks = _stirred(np.full(rows, start + 1, dtype=np.uint64))
    for values in columns:
        marks = _mixed(marks, values)
    return marks


def _stirred(marks: Marks) -> Marks:
    """Return marks [N] of which every bit depends on every bit (the finaliser of SplitMix64)."""
    marks = (marks ^ (marks >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    marks = (marks ^ (marks >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(marks ^ (marks >> np.uint64(31)))


def _mixed(marks: Marks, values: NDArray[Any]) -> Marks:
    """Return stirred marks [N] with values [N] mixed in."""
    if values.dtype == object:
        bits = pd.util.hash_array(values)
    elif np.issubdtype(values.dtype, np.floating):
        wide = values.astype(np.float64) + 0.0  # -0.0 is 0.0
        bits = np.where(np.isfinite(wide), wide.view(np.uint64), _UNKNOWN)
    else:
        bits = values.astype(np.int64).view(np.uint64)
    return _stirred(marks ^ bits)


def canonical(events: Events) -> Events:
    """Return the same events with customers numbered, and rows sorted, by what they say.

    Parameters
    ----------
    events
        Whose rows of one customer stand together in ``sales``, ``visits``, ``offer_sales`` and ``signals``. Tables that
        are large are emptied on the way, so that none of them exists twice.
    """
    tables = {name: table for name, table in vars(events).items() if isinstance(table, pd.DataFrame)}
    tables.pop("products")
    by_customer = np.argsort(_customer_marks(tables, events.customers.size), kind="stable")
    number = np.empty(by_customer.size, dtype=np.int64)
    number[by_customer] = np.arange(by_customer.size)
    changed: dict[str, Any] = {name: _renumbered(name, table, number) for name, table in tables.items()}
    return replace(events, customers=events.customers[by_customer], **changed)


def _customer_marks(tables: dict[str, pd.DataFrame], customers: int) -> Marks:
    """Return a mark [N] of everything that the tables hold on each customer, whatever the order of their rows."""
    out = np.zeros(customers, dtype=np.uint64)
    # what came later comes last, so that customers of data without it keep the numbers that older models learned with
    for place, name in enumerate(sorted(tables, key=lambda each: (each in _LATER, each))):
        table = tables[name]
        if "customer" not in table:
            continue
        columns = [table[column].to_numpy() for column in table.columns if column != "customer"]
        owner = table["customer"].to_numpy()
        for start in range(0, len(table), _BLOCK):
            block = slice(start, start + _BLOCK)
            marks = marks_of((column[block] for column in columns), owner[block].size, start=place)
            named = owner[block] >= 0
            np.add.at(out, owner[block][named], marks[named])
    return out


def _renumbered(name: str, table: pd.DataFrame, number: Int) -> pd.DataFrame:
    """Return a table with new customer numbers, sorted; columns are let go one by one."""
    columns = {column: table[column].to_numpy() for column in table.columns}
    if len(table) > _BLOCK:  # to empty a small one takes longer than all the rest
        for column in columns:
            del table[column]
    if "customer" in columns:
        old = columns["customer"]
        columns["customer"] = np.where(old >= 0, number[np.maximum(old, 0)], -1).astype(old.dtype)
    if name in _SORTED:
        order = np.argsort(columns["customer"], kind="stable").astype(np.int32)
    else:
        first = sorted(columns, key=lambda column: column != "customer")
        order = np.lexsort([columns[column] for column in reversed(first)]).astype(np.int32)
    return pd.DataFrame({column: columns.pop(column)[order] for column in list(columns)}, copy=False)
