"""Plans that are a choice: near the best, but different in at least a tenth of their lines, and not in dates alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planner.evolution.elites import MIN_DIFFERENCE, Elites
from planner.evolution.finish import Finish
from planner.evolution.shown.idle import without_idle
from planner.evolution.shown.topped import TOPPED_SLOTS, topped
from planner.evolution.shown.twins import on_all_dates, twin_of
from planner.evolution.start.rescue import rescue
from planner.evolution.state import State
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Flag, Int, Plan

NEAR = 0.02
"""A plan is near the best where it is worth at least 98 % of it."""
FAR = 0.10
"""Where fewer than asked for are near, others that are worth at least 90 % of it make up for them."""
TRIES = 2
"""Attempts at each further plan, on average."""
Ban = tuple[Int, Plan]
"""Slots and choices, as pairs."""


def distinct_plans(
    space: Workspace,
    finish: Finish,
    state: State,
    count: int,
    rng: np.random.Generator,
    over: Callable[[], bool] = lambda: False,
    work: float = float("inf"),
) -> tuple[Candidate, ...]:
    """The best plan and up to ``count - 1`` others, pairwise different; the elites first, then plans made to differ.

    Those near the best come first; where they are too few, twins that differ from one of them in dates alone and are
    worth the same follow, then others that are not `FAR` from it. Once a twin has turned up, what is banned is banned
    on all dates: else lines only move to another one. Where the time is ``over``, no further plan is made, those that
    are there are left as they are, and once some ``work`` is done, in passes over all columns, none makes moves.
    """
    until = space.work + work

    def stripped(candidate: Candidate) -> Candidate:
        return candidate if over() else without_idle(space, candidate)

    def with_near(candidate: Candidate) -> Elites:
        leaner = stripped(candidate)
        if twin_of(space.grid, leaner, chosen.members):
            twins.append(leaner)
            return chosen
        return _near(chosen.with_plan(leaner))

    twins: list[Candidate] = []
    chosen = Elites(members=(stripped(state.best),), capacity=count)
    seen = list(state.elites.members[1:])
    for member in state.elites.members[1:]:
        if member.objective >= _least(chosen):
            chosen = with_near(member)
    share = 1.3 * MIN_DIFFERENCE
    for _ in range(TRIES * count):
        if len(chosen.members) >= count or over():
            break
        other = chosen.members[int(rng.integers(len(chosen.members)))]
        banned = _banned(space, other.plan, share, rng, everywhen=bool(twins))
        found = _around(space, finish, other.plan, banned, state.prices, chosen, over, until)
        before = len(chosen.members)
        seen += [found] if found.feasible else []
        if found.feasible and found.objective >= _least(chosen):
            chosen = with_near(found)
        if len(chosen.members) <= before:
            share = 1.3 * MIN_DIFFERENCE * float(rng.uniform(0.9, 1.6))
    least = _least(chosen, FAR)
    for member in sorted(seen, key=lambda each: -each.objective):
        if len(chosen.members) < count and member.objective >= least:
            chosen = chosen.with_plan(stripped(member))
    return chosen.members


def _least(chosen: Elites, share: float = NEAR) -> float:
    """What a plan must be worth to be near the best, or no farther from it than a share."""
    best = chosen.members[0].objective
    return best - share * abs(best)


def _near(chosen: Elites) -> Elites:
    """Those that are near the best."""
    least = _least(chosen)
    return replace(chosen, members=tuple(member for member in chosen.members if member.objective >= least))


def _banned(space: Workspace, plan: Plan, share: float, rng: np.random.Generator, *, everywhen: bool) -> Ban:
    """Slots of a share of a plan's lines, which it misses least, and what they hold; ``everywhen``: on all dates."""
    order = _least_missed(space, plan, rng)
    wanted = math.ceil(share * len(order))
    if not (everywhen and order.size):
        return order[:wanted], plan[order[:wanted]]
    gone: Flag = np.zeros(len(plan), dtype=bool)
    bans = []
    for slot in order.tolist():
        if gone.sum() >= wanted:
            break
        if not gone[slot]:
            slots, choices = on_all_dates(space.grid, plan, slot)
            free = ~space.rules.fixed[slots]
            bans.append((slots[free], choices[free]))
            gone[slots[free & (plan[slots] == choices)]] = True
    return np.concatenate([slots for slots, _ in bans]), np.concatenate([choices for _, choices in bans])


def _least_missed(space: Workspace, plan: Plan, rng: np.random.Generator) -> Int:
    """A plan's lines, those first that it would miss least, more or less; those that rules need come last.

    Prices have no say here: at prices that do not hold at this plan, the lines that carry it seem worth less than
    nothing.
    """
    lines = np.flatnonzero((plan > 0) & ~space.rules.fixed)
    loss = np.abs(space.gains_everywhere(plan, space.no_prices())[lines, 0]) * rng.uniform(0.5, 1.5, size=len(lines))
    needed = ~space.rules.allowed(plan)[lines, 0]
    return np.asarray(lines[np.lexsort((loss, needed))])


def _around(
    space: Workspace,
    finish: Finish,
    plan: Plan,
    banned: Ban,
    prices: Prices,
    chosen: Elites,
    over: Callable[[], bool],
    until: float,
) -> Candidate:
    """Let lines of a plan go for others: what is not banned stays where it can, and single changes follow.

    Where the others break a limit that repair cannot mend, several changes at once may. Where the plan is not near the
    best of those that are ``chosen``, nor far from it, moves of several lines follow, until it is ``over`` or that much
    work is done. On many slots what the ban leaves is mended and filled, no more.
    """
    slots, choices = banned
    with space.banned(slots, choices):
        changed: Plan = plan.copy()
        changed[slots[plan[slots] == choices]] = 0
        found = finish(space.rules.repair(changed), prices)
        if space.grid.slots > TOPPED_SLOTS:
            return found
        if not found.feasible:
            found = rescue(space, finish, found, prices, anew=False)
        found = topped(space, found, over)
        between = _least(chosen, FAR) <= found.objective < _least(chosen)
        return topped(space, found, lambda: over() or space.work >= until, moves=True) if between else found
