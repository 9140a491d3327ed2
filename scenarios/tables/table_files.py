"""Writing CSV tables: the same rows give the same bytes on every machine, whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from scenarios.whole import drafted, write_whole

Rows = Iterable[Sequence[str]]
"""Ready-made text, row by row."""


def write_rows(path: Path, header: Sequence[str], rows: Rows) -> None:
    """Write a header and rows of ready-made text as UTF-8 CSV with Unix line ends."""
    write_whole(path, csv_bytes(header, rows))


def write_together(tables: Mapping[Path, tuple[Sequence[str], Rows]]) -> None:
    """Write several tables, each a header and rows, in folders that are there.

    Each is written in full under another name before the first takes its place: a full disk leaves the older ones.
    """
    with ExitStack() as drafts:
        for path, (header, rows) in tables.items():
            drafts.enter_context(drafted(path)).write_bytes(csv_bytes(header, rows))


def csv_bytes(header: Sequence[str], rows: Rows) -> bytes:
    """Return a header and rows as the bytes of such a table."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()
