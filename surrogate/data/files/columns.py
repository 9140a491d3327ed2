"""Columns as numbers: days, amounts, flags and names, with the first row that cannot be read and how to mend it."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float, Int
from scenarios.language.slips.comma_numbers import comma_remedy
from scenarios.language.slips.meant import date_remedy
from scenarios.problems import InvalidInput, Problem
from surrogate.data.files.id_text import id_text
from surrogate.data.files.table_files import Batch
from surrogate.data.files.time_formats import format_remedy, is_time, reads_all

NO_TIME = np.iinfo(np.int64).min
"""Stands for a time that is missing."""
EPOCH = dt.date(1970, 1, 1).toordinal()
_DAY = 86_400_000_000
_NO = frozenset({"", "0", "0.0", "false", "f", "no", "n", "none", "nan", "null", "<na>"})
_MISSING = ["", "na", "n/a", "nan", "null", "none", "<na>", "-", "#n/a"]
_ISO = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?([Zz]|[+-]\d{2}:?\d{2})?$"
_SHORT_HOUR = r"^(\d{4}-\d{2}-\d{2}[ T])(\d:)"
_OFFSET = r":\d{2}(\.\d+)?([Zz]|[+-]\d{2}:?\d{2})$"
_DAY_NUMBER = r"[2-7]\d{4}([.,]\d+)?"
"""What a spreadsheet writes of a date where the cell is none: days since 1899, and the time as their fraction."""
_NO_FORMAT = "write time_format beside the file, or check which column is mapped"
_NEEDLESS = "take time_format out, it reads such times without; if other rows are written otherwise, export all alike"
_ONE_FORMAT = "the column mixes formats: write one, such as 2026-11-01 18:30, in all rows when exporting"
EUROPEAN = r"^[+-]?(\d+|[1-9]\d{0,2}(\.\d{3})+)(,\d+)?$"
"""A number with a decimal comma, perhaps with points between thousands: 0.125 has none, its point marks decimals."""


def microseconds(batch: Batch, name: str, zone: str | None) -> Int:
    """Return times [N] in microseconds since 1970 on the shops' clocks; `NO_TIME` where missing.

    Raises
    ------
    InvalidInput
        For what is no date or time, is ambiguous, or has an offset while no ``time_zone`` is given.
    """
    column = batch.column(name)
    if pa.types.is_dictionary(column.type):
        codes = column.indices.to_numpy(zero_copy_only=False)
        known = np.append(_times(batch, name, column.dictionary, zone, column), NO_TIME)
        return np.asarray(known[np.where(np.isfinite(codes), codes, -1).astype(np.int64)], dtype=np.int64)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        coded = pc.dictionary_encode(column)
        known = np.append(_times(batch, name, coded.dictionary, zone, column), NO_TIME)
        codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
        return np.asarray(known[codes], dtype=np.int64)
    return _times(batch, name, column, zone, column)


def days_of(times: Int) -> Int:
    """Return the day ordinals of times; `NO_TIME` stays."""
    return np.where(times == NO_TIME, NO_TIME, times // _DAY + EPOCH)


def days(batch: Batch, name: str, zone: str | None = None) -> Int:
    """Return the day ordinals [N] of a time column; see `microseconds`."""
    return days_of(microseconds(batch, name, zone))


def _times(batch: Batch, name: str, values: Any, zone: str | None, column: Any) -> Int:
    kind = values.type
    if pa.types.is_null(kind):
        return np.full(len(values), NO_TIME)
    if pa.types.is_date(kind):
        return _whole(values.cast(pa.timestamp("us")))
    if pa.types.is_timestamp(kind):
        if kind.tz is None:
            return _whole(values.cast(pa.timestamp("us"), safe=False))
        _require_zone(batch, name, zone, f"times in {kind.tz}")
        return _whole(pc.local_timestamp(values.cast(pa.timestamp("us", zone), safe=False)))
    if pa.types.is_integer(kind) and batch.part.time_format is not None:
        values = values.cast(pa.string())
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        expected = "dates or times"
        remedy = "write the time as 2026-11-01 18:30, or give time_format (dates such as 20261101: %Y%m%d)"
        first = next((str(value) for value in values.drop_null().to_pylist()), "")
        if re.fullmatch(_DAY_NUMBER, first):
            remedy = date_remedy(first[:5])
        raise InvalidInput(
            [Problem(where=str(batch.path), what=name, expected=expected, got=f"numbers ({kind})", remedy=remedy)]
        )
    return _texts(batch, name, pc.utf8_trim_whitespace(values), zone, column)


def _texts(batch: Batch, name: str, texts: Any, zone: str | None, column: Any) -> Int:
    """Read texts [M], each of which stands in some rows of the column."""
    if batch.part.time_format is not None:
        # with offsets as one column in UTC: they are not all alike where clocks change
        offset = re.search("%[zZ]", batch.part.time_format.replace("%%", "")) is not None
        read = pd.to_datetime(texts.to_pandas(), format=batch.part.time_format, errors="coerce", utc=offset)
        if offset and read.notna().any():
            _require_zone(batch, name, zone, "times with an offset")
        if offset:
            read = read.dt.tz_convert(zone).dt.tz_localize(None)
        times = read.to_numpy().astype("datetime64[us]")
        return _checked(batch, name, texts, times, column, f"a time written as {batch.part.time_format}")
    padded = pc.replace_substring_regex(texts, _SHORT_HOUR, r"\10\2")  # 9:16 is 09:16
    iso = pc.fill_null(pc.match_substring_regex(padded, _ISO), False)
    offset = pc.fill_null(pc.match_substring_regex(padded, _OFFSET), False)
    times = np.full(len(texts), np.datetime64("NaT", "us"), dtype="datetime64[us]")
    plain = pc.and_(iso, pc.invert(offset)).to_numpy(zero_copy_only=False)
    if plain.any():
        chosen = padded.filter(pa.array(plain))
        try:
            read = chosen.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
        except pa.ArrowException:  # a 30 February among them
            read = pd.to_datetime(chosen.to_pandas(), errors="coerce", format="ISO8601").to_numpy()
        times[plain] = read.astype("datetime64[us]")
    placed = pc.and_(iso, offset).to_numpy(zero_copy_only=False)
    if placed.any():
        _require_zone(batch, name, zone, "times with an offset")
        moved = pd.to_datetime(padded.filter(pa.array(placed)).to_pandas(), errors="coerce", format="ISO8601", utc=True)
        times[placed] = moved.dt.tz_convert(zone).dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    return _checked(batch, name, texts, times, column, "a date or time such as 2026-11-01 or 2026-11-01 18:30")


def _checked(batch: Batch, name: str, texts: Any, times: Any, column: Any, expected: str) -> Int:
    blank = pc.fill_null(pc.is_in(pc.utf8_lower(texts), pa.array(_MISSING)), True).to_numpy(zero_copy_only=False)
    bad = np.isnat(times) & ~blank
    if bad.any():
        odd, read = texts.filter(pa.array(bad)), texts.filter(pa.array(~bad & ~blank))
        remedy = _time_remedy(batch, odd.to_pylist(), read.to_pylist())
        beside = read if remedy == _ONE_FORMAT else None
        _refuse(batch, name, column, odd, expected, remedy, beside=beside, only="correct it")
    return np.where(np.isnat(times), NO_TIME, times.astype(np.int64))


def _time_remedy(batch: Batch, odd: list[str], read: list[str]) -> str:
    """Say what to do about times that nobody can read; ``read`` are those of the same rows that could be read."""
    got, named = odd[0], batch.part.time_format is not None
    if re.fullmatch(_DAY_NUMBER, got) and not (named and read):
        return date_remedy(got[:5])
    if read or batch.rows[0] > 0:
        if named and reads_all([*odd, *read]):
            return format_remedy([*odd, *read])
        if is_time(got):
            return _ONE_FORMAT
        return "" if named or re.match(_ISO, got) else _NO_FORMAT
    if named and is_time(got) and re.match(_ISO, got):
        return _NEEDLESS
    return format_remedy(odd) or ("" if re.match(_ISO, got) else _NO_FORMAT)


def _whole(stamps: Any) -> Int:
    values = pc.fill_null(stamps.cast(pa.int64()), NO_TIME).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.int64)


def _require_zone(batch: Batch, name: str, zone: str | None, got: str) -> None:
    if zone is None:
        raise InvalidInput(
            [
                Problem(
                    where=str(batch.path),
                    what=name,
                    expected="a time_zone in the data file, because the times carry an offset",
                    got=got,
                    remedy="add time_zone: Europe/Berlin (yours), so that days and weeks are the shops'",
                )
            ]
        )


def _refuse(
    batch: Batch, name: str, column: Any, bad: Any, expected: str, remedy: str, *, beside: Any = None, only: str = ""
) -> None:
    """Refuse the first row that holds one of the bad texts, and count such rows, and those that hold others.

    ``only`` is what to do where it is the one such row and nothing else is known to do.
    """
    whole = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    whole = pc.utf8_trim_whitespace(whole.cast(pa.string()))
    rows = _holding(whole, bad)
    first = int(rows[0])
    more = f"{rows.size:,} of the rows read so far are like it" if rows.size > 1 else ""
    if only and rows.size == 1:
        more = f"it is the only one of the {int(batch.rows[-1]) + 1:,} rows read so far" + (
            f": {only}" if not remedy else ""
        )
    got = f'"{whole[first].as_py()}"'
    if beside is not None:
        others = _holding(whole, beside)
        rest = f'{others.size:,} like "{whole[int(others[0])].as_py()}"' if others.size else "none before them"
        more = f"of the rows read so far {rows.size:,} {'is' if rows.size == 1 else 'are'} like {got} and {rest}"
    remedy = "; ".join(part for part in (remedy, more) if part)
    raise InvalidInput([Problem(where=batch.where(first), what=name, expected=expected, got=got, remedy=remedy)])


def _holding(whole: Any, texts: Any) -> Int:
    """Return the rows of a column that hold one of some texts."""
    hits = pc.fill_null(pc.is_in(whole, value_set=texts.cast(pa.string())), False)
    return np.flatnonzero(hits.to_numpy(zero_copy_only=False))


def numbers(batch: Batch, name: str | None) -> Float:
    """Return a column's numbers [N]: NaN where blank, 0 where no column is mapped.

    Raises
    ------
    InvalidInput
        For text that is no number.
    """
    if name is None:
        return np.zeros(batch.table.num_rows)
    column = batch.column(name)
    if pa.types.is_dictionary(column.type):
        codes = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False)
        return np.asarray(np.append(_read_numbers(batch, name, column.dictionary, column), np.nan)[codes])
    return _read_numbers(batch, name, column, column)


def _read_numbers(batch: Batch, name: str, values: Any, column: Any) -> Float:
    kind = values.type
    if pa.types.is_null(kind):
        return np.full(len(values), np.nan)
    if pa.types.is_boolean(kind) or pa.types.is_temporal(kind):
        expected, remedy = "numbers", "check which column is mapped"
        raise InvalidInput(
            [Problem(where=str(batch.path), what=name, expected=expected, got=f"values of type {kind}", remedy=remedy)]
        )
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return np.asarray(values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
    texts = pc.utf8_trim_whitespace(values)
    missing = pc.fill_null(pc.is_in(pc.utf8_lower(texts), pa.array(_MISSING)), True)
    written = texts
    if batch.part.decimal_mark == ",":
        european = pc.fill_null(pc.match_substring_regex(texts, EUROPEAN), False)
        written = pc.if_else(
            european, pc.replace_substring(pc.replace_substring(texts, ".", ""), ",", "."), "no number"
        )
    written = pc.if_else(missing, pa.scalar(None, pa.string()), written)
    try:
        read = written.cast(pa.float64())
    except pa.ArrowException:
        plain = pd.to_numeric(written.to_pandas(), errors="coerce").isna().to_numpy()
        bad = plain & ~missing.to_numpy(zero_copy_only=False)
        got = str(texts[int(np.flatnonzero(bad)[0])].as_py()) if bad.any() else ""
        remedy = "check which column is mapped"
        commas = comma_remedy(got) if got.count(",") > 1 else ""
        if commas and batch.part.decimal_mark == ".":
            remedy = commas
        elif "," in got and batch.part.decimal_mark == "." and set(got) <= set("+-0123456789.,"):
            remedy = "write decimal_mark: ',' beside the file where the comma marks decimals; remove separators"
        elif any(mark in got for mark in "€$£¥") or (got[-3:].isalpha() and any(one.isdigit() for one in got)):
            remedy = "leave currency signs out of the amounts"
        elif batch.part.decimal_mark == "," and re.fullmatch(r"[+-]?\d+\.\d+", got):
            remedy = "write its decimals with a comma, as decimal_mark: ',' says, or take decimal_mark out"
        elif re.fullmatch(r"\(\d[\d.,]*\)|\d[\d.,]*-", got):
            remedy = "write negative amounts with the sign in front: -3.20"
        _refuse(batch, name, column, texts.filter(pa.array(bad)), "a number", remedy)
    return np.asarray(pc.fill_null(read, np.nan).to_numpy(zero_copy_only=False), dtype=np.float64)


def flags(batch: Batch, name: str | None) -> Flag:
    """Return whether a column is set [N]: blank, 0, no and false are not."""
    if name is None:
        return np.zeros(batch.table.num_rows, dtype=bool)
    codes, texts = factorized(batch, name)
    return np.array([text.lower() not in _NO for text in texts] + [False])[codes]


def factorized(batch: Batch, name: str) -> tuple[Int, list[str]]:
    """Return codes [N] and the different texts they stand for; -1 where missing or blank.

    The same id is the same text, whatever type a file gives it (`surrogate.data.files.id_text`).
    """
    column = batch.column(name)
    coded = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
    raw = np.asarray(pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64)
    texts = [id_text(value) for value in coded.dictionary.to_pylist()]
    number: dict[str, int] = {}
    codes = [number.setdefault(text, len(number)) if text else -1 for text in texts]
    return np.array([*codes, -1], dtype=np.int64)[raw], list(number)


def texts_of(batch: Batch, column: str) -> NDArray[Any]:
    """Return a column as texts [N], blank where missing; see `factorized`."""
    codes, texts = factorized(batch, column)
    return np.array([*texts, ""], dtype=object)[codes]


def counted(codes: Int, texts: list[str]) -> Counter[str]:
    """Count the rows of each text of `factorized`."""
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    return Counter({text: int(count) for text, count in zip(texts, counts, strict=True) if count})
