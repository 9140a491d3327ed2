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


def part_of(progress: ProgressCallback, share_of_run: float) -> ProgressCallback:
    """Return what hears of the first part of a run, which ends at a share of it."""
    return lambda said, share: progress(said, share_of_run * share)


def silent(_: str, __: float) -> None:
    """Hear no progress."""
