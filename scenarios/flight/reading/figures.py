"""Figures of an actuals file: every kind of slip is one message, with what to write."""

from __future__ import annotations

import math
import re

import numpy as np

from scenarios.arrays import Float
from scenarios.currency import codes_of
from scenarios.flight.reading.columns import COUNTS, REQUIRED, SCORES, SIGNED, tell
from scenarios.language.slips.comma_numbers import comma_remedy, grouped
from scenarios.language.slips.point_numbers import read_both_ways
from scenarios.language.text.csv_files import CsvTable
from scenarios.plain_digits import REMEDY, has_foreign_digits
from scenarios.problems import shown

LARGEST = 1e12
"""What no figure of a campaign exceeds; more is a slip."""

_SEPARATED = re.compile(r"[+-]?[0-9]{1,3}([,.' \u00a0][0-9]{3})+([.,][0-9]+)?")
_MARK = r"[^\W\d]{1,6}\.?|[A-Z]{1,2}\$|[^\w\s.,:;%+-]"
_SIGNED = re.compile(rf"({_MARK})? ?([0-9][0-9.,]*) ?({_MARK})?")
"""A number with a word or sign before it or behind it."""
_SURE = re.compile(r"[0-9]+(\.[0-9]{1,2})?")
"""A number whose point separates decimals: 1.000 may be a thousand."""
_PIECES = frozenset(("pcs", "pc", "pieces", "units", "stk", "st", "個", "点", "本", "枚", "件", "人", "个", "개"))
"""What is written behind a count and changes nothing of it; not 万, 千 or k, which do."""
_MINUS = re.compile(r"[▲△−－] ?([0-9][0-9.,]*)")
"""A minus as Japanese accounts and typography write it."""
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def figures_of(table: CsvTable, column: str, digits: int | None, currency: str) -> Float:
    """[rows] of a column, NaN for a blank; ``digits`` are the most decimals; every kind of slip is one problem.

    A currency's sign is told as one to leave out where it may stand for ``currency``.
    """
    texts = table.texts(column)
    values: dict[str, float] = {"": math.nan}
    slips: dict[str, list[int]] = {}
    out = np.empty(len(texts))
    kinds: dict[str, str] = {}
    for row, text in enumerate(texts):
        if text not in values:
            values[text], kinds[text] = _figure(text, whole=column in COUNTS, signed=column in SIGNED)
        out[row] = values[text]
        if kinds.get(text):
            slips.setdefault(kinds[text], []).append(row)

    def got(row: int) -> str:
        return shown(texts[row])

    if column not in SCORES and table.refuse_doubt(column, digits):
        slips["parts"] = [row for row in slips.get("parts", ()) if not read_both_ways(texts[row])]
        out[[row for row, text in enumerate(texts) if read_both_ways(text)]] = math.nan
    whole = "a whole number" if column in COUNTS else "a number"
    separated = slips.get("separated", [])
    if slips.get("comma"):  # who writes 1430,9 means decimals by 383,900, too
        both = [row for row in separated if _COMMA.fullmatch(texts[row])]
        slips["comma"] = sorted([*slips["comma"], *both])
        separated = [row for row in separated if row not in set(both)]
    remedy = comma_remedy(texts[separated[0]], digits) if separated else ""
    tell(table, separated, column, whole, got, remedy or "write it without separators of thousands")
    tell(table, slips.get("comma", ()), column, whole, got, "write decimals with a point")
    tell(table, slips.get("digits", ()), column, whole, got, REMEDY)
    words = slips.get("text", [])
    signed = {row: _without_sign(texts[row], digits, currency) for row in words}
    marked = [row for row in words if signed[row]]
    tell(table, marked, column, whole, got, signed[marked[0]] if marked else "")
    words = [row for row in words if not signed[row]]
    tell(table, words, column, whole, got, "" if column in REQUIRED else "leave unknown figures blank")
    least = whole if column in SIGNED else f"{whole} of at least 0"
    tell(table, slips.get("negative", ()), column, least, got, _NEGATIVE.get(column, ""))
    tell(table, slips.get("parts", ()), column, whole, got, "count whole pieces")
    tell(table, slips.get("power", ()), column, whole, got, "write all its digits")
    tell(table, slips.get("huge", ()), column, f"a number below {LARGEST:g}", got)
    return out


_NEGATIVE = {
    "units": "write what was sold; what came back belongs in the column returns",
    "revenue": "write what customers paid; what came back belongs in the column returns",
    "spend": "write a plain minus before the digits, as in -12.50",
}


def _without_sign(text: str, digits: int | None, currency: str) -> str:
    """Say what to write for a number with a currency's sign or a word for pieces; nothing for any other text.

    Parameters
    ----------
    digits
        Most decimals that the number has: 0 of counts, and of currencies without a minor unit.
    """
    found = _SIGNED.fullmatch(text)
    if found is None:
        return ""
    before, number, behind = found[1] or "", found[2], found[3] or ""
    marks = [mark for mark in (before, behind) if mark]
    if not marks:
        return ""
    if all(currency in codes_of(mark) for mark in marks):
        left_out = "the sign"
    elif not before and behind.lower() in _PIECES:
        left_out = behind
    elif all(codes_of(mark) for mark in marks):
        return f"convert the amounts to {currency}, and leave the sign out"
    else:
        return ""
    if "," in number:
        return comma_remedy(text, digits) or comma_remedy(number, digits)
    if _SURE.fullmatch(number):
        return f"leave {left_out} out: write {number}"
    return f"leave {left_out} out, and points that separate thousands"


def _figure(text: str, *, whole: bool, signed: bool) -> tuple[float, str]:
    """A cell as a number, NaN with the kind of slip where it is none."""
    if not _NUMBER.fullmatch(text):
        if _MINUS.fullmatch(text):
            return math.nan, "negative"
        if has_foreign_digits(text):
            return math.nan, "digits"
        if _SEPARATED.fullmatch(text) or grouped(text):
            return math.nan, "separated"
        return math.nan, "comma" if _COMMA.fullmatch(text) else "text"
    value = float(text)
    if whole and "e" in text.lower():
        return math.nan, "power"  # no program writes a count so; 1e5 is a slip for 15 or 105 as often as it is meant
    if not (value >= 0 or signed):
        return math.nan, "negative"
    if not (abs(value) < LARGEST):
        return math.nan, "huge"
    return (math.nan, "parts") if whole and value != int(value) else (value, "")
