"""Whole sendings as changes of a finished plan: what is sent once comes, goes, or takes the place of another.

All days of a validity stand together on each product, and its message pays by several products: no single change and no
message of one day enters one. It may also need room that dozens of lines have taken, each of which seems to be worth
more of a budget than the sending on average, so that prices of limits keep it out: then it comes first, and the plan is
mended by what loses least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from planner.evolution.finish import Finish
from planner.evolution.operators.moves import scored
from planner.evolution.whole_sendings import beside, sendings_of
from planner.evolution.workspace import Candidate, Workspace
from scenarios.arrays import Float, Plan

MENDED = 8
"""Plans that are mended where sendings need room, those first that promise most."""
CHANGES = 16
"""Changes of a first plan at most ..."""
WORTH = 1e-3
"""... each of which gains more than this share of what it is worth."""
EXCHANGED = 16
"""Sendings that are given up in turn for others, those first that the plan misses least."""


def sendings_changed(space: Workspace, candidate: Candidate, least: float) -> Iterator[list[Candidate]]:
    """Plans after whole sendings came or went, then after they came and others made way, truly valued.

    The plans keep every rule; the first ones may break limits, and those after them are mended.

    Parameters
    ----------
    least
        A sending that gains no more than this is left as it is.
    """
    if not sendings_of(space.grid):
        return
    plan, gain = candidate.plan, space.gains_everywhere(candidate.plan, space.no_prices())
    gone, come = _changed(space, plan, gain, least)
    without, promising = _valued(space, gone), _valued(space, come)
    yield [*without, *promising]
    for less in sorted(without, key=lambda each: -each.objective)[:EXCHANGED]:
        free = space.gains_everywhere(less.plan, space.no_prices())
        missed = candidate.objective - less.objective + least
        others = _valued(space, _changed(space, less.plan, free, missed)[1])
        yield others
        promising += others
    finish = Finish(space)
    promising = [each for each in promising if not each.feasible and each.objective > candidate.objective + least]
    for each in sorted(promising, key=lambda each: -each.objective)[:MENDED]:
        if space.work >= space.end:
            break
        yield [finish(each.plan, space.no_prices())]


def with_sendings(space: Workspace, best: Candidate, over: Callable[[], bool]) -> Candidate:
    """Change whole sendings of a plan that keeps everything, while that gains and it is not ``over``."""
    for _ in range(CHANGES):
        better = (
            each
            for tried in sendings_changed(space, best, WORTH * abs(best.objective))
            for each in sorted(tried, key=lambda each: -each.objective)
            if each.feasible and each.objective > best.objective + WORTH * abs(best.objective)
        )
        found = None if over() or not best.feasible else next(better, None)
        if found is None:
            break
        best = found
    return best


def _changed(space: Workspace, plan: Plan, gain: Float, least: float) -> tuple[list[Plan], list[Plan]]:
    """The plan without each of its sendings, and with each that gains more than ``least`` by all that pays."""
    gone, come = [], []
    droppable = space.rules.base[:, 0] & ~space.rules.fixed
    for each in beside(space, plan, space.no_prices(), gain):
        for segment, place in enumerate(each.place):
            held, pays = place[each.own[segment]], each.pays[segment]
            if len(held) and droppable[held].all():
                less = plan.copy()
                less[held] = 0
                gone.append(less)
            more = plan.copy()
            more[place[pays]] = each.wanted[segment, pays]
            if each.total[segment] > least and not np.array_equal(more, plan):
                come.append(_keeping_rules(space, more, gain))
    return gone, come


def _keeping_rules(space: Workspace, plan: Plan, gain: Float) -> Plan:
    """The plan as it is, or without what rules forbid beside a sending."""
    if not space.rules.violations(plan):
        return plan
    return space.rules.repair(plan, np.where(np.isfinite(gain), -gain, np.inf))


def _valued(space: Workspace, plans: list[Plan]) -> list[Candidate]:
    """True values of those plans that keep every rule, each once."""
    different = list({each.tobytes(): each for each in plans}.values())
    if not different:
        return []
    tried = np.stack(different)
    return scored(space, tried[space.rules.keeps(tried)])
