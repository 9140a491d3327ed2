"""What a planner would do by habit, as yardsticks beside the best plan: uniform, greedy and last campaign again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.evolution.finish import Finish
from planner.evolution.workspace import Candidate, Workspace
from scenarios.arrays import Flag, Float, Int, Plan
from scenarios.grid import LineError
from scenarios.language.plan_lines import PlanLine

FILLED = 3
"""Choices that `uniform` fills in full."""

SCHEDULES = 8
"""Lines in a row whose product's whole schedule is tried in vain: where the best find no room, others seldom do."""


def never() -> bool:
    """No time is ever over."""
    return False


@dataclass(frozen=True, kw_only=True, eq=False)
class Baselines:
    """Feasible yardstick plans; None where there is none."""

    uniform: Candidate | None
    """The one offer that earns most when it is put wherever it gains, as far as the limits allow."""
    greedy: Candidate | None
    """Lines taken by gain per share of the limits that they use up, best first, never taken back."""
    last_campaign: Candidate | None
    """The scenario's history, moved to the start of the horizon and trimmed to the limits."""


def baselines(space: Workspace, finish: Finish, over: Callable[[], bool] = never) -> Baselines:
    """Make all yardsticks, by the scenario's rules alone: a habit does not know which lines a run has to keep.

    Of a yardstick that is not done when the time is ``over`` there is none.
    """
    with space.by_the_scenario():
        return Baselines(
            uniform=uniform(space, over), greedy=greedy(space, over=over), last_campaign=last_campaign(space, finish)
        )


def uniform(space: Workspace, over: Callable[[], bool] = never) -> Candidate | None:
    """The best single choice wherever it gains and fits; choices whose first lines earn most are filled in full."""
    grid = space.grid
    start = space.score(space.rules.locked_plan())
    worth = _worth(space, start.plan)
    tried: list[tuple[float, Flag]] = []
    for block in range(4):
        for choice in range(1, len(grid.choices[block]) + 1):
            only = np.zeros(space.rules.base.shape, dtype=bool)
            only[grid.offsets[block] : grid.offsets[block + 1], choice] = True
            slots = np.flatnonzero((only & space.rules.base & (worth > 0)).any(axis=1))
            slots = slots[np.argsort(-worth[slots, choice], kind="stable")]
            tried.append((_longest_fitting(space, start, slots, choice, worth).objective, only))
    tried.sort(key=lambda pair: -pair[0])
    found = [greedy(space, batch=0.2, only=only, over=over) for _, only in tried[:FILLED]]
    return max((each for each in found if each is not None), key=lambda each: each.objective, default=None)


