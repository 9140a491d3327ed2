"""Digits and signs as they are read and written: those of other scripts are refused, and shares keep theirs."""

from __future__ import annotations

REMEDY = "write plain digits, 0 to 9"
_VALUES = str.maketrans(dict.fromkeys("“”„‟«»＂‘’‚‹›`", "") | {"−": "-", "％": "%", "．": "."})


def has_foreign_digits(text: str) -> bool:
    """Whether a text has digits of another script, full-width ones among them.

    Examples
    --------
    >>> has_foreign_digits("19%"), has_foreign_digits("١٩%"), has_foreign_digits("１９")
    (False, True, True)
    """
    return not text.isascii() and any(sign.isdigit() and not sign.isascii() for sign in text)


def digits_remedy(value: object, otherwise: str = "") -> str:
    """Return the remedy for what is no number: plain digits and signs where it has others."""
    if not isinstance(value, str):
        return otherwise
    return REMEDY if has_foreign_digits(value) else plain_remedy(value) or otherwise


def plain_remedy(text: str) -> str:
    """Say what to write for a value in curly quotes or with a sign of typography; nothing where it has none.

    Examples
    --------
    >>> plain_remedy("“35%”"), plain_remedy("−10"), plain_remedy("many")
    ('write 35%', 'write -10', '')
    """
    plain = text.translate(_VALUES).strip()
    return f"write {plain}" if plain != text.strip() and plain.isascii() and plain else ""


def share_text(value: float) -> str:
    """Return a share that somebody wrote as it was written: rounded to whole percents it would be another one.

    Examples
    --------
    >>> share_text(0.125), share_text(0.999), share_text(0.5)
    ('12.5%', '99.9%', '50%')
    """
    return f"{round(100.0 * value, 6):.10g}%"


def is_rank(text: str) -> bool:
    """Whether a text is a whole number in plain digits that may count plans, members or points: at most six of them."""
    return text.isascii() and text.isdigit() and len(text) <= 6
