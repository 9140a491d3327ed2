"""A scenario's text is read once a process: thousands of tests load some hundred texts, each from a folder of its own.

Data is copied for every load, and lines are told by the name that the file has there. Texts with anything to tell are
read anew each time.
"""

from __future__ import annotations

import copy
from typing import Any

import scenarios.loading.load
from scenarios.problems import Places, Problem

MOST_TEXTS, MOST_BYTES = 1000, 100_000
"""How many texts are kept, and of what length."""

_read = scenarios.loading.load.read_on
_known: dict[bytes, tuple[Any, Places]] = {}


def read_on(raw: bytes, name: str) -> tuple[Any, Places, tuple[Problem, ...]]:
    """What `scenarios.language.text.strict_yaml.read_on` reads of a file's bytes."""
    if raw in _known:
        data, places = _known[raw]
        return copy.deepcopy(data), _named(places, name), ()
    data, places, misread = _read(raw, name)
    if not misread and len(raw) < MOST_BYTES and len(_known) < MOST_TEXTS:
        _known[raw] = copy.deepcopy(data), _named(places, name)
    return data, places, misread


def _named(places: Places, name: str) -> Places:
    """The same lines of a file of another name."""
    found = Places(name)
    found._places = {path: f"{name}{where.removeprefix(places.name)}" for path, where in places._places.items()}
    found._empty = dict(places._empty)
    return found


scenarios.loading.load.read_on = read_on  # type: ignore[assignment]
