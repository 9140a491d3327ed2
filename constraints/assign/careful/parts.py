"""What customers' values are made of in the futures: amounts that each future counts in its own way.

Letters: N customers, C offers, P places (segments whose futures are told apart), E members of an ensemble, Q parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from constraints.assign.rows import BLOCK_ROWS, Rows, joined
from scenarios.arrays import Flag, Float, Int


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts:
    """Amounts of n customers; a sum over members and parts is what one is worth in a future."""

    place: NDArray[np.int16]
    """[n] whose futures are theirs."""
    amount: tuple[Float, ...]
    """[Q] of [E, C, n]; finite, also where the offer is closed."""

    def take(self, rows: Flag | Int) -> Parts:
        """Return some of the customers."""
        return Parts(place=self.place[rows], amount=tuple(one[..., rows] for one in self.amount))


class Block(NamedTuple):
    """Some customers: as they are scored, and what that is made of."""

    rows: Rows
    parts: Parts

    def take(self, rows: Flag | Int) -> Block:
        """Return some of them."""
        return Block(self.rows.take(rows), self.parts.take(rows))


class PartSource(Protocol):
    """All customers, read as often as wanted, always in the same order and the same blocks."""

    @property
    def count(self) -> int:
        """Number of customers."""

    def blocks(self) -> Iterator[Block]:
        """Yield blocks; the next one may overwrite the arrays of the one before."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PartsInMemory:
    """A source that is an array."""

    block: Block

    @property
    def count(self) -> int:
        """Number of customers."""
        return self.block.rows.count

    def blocks(self) -> Iterator[Block]:
        """Yield slices of the arrays."""
        for first in range(0, self.count, BLOCK_ROWS):
            yield self.block.take(np.arange(first, min(first + BLOCK_ROWS, self.count)))


@dataclass(frozen=True, kw_only=True, eq=False)
class PlainRows:
    """The same customers as they are scored by expectation."""

    source: PartSource

    @property
    def count(self) -> int:
        """Number of customers."""
        return self.source.count

    def blocks(self) -> Iterator[Rows]:
        """Yield what is expected."""
        for block in self.source.blocks():
            yield block.rows


def together(blocks: Sequence[Block]) -> Block:
    """Return several blocks, at least one, as one."""
    return Block(
        joined([one.rows for one in blocks]),
        Parts(
            place=np.concatenate([one.parts.place for one in blocks]),
            amount=tuple(
                np.concatenate(each, axis=-1) for each in zip(*(one.parts.amount for one in blocks), strict=True)
            ),
        ),
    )


def sampled(source: PartSource, size: int) -> Block:
    """Return about so many customers in memory, drawn by their hashes; all where there are no more."""
    cut = np.uint64(min(size / source.count, 1.0) * (2.0**64 - 2**12))
    found = []
    for block in source.blocks():
        drawn = np.ones(block.rows.count, dtype=bool) if source.count <= size else block.rows.rank < cut
        found.append(block.take(np.flatnonzero(drawn)))
    return together(found)


def all_sorted(block: Block) -> tuple[Block, Int]:
    """Return customers in the order of their hashes, and where each of them stood: nothing hangs on a file's order."""
    order = np.argsort(block.rows.rank, kind="stable")
    return block.take(order), order
