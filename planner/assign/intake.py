"""From the customers' file to scored rows, and everything that is wrong with it at once.

An offer is closed for a customer where the scenario's ``applies_to``, its rules about places or the plan leave the
segment out, where no message may be sent any more, where it alone would break a limit, and where a rollout holds the
customer out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from constraints.assign.rows import Rows
from constraints.assign.terms import Terms
from planner.assign.affordable import affordable
from planner.assign.customers.column_problems import ColumnProblems, note_segments
from planner.assign.customers.consents import Consent
from planner.assign.customers.contacts import Contacts
from planner.assign.customers.customer_file import (
    SEGMENT,
    CustomerFile,
    column_of,
    hashes_of,
    texts_of,
)
from planner.assign.customers.held_out import HeldOut
from planner.assign.futures.sampled import Sample
from planner.assign.rounded_uses import added, whole_up
from planner.assign.scoring.scores import ByMember, Scorer, Scores
from planner.consent import EXPECTED, answered
from scenarios.arrays import Float
from scenarios.problems import Problem
from surrogate.data.files.customer_file import CUSTOMER
from surrogate.data.files.id_text import (
    ALL_DIGITS,
    AS_TEXT,
    DAMAGED,
    PLAIN_TEXT,
    WHOLE_IDS,
    control_in,
    inexact,
    shortened,
    with_control,
)
from surrogate.data.files.pseudonyms import NO_PSEUDONYM, PSEUDONYMS, pseudonym_in


@dataclass(frozen=True, kw_only=True, eq=False)
class Taken:
    """Customers as they were read. n customers, C offers."""

    ids: NDArray[np.object_]
    """[n]"""
    rows: Rows
    """Values -inf wherever an offer is closed."""
    scored: Float
    """[C, n] values as they were scored, whether the offer is open or not; -inf where there is none."""
    had: tuple[Float, ...]
    """[n] messages of each channel that counts them, as `Intake.contacts`."""
    added: tuple[float, ...]
    """[M] what rounding these customers' uses up added, at most, in fine units."""
    held: NDArray[np.bool_] | None = None
    """[n] who is held out by a rollout."""
    may: tuple[NDArray[np.bool_], ...] = ()
    """[n] who has consented to each channel that asks, as `Intake.consents`."""
    members: ByMember | None = None
    """What each member of an ensemble says of those who were sampled, or of all who were taken by member."""
    told: NDArray[np.int16] | None = None
    """[n] segment of `Intake.checked_segments`, -1 for a blank; None where these are not looked at."""
    placed: NDArray[np.int16] | None = None
    """[n] segment of the scenario by which a model scored; None where none did."""


