"""A warm start: from a plan that is there already to a first good one, in a fraction of the work of a cold start."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from constraints.ledger import Ledger
from planner.evolution.finish import FULL, Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.priced import prices_at
from planner.evolution.risk import tighten
from planner.evolution.workspace import Candidate, Plan, Prices, Workspace

STEP = GuidedParams(iterations=60, release=0.1, last_release=0.05, first_step=0.1)
"""The guided step from the given plan: shorter and gentler than from nothing, because most of it stays."""
NEAR = 0.1
"""A given plan is good where the guided step gains at most this share on it: a cold start would find little more."""


@dataclass(frozen=True, kw_only=True, eq=False)
class WarmStart:
    """What a given plan leads to."""

    best: Candidate
    others: tuple[Candidate, ...]
    """Other feasible plans that were found on the way."""
    prices: Prices
    good: bool
    """Whether the given plan was feasible, nearly at least, and near what the guided step makes of it."""


def warm_start(space: Workspace, finish: Finish, ledger: Ledger, start: Plan, rng: np.random.Generator) -> WarmStart:
    """Mend a given plan, and take one guided step from it at the prices that the linear programme finds there.

    Parameters
    ----------
    start
        Any flat plan [N]: a person's lines, or a plan of a question that has changed a little since.
    """
    given = finish.trim(space.rules.repair(start))
    if given.feasible:
        given = tighten(space, finish, ledger, given)
    plan, prices = guided(space, given.plan, prices_at(space, given), space.whole, STEP, rng)
    stepped = finish(plan, prices, FULL)
    if stepped.feasible and (not given.feasible or stepped.objective > given.objective):
        stepped = tighten(space, finish, ledger, stepped)
    else:
        stepped = replace(stepped, feasible=False)
    ranked = sorted((given, stepped), key=lambda each: (each.feasible, each.objective), reverse=True)
    gained = ranked[0].objective - given.objective
    return WarmStart(
        best=ranked[0],
        others=tuple(each for each in ranked[1:] if each.feasible),
        prices=prices,
        good=given.feasible and gained <= NEAR * abs(given.objective),
    )


def as_given(space: Workspace, start: Plan) -> tuple[Candidate, ...]:
    """The given plan itself where it keeps all rules and limits: whoever gives a good plan gets none that is worse.

    The scenario's bounds count, not those in force, which another plan's risk may have set; the ledger decides.
    """
    if space.rules.violations(start):
        return ()
    scored = space.score(start)
    limits = space.limits
    kept = space.evaluator.excess(scored.uses, scored.stock, limits.bound, limits.available).kept
    return (scored,) if kept else ()
