"""One order of an experiment's rows, told by what they say: the same file in another order is the same experiment."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from scenarios.arrays import Int
from surrogate.data.canonical import marks_of
from surrogate.experiment.reading.columns import Texts


def row_order(columns: Mapping[str, Texts], unit: Int) -> Int:
    """Return row numbers [N] by customer and then by row, both in the order of marks of all that they hold.

    Rows that tie say the same, and so does all else of their customers: which of them stands first shows nowhere.

    Parameters
    ----------
    columns
        The columns [N] that are learned from, without ids.
    unit
        [N] number of each row's customer.
    """
    marks = marks_of(columns.values(), unit.size)
    customers = np.zeros(int(unit.max(initial=-1)) + 1, dtype=np.uint64)
    np.add.at(customers, unit, marks)
    return np.lexsort([marks, customers[unit]])


def renumbered(values: Int | Texts) -> Int:
    """Return numbers [N] of different values, by first appearance."""
    return np.asarray(pd.factorize(values)[0], dtype=np.int64)
