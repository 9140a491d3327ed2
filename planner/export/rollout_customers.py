"""Customers of a rollout: a file with one row a customer and its segment, read into pseudonyms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from planner.consent import EXPECTED, answered, asked_of, why_asked
from scenarios.arrays import Flag, Float, Int
from scenarios.grid import Grid
from scenarios.language.text.csv_files import CsvTable
from scenarios.problems import InvalidInput, Problem, did_you_mean, shown
from scenarios.tables.amounts import MOST_UNITS, bounded
from surrogate.data.files.customer_file import CUSTOMER, PSEUDONYM, customer_table, in_words, naming_column
from surrogate.data.files.id_text import id_text
from surrogate.data.files.pseudonyms import NO_PSEUDONYM, PSEUDONYMS, Pseudonyms, pseudonym_in

SEGMENT, BEFORE = "segment", "before"


@dataclass(frozen=True, kw_only=True, eq=False)
class Customers:
    """N customers."""

    names: tuple[str, ...]
    """[N] what is written of them: pseudonyms as text, or the ids themselves where they are wanted so."""
    pseudonyms: tuple[str, ...]
    """[N] what every lot hangs on, whatever is written: the same customers are kept out either way."""
    segment: Int
    """[N] number of each customer's segment."""
    before: Float | None
    """[N] units that each bought before, of what the targeted offers act on; None where not told."""
    left_out: int
    """Customers of segments that the scenario does not know."""
    unknown: dict[str, int]
    """Those segments as the file names them, and how many customers each has."""
    consents: Mapping[str, Flag] = field(default_factory=dict)
    """[N] who may be contacted on each channel that asks for consent; channels that do not ask are not there."""
    key: str | None = None
    """Fingerprint of the key under which ids became the names; None where the names are the file's own."""

    def of(self, segment: int) -> Int:
        """Numbers of a segment's customers."""
        return np.flatnonzero(self.segment == segment)


def read_rollout_customers(
    path: Path, grid: Grid, pseudonyms: Callable[[], Pseudonyms], *, ids: bool = False
) -> Customers:
    """Read a CSV or Parquet file: columns ``customer``, ``segment``, optional ``before``; others are not read.

    A column ``pseudonym`` may stand in place of ``customer``; such names are pseudonyms already.

    Parameters
    ----------
    pseudonyms
        Called where the file holds ids: what turns them into pseudonyms.
    ids
        Whether ids are written as they are, not their pseudonyms.

    Raises
    ------
    InvalidInput
        For missing columns, blank or repeated customers, segments that are no segments of the scenario, and ids that
        are asked for where the file holds none.
    """
    table = customer_table(path)
    if table.problems:
        raise InvalidInput(table.problems)
    naming, wrong = naming_column(list(table.columns))
    if wrong is not None:
        table.problem(None, "header", *wrong)
    if SEGMENT not in table.columns:
        remedy = "campaign profiles MODEL --place CUSTOMERS --out FILE writes it"
        table.problem(None, "header", f"the column {SEGMENT}", in_words(list(table.columns)), remedy)
    if ids and naming == PSEUDONYM:
        expected, remedy = f"ids in a column {CUSTOMER}", "leave --ids out, or give a file with ids"
        got = f"the column {PSEUDONYM} in {path.name}"
        table.problems.append(Problem(where="--ids", what="option", expected=expected, got=got, remedy=remedy))
    if table.problems:
        raise InvalidInput(table.problems)
    channels = _asking(table, grid)
    if table.problems:
        raise InvalidInput(table.problems)
    named, words = table.columns[naming], table.columns[SEGMENT]
    _check_names(table, naming, named)
    before = None
    if BEFORE in table.columns:
        before = np.array(bounded(table, BEFORE, table.numbers(BEFORE, default=0.0), MOST_UNITS))
    index = grid.segment_index
    segment = np.array([index.get(word, -1) for word in words], dtype=np.int64)
    unknown = Counter(word for word, number in zip(words, segment, strict=True) if number < 0)
    if not (segment >= 0).any():
        first = next(iter(unknown), "")
        got = shown(first) if first else "no rows"
        table.problem(0 if named else None, SEGMENT, "segments of the scenario", got, did_you_mean(first, index))
    if table.problems:
        raise InvalidInput(table.problems)
    consents = {channel: _consented(table, column) for channel, column in channels.items()}
    if table.problems:
        raise InvalidInput(table.problems)
    kept = np.flatnonzero(segment >= 0)
    chosen = tuple(named[number] for number in kept)
    under = pseudonyms() if naming == CUSTOMER else None
    numbers = tuple(str(number) for number in (map(int, chosen) if under is None else under.numbers(chosen)))
    past = None if before is None else before[kept]
    return Customers(
        names=chosen if ids else numbers,
        pseudonyms=numbers,
        segment=segment[kept],
        before=past,
        left_out=len(named) - len(kept),
        unknown=dict(sorted(unknown.items(), key=lambda pair: (-pair[1], pair[0]))),
        consents={channel: may[kept] for channel, may in consents.items()},
        key=None if under is None or ids else under.fingerprint,
    )


def _asking(table: CsvTable, grid: Grid) -> dict[str, str]:
    """Return the columns of consent by channel; a channel whose column is missing is a problem."""
    used = frozenset(offer.channel for offer in grid.scenario.offers if offer.channel is not None)
    channels = dict(asked_of(grid.scenario, used))
    for channel, column in channels.items():
        if column not in table.columns:
            got = in_words(list(table.columns))
            table.problem(None, "header", f"the column {column}", got, why_asked(channel))
    return channels


def _consented(table: CsvTable, column: str) -> Flag:
    """Return who has said yes; the first word that is neither yes nor no is a problem."""
    words = table.columns[column]
    may, odd = answered(np.array(words, dtype=object))
    if odd.any():
        row = int(np.argmax(odd))
        more = f" (and {int(odd.sum()) - 1:,} more)" if odd.sum() > 1 else ""
        table.problem(row, column, EXPECTED, f"{shown(words[row])}{more}")
    return may


def _check_names(table: CsvTable, column: str, names: list[str]) -> None:
    seen: dict[str, int] = {}
    for row, one in enumerate(names):
        if not one:
            table.problem(row, column, "an id" if column == CUSTOMER else "a pseudonym", "a blank", "delete the row")
            return
        number = pseudonym_in(one) if column == PSEUDONYM else None
        if column == PSEUDONYM and number is None:
            table.problem(row, column, PSEUDONYMS, shown(one), NO_PSEUDONYM)
            return
        same = id_text(one) if number is None else str(number)  # 7 and 7.0 are one customer, with one pseudonym
        if same in seen:
            got = f"{shown(names[seen[same]])} of line {table.lines[seen[same]]} again"
            table.problem(row, column, "each customer once", got, "keep one of the rows")
            return
        seen[same] = row
