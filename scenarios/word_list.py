"""Words in a row, as a sentence lists them."""

from __future__ import annotations

from collections.abc import Iterable


def listed(words: Iterable[str], last: str = "and") -> str:
    """List words, the last one after ``and`` (or another word); empty for none.

    Examples
    --------
    >>> listed(["tea", "rice", "salt"]), listed(["tea", "rice"], "or"), listed(["tea"])
    ('tea, rice and salt', 'tea or rice', 'tea')
    """
    *first, end = tuple(words) or ("",)
    return f"{', '.join(first)} {last} {end}" if first else end
