"""How large a question is, and roughly how long and in how much memory it is planned.

A search counts its work in passes over all choices of all slots (`planner.run.effort`), so that time grows with slots
times choices times passes, memory with slots times choices. What runs took that compiled their programs first stands in
tables, one of its own for thorough runs, whose bound takes many more steps; in between and beyond lines are drawn
through them, so that a larger question is never said to take less. Another machine, other work on it, limits at
risk, stock and rules that are hard to keep move it by half and by double. Programs that were compiled before save 6 to
10 s of a small question and a quarter of a large one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.figures import plural
from planner.run.effort import FEW, Effort, work_of
from scenarios.grid import Grid

TOOK_SECONDS = (
    (0.6e6, 22.0), (0.68e6, 27.0), (1.36e6, 40.0), (5.0e6, 54.0), (9.0e6, 56.0), (24.7e6, 107.0), (47.3e6, 167.0)
)  # fmt: skip
"""Choices of slots times passes, and processor time at quick and normal effort with nothing compiled before: none of
eleven runs took more than is read off here, and none less than half of it (tests/test_question_size.py names them)."""
THOROUGH_SECONDS = ((12.1e6, 77.0), (28.0e6, 156.0), (34.0e6, 194.0), (66.3e6, 210.0), (537e6, 270.0))
"""The same of six runs at thorough effort, in which the bound takes six times the steps of normal effort and more. The
last allows at most 6 of 21 choices a slot, and its passes cost less for that."""
LARGE_PASS = (TOOK_SECONDS[-1][1] - TOOK_SECONDS[-2][1]) / (TOOK_SECONDS[-1][0] - TOOK_SECONDS[-2][0])
"""Seconds of a choice and pass of large questions: how thorough runs go on beyond the largest that was measured."""
TOOK_GIB = ((840, 0.58), (3_024, 0.66), (20_664, 1.257), (103_320, 1.71), (208_936, 2.0), (1_314_313, 3.80))
"""Choices of slots, and most memory of the same runs, and of 101,101 slots with 12 offers (docs/benchmarks.md)."""


@dataclass(frozen=True, kw_only=True)
class QuestionSize:
    """How large a question is."""

    slots: int
    most_choices: int
    """Of one slot, no line left out."""
    lines: int
    """Lines that a plan may be chosen from: choices of all slots."""
    seconds: dict[str, float]
    """Processor time by effort, roughly: about the time by the clock on two quiet cores."""
    gib: float
    """Memory, roughly."""

    @property
    def words(self) -> str:
        """The size in words."""
        slots, lines = plural(self.slots, "slot"), plural(self.lines, "possible line")
        return f"{slots} with up to {plural(self.most_choices, 'choice')} each, {lines}"

    @property
    def means(self) -> str:
        """What planning takes, in words."""
        each = ", ".join(f"{_about(seconds)} at {effort}" for effort, seconds in self.seconds.items())
        return f"on two quiet cores about {each}, and {self.gib:.1f} GiB; half and double are usual"

    def takes(self, effort: str) -> str:
        """What planning takes at one effort, in words."""
        return f"on two quiet cores about {_about(self.seconds[effort])} at {effort}, and {self.gib:.1f} GiB"


def question_size(grid: Grid, *, coupled: bool) -> QuestionSize:
    """Tell how large a question is.

    Parameters
    ----------
    coupled
        Whether lines come or go only together, by rules or for floors; see `planner.problem.Problem.coupled`.
    """
    allowed = grid.allowed_flat[:, 1:]
    choices = grid.allowed_flat.shape[1]
    return QuestionSize(
        slots=grid.slots,
        most_choices=int(allowed.sum(axis=1).max(initial=0)),
        lines=int(allowed.sum()),
        seconds={
            each.value: seconds_of(each, choices * slot_passes(each, grid.slots, coupled=coupled)) for each in Effort
        },
        gib=read_off(TOOK_GIB, grid.slots * choices),
    )


def seconds_of(effort: Effort, passes: float) -> float:
    """Read off processor time, with nothing compiled before, of a run of so many choices times passes."""
    if effort is Effort.THOROUGH:
        return read_off(THOROUGH_SECONDS, passes, LARGE_PASS)
    return read_off(TOOK_SECONDS, passes)


def slot_passes(effort: Effort, slots: int, *, coupled: bool) -> float:
    """Slots times passes, at least those of every smaller question: what shrinks is never said to take longer.

    Small questions take more passes: of those that rules join, so many more up to `FEW` slots that one of these takes
    more work than some larger ones.
    """
    return max(size * work_of(effort, size, coupled=coupled) for size in (slots, min(slots, FEW)))


def read_off(took: Sequence[tuple[float, float]], size: float, beyond: float | None = None) -> float:
    """Read off what a size takes, on the lines between what was measured; below the first no less than that.

    Parameters
    ----------
    beyond
        What each unit takes beyond the last that was measured; as between the last two, where nothing is said.

    Examples
    --------
    >>> [read_off(((10, 1.0), (20, 3.0)), size) for size in (5, 15, 20, 30)]
    [1.0, 2.0, 3.0, 5.0]
    """
    sizes, amounts = np.array(took).T
    if size <= sizes[-1]:
        return float(np.interp(size, sizes, amounts))
    slope = (amounts[-1] - amounts[-2]) / (sizes[-1] - sizes[-2]) if beyond is None else beyond
    return float(amounts[-1] + slope * (size - sizes[-1]))


def _about(seconds: float) -> str:
    """Say a time with the digits that a rough one has."""
    if seconds < 90:
        return f"{round(seconds, -1):.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds >= 36_000 else f"{seconds / 3600:.1f} h"
