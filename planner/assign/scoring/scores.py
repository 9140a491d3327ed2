"""What a way of scoring gives for a batch of customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from planner.assign.customers.column_problems import ColumnProblems
from scenarios.arrays import Float


@dataclass(frozen=True, kw_only=True, eq=False)
class ByMember:
    """Scores of some customers as each member of an ensemble has them. E members, q customers."""

    segment: NDArray[np.int64]
    """[q] index of the scenario's segment."""
    value: Float
    """[E, C, q]"""
    spend: Float
    """[E, C, q] net of tax and of vendor funding, whether a limit counts it or not."""
    use: tuple[Float | None, ...]
    """[M] of [E, C, q]; None for what every offer uses 1 of."""

    def take(self, rows: NDArray[np.bool_]) -> ByMember:
        """Return some of the customers."""
        return ByMember(
            segment=self.segment[rows],
            value=self.value[..., rows],
            spend=self.spend[..., rows],
            use=tuple(None if one is None else one[..., rows] for one in self.use),
        )


def together(parts: Sequence[ByMember]) -> ByMember:
    """Return several, at least one, as one."""
    return ByMember(
        segment=np.concatenate([one.segment for one in parts]),
        value=np.concatenate([one.value for one in parts], axis=-1),
        spend=np.concatenate([one.spend for one in parts], axis=-1),
        use=tuple(
            None if each[0] is None else np.concatenate([use for use in each if use is not None], axis=-1)
            for each in zip(*(one.use for one in parts), strict=True)
        ),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Scores:
    """Scores of some customers. n customers, C offers, M measures; money in major units."""

    value: Float
    """[C, n] what an offer adds to the objective; -inf where the customer may not get it."""
    use: tuple[Float | None, ...]
    """[M] of [C, n] expected use; None for what every offer uses 1 of."""
    segment: NDArray[np.int16] | None = None
    """[n] where the scores know the segment better than the file."""
    members: ByMember | None = None
    """Of the customers who were sampled; None where nobody was, or the scores are no ensemble's."""
    placed: NDArray[np.int16] | None = None
    """[n] index of the scenario's segment by which a model scored, whether limits tell segments apart or not."""


class Scorer(Protocol):
    """Scores customers from columns of their file."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are read."""

    @property
    def source(self) -> str:
        """Where the scores come from, in words."""

    @property
    def assumed(self) -> tuple[str, ...]:
        """What is taken for granted, one sentence each."""

    def score(
        self, batch: pa.RecordBatch, first: int, problems: ColumnProblems, sampled: NDArray[np.bool_] | None = None
    ) -> Scores:
        """Score a batch that begins at row ``first``; what cannot be read goes to ``problems``.

        Customers who are ``sampled`` [n] are scored by each member of an ensemble as well, where there is one.
        """
