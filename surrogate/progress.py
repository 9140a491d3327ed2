"""Who hears how far a long run is."""

from __future__ import annotations

from collections.abc import Callable

ProgressCallback = Callable[[str, float], None]
"""Hears what is being done and the share of the run that is done, 0 to 1."""


def silent(_: str, __: float) -> None:
    """Hear no progress."""
