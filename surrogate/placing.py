"""Placing customers in the segments of a saved model: from feature columns to a segment, as training itself does it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow.lib import ArrowInvalid

from scenarios.csv_files import CsvTable, read_csv
from scenarios.problems import InvalidInput, Problem
from surrogate.category_response import to_digits
from surrogate.profile_axes import ProfileSpace
from surrogate.segments import REST, nearest

Float = NDArray[np.float64]
Labels = NDArray[np.int64]

CUSTOMER = "customer"
"""Column of ids, if the file has one; it places nobody."""
_VISITS = "visits per week"


@dataclass(frozen=True, kw_only=True, eq=False)
class CustomerRows:
    """Customers to place. N rows, F features of the model."""

    ids: tuple[str, ...] | None
    """[N] as the file writes them; None where it has no column ``customer``."""
    raw: Float
    """[N, F] in people's units; NaN where unknown."""
    missing: tuple[str, ...]
    """Features of the model that the file has no column for: unknown for everybody."""


def place(space: ProfileSpace, raw: Float) -> Labels:
    """Return the segment [N] of customers with features [N, F] in people's units, NaN where unknown.

    A customer belongs to the segment whose mean profile W.X is closest; unknown features count as the average
    customer's. One with too few visits a week belongs to ``rest``, as in training.
    """
    own = [number for number, name in enumerate(space.ids) if not (name == REST and space.least_visits > 0)]
    points = np.round(to_digits(space.scale(raw)) @ space.weight.T, 6)
    label = np.asarray(own, dtype=np.int64)[nearest(points, space.features[own] @ space.weight.T)]
    if len(own) < len(space.ids):
        visits = raw[:, space.scale.names.index(_VISITS)]
        label[visits < space.least_visits] = space.ids.index(REST)
    return label


def read_customers(path: Path, space: ProfileSpace) -> CustomerRows:
    """Read a CSV or Parquet file with one row a customer and one column a feature.

    Columns are named as the model's features, spaces or underscores; blank cells are unknown.

    Raises
    ------
    InvalidInput
        For unknown or twice named columns, a file without any feature or row, and cells that are no numbers.
    """
    table = _table(path)
    columns = {name.replace(" ", "_"): name for name in table.columns}
    features = [name.replace(" ", "_") for name in space.scale.names]
    if len(columns) < len(table.columns):
        table.problem(None, "header", "each feature once", "one with spaces and with underscores", "keep one")
    named = CsvTable(name=table.name, columns={new: table.columns[old] for new, old in columns.items()},
                     lines=table.lines, problems=table.problems)  # fmt: skip
    named.require([CUSTOMER, *features], [])
    if not table.problems and not set(features) & set(columns):
        table.problem(None, "header", "at least one feature of the model", ", ".join(table.columns) or "no column")
    if not table.problems and not len(table):
        table.problem(None, "rows", "at least one customer", "none")
    if table.problems:
        raise InvalidInput(table.problems)
    raw = np.full((len(table), len(features)), np.nan)
    for number, name in enumerate(features):
        if name in columns:
            raw[:, number] = named.numbers(name)
    if table.problems:
        raise InvalidInput(table.problems)
    return CustomerRows(
        ids=tuple(named.columns[CUSTOMER]) if CUSTOMER in columns else None,
        raw=raw,
        missing=tuple(name for name, column in zip(space.scale.names, features, strict=True) if column not in columns),
    )


def _table(path: Path) -> CsvTable:
    try:
        content = path.read_bytes()
    except OSError as error:
        got = (error.strerror or "unreadable").lower()
        problem = Problem(where=str(path), what="file", expected="a CSV or Parquet file of customers", got=got)
        raise InvalidInput([problem]) from None
    if path.suffix.lower() not in (".parquet", ".pq"):
        return read_csv(content, path.name)
    try:
        frame = pq.read_table(path).to_pydict()
    except (ArrowInvalid, OSError) as error:
        raise InvalidInput(
            [Problem(where=str(path), what="file", expected="a whole Parquet file", got=str(error).splitlines()[0])]
        ) from None
    texts = {name: ["" if _blank(one) else str(one).strip() for one in values] for name, values in frame.items()}
    count = len(next(iter(texts.values()), []))
    return CsvTable(name=path.name, columns=texts, lines=list(range(1, count + 1)))


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))
