"""Order states that mean returned goods: those that the data file names, and those that negative rows give away."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag
from surrogate.data.adding_up.returns import Told
from surrogate.data.data_parts import TransactionsFile
from surrogate.data.files.columns import counted, factorized
from surrogate.data.files.table_files import Batch

_NEARLY_ALL = 0.9
"""Share of the unmarked negative rows that one state must stand on, and share of its rows that are negative."""


@dataclass(kw_only=True, eq=False)
class NegativeStates:
    """Rows by the word of their ``status``; grows with `note`."""

    rows: Counter[str] = field(default_factory=Counter)
    negative: Counter[str] = field(default_factory=Counter)
    """Of these the negative ones that no mark explains."""
    unmarked: int = 0
    """Negative rows that no mark explains, whatever their status."""

    def returned(self, batch: Batch, part: TransactionsFile) -> Flag:
        """Return which rows [N] of a batch have a state that the data file names as returned."""
        if part.status is None or part.returned_status is None:
            return np.zeros(batch.table.num_rows, dtype=bool)
        codes, words = factorized(batch, part.status)
        return np.array([word in part.returned_status for word in words] + [False])[codes]

    def note(self, batch: Batch, part: TransactionsFile, told: NDArray[np.int8]) -> None:
        """Take in how the rows of a batch [N] are told from sales."""
        if part.status is None:
            return
        codes, words = factorized(batch, part.status)
        unmarked = np.isin(told, (Told.QUANTITY, Told.AMOUNT))
        self.rows += counted(codes, words)
        self.negative += counted(codes[unmarked], words)
        self.unmarked += int(unmarked.sum())

    def suspicious(self, part: TransactionsFile) -> tuple[str, ...]:
        """Name the state that nearly all unmarked negative rows have, and no other rows."""
        if not self.negative:
            return ()
        word = min(self.negative, key=lambda each: (-self.negative[each], each))
        count = self.negative[word]
        if not (count >= _NEARLY_ALL * self.unmarked and count >= _NEARLY_ALL * self.rows[word]):
            return ()
        return (
            f'{count:,} of {self.unmarked:,} negative rows that no mark explains say {part.status} "{word}": if it '
            f'means returned goods, write returned_status: ["{word}"] beside status',
        )
