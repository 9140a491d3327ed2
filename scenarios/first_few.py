"""The first of many names, and how many more there are: messages name a few."""

from __future__ import annotations

from collections.abc import Sequence

NAMED = 3
"""How many a message names before it counts the others, unless it says otherwise."""


def first_few(names: Sequence[str], most: int = NAMED, joint: str = ", ") -> str:
    """Name the first, and count the others.

    Examples
    --------
    >>> first_few(["tea", "rice", "salt"], 2), first_few(["tea", "rice"])
    ('tea, rice and 1 more', 'tea, rice')
    """
    return joint.join(names[:most]) + and_more(len(names), most)


def and_more(count: int, most: int = NAMED) -> str:
    """Count those of many that are not named; nothing where all are.

    Examples
    --------
    >>> and_more(5), and_more(3)
    (' and 2 more', '')
    """
    return f" and {count - most} more" if count > most else ""
