"""Purchase rows between reading and adding up: in memory while they are few, else on disk, split by customer.

Everything that needs a customer's rows together (duplicates, returns, receipts) is then exact, and only one part is in
memory at a time. The parts of one data set are the same rows in the same order, however many parts there are.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

NOBODYS = -1
"""Customer of sales without one: they are the shop's, and nobody's habit."""
ROW = np.dtype(
    [
        ("customer", np.int32),
        ("product", np.int32),
        ("store", np.int32),
        ("offer", np.int16),
        ("order_offer", np.int16),
        ("day", np.int32),
        ("basket", np.int64),
        ("time", np.int64),
        ("quantity", np.float64),
        ("paid", np.float64),
        ("shelf_discount", np.float64),
        ("coupon_discount", np.float64),
        ("returned", np.int8),
    ]
)
"""A purchase row: numbers for customer, product, store and used offers (-1: none, nobody), day ordinal, hashed receipt,
microseconds, money, and how the row is told from a sale (`surrogate.data.adding_up.returns.Told`)."""


@dataclass(frozen=True, kw_only=True)
class StoreParams:
    """When rows go to disk, and in how many parts.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    memory_rows: int = 3_000_000
    parts: int = 32

    def __post_init__(self) -> None:
        if not (self.memory_rows >= 1 and self.parts >= 1):
            raise ValueError("memory_rows and parts must be at least 1")


class RowStore:
    """Collects rows; a context manager, because it may own a temporary folder."""

    def __init__(self, params: StoreParams | None = None) -> None:
        self._params = params or StoreParams()
        self._kept: list[NDArray[np.void]] = []
        self._rows = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> RowStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kept = []
        if self._folder is not None:
            self._folder.cleanup()

    def add(self, rows: NDArray[np.void]) -> None:
        """Take rows of type `ROW`."""
        self._kept.append(rows)
        self._rows += len(rows)
        if self._rows > self._params.memory_rows:
            self._flush()

    def _flush(self) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="campaign-rows-")
        rows = np.concatenate(self._kept)
        part = rows["customer"] % self._params.parts
        order = np.argsort(part, kind="stable")
        ends = np.cumsum(np.bincount(part, minlength=self._params.parts))
        for number, chunk in enumerate(np.split(rows[order], ends[:-1])):
            with self._path(number).open("ab") as file:
                chunk.tofile(file)
        self._kept, self._rows = [], 0

    def _path(self, number: int) -> Path:
        assert self._folder is not None
        return Path(self._folder.name) / f"{number}.rows"

    def parts(self, *, kept: bool = False) -> Iterator[pd.DataFrame]:
        """Yield the rows, all of a customer's in one part, in the order in which they came.

        Parameters
        ----------
        kept
            Whether they stay here, to be asked for again.
        """
        if self._folder is None:
            rows = np.concatenate(self._kept) if self._kept else np.empty(0, ROW)
            self._kept = [rows] if kept else []
            yield _frame(rows)
            return
        if self._kept:
            self._flush()
        for number in range(self._params.parts):
            yield _frame(np.fromfile(self._path(number), dtype=ROW))
            if not kept:
                self._path(number).unlink()


def _frame(rows: NDArray[np.void]) -> pd.DataFrame:
    return pd.DataFrame({name: np.ascontiguousarray(rows[name]) for name in ROW.names or ()})
