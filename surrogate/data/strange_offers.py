"""Words in columns of used offers that no past offer is named: gathered while rows are read, and told all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from scenarios.arrays import Int
from scenarios.problems import InvalidInput, Problem, did_you_mean, shown
from surrogate.data.files.table_files import Batch

_TOLD = 20
"""Words that are told one by one; of the others how many there are."""
_LINES = 3
"""Lines that are told of a word."""
_MOST = 1_000
"""Different words from which on a column holds something else, and reading on brings nothing new."""
_YES_NO = frozenset({"0", "1", "yes", "no", "y", "n", "true", "false", "x", "ja", "nein", "oui", "non", "si", "sí"})


class StrangeOffers:
    """Rows by column and word, and the first lines of the words that are met first."""

    def __init__(self) -> None:
        self._rows: dict[str, Counter[str]] = {}
        self._lines: dict[tuple[str, str], list[str]] = {}

    def note(self, batch: Batch, column: str, codes: Int, texts: list[str], known: Iterable[str]) -> None:
        """Take in a column of a batch: ``codes`` [N] of its ``texts``, of which some are no ``known`` offer.

        Raises
        ------
        InvalidInput
            Where the words are so many that the column holds something else.
        """
        strange = [place for place, text in enumerate(texts) if text not in set(known)]
        if not strange:
            return
        counts = np.bincount(codes[codes >= 0], minlength=len(texts))
        rows = self._rows.setdefault(column, Counter())
        for place in strange:
            word = texts[place]
            rows[word] += int(counts[place])
            if (column, word) not in self._lines and sum(each == column for each, _ in self._lines) >= _TOLD:
                continue
            lines = self._lines.setdefault((column, word), [])
            more = np.flatnonzero(codes == place)[: _LINES - len(lines)].tolist() if len(lines) < _LINES else []
            lines += [batch.where(row) for row in more]
        if len(rows) > _MOST:
            raise InvalidInput(self.problems(known))

    def problems(self, known: Iterable[str]) -> list[Problem]:
        """Return a problem for each word that was met, the commonest first, with its rows and its first lines."""
        return [problem for column in self._rows for problem in self._problems(column, list(known))]

    def _problems(self, column: str, known: list[str]) -> list[Problem]:
        rows, expected = self._rows[column], "an offer that past_offers describes"
        told = [word for each, word in self._lines if each == column]
        problems = []
        for word in sorted(told, key=lambda each: -rows[each]):
            first, *others = self._lines[column, word]
            got = f"{shown(word)} in {'1 row' if rows[word] == 1 else f'{rows[word]:,} rows'}{_further(first, others)}"
            remedy = did_you_mean(word, known) or "add it to past_offers"
            if word.lower() in _YES_NO:
                remedy = "the column names the offer, a blank none: write its id where it was used"
            problems.append(Problem(where=first, what=column, expected=expected, got=got, remedy=remedy))
        if len(rows) > len(told):
            many = f"{'more than ' if len(rows) > _MOST else ''}{len(rows) - len(told):,} more words that it does not"
            remedy = f"check which column is mapped: {column} may hold something else"
            where = self._lines[column, told[0]][0].rpartition(":")[0]
            problems.append(Problem(where=where, what=column, expected=expected, got=many, remedy=remedy))
        return problems


def _further(first: str, others: list[str]) -> str:
    """Return the next lines of a word, as far as they stand in the file of the first."""
    file = first.rpartition(":")[0]
    lines = [each.rpartition(":")[2].strip() for each in others if each.rpartition(":")[0] == file]
    return f" (then {', '.join(lines)})" if lines else ""
