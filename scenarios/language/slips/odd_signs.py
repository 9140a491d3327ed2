"""Signs that look like those of YAML and are others: wide colons and commas, curly quotes, spaces that no key types."""

from __future__ import annotations

import re

from scenarios.look_alikes import named_character

_SPACES = "\u00a0\u2002\u2003\u2007\u2009\u200a\u200b\u202f\u3000\ufeff"
_UNSEEN = "\u200b\ufeff"
"""Of these, those without width."""
_WIDE = dict(zip("：，、［］｛｝", ":,,[]{}", strict=True))
_STRUCTURE = (
    re.compile(rf"^ *([{_SPACES}])"),
    re.compile(r"^\s*(?:-\s+)?\{?\s*[A-Za-z_][\w.-]*(：)"),
    re.compile(rf"[\w\"'][:,]([{_SPACES}])"),
    re.compile(r"^[^\"']*\{[^\"']*?([：，、［］｛｝])"),
)
"""Places of a line in which such a sign stands for one of YAML's."""
_NO_SPACE = re.compile(r"^\s*(?:-\s+)?([A-Za-z_]\w*):([^\s/].*)$")
_LOOKED_BACK = 3
"""Lines above the one where reading ends: what is wrong may stand there."""


def odd_sign(lines: list[str], number: int) -> tuple[int, str, str, str] | None:
    """Find what is wrong on a line on which YAML cannot be read, or just above it.

    Parameters
    ----------
    number
        Of the line, from 0.

    Returns
    -------
    tuple or None
        The line from 0, what was expected, what stands there, and the remedy; None where nothing is odd.
    """
    for place in range(min(number, len(lines) - 1), max(number - _LOOKED_BACK, 0) - 1, -1):
        found = next((match for shape in _STRUCTURE if (match := shape.search(lines[place]))), None)
        if found is not None:
            return place, "plain signs and spaces", named_character(found[1]), sign_remedy(found[1])
        joined = _NO_SPACE.match(lines[place])
        if joined is not None:
            remedy = f"write {joined[1]}: {joined[2].strip()}"
            return place, "a space behind the colon", f"{joined[1]}:{joined[2].strip()}", remedy
    return None


def odd_in_key(key: str) -> str | None:
    """Return the sign in a key that stands for one of YAML's; None where there is none."""
    odd = [sign for sign in key if sign in _WIDE or sign in _SPACES]
    return odd[0] if odd and (odd[0] in _WIDE or key.strip(_SPACES) != key) else None


def sign_remedy(sign: str) -> str:
    """Say what to write instead of a sign."""
    if sign in _UNSEEN:
        return "delete it: nobody sees it"
    return f"write a plain {_WIDE[sign]}" if sign in _WIDE else "write a plain space"
