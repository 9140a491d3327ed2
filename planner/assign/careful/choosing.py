"""Choosing by a scenario's careful objective, over all customers and the futures that are foreseen for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from constraints.assign.careful.assigning import CarefulChoices, assign_carefully
from constraints.assign.careful.future_values import FutureValues
from constraints.assign.careful.mixture import Careful, Mixture
from constraints.assign.question import AssignQuestion
from planner.assign.all_rows import Read
from planner.assign.careful.scored_parts import PartNames, ScoredParts
from planner.assign.careful.valued import future_values
from planner.assign.futures.foreseen import Foresight


@dataclass(kw_only=True, eq=False)
class Choosing:
    """Answers one question after the other about the same customers; each begins where the last one ended."""

    source: ScoredParts
    futures: FutureValues
    caution: Careful
    _begin: Sequence[Mixture] = field(default=(), init=False)

    def __call__(self, question: AssignQuestion) -> CarefulChoices:
        """Choose for everybody."""
        found = assign_carefully(self.source, question, self.futures, self.caution, begin=self._begin)
        self._begin = found.made_at
        return found


def choosing(caution: Careful, parts: PartNames, read: Read, foresight: Foresight) -> Choosing:
    """Prepare to choose for customers who were read."""
    futures = future_values(foresight, parts)
    source = ScoredParts(
        rows=read.rows,
        parts=parts,
        places=futures.plus.shape[1],
        place=read.placed if parts.by_member else read.told,
        members=read.members,
    )
    return Choosing(source=source, futures=futures, caution=caution)
