"""Which group the customer of each row belongs to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Int


def owners(group: Mapping[int, int], customers: NDArray[np.integer]) -> Int:
    """Return the group of each row's customer [N]; -1 for customers of none.

    ``group`` may have an entry for sales without a customer, under `surrogate.data.row_store.NOBODYS`.
    """
    keys = np.fromiter(group.keys(), dtype=np.int64, count=len(group))
    # the last place is that of -1, where sales without a customer look
    lookup = np.full(max(int(keys.max(initial=-1)), int(customers.max(initial=-1))) + 2, -1)
    lookup[keys] = np.fromiter(group.values(), dtype=np.int64, count=len(group))
    return np.asarray(lookup[customers], dtype=np.int64)
