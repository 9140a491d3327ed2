"""The state that an evolution opens with: a person's plan, first plans, or one found since; within risk's bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from constraints.ledger import Ledger
from planner.evolution.finish import Finish
from planner.evolution.joining.composed import composed, worth_composing_runs, worth_mending
from planner.evolution.joining.crossed import crossed
from planner.evolution.risk import heeding, set_bounds, tighten
from planner.evolution.start.first import FirstParams, first_plans
from planner.evolution.start.mended import mended
from planner.evolution.start.rescue import rescue
from planner.evolution.state import State, begin
from planner.evolution.workspace import Candidate, Prices, Workspace
from planner.run.effort import Effort
from planner.run.search_params import SearchParams
from planner.run.warm_start import warm_start
from planner.run.watch import Watch
from scenarios.arrays import Plan
from scenarios.streams import stream

MANY_STARTS = 4
"""First plans where there is much time: beyond what two starts and some evolution reach, other starts gain more."""
STARTING = 0.4
"""Share of a limited time after which no other first plan is begun."""

CROSSING = 0.6
"""Share of a limited time at which crossing first plans, and stepping on from them, is to be over: on large questions
each takes many seconds."""


def late_by(spent: Callable[[], float]) -> Callable[[], bool]:
    """Tell, whenever asked, whether another part as long as the longest since first asked would end too late.

    Parameters
    ----------
    spent
        The share of a limited time that is used up.
    """
    longest, last = 0.0, math.inf

    def late() -> bool:
        nonlocal longest, last
        now = spent()
        longest, last = max(longest, now - last), now
        return now + longest > CROSSING

    return late


def first_params(effort: Effort, seconds: float | None) -> FirstParams:
    """How a search with some effort, or some seconds, begins."""
    much = effort is Effort.THOROUGH or seconds is not None
    return FirstParams(starts=MANY_STARTS) if much else FirstParams()


def first_state(
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    params: SearchParams,
    watch: Watch,
    started: Callable[[Candidate, Prices], None] = lambda candidate, prices: None,
    ends: int = 1,
    *,
    better: Callable[[Candidate, Prices], None] = lambda candidate, prices: None,
    enough: Callable[[Candidate], bool] = lambda candidate: False,
) -> State | None:
    """The first guided plan, with bounds tightened where limits must hold at risk; None where none is feasible.

    ``started`` is told the plan and the prices that every start ended with, feasible or not, and where none is, what
    mending the best of them came to; ``better``, every better plan that filling or crossing them comes to. Where the
    best of several measures is looked for, one of so many ``ends``, starts have that share of a limited time only.
    Where a start comes to a plan that is ``enough``, no other is made: to know that there is one takes no better.
    """
    watch.say("first plan", 0.02)
    locked = space.rules.locked_plan()
    if space.rules.violations(locked):
        return None
    found: list[Candidate] = []

    def spent() -> float:
        return 0.0 if params.seconds is None else ends * watch.seconds / params.seconds

    late = late_by(spent)

    if params.start is not None:
        warm = warm_start(space, finish, ledger, params.start, stream(params.seed, "warm"), spent, enough)
        if warm.good:
            return begin(warm.best, warm.prices, warm.others)
        started(warm.best, warm.prices)
        found += [each for each in (warm.best, *warm.others) if each.feasible]
    rng = stream(params.seed, "first")
    many = first_params(params.effort, params.seconds)

    def ended(candidate: Candidate, prices: Prices) -> bool:
        started(candidate, prices)
        over = watch.started() > STARTING / ends or late()
        return (candidate.feasible and enough(candidate)) or over

    late()  # how long starts last counts from here
    runs = _composed_of_runs(space, finish, ledger, params, late)
    if runs is not None:
        started(runs, space.no_prices())
        if enough(runs):
            return begin(runs, space.no_prices())
        found.append(runs)
        many = replace(many, starts=1)
    (first, *others), prices = first_plans(space, finish, locked, many, rng, ended, late, better=better)
    if first.feasible:
        first = tighten(space, finish, ledger, first, partial(mended, space, finish))
        others = [finish(other.plan, prices) for other in others]
    found += [first, *others]
    alone = finish.trim(locked)
    nothing_more = all(not each.feasible or each.objective < alone.objective for each in found)
    if nothing_more:
        found.append(tighten(space, finish, ledger, alone))
    if nothing_more and any(each.feasible for each in found) and not late():
        # What is in force now is what futures leave: a start that heeds it from its first line on goes further.
        (again, *_), ended_at = first_plans(space, finish, locked, replace(many, starts=1), rng, ended, late)
        again = tighten(space, finish, ledger, again, partial(mended, space, finish))
        if again.feasible and again.objective > alone.objective:
            found.append(again)
            prices = ended_at
    if not any(each.feasible for each in found) and worth_mending(space) and not late():
        space.bound, space.available = space.real_bound(), space.limits.available.copy()
        ruled = [each.plan for each in found if not space.rules.violations(each.plan)] or [locked]
        lots = stream(params.seed, "compose")
        first = composed(space, finish, ruled, prices, lots, late, heeding(space, ledger))

        def recomposed(plan: Plan) -> Candidate:
            return composed(space, finish, [plan], prices, lots, late)

        fits = space.score(first.plan).feasible
        found.append(tighten(space, finish, ledger, first, recomposed) if fits else first)
    if not any(each.feasible for each in found):
        found.append(tighten(space, finish, ledger, rescue(space, finish, first, prices)))
        if not found[-1].feasible:
            started(found[-1], prices)
    feasible = sorted((each for each in found if each.feasible), key=lambda each: -each.objective)
    return begin(feasible[0], prices, tuple(feasible[1:])) if feasible else None


def _composed_of_runs(
    space: Workspace, finish: Finish, ledger: Ledger, params: SearchParams, late: Callable[[], bool]
) -> Candidate | None:
    """A first plan composed of whole runs, where rules tie lines to them and floors ask for them.

    None where no such plan keeps everything. Prices and single lines lead to few whole runs, or to poor ones; each run
    valued alone, and all of them chosen at once, is at the floors in a round.
    """
    if not worth_composing_runs(space) or late():
        return None
    mend, lots = partial(mended, space, finish), stream(params.seed, "runs")
    plan = space.rules.locked_plan()
    made = composed(space, finish, [plan], space.no_prices(), lots, late, heeding(space, ledger), apart=True)
    made = tighten(space, finish, ledger, space.score(made.plan), mend) if made.feasible else made
    if made.feasible:
        return made
    space.bound, space.available = space.real_bound(), space.limits.available.copy()
    return None


def found_state(
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    plan: Plan,
    seen: Sequence[Plan] | None,
    params: SearchParams,
    watch: Watch,
) -> tuple[State, bool]:
    """A plan that was found where first plans failed, gone on from as from a person's, and crossed with those plans.

    It was looked for with other aims than the objective, and is poor; what failed is rich and breaks something. Each
    try that failed has tightened bounds in force, also those of limits that need not hold at risk: they are set anew.

    Parameters
    ----------
    plan
        The ledger passes it; in the search's sums it may be a hair beyond a limit.
    seen
        Plans that the search came to, each of which breaks something; None where Ctrl-C was pressed, and nothing is
        made.

    Returns
    -------
    tuple
        The state, and whether Ctrl-C was pressed.
    """
    space.bound, space.available = space.real_bound(), space.limits.available.copy()
    set_bounds(space, ledger.verdict(plan))
    given = replace(space.score(plan), feasible=True)
    opened = begin(given, space.no_prices())
    if seen is None:
        return opened, True
    watch.say("going on from a plan that keeps everything", 0.05, opened)
    try:
        return _gone_on(space, finish, ledger, given, seen, params, watch), False
    except KeyboardInterrupt:
        return opened, True


def _gone_on(
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    given: Candidate,
    seen: Sequence[Plan],
    params: SearchParams,
    watch: Watch,
) -> State:
    rng, mend = stream(params.seed, "found"), partial(mended, space, finish)

    def spent() -> float:
        return 0.0 if params.seconds is None else watch.seconds / params.seconds

    late = late_by(spent)

    if late():
        return begin(given, space.no_prices())
    warm = warm_start(space, finish, ledger, given.plan, rng, spent)
    found = [given, *(each for each in (warm.best, *warm.others) if each.feasible)]
    best = max(found, key=lambda each: each.objective)
    mates = tuple(space.score(each) for each in seen)
    made = crossed(space, finish, best, mates, warm.prices, FirstParams().crossings, rng, late)
    if made is not best:
        made = tighten(space, finish, ledger, made, mend)
        found += [made] if made.feasible else []
    found.sort(key=lambda each: -each.objective)
    set_bounds(space, ledger.verdict(found[0].plan))
    return begin(found[0], warm.prices, tuple(found[1:]))
