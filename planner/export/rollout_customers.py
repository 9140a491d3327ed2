"""Customers of a rollout: a file with one row a customer and its segment, read into pseudonyms."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.consent import EXPECTED, answered, asked_of, why_asked
from planner.figures import plural
from scenarios.answer.plan import LineResult
from scenarios.first_few import first_few
from scenarios.grid import Grid
from scenarios.language.csv_files import CsvTable
from scenarios.language.words import Layer
from scenarios.problems import InvalidInput, Problem, did_you_mean, shown
from scenarios.response.messages import whole_customers
from scenarios.tables.amounts import MOST_UNITS, bounded
from surrogate.data.customer_file import CUSTOMER, PSEUDONYM, customer_table, in_words, naming_column
from surrogate.data.id_text import id_text
from surrogate.data.pseudonyms import NO_PSEUDONYM, PSEUDONYMS, Pseudonyms, pseudonym_in

SEGMENT, BEFORE = "segment", "before"
_NAMED = 3
"""Unknown segments, segments of another size, and empty audiences of a segment, that are named."""
_ALIKE = 0.1
"""Share of a planned segment by which the file may hold more or fewer customers without a word."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Customers:
    """N customers."""

    names: tuple[str, ...]
    """[N] what is written of them: pseudonyms as text, or the ids themselves where they are wanted so."""
    pseudonyms: tuple[str, ...]
    """[N] what every lot hangs on, whatever is written: the same customers are kept out either way."""
    segment: NDArray[np.int64]
    """[N] number of each customer's segment."""
    before: NDArray[np.float64] | None
    """[N] units that each bought before, of what the targeted offers act on; None where not told."""
    left_out: int
    """Customers of segments that the scenario does not know."""
    unknown: dict[str, int]
    """Those segments as the file names them, and how many customers each has."""
    consents: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    """[N] who may be contacted on each channel that asks for consent; channels that do not ask are not there."""
    key: str | None = None
    """Fingerprint of the key under which ids became the names; None where the names are the file's own."""

    def of(self, segment: int) -> NDArray[np.int64]:
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


def _consented(table: CsvTable, column: str) -> NDArray[np.bool_]:
    """Return who has said yes; the first word that is neither yes nor no is a problem."""
    words = table.columns[column]
    may, odd = answered(np.array(words, dtype=object))
    if odd.any():
        row = int(np.argmax(odd))
        more = f" (and {int(odd.sum()) - 1:,} more)" if odd.sum() > 1 else ""
        table.problem(row, column, EXPECTED, f"{shown(words[row])}{more}")
    return may


def warnings_of(customers: Customers, grid: Grid, lines: Sequence[LineResult]) -> tuple[str, ...]:
    """Say who is left out because of a segment's name, which planned audiences have nobody, and which another size."""
    said = []
    for word, count in list(customers.unknown.items())[:_NAMED]:
        hint = did_you_mean(word, grid.segment_index, kind="segment") if word else "write the segment"
        who = "1 customer is" if count == 1 else f"{count:,} customers are"
        said.append(
            f"warning: {who} in segment {shown(word) if word else 'blank'}, which the scenario does not know: {hint}"
        )
    offers = {offer.id: offer for offer in grid.scenario.offers}
    empty: dict[str, list[str]] = {}
    for line in lines:
        if offers[line.offer].layer is not Layer.TARGETED or len(customers.of(grid.segment_index[line.segment])):
            continue
        empty.setdefault(line.segment, []).append(f"{line.offer} on {line.period}")
    for segment, planned in empty.items():
        audiences = list(dict.fromkeys(planned))
        named = first_few(audiences, _NAMED)
        said.append(f"warning: the file has no customer of {segment}, whose planned audiences are empty: {named}")
    said += _short_of_consent(customers, grid, lines)
    return (*said, *_other_sizes(customers, grid, {line.segment for line in lines}))


def _short_of_consent(customers: Customers, grid: Grid, lines: Sequence[LineResult]) -> Iterator[str]:
    """Say of which segments fewer customers have consented to a channel than the plan writes to."""
    channels = {offer.id: offer.channel for offer in grid.scenario.offers}
    most: dict[tuple[str, str], float] = {}
    for line in lines:
        channel = channels[line.offer]
        if channel in customers.consents:
            key = line.segment, str(channel)
            most[key] = max(most.get(key, 0.0), line.coverage)
    for (segment, channel), coverage in most.items():
        members = customers.of(grid.segment_index[segment])
        consented = int(customers.consents[channel][members].sum())
        wanted = whole_customers(len(members), coverage)
        if consented < wanted:
            level = math.floor(100 * consented / len(members))
            remedy = f"coverage levels up to {level}% plan with them"
            if not consented:
                remedy = f"its lines over {channel} reach nobody; leave the segment out of these offers"
            elif level < 1:
                remedy = "no whole percentage of the segment is as few"
            count, have = f"{consented:,}" if consented else "none", "has" if consented == 1 else "have"
            yield (
                f"warning: {count} of {plural(len(members), 'customer')} of {segment} {have} consented to {channel}, "
                f"and the plan writes to {wanted:,}: "
                f"{'audiences hold those who have; ' if consented else ''}{remedy}"
            )


def _other_sizes(customers: Customers, grid: Grid, named: set[str]) -> tuple[str, ...]:
    """Say of which segments with a line of their own the file holds more or fewer customers than the plan counts on."""
    found = [
        f"{segment.id} {plural(held, 'customer')} for {segment.customers:,}"
        for number, segment in enumerate(grid.segments)
        if segment.id in named
        and (held := len(customers.of(number)))
        and abs(held - segment.customers) > _ALIKE * segment.customers
    ]
    if not found:
        return ()
    return (
        f"warning: the file holds other numbers than the plan counts on ({first_few(found, _NAMED)}): messages, "
        "uses and spend there will differ by as much",
    )


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
