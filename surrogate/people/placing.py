"""Placing customers in the segments of a saved model: from feature columns to a segment, by the means that it tells."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.language.text.csv_files import CsvTable
from scenarios.problems import InvalidInput
from surrogate.data.files.customer_file import CUSTOMER, customer_table
from surrogate.data.files.id_text import id_text
from surrogate.digits import to_digits
from surrogate.people.profile_axes import ProfileSpace
from surrogate.people.profiles import AMOUNT_REMEDY, AMOUNTS, SHARE_REMEDY, SHARES, below_none, outside_shares
from surrogate.people.rest import REST
from surrogate.people.segments import nearest

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
    pseudonyms: bool = False
    """Whether ``ids`` are pseudonyms already."""
    label: Int | None = None
    """[N] segment by the retailer's own list; None where features decide."""


def place(space: ProfileSpace, raw: Float) -> Int:
    """Return the segment [N] of customers with features [N, F] in people's units, NaN where unknown.

    A customer belongs to the segment whose mean profile W.X is closest, as the model's blurred means say it; unknown
    features count as the average customer's. One with too few visits a week belongs to ``rest``, as in training.
    """
    own = [number for number, name in enumerate(space.ids) if not (name == REST and space.least_visits > 0)]
    points = np.round(to_digits(space.scale(raw)) @ space.weight.T, 6)
    label = np.asarray(own, dtype=np.int64)[nearest(points, space.features[own] @ space.weight.T)]
    if len(own) < len(space.ids):
        visits = raw[:, space.scale.names.index(_VISITS)]
        label[visits < space.least_visits] = space.ids.index(REST)
    return label


def placed_elsewhere(space: ProfileSpace, raw: Float, label: Int) -> float:
    """Return the share of customers [N] whom a model places in another segment than training put them in, ``label``.

    Training knows the exact means of segments, a model tells them with noise (`surrogate.people.blur`), so customers
    near a border may lie on its other side. NaN where the retailer's own list says who is in which.
    """
    return float("nan") if space.own else round(float((place(space, raw) != label).mean()), 4)


def read_customers(path: Path, space: ProfileSpace) -> CustomerRows:
    """Read a CSV or Parquet file with one row a customer and one column a feature.

    Columns are named as the model's features, spaces or underscores; blank cells are unknown.

    Raises
    ------
    InvalidInput
        For unknown or twice named columns, a file without any feature or row, blank ids and such that stand twice, and
        cells that are no numbers.
    """
    table = customer_table(path)
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
    if not table.problems and CUSTOMER in columns:
        _require_each_once(named)
    if table.problems:
        raise InvalidInput(table.problems)
    raw = np.full((len(table), len(features)), np.nan)
    for number, name in enumerate(features):
        if name in columns:
            raw[:, number] = named.numbers(name, share=space.scale.names[number] in space.scale.shares)
            if space.scale.names[number] in space.scale.shares:
                _note_first(named, name, outside_shares(raw[:, number]), SHARES, SHARE_REMEDY)
            elif space.scale.names[number] in space.scale.amounts:
                _note_first(named, name, below_none(raw[:, number]), AMOUNTS, AMOUNT_REMEDY)
    if table.problems:
        raise InvalidInput(table.problems)
    return CustomerRows(
        ids=tuple(named.columns[CUSTOMER]) if CUSTOMER in columns else None,
        raw=raw,
        missing=tuple(name for name, column in zip(space.scale.names, features, strict=True) if column not in columns),
    )


def _note_first(table: CsvTable, name: str, bad: Flag, expected: str, remedy: str) -> None:
    """Note the first number that cannot be: 10.8 for 10.8 % would pass for a customer far from everybody."""
    wrong = np.flatnonzero(bad)
    if wrong.size:
        row = int(wrong[0])
        more = f" (and on {wrong.size - 1:,} more {'row' if wrong.size == 2 else 'rows'})" if wrong.size > 1 else ""
        table.problem(row, name, expected, f"{table.texts(name)[row]}{more}", remedy)


def _require_each_once(table: CsvTable) -> None:
    """Note the first row without an id, and the first whose customer stood before; messages name rows, never ids."""
    ids = [id_text(one) for one in table.columns[CUSTOMER]]
    blank = [row for row, one in enumerate(ids) if not one]
    if blank:
        got = "a blank" if len(blank) == 1 else f"a blank, as in {len(blank) - 1:,} more"
        table.problem(blank[0], CUSTOMER, "an id in every row", got, "delete rows that nobody stands behind")
    first: dict[str, int] = {}
    again = [row for row, one in enumerate(ids) if one and first.setdefault(one, row) != row]
    if again:
        lines = f"the customer of line {table.lines[first[ids[again[0]]]]}"
        got = lines if len(again) == 1 else f"{lines}, and {len(again) - 1:,} more rows like it"
        table.problem(again[0], CUSTOMER, "each customer once", got, "keep one row of each customer")
