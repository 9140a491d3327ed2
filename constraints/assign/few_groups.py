"""Few groups of customers who are exactly alike: one linear programme of the groups says how many of each get what.

That is how scores look that were made by segment. The programme leaves at most as many groups with a fraction of a
customer as there are limits; changes of single customers, on a few of each group, use what that leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.assign.alike import deal, row_bytes
from constraints.assign.fill import kept
from constraints.assign.one_limit import PricedChoices
from constraints.assign.question import AssignQuestion
from constraints.assign.rows import Rows, RowSource, choose, joined
from constraints.assign.smoothed import to_price_digits
from constraints.assign.whole import LinearError, linear_choice
from scenarios.arrays import Float, Int

MOST_GROUPS = 4_000
_COPIES = 16
"""Customers of a group and choice that are looked at one by one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """All customers in groups of equal rows. K groups."""

    heads: Rows
    """One row of each group."""
    group: NDArray[np.int32]
    """[N]"""
    rank: NDArray[np.uint64]
    """[N]"""
    size: Int
    """[K]"""


def few_groups(source: RowSource, sample: Rows) -> Groups | None:
    """Group all customers; None where there are more than `MOST_GROUPS` groups or hardly two customers are alike."""
    seen = np.unique(row_bytes(sample)).size
    if not (2 * seen <= sample.count and seen <= MOST_GROUPS):
        return None
    known: dict[bytes, int] = {}
    heads, numbers, ranks = [], [], []
    for rows in source.blocks():
        keys, first, inverse = np.unique(row_bytes(rows), return_index=True, return_inverse=True)
        fresh = []
        mine = np.empty(keys.size, dtype=np.int32)
        for place, key in enumerate(keys):
            raw = key.tobytes()
            if raw not in known:
                known[raw] = len(known)
                fresh.append(int(first[place]))
            mine[place] = known[raw]
        if len(known) > MOST_GROUPS:
            return None
        heads.append(rows.take(np.array(fresh, dtype=np.int64)))
        numbers.append(mine[inverse.ravel()])
        ranks.append(rows.rank.copy())
    group = np.concatenate(numbers)
    return Groups(
        heads=joined(heads),
        group=group,
        rank=np.concatenate(ranks),
        size=np.bincount(group, minlength=len(known)).astype(np.int64),
    )


def solve_groups(groups: Groups, question: AssignQuestion) -> PricedChoices:
    """Solve the question for groups.

    Raises
    ------
    LinearError
        Where the solver fails.
    """
    heads = groups.heads
    everything = np.ones(heads.value.shape, dtype=bool)
    found = linear_choice(heads, groups.size, question, question.bounds.astype(np.float64), everything)
    prices = to_price_digits(found.prices)
    wanted = _filled(heads, found.wanted, question, prices)
    use = _uses(heads, wanted, question)
    offered = wanted[:, 1:].T
    value = float((np.where(offered > 0, heads.value, 0.0) * offered).sum())
    _, worth = choose(heads, question.price_table(prices))
    bound = float(worth @ groups.size + prices @ question.bounds)
    return PricedChoices(
        choice=deal(groups.group.astype(np.int64), groups.rank, wanted),
        prices=prices,
        value=value,
        bound=max(bound, value),
        uses=use,
        passes=2,
    )


def _uses(heads: Rows, wanted: Int, question: AssignQuestion) -> Int:
    """Return the use of each limit [L] by so many customers [K, C + 1]."""
    out = np.zeros(len(question.limits), dtype=np.int64)
    for number, limit in enumerate(question.limits):
        use = heads.use[limit.measure]
        each = wanted[:, 1:].T * limit.cells.T[:, heads.segment]
        out[number] = int(each.sum() if use is None else (each * use.astype(np.int64)).sum())
    return out


def _filled(heads: Rows, wanted: Int, question: AssignQuestion, prices: Float) -> Int:
    """Mend and fill on a few customers of each group and choice."""
    group, choice = np.nonzero(wanted)
    copies = np.minimum(wanted[group, choice], _COPIES)
    row, start = np.repeat(group, copies), np.repeat(choice, copies)
    few = np.zeros_like(wanted)
    np.add.at(few, (row, start), 1)
    room = question.bounds - _uses(heads, wanted - few, question)
    some = heads.take(row)
    after, ok = kept(some, question, prices, start.astype(np.int8), room)
    if not ok:
        raise LinearError("whole numbers of customers break a limit that the linear programme keeps")
    changed = wanted - few
    np.add.at(changed, (row, after.astype(np.int64)), 1)
    return changed
