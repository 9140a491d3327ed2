"""Products that purchases name and the product list lacks: which, how often and since when.

Goods that get new ids in the middle of a year vanish so: nothing of theirs is sold any more, and the list is why.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from scenarios.arrays import Flag, Int
from surrogate.data.files.columns import factorized
from surrogate.data.files.table_files import Batch

_NOTICED = 0.01
"""Share of the rows from which on they are more than articles that nobody keeps a list of."""


class UnlistedProducts:
    """Rows and first day by id, in whatever order they are met."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._first: dict[str, int] = {}

    def note(self, batch: Batch, column: str, strange: Flag, day: Int) -> None:
        """Take in the rows of a batch [N] that name products that the list lacks, with their days."""
        codes, texts = factorized(batch, column)
        named = strange & (codes >= 0)
        rows = np.bincount(codes[named], minlength=len(texts))
        first = np.full(len(texts), dt.date.max.toordinal())
        np.minimum.at(first, codes[named], day[named])
        for place in np.flatnonzero(rows).tolist():
            text = texts[place]
            self._rows[text] = self._rows.get(text, 0) + int(rows[place])
            self._first[text] = min(self._first.get(text, int(first[place])), int(first[place]))

    def said(self, listed_in: str) -> str:
        """Say how many rows name how many products, with the commonest and the first day of all; blank for none.

        Parameters
        ----------
        listed_in
            The product list's file, as messages name it.
        """
        if not self._rows:
            return ""
        commonest = min(self._rows, key=lambda text: (-self._rows[text], text))
        rows, goods = sum(self._rows.values()), len(self._rows)
        first = dt.date.fromordinal(min(self._first.values()))
        many = "1 row names" if rows == 1 else f"{rows:,} rows name"
        which = f'the product "{commonest}"' if goods == 1 else f'{goods:,} products, such as "{commonest}",'
        return f"{many} {which} that {listed_in} lacks, from {first} on"

    def suspicious(self, listed_in: str, read: int) -> tuple[str, ...]:
        """Say so of data of whose ``read`` rows they are many."""
        said = self.said(listed_in)
        if not said or not (sum(self._rows.values()) >= _NOTICED * read):
            return ()
        return (f"{said}: were goods given new ids? add these to the product list, with their category",)
