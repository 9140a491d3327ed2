"""Slips of notation that YAML takes for keys: ``id:flash`` without its space, and a name in place of an id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Slip(NamedTuple):
    """One mistake behind an unknown key."""

    expected: str
    remedy: str
    stands_for: frozenset[str]
    """Keys that are there, only written otherwise: they are not missing."""


def slip(word: str, owner: Any, keys: Mapping[str, bool]) -> Slip | None:
    """Say what went wrong where a key is unknown; None where it is just another word.

    Parameters
    ----------
    owner
        What the key was written in.
    keys
        The keys that may be written there, and whether each is required.

    Examples
    --------
    >>> slip("depth:25%", {"depth:25%": None}, {"id": True, "depth": False}).remedy
    'write depth: 25%'
    >>> slip("budget", {"budget": {"max": 5}}, {"id": True, "max": False}).remedy
    'write id: budget in front of the others, in the same braces'
    """
    name, colon, value = word.partition(":")
    if colon and value and name.strip() in keys:
        return Slip("a space behind the colon", f"write {name.strip()}: {value.strip()}", frozenset((name.strip(),)))
    inner = owner.get(word) if isinstance(owner, dict) and len(owner) == 1 else None
    if "id" in keys and isinstance(inner, dict) and set(map(str, inner)) <= set(keys):
        return Slip(
            "the id as a key of its own",
            f"write id: {word} in front of the others, in the same braces",
            frozenset(keys),
        )
    return None
