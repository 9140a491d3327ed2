"""Keeping every limit exactly, and wasting little: changes of single customers, in whole units.

First what breaks a limit is given up, the least worth after prices for a unit first; then what is left of the limits is
given away, the most worth after prices first. Ties go by the customers' hashes. A change is made only where its true
value is known and every limit has room for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.assign.question import AssignQuestion
from constraints.assign.rows import Rows, limit_uses, priced
from scenarios.arrays import Float, Int


@dataclass(frozen=True, kw_only=True, eq=False)
class _Table:
    """Every option of some customers. Options run over nothing and the C offers."""

    value: Float
    """[C + 1, n]"""
    worth: Float
    """[C + 1, n] after prices."""
    use: Int
    """[L, C + 1, n]"""
    rank: NDArray[np.uint64]


def kept(
    rows: Rows, question: AssignQuestion, prices: Float, choice: NDArray[np.int8], room: Int, *, fill: bool = True
) -> tuple[NDArray[np.int8], bool]:
    """Mend and fill the choices of some customers.

    Parameters
    ----------
    prices
        [L]
    choice
        [n] where to begin.
    room
        [L] what these customers may use together.
    fill
        Whether what is left of the limits is given away; else choices are mended only.

    Returns
    -------
    tuple
        The choices [n], and whether they keep every limit.
    """
    table = _table(rows, question, prices)
    start = choice.astype(np.int64)
    left = room - table.use[:, start, np.arange(rows.count)].sum(axis=1)
    mended, left = _mended(table, start, left)
    if (left < 0).any():
        return mended.astype(np.int8), False
    return (_filled(table, mended, left) if fill else mended).astype(np.int8), True


def _table(rows: Rows, question: AssignQuestion, prices: Float) -> _Table:
    c, n = rows.value.shape
    priced_at = question.price_table(prices)
    uses = np.zeros((len(question.limits), c + 1, n), dtype=np.int64)
    uses[:, 1:] = np.rint(limit_uses(rows, question)).astype(np.int64)
    return _Table(
        value=np.concatenate([np.zeros((1, n)), rows.value]),
        worth=np.stack([np.zeros(n), *(priced(rows, offer, priced_at) for offer in range(c))]),
        use=uses,
        rank=rows.rank,
    )


def _mended(table: _Table, choice: Int, left: Int) -> tuple[Int, Int]:
    """Give up what breaks limits; may end with limits still broken where nothing here uses them."""
    at = np.arange(choice.size)
    while (left < 0).any():
        use = table.use - table.use[:, choice, at][:, None, :]
        worst = int(np.argmin(left / np.maximum(np.abs(table.use[:, choice, at]).sum(axis=1), 1)))
        relief = -use[worst]
        spoils = ((use > np.maximum(left, 0)[:, None, None]) & (use > 0)).any(axis=0)
        possible = (relief > 0) & ~spoils & np.isfinite(table.worth)
        if not possible.any():
            return choice, left
        loss = table.worth[choice, at][None] - table.worth
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(possible, loss / np.minimum(np.maximum(relief, 1), -left[worst]), np.inf)
        option = rate.argmin(axis=0)
        best = rate[option, at]
        order = np.lexsort((table.rank, best))
        order = order[np.isfinite(best[order])]
        freed = np.cumsum(relief[option[order], order])
        moved = order[: int(np.searchsorted(freed, -left[worst])) + 1]
        choice = choice.copy()
        left = left - use[:, option[moved], moved].sum(axis=1)
        choice[moved] = option[moved]
    return choice, left


def _filled(table: _Table, choice: Int, left: Int) -> Int:
    """Make changes that are worth more and fit, the best after prices first, until none is left."""
    at = np.arange(choice.size)
    while True:
        use = table.use - table.use[:, choice, at][:, None, :]
        fits = (use <= left[:, None, None]).all(axis=0) & (table.value > table.value[choice, at])
        if not fits.any():
            return choice
        gain = np.where(fits, table.worth - table.worth[choice, at], -np.inf)
        option = gain.argmax(axis=0)
        best = gain[option, at]
        order = np.lexsort((table.rank, -best))
        order = order[np.isfinite(best[order])]
        moves = use[:, option[order], order]
        # at most the changes up to the first that does not fit any more
        taken = np.cumsum(moves, axis=1) <= left[:, None]
        good = taken.all(axis=0)
        count = order.size if good.all() else int(np.argmin(good))
        moved = order[:count]
        left = left - moves[:, :count].sum(axis=1)
        choice = choice.copy()
        choice[moved] = option[moved]
