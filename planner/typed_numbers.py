"""Numbers as people type them on a command line: one rule for every option of every command.

Digits 0 to 9, a sign before them, a point before decimals, blanks around all of it; shares may have a percent sign.
What a programming language reads beside that (``1_000``, ``1e3``, ``nan``, ``inf``, digits of other scripts) is no
number here: who types it means something else, or does not see what is read.
"""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")


def typed_number(text: str) -> Decimal | None:
    """Return a number that somebody typed; None for anything else.

    Examples
    --------
    >>> typed_number(" 12.50"), typed_number("-0"), typed_number("1_0"), typed_number("1e3"), typed_number("nan")
    (Decimal('12.50'), Decimal('0'), None, None, None)
    """
    number = text.strip(" \t")
    return Decimal(number) + 0 if _NUMBER.fullmatch(number) else None


def typed_share(text: str) -> Decimal | None:
    """Return a share that somebody typed as a part of 1; None for anything else.

    Examples
    --------
    >>> typed_share("5%"), typed_share(" 12.5 % "), typed_share("0.05"), typed_share("5%%")
    (Decimal('0.05'), Decimal('0.125'), Decimal('0.05'), None)
    """
    number = text.strip(" \t")
    if not number.endswith("%"):
        return typed_number(number)
    found = typed_number(number[:-1])
    return None if found is None else found / 100