def _longest_fitting(space: Workspace, start: Candidate, slots: Int, choice: int, worth: Float) -> Candidate:
    """The longest prefix of slots that may all take a choice at once, to within a factor of two."""
    choices = np.full(len(slots), choice)
    slots = slots[space.rules.compatible(start.plan, slots, choices, worth[slots, choice], loosely=True)]
    while slots.size:
        plan = start.plan.copy()
        plan[slots] = choice
        candidate = _kept(space, plan, start, schedules=False)
        if _fits(space, start, candidate):
            return candidate
        slots = slots[: len(slots) // 2]
    return start


def _worth(space: Workspace, plan: Plan) -> Float:
    """[N, width] gain of each single change per share of the limits that it uses up."""
    gain = space.gains_everywhere(plan, space.no_prices())
    return np.where(np.isfinite(gain), gain, -np.inf) / (_pressure(space, plan) + 1e-9)


def greedy(
    space: Workspace,
    batch: float = 0.01,
    only: Flag | None = None,
    over: Callable[[], bool] = never,
) -> Candidate | None:
    """Add lines by marginal gain per share of the limits they use up, until none gains or fits.

    What nobody reaches yet, such as a least number of customers, stands in no line's way; where it is still not reached
    in the end, lines that lose least are added.

    Parameters
    ----------
    batch
        Share of the slots that is added before gains are computed again, halved where a batch does not fit. A line that
        does not fit alone is left out for good.
    only : bool [N, width], optional
        Narrows the choices.
    over
        Whether the time is over: then there is no such plan.
    """
    current = space.score(space.rules.locked_plan())
    size = largest = max(1, int(batch * space.grid.slots))
    open_ = space.rules.base.copy() if only is None else space.rules.base & only
    told: Candidate | None = None
    while not over():
        if told is not current:  # a batch that did not fit changes no gain
            told, schedules = current, SCHEDULES
            gain = space.gains_everywhere(current.plan, space.no_prices())
            allowed = space.rules.allowed(current.plan, loosely=True)
            wanted = allowed & (gain > 1e-9)
            wanted[current.plan > 0] = False
            worth_of_all = np.where(wanted, gain, -np.inf) / (_pressure(space, current.plan) + 1e-9)
        ratio = np.where(open_, worth_of_all, -np.inf)
        best = ratio.argmax(axis=1)
        worth = ratio[np.arange(len(best)), best]
        slots = np.argsort(-worth, kind="stable")[:size]
        slots = slots[np.isfinite(worth[slots])]
        if not slots.size:
            return _in_the_end(space, current)
        keep = space.rules.compatible(current.plan, slots, best[slots], worth[slots], allowed, loosely=True)
        plan = current.plan.copy()
        plan[slots[keep]] = best[slots[keep]].astype(np.int8)
        candidate = _kept(space, plan, current, schedules=schedules > 0)
        if np.array_equal(candidate.plan, current.plan):
            open_[slots, best[slots]] = False
            continue
        if _fits(space, current, candidate) and candidate.objective > current.objective:
            current, size = candidate, min(2 * size, largest)
        elif size > 1:
            size //= 2
        else:
            schedules -= 1
            open_[slots[0], best[slots[0]]] = False
            open_ &= _room(space, current, candidate)
    return None


def _fits(space: Workspace, current: Candidate, candidate: Candidate) -> bool:
    """Whether a candidate keeps every limit or, where the current plan breaks some, breaks none of them more."""
    if candidate.feasible or current.feasible:
        return candidate.feasible
    before, after = (
        space.evaluator.excess(each.uses, each.stock, space.bound, space.available) for each in (current, candidate)
    )
    return bool((after.scalar <= before.scalar).all() and (after.stock <= before.stock).all())


def _in_the_end(space: Workspace, current: Candidate) -> Candidate | None:
    """A plan to which nothing can be added, mended where it still breaks a limit."""
    mended = current if current.feasible else Finish(space).trim(current.plan)
    return mended if mended.feasible else None


def _kept(space: Workspace, plan: Plan, current: Candidate, *, schedules: bool = True) -> Candidate:
    """The plan with what rules that join lines ask for: the rest of what goes together, or nothing of it.

    What would gain beside a line comes with it, up to the whole schedule of its product. Where that does not fit at
    once, or ``schedules`` are not to be tried, it counts nothing, so that none comes that is not asked for: the
    best run alone may fit.
    """
    if not (space.rules.coupled and space.rules.violations(plan)):
        return space.score(plan)
    gain = space.gains_everywhere(plan, space.no_prices())
    loss = np.where(np.isfinite(gain), -gain, np.inf)
    if schedules:
        whole = space.score(space.rules.repair(plan, loss))
        if _fits(space, current, whole) and whole.objective > current.objective:
            return whole
    return space.score(space.rules.repair(plan, np.maximum(loss, 0.0)))


def _room(space: Workspace, current: Candidate, broken: Candidate) -> Flag:
    """[N, width] single changes that still fit, after one that did not.

    Where scalar limits stood in the way, all changes that break one of these go; where stock did, all that break it at
    the moment where it was broken most.
    """
    fits = np.ones(space.rules.base.shape, dtype=bool)
    excess = space.evaluator.excess(broken.uses, broken.stock, space.bound, space.available)
    left = np.maximum(space.limits.sign * (space.bound - current.uses), 0.0)
    for limit in np.flatnonzero(excess.scalar):
        change = -space.gains_everywhere(current.plan, space.only(int(limit)), objective_weight=0.0)
        fits &= change <= left[limit] + 1e-9 * space.limits.scale[limit]
    for product in np.flatnonzero(excess.stock.any(axis=1)):
        moment = int(excess.stock[product].argmax())
        unit = space.no_prices()
        unit.stock[product, moment] = 1.0
        change = -space.gains_everywhere(current.plan, unit, objective_weight=0.0)
        fits &= change <= space.available[product, moment] - current.stock[product, moment] + 1e-6
    return fits


def _pressure(space: Workspace, plan: Plan) -> Float:
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
    candidate = finish.trim(space.rules.repair(plan))
    return candidate if candidate.feasible else None


def _place(space: Workspace, line: PlanLine) -> tuple[int, int]:
    """Slot number and choice of a line; -1 where the grid has no place for it."""
    try:
        slot, choice = space.grid.locate(line)
    except LineError:
        return -1, 0
    if not (0 <= slot.period < space.grid.shape[2]):
        return -1, 0
    return space.grid.slot_number(slot), choice
