"""Scored customers in a file of their own, so that millions are read again and again in little memory.

The file has no name: it is gone when the run ends, however it ends.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from constraints.assign.rows import Rows


@dataclass(kw_only=True, eq=False)
class RowFile:
    """A row source on disk; blocks come back as they were added."""

    folder: Path
    """Where there is room for about 16 bytes a customer, offer and measure."""
    offers: int
    measures: int
    _file: IO[bytes] = field(init=False)
    _sizes: list[int] = field(default_factory=list, init=False)
    _stored: tuple[bool, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        with self._named():
            self._file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - lives as long as the record

    @property
    def count(self) -> int:
        """Number of customers."""
        return sum(self._sizes)

    def add(self, rows: Rows) -> None:
        """Append a block."""
        self._stored = tuple(use is not None for use in rows.use)
        with self._named():
            for part in (rows.value, *(use for use in rows.use if use is not None), rows.segment, rows.rank):
                self._file.write(np.ascontiguousarray(part).data)
            self._file.flush()  # what does not fit is said here
        self._sizes.append(rows.count)

    def blocks(self) -> Iterator[Rows]:
        """Yield the blocks; the arrays of one are overwritten by the next."""
        self._file.seek(0)
        most = max(self._sizes, default=0)
        value = np.empty(self.offers * most)
        uses = [np.empty(self.offers * most) if stored else None for stored in self._stored]
        segment, rank = np.empty(most, dtype=np.int16), np.empty(most, dtype=np.uint64)
        for size in self._sizes:
            shape = (self.offers, size)
            parts = [value[: self.offers * size]]
            parts += [use[: self.offers * size] for use in uses if use is not None]
            for part in parts:
                self._fill(part)
            self._fill(segment[:size])
            self._fill(rank[:size])
            filled = iter(parts[1:])
            yield Rows(
                value=parts[0].reshape(shape),
                use=tuple(next(filled).reshape(shape) if stored else None for stored in self._stored),
                segment=segment[:size],
                rank=rank[:size],
            )

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Let errors name the folder: the file has no name to tell where room, or the right to write, is needed."""
        try:
            yield
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.folder)) from error

    def _fill(self, part: NDArray[Any]) -> None:
        if self._file.readinto(part.view(np.uint8).data) != part.nbytes:  # type: ignore[attr-defined]
            raise OSError("the file of scored customers is cut off")

    def close(self) -> None:
        """Give the disk back; what could not be written any more is said where it was added."""
        with suppress(OSError):
            self._file.close()

    def __enter__(self) -> RowFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
