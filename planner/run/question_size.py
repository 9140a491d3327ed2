"""How large a question is, and roughly how long and in how much memory it is planned.

A search counts its work in passes over all choices of all slots (`planner.run.effort`), so that time grows with slots
times choices times passes. What a pass costs was fitted to runs of the shipped scenarios; another machine, other work
on it, limits at risk, stock and rules that are hard to keep move it by half and by double.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.figures import plural
from planner.run.effort import Effort, work_of
from scenarios.grid import Grid

START_SECONDS = 20.0
"""Reading, loading libraries, first plans, the ledger and what is written."""
PASS_SECONDS = 2.8e-6
"""Of processor time, of one choice of one slot in one pass. At quick effort phone-flash-sale takes 25 s with programs
that were compiled before, and 59 s without on a busy machine; singles-day 120 s, and over 200 s: this lies between."""
START_GIB, CHOICE_BYTES = 0.65, 5_000.0
"""Memory of a question of no size, and of one choice of one slot: peaks of the same runs (0.7 and 1.7 GiB)."""


@dataclass(frozen=True, kw_only=True)
class QuestionSize:
    """How large a question is."""

    slots: int
    most_choices: int
    """Of one slot, no line left out."""
    lines: int
    """Lines that a plan may be chosen from: choices of all slots."""
    seconds: dict[str, float]
    """Processor time by effort, roughly: about the time by the clock on two free cores."""
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
        return f"roughly {each} on two free cores, and {self.gib:.1f} GiB; half and double are usual"

    def takes(self, effort: str) -> str:
        """What planning takes at one effort, in words."""
        return f"roughly {_about(self.seconds[effort])} at {effort} on two free cores, and {self.gib:.1f} GiB"


def question_size(grid: Grid, *, coupled: bool) -> QuestionSize:
    """Tell how large a question is.

    Parameters
    ----------
    coupled
        Whether lines come or go only together, by rules or for floors; see `planner.problem.Problem.coupled`.
    """
    allowed = grid.allowed_flat[:, 1:]
    cells = grid.slots * grid.allowed_flat.shape[1]
    return QuestionSize(
        slots=grid.slots,
        most_choices=int(allowed.sum(axis=1).max(initial=0)),
        lines=int(allowed.sum()),
        seconds={
            each.value: START_SECONDS + PASS_SECONDS * cells * work_of(each, grid.slots, coupled=coupled)
            for each in Effort
        },
        gib=START_GIB + CHOICE_BYTES * cells / 2**30,
    )


def _about(seconds: float) -> str:
    """Say a time with the digits that a rough one has."""
    if seconds < 90:
        return f"{round(seconds, -1):.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds >= 36_000 else f"{seconds / 3600:.1f} h"
