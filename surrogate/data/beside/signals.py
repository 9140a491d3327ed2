"""Signals beside purchases: browsing, search words and messages seen, by customer and week.

Words are hashed into a fixed number of signed columns (feature hashing: Weinberger and others,
doi:10.1145/1553374.1553516), so that any vocabulary in any script has the same few features. Features take whole weeks
up to the one that is described, never later ones.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from scenarios.arrays import Float, Int
from surrogate.data.adding_up.aggregate import summed
from surrogate.data.canonical import on_grid
from surrogate.data.data_parts import DataFiles, DataPart
from surrogate.data.events import Events, no_rows
from surrogate.data.files.columns import NO_TIME, days, factorized, numbers
from surrogate.data.files.customer_numbers import CustomerNumbers
from surrogate.data.files.table_files import BUYERS, Batch, read_batches, strangers

HASHED = 16
"""Columns that words are hashed into."""
COUNTED = ("a week",)
"""How the names of features end that are rates, and are taken as logarithms."""
_RATES = ("pages a week", "browsing minutes a week", "searches a week", "messages a week")
_WORDS = tuple(f"search words {number + 1}" for number in range(HASHED))
_TEXTS = tuple(f"message words {number + 1}" for number in range(HASHED))
NAMES = (*_RATES, *_WORDS, *_TEXTS)
"""All signals, in order."""
_PAGES, _MINUTES, _SEARCHES, _MESSAGES = range(4)
_FIRST_WORD = len(_RATES)
_FIRST_TEXT = _FIRST_WORD + HASHED


@lru_cache(maxsize=1 << 16)
def column_of(word: str) -> tuple[int, int]:
    """Return a word's column and sign, the same on every machine."""
    number = int.from_bytes(hashlib.blake2b(word.casefold().encode(), digest_size=8).digest(), "big")
    return (number >> 1) % HASHED, 1 if number & 1 else -1


def hashed(text: str) -> Float:
    """Return the signed counts of a text's words [H], scaled to length 1; zeros without words.

    Where a script does not separate words (Chinese, Japanese, Thai), pairs of characters stand for them.
    """
    out = np.zeros(HASHED)
    for word in re.findall(r"\w+", text.casefold()):
        pieces = [word[i : i + 2] for i in range(max(len(word) - 1, 1))] if ord(word[0]) > 0x0E00 else [word]
        for piece in pieces:
            column, sign = column_of(piece)
            out[column] += sign
    length = float(np.sqrt((out**2).sum()))
    return out / length if length > 0 else out


def read_signals(
    base: Path, files: DataFiles, until: dt.date, customers: CustomerNumbers, zone: str | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read browsing, searches and exposures up to a day; customers who never bought are left out.

    Returns
    -------
    tuple
        customer, week, signal (index in `NAMES`), value; and the names of the signals that the files give.

    Raises
    ------
    InvalidInput
        When no customer of a file ever bought: then ids are probably written differently.
    """
    parts: list[pd.DataFrame] = []
    names: list[str] = []
    browsing, searches, exposures = files.browsing, files.searches, files.exposures
    if browsing is not None:
        names += _RATES[_PAGES : _MINUTES + bool(browsing.minutes)]
        for batch, customer, week in _known(base, browsing, browsing.customer, browsing.time, until, customers, zone):
            parts.append(_rows(customer, week, _PAGES, np.ones(customer.size)))
            if browsing.minutes:
                parts.append(_rows(customer, week, _MINUTES, np.nan_to_num(numbers(batch, browsing.minutes))))
    if searches is not None:
        names += (_RATES[_SEARCHES], *_WORDS)
        for batch, customer, week in _known(base, searches, searches.customer, searches.time, until, customers, zone):
            parts.append(_rows(customer, week, _SEARCHES, np.ones(customer.size)))
            parts += _words(batch, searches.words, customer, week, _FIRST_WORD)
    if exposures is not None:
        names += (_RATES[_MESSAGES], *(_TEXTS if exposures.text or exposures.channel else ()))
        for batch, customer, week in _known(
            base, exposures, exposures.customer, exposures.time, until, customers, zone
        ):
            parts.append(_rows(customer, week, _MESSAGES, np.ones(customer.size)))
            for column in (exposures.text, exposures.channel):
                if column:
                    parts += _words(batch, column, customer, week, _FIRST_TEXT)
    if not parts:
        return no_rows("customer", "week", "signal").assign(value=0.0), ()
    return summed(pd.concat(parts, ignore_index=True), ["customer", "week", "signal"], ["value"]), tuple(names)


def _known(
    base: Path,
    part: DataPart,
    customer: str,
    time: str,
    until: dt.date,
    customers: CustomerNumbers,
    zone: str | None,
) -> Iterator[tuple[Batch, Int, Int]]:
    """Yield rows of customers who bought, up to a day, with customer and week numbers."""
    found = read = 0
    for batch in read_batches(base, part):
        day = days(batch, time, zone)
        inside = (day <= until.toordinal()) & (day != NO_TIME)
        batch, day = batch.keep(inside), day[inside]
        number = customers.find(batch, customer)
        read += number.size
        if (number >= 0).any():
            kept = number >= 0
            found += int(kept.sum())
            yield batch.keep(kept), number[kept], (day[kept] - 1) // 7
    if read and not found:
        raise strangers(part, customer, BUYERS, f"{read:,} rows of customers who never bought")


def _rows(customer: Int, week: Int, signal: int, value: Float) -> pd.DataFrame:
    frame = pd.DataFrame({"customer": customer, "week": week, "signal": signal, "value": on_grid(value)})
    return summed(frame, ["customer", "week", "signal"], ["value"])


def _words(batch: Batch, column: str, customer: Int, week: Int, first: int) -> list[pd.DataFrame]:
    codes, texts = factorized(batch, column)
    table = np.stack([*(hashed(text) for text in texts), np.zeros(HASHED)])
    out = []
    for number in range(HASHED):
        value = table[codes, number]
        hit = value != 0
        if hit.any():
            out.append(_rows(customer[hit], week[hit], first + number, value[hit]))
    return out


def signal_features(events: Events, customers: Int, last_week: int) -> list[tuple[str, Float]]:
    """Return (name, values [N]) of the signals up to a week: rates a week, and mean word columns a search or message.

    Files that were not given make no features.
    """
    if not events.signal_names:
        return []
    rows = events.signals[(events.signals["week"] <= last_week).to_numpy()]
    row = np.searchsorted(customers, rows["customer"].to_numpy())
    inside = (row < customers.size) & (customers[np.minimum(row, customers.size - 1)] == rows["customer"].to_numpy())
    cell = row[inside] * len(NAMES) + rows["signal"].to_numpy()[inside]
    sums = np.bincount(cell, rows["value"].to_numpy()[inside], customers.size * len(NAMES))
    table = sums.astype(np.float64).reshape(customers.size, len(NAMES))
    weeks = max(last_week - int(events.visits["week"].min()) + 1, 1)
    out = []
    for name in events.signal_names:
        number = NAMES.index(name)
        if number < _FIRST_WORD:
            out.append((name, table[:, number] / weeks))
        else:
            texts = table[:, _SEARCHES if number < _FIRST_TEXT else _MESSAGES]
            out.append((name, table[:, number] / np.maximum(texts, 1.0)))
    return out
