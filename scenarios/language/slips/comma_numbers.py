"""Numbers with commas, ``12,000``, ``12,34,567.89`` or ``19,90``: which amount was meant, and how it is written."""

from __future__ import annotations

import re

_SIGN = r"(?:[A-Z]{3}|Rs\.?|[^\w\s.,:;%+-])"
"""A currency's code or sign."""
BEFORE = re.compile(rf"(?:{_SIGN} ?)?[+-]?[0-9][0-9.]*(?:[ \u00a0\u202f][0-9]{{3}})* ?%?")
"""What is left of a number before a comma: ``12``, ``¥29``, ``EUR 4.000`` or ``1 069``."""
BEHIND = re.compile(rf"[0-9][0-9.]* ?(?:%|{_SIGN}|[^\W\d_A-Za-z])?")
"""What follows the comma: ``000``, ``90 €`` or ``900円``."""
_NEXT = re.compile(r",\s*([0-9]{2,3}(?:\.[0-9]+)?)(?![0-9.])(?!\s*:)")
"""The next group of digits, and no key of YAML."""
_GROUPED = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3})(?:\.[0-9]+)?")
"""Digits in groups of three, or as in India: a group of three at the end, and groups of two before it."""
_MAY_BE_BOTH = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
"""Thousands, or three decimals."""


def grouped(text: str) -> bool:
    """Whether commas stand where they separate groups of digits, in threes or as in India.

    Examples
    --------
    >>> grouped("1,200,000"), grouped("12,34,567.89"), grouped("19,90"), grouped("1,20,00")
    (True, True, False, False)
    """
    return "," in text and _GROUPED.fullmatch(text) is not None


def further_groups(rest: str) -> str:
    """Return what goes on as one number behind its first two groups: of ``,000, id: a`` it is ``,000``."""
    end = 0
    while found := _NEXT.match(rest, end):
        end = found.end()
    return rest[:end]


def without_comma(before: str, behind: str, rest: str = "", *, digits: int | None = None) -> str:
    """Say what to write for ``12,000``, ``1,20,000``, ``19,90`` or ``1,250.50``.

    Parameters
    ----------
    before, behind
        What stands on the two sides of the first comma.
    rest
        What follows: of ``1,200,000`` the second comma and its digits.
    digits
        Most decimals that such a number has, so that three of them cannot be meant: 2 of an amount in euro. None
        where it is not known.

    Examples
    --------
    >>> without_comma("¥29", "900"), without_comma("¥29", "900", digits=0)
    ('leave comma and sign out, or write 29.900 if decimals were meant', 'leave comma and sign out and write 29900')
    >>> without_comma("1", "20", ",000}")
    'leave the commas out and write 120000'
    """
    whole, part = _bare(before), _bare(behind)
    more = further_groups(rest)
    written = ",".join((whole, part)) + re.sub(r"\s", "", more)
    plain, signed = written.replace(",", ""), before + behind != whole + part
    if more:
        left_out = f"leave {'commas and sign' if signed else 'the commas'} out"
        return f"{left_out} and write {plain}" if grouped(written) else f"{left_out} and check the digits"
    if "." in part:
        return f"write {plain}"
    decimal = f"{whole.replace('.', '')}.{part}"
    if "%" in behind or not _MAY_BE_BOTH.fullmatch(written):
        return f"write {decimal}"
    left_out = f"leave {'comma and sign' if signed else 'the comma'} out"
    if digits is not None and digits < len(part):
        return f"{left_out} and write {plain}"
    return f"{left_out}, or write {decimal} if decimals were meant"


def _bare(text: str) -> str:
    """Return a part of a number without its currency."""
    return re.sub(r"[^0-9.+-]", "", text.removeprefix("Rs."))


def comma_remedy(value: object, digits: int | None = None) -> str:
    """Say what to write for a text such as ``19,90``, ``¥12,000``, ``1,20,000`` or ``12,5%``; nothing for any other.

    Parameters
    ----------
    digits
        Most decimals that the value has, as in `without_comma`; 0 of whole numbers.

    Examples
    --------
    >>> comma_remedy("12,5%"), comma_remedy("12,34,567.89"), comma_remedy("a lot")
    ('write 12.5%', 'leave the commas out and write 1234567.89', '')
    """
    before, comma, behind = str(value).strip().partition(",")
    behind, more, rest = behind.partition(",")
    if not (comma and BEFORE.fullmatch(before) and BEHIND.fullmatch(behind)):
        return ""
    if more and further_groups(more + rest).count(",") < rest.count(",") + 1:
        return ""  # a list of numbers
    if digits == 0 and not more and not _MAY_BE_BOTH.fullmatch(f"{_bare(before)},{_bare(behind)}"):
        return ""  # decimals of what has none
    remedy = without_comma(before, behind, more + rest, digits=digits)
    return f"{remedy}%" if behind.endswith("%") and remedy.startswith("write") else remedy
