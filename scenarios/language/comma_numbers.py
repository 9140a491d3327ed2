"""Numbers with commas inside braces: ``{max: 12,000}`` is two keys to YAML, and one amount to whoever wrote it."""

from __future__ import annotations

import re

_SIGN = r"(?:[A-Z]{3}|[^\w\s.,:;%+-])"
"""A currency's code or sign."""
BEFORE = re.compile(rf"(?:{_SIGN} ?)?[+-]?[0-9][0-9.]* ?%?")
"""What is left of a number before a comma: ``12``, ``¥29`` or ``EUR 4.000``."""
BEHIND = re.compile(rf"[0-9][0-9.]* ?(?:%|{_SIGN}|[^\W\d_A-Za-z])?")
"""What follows the comma: ``000``, ``90 €`` or ``900円``."""


def without_comma(before: str, behind: str, rest: str) -> str:
    """Say what to write for ``12,000``, ``19,90`` or ``1,250.50``; only three digits behind the one comma may be both.

    Parameters
    ----------
    before, behind
        What stands on the two sides of the comma.
    rest
        What follows: of ``1,200,000`` the second comma.

    Examples
    --------
    >>> without_comma("¥29", "900", "")
    'leave comma and sign out, or write 29.900 if decimals were meant'
    """
    whole, part = (re.sub(r"[^0-9.+-]", "", text) for text in (before, behind))
    if "." in part:
        return f"write {whole}{part}"
    decimal = f"{whole.replace('.', '')}.{part}"
    if len(part) != 3 or "." in whole:
        return f"write {decimal}"
    left_out = "the comma" if before + behind == whole + part else "comma and sign"
    more = re.match(r",\s*[0-9]{3}(?![0-9])", rest)
    return f"leave {left_out} out" if more else f"leave {left_out} out, or write {decimal} if decimals were meant"


def comma_remedy(value: object) -> str:
    """Say what to write for a text such as ``19,90``, ``¥12,000`` or ``12,5%``; nothing for any other value.

    Examples
    --------
    >>> comma_remedy("12,5%"), comma_remedy("a lot")
    ('write 12.5%', '')
    """
    before, comma, behind = str(value).strip().partition(",")
    behind, more, rest = behind.partition(",")
    if not (comma and BEFORE.fullmatch(before) and BEHIND.fullmatch(behind)):
        return ""
    remedy = without_comma(before, behind, more + rest)
    return f"{remedy}%" if behind.endswith("%") and remedy.startswith("write") else remedy
