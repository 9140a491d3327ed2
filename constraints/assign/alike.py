"""Customers who are exactly alike: one group each, so that a linear programme can split it in whole customers.

Where thousands have the same scores, no price tells them apart; how many of a group get which offer is then decided for
the group, and who of it by the hashes of the ids.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.assign.rows import Rows
from scenarios.arrays import Int


@dataclass(frozen=True, kw_only=True, eq=False)
class Alike:
    """Groups of equal rows. K groups, n rows."""

    first: Int
    """[K] a row of each group."""
    group: Int
    """[n]"""
    count: Int
    """[K]"""


def row_bytes(rows: Rows) -> NDArray[np.void]:
    """Return what tells rows apart [n]: segment, values and uses."""
    columns = [rows.segment[None].astype(np.float64), rows.value, *(use for use in rows.use if use is not None)]
    table = np.ascontiguousarray(np.concatenate(columns).T)
    table += 0.0  # -0.0 and 0.0 are the same number
    return np.asarray(table.view(np.dtype((np.void, table.dtype.itemsize * table.shape[1]))).ravel())


def group_alike(rows: Rows) -> Alike:
    """Group equal rows."""
    _, first, group, count = np.unique(row_bytes(rows), return_index=True, return_inverse=True, return_counts=True)
    return Alike(first=first, group=group.ravel(), count=count)


def deal(group: Int, rank: NDArray[np.uint64], wanted: Int) -> NDArray[np.int8]:
    """Deal choices to the members of groups, in the order of their hashes.

    Parameters
    ----------
    group
        [n]
    rank
        [n]
    wanted
        [K, C + 1] how many of each group get which choice; rows sum to the groups' sizes.

    Returns
    -------
    NDArray
        Choices [n].
    """
    order = np.lexsort((rank, group))
    choice = np.empty(group.size, dtype=np.int8)
    choices = np.tile(np.arange(wanted.shape[1], dtype=np.int8), len(wanted))
    # offers first: who stands first in the order of the hashes gets one
    turned = np.roll(wanted, -1, axis=1).ravel()
    choice[order] = np.repeat(np.roll(choices.reshape(len(wanted), -1), -1, axis=1).ravel(), turned)
    return choice
