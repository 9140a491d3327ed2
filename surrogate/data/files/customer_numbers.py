"""Customers as 0, 1, 2, ... in the order in which they first appear, known by keyed pseudonyms only.

Ids become pseudonyms as they are read. The numbers last while rows are added up; what is learned from numbers customers
by what is known of them (`surrogate.data.canonical`), and so depends neither on the key nor on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from scenarios.arrays import Int
from scenarios.first_few import first_few
from surrogate.data.files.columns import factorized
from surrogate.data.files.id_text import id_text
from surrogate.data.files.pseudonyms import MISSING, Pseudonyms, key_to_learn, pseudonym_in
from surrogate.data.files.table_files import Batch


class CustomerNumbers:
    """A growing register of customers.

    Parameters
    ----------
    pseudonyms
        What turns ids into numbers; the key of this machine by default.
    nobody
        Ids that stand for nobody; they are read as blank ones are.
    """

    def __init__(self, pseudonyms: Pseudonyms | None = None, *, nobody: Iterable[str] = ()) -> None:
        self._nobody = tuple(id_text(one) for one in nobody)
        self._nobody_seen = set[str]()
        self._pseudonyms = pseudonyms or Pseudonyms(key_to_learn())
        self._sorted = np.empty(0, dtype=np.int64)
        self._number = np.empty(0, dtype=np.int64)
        self._lower_case = np.empty(0, dtype=np.int64)
        self._other_case = set[int]()

    def __len__(self) -> int:
        """Return how many customers are known."""
        return self._sorted.size

    @property
    def pseudonyms(self) -> Int:
        """Pseudonyms [N] by customer number."""
        return self._sorted[np.argsort(self._number)]

    def register(self, batch: Batch, column: str) -> Int:
        """Return the customer numbers of a batch [N], giving new customers the next ones; -1 where it is nobody's."""
        codes, texts = factorized(batch, column)
        if self._nobody:
            self._nobody_seen.update(set(texts) & set(self._nobody))
            texts = ["" if text in self._nobody_seen else text for text in texts]
        known = len(self)
        numbers = self.add(self._pseudonyms.numbers(np.array(texts, dtype=object)))
        new = np.flatnonzero(numbers >= known)
        lower = np.full(len(self) - known, MISSING)
        lower[numbers[new] - known] = self._in_lower_case(texts, new)
        self._lower_case = np.concatenate([self._lower_case, lower])
        return self._answer(codes, numbers)

    def find(self, batch: Batch, column: str) -> Int:
        """Return the customer numbers of a batch [N]; -1 for customers who never bought, and blank ids."""
        codes, texts = factorized(batch, column)
        pseudonyms = self._pseudonyms.numbers(np.array(texts, dtype=object))
        numbers = self._look_up(pseudonyms)
        strange = np.flatnonzero(numbers < 0)
        close = np.isin(self._in_lower_case(texts, strange), self._lower_case)
        self._other_case.update(pseudonyms[strange[close]].tolist())
        return self._answer(codes, numbers)

    def find_pseudonyms(self, batch: Batch, column: str) -> Int:
        """Return the customer numbers of a batch [N] that holds pseudonyms under the same key; -1 as `find`."""
        codes, texts = factorized(batch, column)
        written = [pseudonym_in(text) for text in texts]
        return self._answer(codes, self._look_up(np.array([MISSING if one is None else one for one in written])))

    def spelt_alike(self) -> tuple[str, ...]:
        """Say how many ids are others in upper or lower case, without showing any: the words end up in models."""
        split = len(self) - np.unique(self._lower_case).size
        said, alike = [], "by upper and lower case only, as K7X and k7x would"
        if split:
            said.append(
                f"{split:,} of the {len(self):,} customer ids differ from another one {alike}: each counts as a "
                "customer of its own, with a part of the purchases; if they are one, write ids in one case in all files"
            )
        if self._other_case:
            said.append(
                f"{len(self._other_case):,} customer ids beside the purchases differ from one in them {alike}: what "
                "stands there is about nobody; if they are one, write ids in one case in all files"
            )
        return tuple(said)

    def nobody_nowhere(self) -> tuple[str, ...]:
        """Say which ids that stand for nobody are on no row, by their place: the words end up in models."""
        unseen = [number for number, word in enumerate(self._nobody, start=1) if word not in self._nobody_seen]
        if not unseen:
            return ()
        many = len(self._nobody)
        which = "its id" if many == 1 else f"of its {many} ids number {first_few([str(one) for one in unseen])}"
        return (
            f"clean: {{nobody: ...}} in the data file: {which} stands on no purchase row; is it written as in the "
            "purchases, zeros in front and upper and lower case, too?",
        )

    def _in_lower_case(self, texts: list[str], chosen: Int) -> Int:
        return self._pseudonyms.numbers(np.array([texts[place].casefold() for place in chosen], dtype=object))

    def add(self, pseudonyms: Int) -> Int:
        """Return the numbers of pseudonyms [M]; new ones get the next numbers in the given order."""
        numbers = self._look_up(pseudonyms)
        fresh = (numbers < 0) & (pseudonyms != MISSING)
        if fresh.any():
            unique, first = np.unique(pseudonyms[fresh], return_index=True)
            rank = np.argsort(np.argsort(first, kind="stable"), kind="stable")
            merged = np.concatenate([self._sorted, unique])
            number = np.concatenate([self._number, len(self) + rank])
            order = np.argsort(merged, kind="stable")
            self._sorted, self._number = merged[order], number[order]
            numbers = self._look_up(pseudonyms)
        return numbers

    def _look_up(self, pseudonyms: Int) -> Int:
        if not self._sorted.size:
            return np.full(pseudonyms.size, -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self._sorted, pseudonyms), self._sorted.size - 1)
        return np.where(self._sorted[place] == pseudonyms, self._number[place], -1)

    @staticmethod
    def _answer(codes: Int, numbers: Int) -> Int:
        return np.append(numbers, -1)[codes]
