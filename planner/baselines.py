"""What a planner would do by habit, as yardsticks beside the best plan: uniform, greedy and last campaign again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.finish import Finish
from planner.workspace import Candidate, Plan, Workspace
from scenarios.grid import LineError
from scenarios.rule_schema import PlanLine


@dataclass(frozen=True, kw_only=True, eq=False)
class Baselines:
    """Feasible yardstick plans; None where there is none."""

    uniform: Candidate | None
    """The one offer that earns most when it is put everywhere it may stand, trimmed to the limits."""
    greedy: Candidate | None
    """Lines taken by gain per share of the limits that they use up, best first, never taken back."""
    last_campaign: Candidate | None
    """The scenario's history, moved to the start of the horizon and trimmed to the limits."""


def baselines(space: Workspace, finish: Finish) -> Baselines:
    """Make all yardsticks."""
    return Baselines(uniform=uniform(space, finish), greedy=greedy(space), last_campaign=last_campaign(space, finish))


def uniform(space: Workspace, finish: Finish) -> Candidate | None:
    """The best single choice everywhere."""
    grid, best = space.grid, None
    start = space.rules.locked_plan()
    for block in range(4):
        first, last = grid.offsets[block], grid.offsets[block + 1]
        for choice in range(1, len(grid.choices[block]) + 1):
            plan = start.copy()
            here = space.rules.base[first:last, choice] & (start[first:last] == 0)
            plan[first:last] = np.where(here, choice, plan[first:last])
            scored = finish.trim(space.rules.repair(plan))
            if scored.feasible and (best is None or scored.objective > best.objective):
                best = scored
    return best


def greedy(space: Workspace, batch: float = 0.02, rounds: int = 400) -> Candidate | None:
    """Add lines by marginal gain per share of the limits they use up, until none gains or fits.

    Parameters
    ----------
    batch
        Share of the slots that is added before gains are computed again, halved where a batch does not fit.
    rounds
        Most rounds; every round adds lines or halves the batch, so that the end is reached long before.
    """
    current = space.score(space.rules.locked_plan())
    if not current.feasible:
        return None
    size = max(1, int(batch * space.grid.slots))
    for _ in range(rounds):
        gain = space.gains_everywhere(current.plan, space.no_prices())
        gain = np.where(space.rules.allowed(current.plan), gain, -np.inf)
        gain[current.plan > 0] = -np.inf
        ratio = np.where(gain > 0, gain, 0.0) / (_pressure(space, current.plan) + 1e-9)
        best = ratio.argmax(axis=1)
        rows = np.arange(len(best))
        worth = np.where(gain[rows, best] > 1e-9, ratio[rows, best], -np.inf)
        added = None
        while size >= 1 and added is None:
            slots = np.argsort(-worth, kind="stable")[:size]
            slots = slots[np.isfinite(worth[slots])]
            if not slots.size:
                return current
            keep = space.rules.compatible(current.plan, slots, best[slots], worth[slots])
            plan = current.plan.copy()
            plan[slots[keep]] = best[slots[keep]].astype(np.int8)
            scored = space.score(plan)
            if scored.feasible and scored.objective > current.objective:
                added = scored
            elif size == 1:
                return current
            else:
                size //= 2
        if added is None:
            return current
        current = added
    return current


def _pressure(space: Workspace, plan: Plan) -> NDArray[np.float64]:
    """[N, width] share of the limits that each single change uses up."""
    prices = space.no_prices()
    prices.scalar[:] = 1.0 / space.limits.scale
    change = space.gains_everywhere(plan, prices, objective_weight=0.0)
    return np.where(np.isfinite(change), np.maximum(-change, 0.0), 0.0)


def last_campaign(space: Workspace, finish: Finish) -> Candidate | None:
    """History repeated: its first day falls on the first day of the horizon."""
    history = space.grid.scenario.history
    if not isinstance(history, tuple) or not history:
        return None
    horizon = space.grid.scenario.horizon
    shift = horizon.start - min(line.date for line in history)
    days = horizon.period_days
    plan = space.rules.locked_plan()
    for line in history:
        moved = line.model_copy(update={"date": line.date + dt.timedelta(days=-(-shift.days // days) * days)})
        number, choice = _place(space, moved)
        if number >= 0 and plan[number] == 0 and space.rules.base[number, choice]:
            plan[number] = choice
    scored = finish.trim(space.rules.repair(plan))
    return scored if scored.feasible else None


def _place(space: Workspace, line: PlanLine) -> tuple[int, int]:
    """Slot number and choice of a line; -1 where the grid has no place for it."""
    try:
        slot, choice = space.grid.locate(line)
    except LineError:
        return -1, 0
    if not (0 <= slot.period < space.grid.shape[2]):
        return -1, 0
    return space.grid.slot_number(slot), choice