@dataclass(frozen=True, kw_only=True)
class Intake:
    """How customers are read and scored."""

    file: CustomerFile
    terms: Terms
    scorer: Scorer
    contacts: tuple[Contacts, ...]
    reads_segment: bool
    checked_segments: tuple[str, ...] = ()
    """Where nothing asks for segments, those that the file's own column may name; empty: not looked at."""
    assumed: tuple[str, ...] = ()
    """What is taken for granted of the file, one sentence each."""
    held_out: HeldOut | None = None
    """Who gets no offer, because a rollout measures by them."""
    consents: tuple[Consent, ...] = ()
    """Columns that say who may be contacted."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are read."""
        segment = [SEGMENT] if self.reads_segment or self.checked_segments else []
        own = [CUSTOMER, *segment, *(one.column for one in self.contacts), *(one.column for one in self.consents)]
        return tuple(dict.fromkeys([*own, *self.scorer.columns]))

    def take(
        self,
        batch: pa.RecordBatch,
        first: int,
        problems: ColumnProblems,
        sample: Sample | None = None,
        *,
        by_member: bool = False,
    ) -> Taken:
        """Read and score the customers of a batch that begins at row ``first``.

        Those of a ``sample`` are scored by members, too, or ``by_member`` all of them.
        """
        column = column_of(batch, CUSTOMER)
        ids = texts_of(column)
        problems.note(CUSTOMER, ALL_DIGITS, inexact(column), first, lambda row: ids[row], WHOLE_IDS)
        problems.note(CUSTOMER, ALL_DIGITS, shortened(column), first, lambda row: ids[row], AS_TEXT)
        problems.note(
            CUSTOMER, PLAIN_TEXT, with_control(column), first, lambda row: control_in(column[row].as_py()), DAMAGED
        )
        problems.note(
            CUSTOMER,
            "an id in every row",
            ids == "",
            first,
            lambda _: "a blank",
            "delete rows that nobody stands behind",
        )
        if self.file.pseudonymous:
            bad = (ids != "") & np.array([pseudonym_in(one) is None for one in ids], dtype=np.bool_)
            problems.note(CUSTOMER, PSEUDONYMS, bad, first, lambda row: f'"{ids[row]}"', NO_PSEUDONYM)
        rank = hashes_of(ids)
        drawn = None if sample is None else sample.holds(rank)
        drawn = np.ones(rank.size, dtype=np.bool_) if by_member else drawn
        scores = self.scorer.score(batch, first, problems, drawn)
        told = self._check_segments(batch, first, problems) if self.checked_segments else None
        segment = scores.segment
        if segment is None:
            segment = np.zeros(ids.size, dtype=np.int16)
            if self.reads_segment:
                segment = self._segments(batch, first, problems)
        had = tuple(self._messages(batch, first, problems, one) for one in self.contacts)
        may = tuple(self._consented(batch, first, problems, one) for one in self.consents)
        value = self._open(scores, segment, had, may)
        exact = tuple(
            None if use is None else use * self.terms.fine(measure)
            for use, measure in zip(scores.use, self.terms.measures, strict=True)
        )
        uses = tuple(None if use is None else whole_up(use) for use in exact)
        value = affordable(value, uses, segment, self.terms.question)
        held = None if self.held_out is None else self.held_out.holds(rank)
        value = value if held is None else np.where(held, -np.inf, value)
        rows = Rows(value=value, use=uses, segment=segment, rank=rank)
        more = tuple(
            0.0 if use is None or whole is None else added(use, whole, np.isfinite(value))
            for use, whole in zip(exact, uses, strict=True)
        )
        return Taken(
            ids=ids,
            rows=rows,
            scored=scores.value,
            had=had,
            added=more,
            held=held,
            may=may,
            members=scores.members,
            told=told,
            placed=scores.placed,
        )

    def _segments(self, batch: pa.RecordBatch, first: int, problems: ColumnProblems) -> NDArray[np.int16]:
        words = texts_of(column_of(batch, SEGMENT))
        known = {name: number for number, name in enumerate(self.terms.segments)}
        segment = np.array([known.get(word, -1) for word in words], dtype=np.int16)
        note_segments(words, segment < 0, tuple(known), first, problems)
        return np.maximum(segment, 0).astype(np.int16)

    def _check_segments(self, batch: pa.RecordBatch, first: int, problems: ColumnProblems) -> NDArray[np.int16]:
        """Refuse segments that the scenario does not have; blank ones pass, as no limit asks for them."""
        column = column_of(batch, SEGMENT)
        known = {*self.checked_segments, ""}
        if known.issuperset(texts_of(column.unique())):
            encoded = column.dictionary_encode()
            places = [self.checked_segments.index(one) if one else -1 for one in texts_of(encoded.dictionary)]
            return np.asarray(
                np.array([*places, -1], dtype=np.int16)[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
            )
        words = texts_of(column)
        bad = np.array([word not in known for word in words], dtype=np.bool_)
        note_segments(words, bad, self.checked_segments, first, problems)
        return np.full(words.size, -1, dtype=np.int16)

    def _messages(self, batch: pa.RecordBatch, first: int, problems: ColumnProblems, one: Contacts) -> Float:
        had = problems.numbers(batch, one.column, first)
        problems.note(one.column, "counts of at least 0", had < 0, first, lambda row: f"{had[row]:g}")
        return had

    def _consented(
        self, batch: pa.RecordBatch, first: int, problems: ColumnProblems, one: Consent
    ) -> NDArray[np.bool_]:
        column = column_of(batch, one.column)
        words = texts_of(column)
        may, odd = answered(words)
        problems.note(one.column, EXPECTED, odd, first, lambda row: f'"{words[row]}"')
        return may

    def _open(
        self, scores: Scores, segment: NDArray[np.int16], had: tuple[Float, ...], may: tuple[NDArray[np.bool_], ...]
    ) -> Float:
        value = np.where(self.terms.closed.T[:, segment], -np.inf, scores.value)
        for one, messages in zip(self.contacts, had, strict=True):
            full = one.full(messages)
            for offer in one.offers:
                value[offer, full] = -np.inf
        for asked, yes in zip(self.consents, may, strict=True):
            for offer in asked.offers:
                value[offer, ~yes] = -np.inf
        return np.asarray(value)


def twice_in(hashes: NDArray[np.uint64], file: CustomerFile) -> Problem | None:
    """Name customers who stand in two rows: they would get two offers. Blank ids are told apart from this."""
    blank = hashes_of(np.array([""], dtype=object))[0]
    ordered = np.sort(hashes[hashes != blank])
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not twice.size:
        return None
    rows = np.flatnonzero(np.isin(hashes, twice))
    again = rows[np.flatnonzero(hashes[rows] == hashes[rows[0]])[1]]
    more = f", and {rows.size - 2:,} more rows" if rows.size > 2 else ""
    got = f"the same one in {file.where(int(rows[0]))} and {file.where(int(again))}{more}"
    return Problem(
        where=str(file.path), what=file.naming, expected="each customer in one row", got=got,
        remedy="keep one row of each: two would get two offers",
    )  # fmt: skip
