"""What a way of scoring gives for a batch of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from planner.assign.customer_file import ColumnProblems
from scenarios.arrays import Float


@dataclass(frozen=True, kw_only=True, eq=False)
class Scores:
    """Scores of some customers. n customers, C offers, M measures; money in major units."""

    value: Float
    """[C, n] what an offer adds to the objective; -inf where the customer may not get it."""
    use: tuple[Float | None, ...]
    """[M] of [C, n] expected use; None for what every offer uses 1 of."""
    segment: NDArray[np.int16] | None = None
    """[n] where the scores know the segment better than the file."""


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

    def score(self, batch: pa.RecordBatch, first: int, problems: ColumnProblems) -> Scores:
        """Score a batch that begins at row ``first``; what cannot be read goes to ``problems``."""
