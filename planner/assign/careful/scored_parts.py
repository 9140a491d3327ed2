"""What a customer's value is made of in the futures, from what was scored: value, spend, and what funds pay.

Scores of one's own are one amount each; where an ensemble scored, every member has its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.assign.careful.parts import Block, Parts
from constraints.assign.rows import Rows
from constraints.assign.terms import Terms
from planner.assign.row_file import RowFile
from planner.assign.scoring.scores import ByMember
from scenarios.arrays import Float
from scenarios.language.implied_ids import FUND
from scenarios.language.words import Measure

VALUE, SPEND, FUNDING = "value", "spend", "vendor_funding"
"""Names of the parts."""


@dataclass(frozen=True, kw_only=True)
class PartNames:
    """Which parts there are."""

    terms: Terms
    by_member: bool
    """Whether an ensemble scored."""

    @property
    def names(self) -> tuple[str, ...]:
        """Value, spend where it is known, and funding where a vendor's fund may run out."""
        known = self.by_member or Measure.SPEND in self.terms.measures
        funds = any(limit.id.startswith(FUND) for limit in self.terms.limits)
        return (VALUE, *([SPEND] if known else []), *([FUNDING] if funds else []))

    def of_file(self, rows: Rows, place: NDArray[np.int16]) -> Parts:
        """Return the parts of customers whose scores are the file's."""
        amounts = [np.where(np.isfinite(rows.value), rows.value, 0.0)]
        for name in self.names[1:]:
            measure = Measure(name)
            use = rows.use[self.terms.measures.index(measure)]
            if use is None:
                raise ValueError(f"{name} is no count")
            amounts.append(use / self.terms.fine(measure))
        return Parts(place=place, amount=tuple(one[None] for one in amounts))

    def of_members(self, members: ByMember) -> tuple[Float, ...]:
        """Return the amounts [Q] of [E, C, n] that members say."""
        amounts = [members.value]
        for name in self.names[1:]:
            use = members.spend
            if name == FUNDING:
                asked = members.use[self.terms.measures.index(Measure.VENDOR_FUNDING)]
                if asked is None:
                    raise ValueError("vendor funding is no count")
                use = asked
            amounts.append(use)
        return tuple(amounts)


@dataclass(frozen=True, kw_only=True, eq=False)
class ScoredParts:
    """All customers on disk: what is expected, and what it is made of; a `PartSource`."""

    rows: RowFile
    parts: PartNames
    places: int
    """[P] how many places there are; customers of none, -1, count to the last."""
    place: NDArray[np.int16] | None
    """[N] where the futures of each are told; None where they are those of the rows' segments."""
    members: RowFile | None
    """Where an ensemble scored, what each member says: amounts in place of values."""

    @property
    def count(self) -> int:
        """Number of customers."""
        return self.rows.count

    def blocks(self) -> Iterator[Block]:
        """Yield blocks; the arrays of one are overwritten by the next."""
        first = 0
        others = iter(()) if self.members is None else self.members.blocks()
        for rows in self.rows.blocks():
            here = slice(first, first + rows.count)
            first += rows.count
            place = rows.segment if self.place is None else (self.place[here] % self.places).astype(np.int16)
            if self.members is None:
                yield Block(rows, self.parts.of_file(rows, place))
                continue
            amount = next(others).value.reshape(len(self.parts.names), -1, *rows.value.shape)
            yield Block(rows, Parts(place=place, amount=tuple(amount)))
