"""A mixture of choices made whole: each customer gets what one of them says, and all together keep every limit.

Customers of whom the same choices say the same are dealt out in the mixture's shares. They stand in the order of what
they use, then of their ids' hashes, and the golden ratio spreads each share evenly over this order, so that uses come
out as mixed but for a few customers. What still breaks a limit is mended.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from constraints.assign.careful.known import Known, Proof
from constraints.assign.careful.parts import PartSource
from constraints.assign.careful.tilted import TiltedRows
from constraints.assign.fill import kept
from constraints.assign.question import AssignQuestion
from constraints.assign.rows import joined, priced, use_table, uses_of
from scenarios.arrays import Float, Int

GOLDEN = 0.5 * (np.sqrt(5.0) - 1.0)
ENTRIES = 1 << 22
"""Uses (limits x choices x customers) that are mended on, about."""


def dealt(
    source: PartSource, question: AssignQuestion, proof: Proof, known: Sequence[Known], share: Float
) -> NDArray[np.int8] | None:
    """Return choices [N] in the shares of a mixture; None where they cannot be made to keep every limit."""
    used = [(one.choice, part) for one, part in zip(known, share.tolist(), strict=True) if part > 0]
    said = np.stack([choice for choice, _ in used])
    out = said[0].copy()
    torn = np.flatnonzero((said != said[0]).any(axis=0))
    rows = TiltedRows(source, proof.tilt)
    if torn.size:
        rank, cost = _order(rows, question, proof, out, torn)
        turn = _turns(np.ascontiguousarray(said[:, torn].T), cost, rank)
        pick = np.searchsorted(np.cumsum([part for _, part in used])[:-1], turn, side="right")
        out[torn] = said[pick, torn]
    return _mended(rows, question, proof, out, torn)


def _order(
    rows: TiltedRows, question: AssignQuestion, proof: Proof, choice: NDArray[np.int8], torn: Int
) -> tuple[NDArray[np.uint64], Float]:
    """Return the hash of some customers, and what their choice costs others."""
    table, first = question.price_table(proof.prices), 0
    ranks, costs = [], []
    inside = np.zeros(rows.count, dtype=bool)
    inside[torn] = True
    for block in rows.blocks():
        here = np.flatnonzero(inside[first : first + block.count])
        mine = block.take(here)
        got = choice[first : first + block.count][here]
        cost = np.zeros(mine.count)
        for offer in range(len(question.offers)):
            with np.errstate(invalid="ignore"):
                paid = mine.value[offer] - priced(mine, offer, table)
            cost = np.where(got == offer + 1, paid, cost)
        ranks.append(mine.rank)
        costs.append(cost)
        first += block.count
    return np.concatenate(ranks), np.concatenate(costs)


def _turns(said: NDArray[np.int8], cost: Float, rank: NDArray[np.uint64]) -> Float:
    """Return numbers between 0 and 1, spread evenly over the customers of whom the same is said."""
    key = said.view(np.dtype((np.void, said.shape[1]))).ravel()
    _, group = np.unique(key, return_inverse=True)
    order = np.lexsort((rank, cost, group))
    ordered = group[order]
    start = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    size = np.diff(np.append(start, ordered.size))
    place = np.arange(ordered.size) - np.repeat(start, size)
    turn = np.empty(ordered.size)
    turn[order] = (0.5 + place * GOLDEN) % 1.0
    return turn


def _mended(
    rows: TiltedRows, question: AssignQuestion, proof: Proof, choice: NDArray[np.int8], torn: Int
) -> NDArray[np.int8] | None:
    """Give up what breaks limits: by customers of whom choices say different things, and as many others."""
    room = question.bounds - uses_of(rows.blocks(), choice, question)
    if (room >= 0).all():
        return choice
    most = max(ENTRIES // (max(len(question.limits), 1) * (len(question.offers) + 1)), 1)
    loose = np.zeros(rows.count, dtype=bool)
    loose[torn if torn.size else np.arange(rows.count)] = True
    parts, places, first = [], [], 0
    for block in rows.blocks():
        here = np.flatnonzero(loose[first : first + block.count])
        parts.append(block.take(here))
        places.append(here + first)
        first += block.count
    some, place = joined(parts), np.concatenate(places)
    if some.count > most:
        few = np.sort(np.argsort(some.rank, kind="stable")[:most])
        some, place = some.take(few), place[few]
    mine = question.uses(use_table(some, choice[place], question))
    mended, ok = kept(some, question, proof.prices, choice[place], room + mine, fill=False)
    if not ok:
        return None
    out = choice.copy()
    out[place] = mended
    return out
