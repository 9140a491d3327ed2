"""Digits of other scripts: Python reads them as numbers, the tables and programs around a campaign do not."""

from __future__ import annotations

REMEDY = "write plain digits, 0 to 9"


def has_foreign_digits(text: str) -> bool:
    """Whether a text has digits of another script, full-width ones among them.

    Examples
    --------
    >>> has_foreign_digits("19%"), has_foreign_digits("١٩%"), has_foreign_digits("１９")
    (False, True, True)
    """
    return not text.isascii() and any(sign.isdigit() and not sign.isascii() for sign in text)


def digits_remedy(value: object, otherwise: str = "") -> str:
    """Return the remedy for what is no number: plain digits where it has others."""
    return REMEDY if isinstance(value, str) and has_foreign_digits(value) else otherwise


def is_rank(text: str) -> bool:
    """Whether a text is a whole number in plain digits that may count plans, members or points: at most six of them."""
    return text.isascii() and text.isdigit() and len(text) <= 6
