"""A sample of the customers by their hashes, in memory, with what each member of an ensemble says of them.

Who is in it hangs on nothing but the hashes: all whose hash lies below a cut, which is halved where they are too many.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from constraints.assign.rows import Rows, joined
from planner.assign.scoring.scores import ByMember, together

MOST = 20_000
"""Customers who are kept, at most; of no more than these all are."""
_BITS = 64


@dataclass(frozen=True, kw_only=True, eq=False)
class Sampled:
    """Some customers. q of them."""

    place: NDArray[np.int64]
    """[q] where they stand among all."""
    rows: Rows
    members: ByMember


@dataclass(kw_only=True, eq=False)
class Sample:
    """Keeps customers batch by batch.

    Raises
    ------
    ValueError
        For a sample of nobody.
    """

    most: int = MOST
    _halvings: int = field(default=0, init=False)
    _parts: list[Sampled] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        if not (self.most >= 1):
            raise ValueError(f"expected a sample of at least 1, got {self.most}")

    def holds(self, rank: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Whether customers with these hashes [n] are in the sample, as far as all are known that it was given."""
        if not self._halvings:
            return np.ones(rank.size, dtype=np.bool_)
        return np.asarray(rank < np.uint64(1) << np.uint64(_BITS - self._halvings))

    def add(self, first: int, rows: Rows, members: ByMember | None) -> None:
        """Take in a batch that begins at row ``first``, with what members say of those whom the sample `holds`."""
        if members is None:
            return
        inside = self.holds(rows.rank)
        self._parts.append(Sampled(place=first + np.flatnonzero(inside), rows=rows.take(inside), members=members))
        while sum(part.rows.count for part in self._parts) > self.most and self._halvings < _BITS - 1:
            self._halvings += 1
            self._parts = [
                Sampled(place=part.place[kept], rows=part.rows.take(kept), members=part.members.take(kept))
                for part in self._parts
                for kept in [self.holds(part.rows.rank)]
            ]

    def all(self) -> Sampled | None:
        """Return who is in it; None where nobody is."""
        parts = [part for part in self._parts if part.rows.count]
        if not parts:
            return None
        return Sampled(
            place=np.concatenate([part.place for part in parts]),
            rows=joined([part.rows for part in parts]),
            members=together([part.members for part in parts]),
        )
