"""Customers in blocks: what each offer is worth for each of them and what it uses; and what prices make of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from constraints.assign.question import AssignQuestion
from scenarios.arrays import Flag, Float, Int

_EXACT, _HALF = 2.0**53, 2.0**21
BLOCK_ROWS = 1 << 15
"""Rows of a block: its arrays stay in the processor's cache."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """Some customers. n rows; options lie on the first axis, so that each is one contiguous run."""

    value: Float
    """[C, n] what an offer adds to the objective; -inf where the customer cannot have it."""
    use: tuple[Float | None, ...]
    """[M] of [C, n] whole numbers in fine units, None where every offer uses 1."""
    segment: NDArray[np.int16]
    """[n]"""
    rank: NDArray[np.uint64]
    """[n] hash of the customer's id: decides ties, and who is in a sample."""

    @property
    def count(self) -> int:
        """Rows."""
        return int(self.segment.size)

    def take(self, rows: Flag | Int) -> Rows:
        """Return some of the rows."""
        return Rows(
            value=self.value[:, rows],
            use=tuple(None if one is None else one[:, rows] for one in self.use),
            segment=self.segment[rows],
            rank=self.rank[rows],
        )


class RowSource(Protocol):
    """All customers, read as often as wanted, always in the same order and the same blocks."""

    @property
    def count(self) -> int:
        """Number of customers."""

    def blocks(self) -> Iterator[Rows]:
        """Yield blocks of at most `BLOCK_ROWS` customers; the next block may overwrite the arrays of the one before."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RowsInMemory:
    """A row source that is an array."""

    rows: Rows

    @property
    def count(self) -> int:
        """Number of customers."""
        return self.rows.count

    def blocks(self) -> Iterator[Rows]:
        """Yield slices of the arrays."""
        one = self.rows
        for first in range(0, one.count, BLOCK_ROWS):
            here = slice(first, first + BLOCK_ROWS)
            yield Rows(
                value=one.value[:, here],
                use=tuple(None if use is None else use[:, here] for use in one.use),
                segment=one.segment[here],
                rank=one.rank[here],
            )


def joined(parts: Sequence[Rows]) -> Rows:
    """Return several blocks as one."""
    return Rows(
        value=np.concatenate([part.value for part in parts], axis=1),
        use=tuple(
            None if first is None else np.concatenate([part.use[place] for part in parts], axis=1)
            for place, first in enumerate(parts[0].use)
        ),
        segment=np.concatenate([part.segment for part in parts]),
        rank=np.concatenate([part.rank for part in parts]),
    )


def priced(rows: Rows, offer: int, table: Float) -> Float:
    """Return what one offer is worth [n] after its uses are paid for at a price table [M, S, C]."""
    out = np.asarray(rows.value[offer])
    for measure, use in enumerate(rows.use):
        column = table[measure, :, offer]
        if not column.any():
            continue
        price = column[0] if (column == column[0]).all() else column[rows.segment]
        out = out - (price if use is None else price * use[offer])
    return np.asarray(out)


def choose(rows: Rows, table: Float) -> tuple[NDArray[np.int8], Float]:
    """Return each customer's best choice [n] at a price table, and its worth after prices [n], at least 0.

    Of equally good choices the first wins: nothing before offers, offers in their order.
    """
    best = np.zeros(rows.count)
    choice = np.zeros(rows.count, dtype=np.int8)
    for offer in range(rows.value.shape[0]):
        worth = priced(rows, offer, table)
        better = worth > best
        choice[better] = offer + 1
        np.maximum(best, worth, out=best)
    return choice, best


def use_table(rows: Rows, choice: NDArray[np.int8], question: AssignQuestion) -> Int:
    """Return what choices [n] use, exactly: [M, S, C]."""
    got = np.flatnonzero(choice)
    offer = choice[got].astype(np.int64) - 1
    s, c = len(question.segments), len(question.offers)
    key = rows.segment[got].astype(np.int64) * c + offer
    table = np.zeros((len(question.measures), s * c), dtype=np.int64)
    for measure, use in enumerate(rows.use):
        table[measure] = np.bincount(key, minlength=s * c) if use is None else _sums(key, use[offer, got], s * c)
    return table.reshape(-1, s, c)


def uses_of(blocks: Iterable[Rows], choice: NDArray[np.int8], question: AssignQuestion) -> Int:
    """Return what choices [N] of customers in several blocks use of every limit, exactly: [L]."""
    total = np.zeros((len(question.measures), len(question.segments), len(question.offers)), dtype=np.int64)
    first = 0
    for rows in blocks:
        total += use_table(rows, choice[first : first + rows.count], question)
        first += rows.count
    return question.uses(total)


def _sums(key: Int, use: Float, count: int) -> Int:
    """Return sums [count] of whole numbers [n] by key [n]: exact in float64 below 2^53, whatever their order."""
    if use.size * float(use.max(initial=0.0)) < _EXACT:
        return np.bincount(key, weights=use, minlength=count).astype(np.int64)
    high = np.floor(use / _HALF)
    parts = [np.bincount(key, weights=each, minlength=count).astype(np.int64) for each in (high, use - high * _HALF)]
    return np.asarray(parts[0] * int(_HALF) + parts[1])


def value_of(rows: Rows, choice: NDArray[np.int8]) -> float:
    """Return what choices [n] are worth together."""
    got = np.flatnonzero(choice)
    return float(rows.value[choice[got].astype(np.int64) - 1, got].sum())


def limit_uses(rows: Rows, question: AssignQuestion) -> Float:
    """Return what each offer of each customer uses of each limit [L, C, n]."""
    out = np.zeros((len(question.limits), *rows.value.shape))
    for number, limit in enumerate(question.limits):
        use = rows.use[limit.measure]
        inside = limit.cells.T[:, rows.segment]
        out[number] = inside if use is None else np.where(inside, use, 0.0)
    return out
