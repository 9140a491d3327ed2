"""The rows of cells.parquet that belong to one plan, and sums of them by where they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from scenarios.answer import cells_file
from scenarios.answer.plan import RankedPlan
from scenarios.answer.plan_files import CELLS, PlanDirectory
from scenarios.answer.remedies import RESTORE_FOLDER
from scenarios.arrays import Int
from scenarios.problems import InvalidInput, Problem, shown


def plan_rows(directory: PlanDirectory, plan: RankedPlan) -> pa.Table:
    """Return the rows of a plan.

    Raises
    ------
    InvalidInput
        For cells that cannot be read or hold none of this plan.
    """
    where = str(directory.folder / CELLS)
    table = cells_file.from_bytes(directory.raw[CELLS], where=where)
    rows = table.filter(pa.array(table.column("plan").to_numpy() == plan.rank))
    if not rows.num_rows:
        remedy = RESTORE_FOLDER
        expected = f"rows of plan {plan.rank}"
        raise InvalidInput([Problem(where=where, what="rows", expected=expected, got="none", remedy=remedy)])
    return rows


def words(rows: pa.Table, name: str) -> NDArray[np.object_]:
    """[R] a column of texts; None where there is none."""
    return np.asarray(rows.column(name).to_numpy(zero_copy_only=False), dtype=object)


def period_numbers(rows: pa.Table, dates: Sequence[object]) -> Int:
    """[R] number of each row's period.

    Raises
    ------
    InvalidInput
        For rows of days on which no period begins.
    """
    days = rows.column("period").cast(pa.int32()).to_numpy().astype(np.int64)
    first_days = np.array(dates, dtype="datetime64[D]").astype(np.int64)
    period = np.searchsorted(first_days, days)
    if not (len(days) and (first_days[np.minimum(period, len(first_days) - 1)] == days).all()):
        raise _foreign("period", "first days of the scenario's periods", "others")
    return np.asarray(period, dtype=np.int64)


def numbered(rows: pa.Table, name: str, number: Mapping[str, int]) -> Int:
    """[R] a column of texts as numbers.

    Raises
    ------
    InvalidInput
        For a text that has no number: cells of another scenario.
    """
    texts = words(rows, name).tolist()
    unknown = next((text for text in texts if text not in number), None)
    if unknown is not None:
        raise _foreign(name, f"{name}s of the scenario", shown(unknown))
    return np.array([number[text] for text in texts], dtype=np.int64)


def _foreign(name: str, expected: str, got: str) -> InvalidInput:
    remedy = RESTORE_FOLDER
    return InvalidInput([Problem(where=CELLS, what=f"column {name}", expected=expected, got=got, remedy=remedy)])


def summed(values: Int, place: Int, count: int) -> Int:
    """[count] exact sums of integers by place."""
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, place, values)
    return total
