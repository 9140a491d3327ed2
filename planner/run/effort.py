"""Effort: how much work a run may do, in passes over all columns, so that the same effort repeats to the byte."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from planner.bound.lowering.descent import DescentParams
from planner.bound.lowering.params import BoundParams


class Effort(StrEnum):
    """How much work a run may do."""

    QUICK = "quick"
    NORMAL = "normal"
    THOROUGH = "thorough"


WORK = {Effort.QUICK: 200.0, Effort.NORMAL: 400.0, Effort.THOROUGH: 10_000.0}
"""Work of the evolution by effort, in passes over all columns; see `work_of`."""
FRONT_WORK = 7.0
"""Work of a search for a front, as a multiple of that of a single objective: a front is many plans, and each of its
ends is searched for with as much work as a run for that measure alone. Plans that will be shown climb beyond it."""
ENDS_TIME = 1.0 / 3.0
"""Share of a limited time that all ends of a front have together: plans in between take time, too."""
SMALL = 250
"""Slots below which passes cost so little that a run does more of them."""
ALONE = 3.0
"""How many times more at most, where no rule joins lines ..."""
COUPLED = 8.0
"""... and where rules do, or floors; ..."""
FEW_COUPLED, FEW, MORE = 20.0, 500, 1_000
"""... of such up to so many slots so many times, and fewer from there up to so many slots."""
BOUND = {
    Effort.QUICK: BoundParams(iterations=50),
    Effort.NORMAL: BoundParams(),
    Effort.THOROUGH: BoundParams(
        naive_iterations=40, iterations=500, states=16, fine_states=48, load_cuts=(0.05, 0.12, 0.22, 0.4)
    ),
}

FEW_SLOTS = 2_000
"""Slots below which steps of the bound cost so little that it takes more of them ..."""
MORE_STEPS = 3.0
"""... at most this many times more."""
TRIED = 10
"""Steps after which it is told there from which of several starts a descent goes on."""
PACE, FAR = 3.0, DescentParams(end=0.01)
"""First steps there are longer, and fall as low: some prices have far to go."""
TINY_SLOTS = 500
"""Slots up to which intervals of what rivals take are as fine as with much effort ..."""
TINY_STEPS = 2.0
"""... and steps, which remember more of the past there (`planner.bound.programs.paths`), so many times more."""


def bound_of(effort: Effort, slots: int) -> BoundParams:
    """Work of the bound for a problem of so many slots; small ones take more steps, except where there is a hurry."""
    params = BOUND[effort] if slots > FEW_SLOTS else replace(BOUND[effort], tried=TRIED, pace=PACE, descent=FAR)
    if effort is Effort.QUICK:
        return params
    if slots <= TINY_SLOTS:
        cuts = BOUND[Effort.THOROUGH].load_cuts
        return replace(params, iterations=round(params.iterations * TINY_STEPS), load_cuts=cuts)
    more = min(max(FEW_SLOTS / slots, 1.0), MORE_STEPS)
    return replace(params, iterations=round(params.iterations * more))


def work_of(effort: Effort, slots: int, *, coupled: bool) -> float:
    """Work of the evolution for a problem of so many slots, in passes over all columns.

    Where rules or floors let lines come or go only together (``coupled``), single changes do not reach every plan, and
    small questions take more tries.
    """
    fewer = min(max((MORE - slots) / (MORE - FEW), 0.0), 1.0)
    most = COUPLED + fewer * (FEW_COUPLED - COUPLED) if coupled else ALONE
    return WORK[effort] * (1.0 + most * SMALL / (slots + SMALL / 2))
