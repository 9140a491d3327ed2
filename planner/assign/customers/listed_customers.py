"""Customers of a table that was read already, as files of customers are searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa


@dataclass(frozen=True, kw_only=True)
class ListedCustomers:
    """Customers of a table that was read, as `planner.assign.customers.held_out` searches them."""

    path: Path
    names: tuple[str, ...]
    pseudonymous: bool

    def batches(self, wanted: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the names in batches of at most so many rows."""
        for first in range(0, len(self.names), rows):
            yield pa.RecordBatch.from_pydict(
                {name: pa.array(self.names[first : first + rows], pa.string()) for name in wanted}
            )
