"""Writing one table to a file, CSV or Parquet by its ending, whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.overwriting import refuse_other_endings
from scenarios.whole import write_whole

ENDINGS = (".csv", ".parquet")


def check_table_path(path: Path) -> None:
    """Refuse an ending of ``--out`` that is no table, before anything is computed.

    Raises
    ------
    InvalidInput
        For other endings, and for folders.
    """
    refuse_other_endings(path, *ENDINGS, option="--out")


def write_table(path: Path, columns: Mapping[str, Sequence[Any]], *, private: bool = False) -> None:
    """Write columns of equal length; None is a blank cell. The same columns give the same bytes.

    A new file that is ``private``, because it names customers, is for its owner only.
    """
    check_table_path(path)
    content = _parquet(columns) if path.suffix.lower() == ".parquet" else _csv(columns)
    write_whole(path, content, private=private)


def _csv(columns: Mapping[str, Sequence[Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue().encode()


def _parquet(columns: Mapping[str, Sequence[Any]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.table({name: list(values) for name, values in columns.items()}), out)
    return out.getvalue()
