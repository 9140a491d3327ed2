"""Who hears how far a long run is."""

from __future__ import annotations

from collections.abc import Callable

ProgressCallback = Callable[[str, float], None]
"""Hears what is being done and the share of the run that is done, 0 to 1; see `at_step` for steps of what is done."""
_STEP = "\n"


def at_step(stage: str, step: str) -> str:
    """Return a stage with the step of it that is being done, such as ``network 2 of 5``; it stays one stage."""
    return f"{stage}{_STEP}{step}"


def stage_and_step(said: str) -> tuple[str, str]:
    """Return the two that `at_step` put together; a blank where there is no step."""
    stage, _, step = said.partition(_STEP)
    return stage, step


def part_of(progress: ProgressCallback, first: float, last: float) -> ProgressCallback:
    """Return what hears of a part of a run, which begins at one share of it and ends at another."""
    return lambda said, share: progress(said, first + (last - first) * share)


def silent(_: str, __: float) -> None:
    """Hear no progress."""
