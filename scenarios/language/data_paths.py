"""Paths in a scenario's data: where pydantic's locations lie, what stands there, and how a planner names them."""

from __future__ import annotations

from typing import Any

from scenarios.language.values import LONGEST_ID
from scenarios.problems import Path

ABSENT = object()
"""Stands for a value where there is none."""
_SHOWN = 40
"""Characters that are shown of an id that is too long."""


def data_path(loc: tuple[int | str, ...], data: Any, *, keep_last: bool = False) -> Path:
    """Return the path in the data that a pydantic location means: union tags are left out."""
    path: list[str | int] = []
    here = data
    for position, part in enumerate(loc):
        if isinstance(part, str) and (part.startswith("<") or part == "[key]"):
            continue
        below = _child(here, part)
        if below is not ABSENT:
            path.append(_written(here, part))
            here = below
        elif keep_last and position == len(loc) - 1:
            path.append(part)
    return tuple(path)


def _child(here: Any, part: int | str) -> Any:
    if isinstance(here, dict):
        return here.get(part, next((here[key] for key in here if _same_key(key, part)), ABSENT))
    if isinstance(here, list | tuple) and isinstance(part, int) and part < len(here):
        return here[part]
    return ABSENT


def _same_key(key: Any, part: int | str) -> bool:
    return str(part) in (str(key), repr(key))  # pydantic names a date by how it is written in Python


def _written(here: Any, part: int | str) -> int | str:
    """Return a part of a path as the file has it."""
    if isinstance(here, dict) and part not in here:
        return next((str(key) for key in here if _same_key(key, part)), part)
    return part


def value_at(data: Any, path: Path) -> Any:
    """Return the value at a path, or a marker where there is none."""
    here = data
    for part in path:
        here = _child(here, part)
        if here is ABSENT:
            return ABSENT
    return here


def named(path: Path, data: Any) -> str:
    """Return a path in the planner's words: list members by their id, ``offers.off-15.depth``."""
    words: list[str] = []
    here = data
    for part in path:
        below = _child(here, part)
        if isinstance(part, int):
            member = below.get("id") if isinstance(below, dict) else None
            known = member if isinstance(member, str) and member else f"{part + 1}"
            words.append(known if len(known) <= LONGEST_ID else f"{known[:_SHOWN]}...")
        else:
            words.append(str(part))
        here = below
    return ".".join(words) or "scenario"
