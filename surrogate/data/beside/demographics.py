"""What is known about customers beside their purchases: numbers, and words that enough of them share."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from scenarios.arrays import Int
from scenarios.problems import InvalidInput, Problem
from surrogate.data.beside.side_tables import SideRows
from surrogate.data.data_parts import DataFiles, DataPart, DemographicsFile
from surrogate.data.events import no_rows
from surrogate.data.files.columns import days, numbers, texts_of
from surrogate.data.files.customer_numbers import CustomerNumbers
from surrogate.data.files.table_files import BUYERS, read_part, strangers

WORD_CUSTOMERS, MOST_WORDS = 50, 12
"""Customers who must share a word of a categorical column before it describes anybody, and words kept a column."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PeopleRows(SideRows):
    """Rows of the demographics, a column of the frame for each of theirs."""

    since: Int
    """[N] day since which each row is known, `NO_TIME` where it does not say; all alike where no row does."""


def read_people(base: Path, files: DataFiles, train_until: dt.date, zone: str | None) -> PeopleRows:
    """Read the columns of every row.

    Raises
    ------
    InvalidInput
        For rows that became known after training ended, and for what is no number.
    """
    part = files.demographics
    assert part is not None
    batch = read_part(base, part)
    since = np.zeros(len(batch.rows), dtype=np.int64)
    if part.known_since is not None:
        since = days(batch, part.known_since, zone)
        late = since > train_until.toordinal()
        if late.any():
            problem = Problem(
                where=batch.where(int(np.flatnonzero(late)[0])),
                what=part.known_since,
                expected=f"what was known on {train_until}, the last day that training sees",
                got=f"{int(late.sum()):,} rows from later days",
                remedy="give the values as they were then, or leave those rows out",
            )
            raise InvalidInput([problem])
    if any(name.replace("_", " ") == "customer" for name in part.numeric or ()):
        remedy = "rename the column, or take it off the list"
        expected, got = "columns that say something about customers", "one that is named customer, as ids are"
        raise InvalidInput(
            [Problem(where=part.label, what="demographics.numeric", expected=expected, got=got, remedy=remedy)]
        )
    columns = {name.replace("_", " "): numbers(batch, name) for name in part.numeric or ()}
    words = {name: texts_of(batch, name) for name in part.words}
    return PeopleRows(batch=batch, frame=pd.DataFrame({**columns, **words}), since=since)


def demographics(
    part: DemographicsFile | None, rows: PeopleRows | None, customers: CustomerNumbers, *, least: int = WORD_CUSTOMERS
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return what is known about customers; one row of a customer counts, and how many have more is said.

    It is the latest where the file says since when each was known, else the fullest; of equals the one of the smallest
    values, never the one that happens to stand first.

    Parameters
    ----------
    part, rows
        As `read_people` read them; None without demographics.
    customers
        Who bought.
    least
        Smallest group of customers that a model may describe; a word of fewer is no feature.

    Raises
    ------
    InvalidInput
        For columns that tell no two customers apart, and when nobody in the file bought.
    """
    if part is None or rows is None:
        return no_rows("customer"), ()
    frame = rows.frame.copy()
    frame.insert(0, "customer", rows.customers(customers, part.customer))
    kept = (frame["customer"] >= 0).to_numpy()
    frame, again = _one_row_each(frame[kept], rows.since[kept])
    if frame.empty:
        got = f"{len(rows.frame):,} rows of customers who never bought"
        raise strangers(part, part.customer, BUYERS, got)
    least = max(least, WORD_CUSTOMERS)
    problems = [_constant(part, "numeric", name, least) for name in part.numeric or () if _says_nothing(frame, name)]
    for name in part.words:
        shared = _shared_words(frame.pop(name), name, least)
        if shared.empty and name != part.segment:
            problems.append(_constant(part, "categorical", name, least))
        frame = frame.join(shared)
    if problems:
        raise InvalidInput(problems)
    which = "latest" if part.known_since is not None else "fullest"
    said = f"{again:,} customers have several rows in {part.label} that differ: the {which} counts"
    return frame.reset_index(drop=True), (said,) if again else ()


def _one_row_each(frame: pd.DataFrame, since: Int) -> tuple[pd.DataFrame, int]:
    """Return one row of each customer, and how many customers have rows that differ.

    Parameters
    ----------
    frame
        customer, and columns of numbers and words.
    since
        [N] day since which each row was known, `NO_TIME` where it does not say; all alike where no row does.
    """
    values = [name for name in frame.columns if name != "customer"]
    repeated = frame.drop_duplicates()["customer"]
    again = int(repeated[repeated.duplicated().to_numpy()].nunique())
    blank = (frame[values].isna() | (frame[values] == "")).sum(axis=1)
    order = {"customer": frame["customer"], "older": -since.astype(float), "blank": blank}
    keys = pd.DataFrame(order | {f"value {number}": frame[name] for number, name in enumerate(values)})
    chosen = frame.loc[keys.sort_values(list(keys.columns), kind="stable").index]
    return chosen.drop_duplicates("customer", ignore_index=True), again


def _says_nothing(frame: pd.DataFrame, name: str) -> bool:
    return bool(frame[name.replace("_", " ")].nunique() < 2)


def _shared_words(values: pd.Series, name: str, least: int) -> pd.DataFrame:
    """Return a column of 0 and 1 for each word that enough customers share and some do not; NaN where blank."""
    counts = values[values != ""].value_counts()
    known = int(counts.sum())
    common = counts[(counts >= least) & (counts < known)]
    words = sorted(common.index, key=lambda word: (-int(common[word]), word))[:MOST_WORDS]
    label = name.replace("_", " ")
    return pd.DataFrame(
        {f"{label} is {word}": np.where(values == "", np.nan, (values == word).astype(float)) for word in words},
        index=values.index,
    )


def _constant(part: DataPart, kind: str, name: str, least: int) -> Problem:
    return Problem(
        where=part.label,
        what=f"demographics.{kind}.{name}",
        expected="a column that tells customers apart",
        got="no value that differs" if kind == "numeric" else f"no word that {least} customers share",
        remedy="take it off the list",
    )
