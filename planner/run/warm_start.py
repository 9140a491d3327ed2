"""A warm start: from a plan that is there already to a first good one, in a fraction of the work of a cold start.

A plan of a question that has changed a little is mended at the prices of its own linear programme, which loses little.
Where that fails or loses much, whole schedules are exchanged: floors and tied lines leave little to single changes.
They take as long as half of all other plans that are made, so they are not looked at for little.
What a cold start finds beyond that stands in many places, and no small change leads there: so plans that differ from
the mended one are made, and what is better in any of them goes over by optimal crossover.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from constraints.ledger import Ledger
from planner.evolution.finish import Finish
from planner.evolution.guided import GENTLE, guided
from planner.evolution.joining.composed import composed, worth_mending
from planner.evolution.joining.crossed import crossed
from planner.evolution.joining.joined import JoinParams, made_to_differ
from planner.evolution.risk import heeding, set_bounds, tighten
from planner.evolution.start.first import MENDED
from planner.evolution.start.mended import mended
from planner.evolution.start.priced import prices_at
from planner.evolution.workspace import Candidate, Prices, Workspace
from planner.run.unasked import without_unasked
from scenarios.arrays import Plan
from scenarios.response.for_sale import for_sale

MATES = 6
"""Plans that are made to be crossed with the given one, by guided steps and by bans in turn."""
MAKING = 0.5
"""Share of a limited time after which no other is begun ..."""
CROSSING = 0.8
"""... and after which none is crossed any more."""
DIFFERENT = JoinParams()
"""How much of the given plan those must do without that are made by bans."""
LOST = 0.05
"""Share of what a given plan is worth that mending may lose before whole schedules are exchanged."""
EXCHANGES = 3
"""Rounds in which whole schedules are exchanged at most; each begins where the last one ended."""
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
    spent: Callable[[], float] = lambda: 0.0,
    enough: Callable[[Candidate], bool] = lambda candidate: False,
) -> WarmStart:
    """Mend a given plan, make others from it, and cross all.

    Parameters
    ----------
    start
        Any flat plan [N]: a person's lines, or a plan of a question that has changed a little since.
    spent
        The share of a limited time that is used up; 0 where time is not limited.
    enough
        Where the given plan, mended, is enough, nothing else is made from it.
    """
    mend = partial(mended, space, finish)
    ruled = space.rules.repair(without_unasked(space.grid, space.rules, for_sale(ledger.model, ledger.effects), start))
    given = mend(ruled)
    if given.feasible:
        given = tighten(space, finish, ledger, given, mend)
    worth = space.score(ruled).objective
    if not (given.feasible and given.objective >= worth - LOST * abs(worth)):
        exchanged = _exchanged(space, finish, ledger, ruled, rng)
        if exchanged is not None and not (given.feasible and given.objective >= exchanged.objective):
            given = tighten(space, finish, ledger, exchanged, mend)
    if given.feasible and enough(given):
        return WarmStart(best=given, others=(), prices=space.no_prices(), good=True)
    begun = prices_at(space, given)
    found: list[tuple[Candidate, Prices]] = []
    while len(found) < MATES and not (found and spent() > MAKING):
        found.append(_mate(space, finish, given, begun, rng, stepped=len(found) % 2 == 0))
    found.sort(key=lambda each: _rank(each[0]), reverse=True)
    prices = found[0][1]
    ranked = sorted((given, *(made for made, _ in found)), key=_rank, reverse=True)
    best = crossed(space, finish, ranked[0], tuple(ranked[1:]), prices, 1, rng, over=lambda: spent() > CROSSING)
    if best is not given:
        made = tighten(space, finish, ledger, best, mend)
        if given.feasible and not made.feasible:
            # What is richer fits its own futures no more: the given plan is no worse than it was.
            set_bounds(space, ledger.verdict(given.plan))
            made = given
        best = made
    # Its risk has set other bounds of limits at risk.
    others = [space.score(each.plan) for each in ranked if each.plan is not best.plan]
    ranked = sorted((best, *others), key=_rank, reverse=True)
    return WarmStart(
        best=ranked[0],
        others=tuple(each for each in ranked[1:] if each.feasible),
        prices=prices,
        good=given.feasible and ranked[0].objective - given.objective <= NEAR * abs(given.objective),
    )


def _exchanged(
    space: Workspace, finish: Finish, ledger: Ledger, plan: Plan, rng: np.random.Generator
) -> Candidate | None:
    """The plan with whole schedules exchanged so that it keeps everything; None where none does, or it does so itself.

    None, too, where single changes mend as well.
    """
    if not worth_mending(space):
        return None
    heed, no_prices = heeding(space, ledger), space.no_prices()
    with space.own_bounds():
        if heed(space.score(plan)).feasible:
            return None
        made = composed(space, finish, [plan], no_prices, rng, heed=heed, rounds=EXCHANGES, steps=1)
    return made if made.feasible else None


def _mate(
    space: Workspace, finish: Finish, given: Candidate, prices: Prices, rng: np.random.Generator, *, stepped: bool
) -> tuple[Candidate, Prices]:
    """A plan made from the given one, and the prices that it ended with."""
    if stepped:
        plan, learned = guided(space, given.plan, prices, space.whole, GENTLE, rng)
        return finish(plan, learned, MENDED), learned
    share = float(rng.uniform(DIFFERENT.least, DIFFERENT.most))
    return made_to_differ(space, finish, given.plan, prices, share, rng), prices


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
