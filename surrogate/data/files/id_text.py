"""Ids as text: the same id is the same text, whether a file holds it as a number, a whole float, bytes or a text."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scenarios.arrays import Flag

_WHOLE_FLOAT = re.compile(r"\d+\.0", re.ASCII)
"""How tables with gaps write whole numbers into CSV files."""

WHOLE_IDS = "store ids as texts or whole numbers"
"""What to do with ids that are `inexact`."""
ALL_DIGITS = "ids with all their digits"
AS_TEXT = "format the column as text before the ids are pasted in, and export again: a spreadsheet cut their digits off"
"""What to do with ids that are `shortened`."""
PLAIN_TEXT = "plain text"
DAMAGED = "export it again: the file may be damaged"
"""What to do with ids `with_control`."""
_CONTROL = r"[\x00-\x08\x0e-\x1f\x7f]|\S\s*[\t\n\v\f\r]\s*\S"
"""Spaces around an id are none of it; inside it, they are no line breaks."""
_SHORTENED = r"^\s*[+-]?[0-9](?:[.,][0-9]+)?[eE]\+[0-9]+\s*$"


def id_text(value: object) -> str:
    """Return the text of an id, without spaces around it; blank where it is missing.

    Bytes that are no UTF-8 are written out, so that different ones (binary UUIDs) stay different ids.
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace").strip()
    if isinstance(value, float | np.floating):
        if not np.isfinite(value):
            return ""
        if value == int(value):
            return str(int(value))
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return str(int(value))  # databases hold whole numbers with decimals of their own: 7.0000000000
    text = str(value).strip()
    return text[:-2] if _WHOLE_FLOAT.fullmatch(text) else text


def inexact(column: pa.Array) -> Flag:
    """Whether ids [n] are decimal numbers so large that their last digits are lost."""
    if not pa.types.is_floating(column.type):
        return np.zeros(len(column), dtype=np.bool_)
    values = column.to_numpy(zero_copy_only=False)
    return np.asarray(np.abs(np.nan_to_num(values)) >= 2.0 ** (np.finfo(values.dtype).nmant + 1))


def shortened(column: pa.Array) -> Flag:
    """Whether ids [n] are texts such as ``1.23457E+17``, which a spreadsheet makes of 123456789012345678."""
    if not _text_like(column):
        return np.zeros(len(column), dtype=np.bool_)
    some = pc.or_(pc.match_substring(column, "E+"), pc.match_substring(column, "e+"))
    if not pc.any(some).as_py():
        return np.zeros(len(column), dtype=np.bool_)
    return _flags(pc.match_substring_regex(column, _SHORTENED))


def with_control(column: pa.Array) -> Flag:
    """Whether ids [n] hold control characters: a byte 0, where a file was cut off, or a line break between two ids."""
    if not _text_like(column):
        return np.zeros(len(column), dtype=np.bool_)
    return _flags(pc.match_substring_regex(column, _CONTROL))


def control_in(text: str) -> str:
    """Name the first control character of an id that `with_control` found."""
    found = re.search(r"[\x00-\x1f\x7f]", text.strip(" \t\n\v\f\r"))
    return "a control character" if found is None else f"the control character 0x{ord(found[0]):02X}"


def _text_like(column: pa.Array) -> bool:
    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def _flags(found: pa.Array) -> Flag:
    return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), dtype=np.bool_)
