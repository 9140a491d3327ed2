"""A warm start: from a plan that is there already to a first good one, in a fraction of the work of a cold start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from constraints.ledger import Ledger
from planner.evolution.crossed import crossed
from planner.evolution.finish import Finish
from planner.evolution.first import MENDED
from planner.evolution.guided import GENTLE, guided
from planner.evolution.priced import prices_at
from planner.evolution.risk import tighten
from planner.evolution.workspace import Candidate, Plan, Prices, Workspace

STEPS = 2
"""Guided steps, which differ by their luck; what they find is crossed."""
NEAR = 0.1
"""A given plan is good where all that gains at most this share on it: a cold start would find little more."""


@dataclass(frozen=True, kw_only=True, eq=False)
class WarmStart:
    """What a given plan leads to."""

    best: Candidate
    others: tuple[Candidate, ...]
    """Other feasible plans that were found on the way."""
    prices: Prices
    good: bool
    """Whether the given plan was feasible, nearly at least, and near what is made of it."""


def warm_start(
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    start: Plan,
    rng: np.random.Generator,
    over: Callable[[], bool] = lambda: False,
) -> WarmStart:
    """Mend a given plan, take guided steps from it at the prices that the linear programme finds there, and cross all.

    Parameters
    ----------
    start
        Any flat plan [N]: a person's lines, or a plan of a question that has changed a little since.
    over
        Where it says so, no other step or crossing is begun.
    """
    given = finish.trim(space.rules.repair(start))
    if given.feasible:
        given = tighten(space, finish, ledger, given)
    begun, found = prices_at(space, given), []
    for step in range(STEPS):
        if step and over():
            break
        plan, prices = guided(space, given.plan, begun, space.whole, GENTLE, rng)
        found.append((finish(plan, prices, MENDED), prices))
    found.sort(key=lambda each: _rank(each[0]), reverse=True)
    prices = found[0][1]
    ranked = sorted((given, *(stepped for stepped, _ in found)), key=_rank, reverse=True)
    best = crossed(space, finish, ranked[0], tuple(ranked[1:]), prices, 1, rng, over)
    if best is not given:
        best = tighten(space, finish, ledger, best)
    # Its risk has set other bounds of limits at risk.
    others = [space.score(each.plan) for each in ranked if each.plan is not best.plan]
    ranked = sorted((best, *others), key=_rank, reverse=True)
    return WarmStart(
        best=ranked[0],
        others=tuple(each for each in ranked[1:] if each.feasible),
        prices=prices,
        good=given.feasible and ranked[0].objective - given.objective <= NEAR * abs(given.objective),
    )


def _rank(candidate: Candidate) -> tuple[bool, float]:
    return candidate.feasible, candidate.objective


def as_given(space: Workspace, start: Plan) -> tuple[Candidate, ...]:
    """The given plan itself where it keeps all rules and limits: whoever gives a good plan gets none that is worse.

    The scenario's bounds count, not those in force, which another plan's risk may have set; the ledger decides.
    """
    if space.rules.violations(start):
        return ()
    scored = space.score(start)
    limits = space.limits
    kept = space.evaluator.excess(scored.uses, scored.stock, limits.within_rounding, limits.available).kept
    return (scored,) if kept else ()
