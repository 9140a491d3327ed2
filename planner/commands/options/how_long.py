"""How long a command may search: an amount of work by name, or seconds by the clock."""

from __future__ import annotations

from enum import StrEnum

MAX_SECONDS = 1_000_000
"""Longest search by time: some eleven days."""


class Effort(StrEnum):
    """How much work a run may do."""

    QUICK = "quick"
    NORMAL = "normal"
    THOROUGH = "thorough"


def refuse_seconds(seconds: float) -> None:
    """Refuse a time that no search can take.

    Raises
    ------
    InvalidInput
        For anything but seconds above 0 and below `MAX_SECONDS`.
    """
    from scenarios.problems import InvalidInput, Problem

    if not (0 < seconds < MAX_SECONDS):
        expected = f"seconds above 0 and below {MAX_SECONDS:,}"
        raise InvalidInput([Problem(where="--seconds", what="time", expected=expected, got=f"{seconds:g}")])
