"""The retailer's own list of who is in which segment, read from the data file's demographics."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from scenarios.language.values import ID_PATTERN
from scenarios.language.words import ANONYMOUS
from scenarios.problems import InvalidInput, Problem
from surrogate.data.data_parts import DemographicsFile
from surrogate.data.data_spec import DataSpec
from surrogate.data.files.columns import days, texts_of
from surrogate.data.files.id_text import id_text
from surrogate.data.files.table_files import Batch, read_part
from surrogate.people.own_segments import OwnSegments
from surrogate.people.rest import REST

MOST_SEGMENTS = 40
"""As many as may be learned; more words make another column than one of segments likely."""


def segment_list(spec: DataSpec, base: Path | None) -> OwnSegments | None:
    """Return who is in which segment; None where the data file maps no column ``segment``.

    Of a customer's rows the latest counts where the file says since when each was known, and a blank then means none.

    Raises
    ------
    InvalidInput
        For words that cannot be ids of segments, too many of them, and customers in two segments.
    """
    part = spec.files.demographics if spec.files is not None else None
    if part is None or part.segment is None:
        return None
    batch = read_part(base or Path(), part)
    frame = pd.DataFrame({"customer": texts_of(batch, part.customer), "segment": texts_of(batch, part.segment)})
    frame["row"] = np.arange(len(frame))
    if part.known_since is not None:
        since = days(batch, part.known_since, spec.time_zone)
        frame = frame[since == pd.Series(since).groupby(frame["customer"]).transform("max")]
    nobody = {"", *(id_text(one) for one in spec.clean.nobody)}  # a card for everybody who has none is no customer
    frame = frame[~frame["customer"].isin(nobody) & (frame["segment"] != "")]
    words = sorted(frame["segment"].unique())
    _require_segments(words, part)
    frame = frame.drop_duplicates(["customer", "segment"])
    _require_one_each(frame, batch, part)
    members = {str(word): tuple(rows) for word, rows in frame.groupby("segment")["customer"]}
    return OwnSegments(ids=tuple(words), members=members, column=part.segment, others=True)


def _require_segments(words: list[str], part: DemographicsFile) -> None:
    """Refuse columns of anything but ids of segments."""
    where, what = part.label, f"demographics.segment: {part.segment}"
    if not (2 <= len(words) <= MOST_SEGMENTS):
        got, remedy = f"{len(words):,} different words", "check which column is mapped to segment"
        expected = f"2 to {MOST_SEGMENTS} segments"
        raise InvalidInput([Problem(where=where, what=what, expected=expected, got=got, remedy=remedy)])
    problems = []
    for word in words:
        if word == REST:
            expected, remedy = f"another word than {REST}", f"leave those cells blank: {REST} is who is in no segment"
            problems.append(Problem(where=where, what=what, expected=expected, got=f'"{word}"', remedy=remedy))
        elif word.lower() == ANONYMOUS:
            expected, remedy = f"another word than {ANONYMOUS}", f"rename it: {ANONYMOUS} are sales without a customer"
            problems.append(Problem(where=where, what=what, expected=expected, got=f'"{word}"', remedy=remedy))
        elif not re.fullmatch(ID_PATTERN, word):
            expected = "ids of letters, digits and . _ -, which scenarios name segments by"
            remedy = f"write {re.sub(r'[^A-Za-z0-9_.-]+', '-', word).strip('-.') or 'gold'}, or the like"
            problems.append(Problem(where=where, what=what, expected=expected, got=f'"{word}"', remedy=remedy))
    if problems:
        raise InvalidInput(problems)


def _require_one_each(frame: pd.DataFrame, batch: Batch, part: DemographicsFile) -> None:
    """Refuse customers in several segments: who counts where would be a guess."""
    again = frame["customer"].duplicated()
    if again.any():
        count = int(frame.loc[again, "customer"].nunique())
        got = f"{count:,} in several" if count > 1 else "one in several"
        remedy = "keep one row of each, or map known_since: the latest row counts"
        where = batch.where(int(frame.loc[again, "row"].iloc[0]))
        expected = "each customer in one segment"
        raise InvalidInput([Problem(where=where, what=str(part.segment), expected=expected, got=got, remedy=remedy)])
