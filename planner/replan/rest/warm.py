"""A warm search: from the plan that runs to the best plan for the rest, changes paid for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from constraints.ledger import Ledger, LedgerReport, Verdict
from planner.evaluation.evaluator import MANY_SLOTS, Evaluator
from planner.evolution.evolve import evolve, left_of
from planner.evolution.finish import FULL, Finish
from planner.evolution.guided import GENTLE, guided
from planner.evolution.interrupt import listening
from planner.evolution.joining.joined import joined
from planner.evolution.risk import set_bounds, tighten
from planner.evolution.start.mended import mended
from planner.evolution.start.priced import prices_at
from planner.evolution.start.rescue import rescue
from planner.evolution.state import State, begin
from planner.evolution.workspace import Candidate, Prices, Workspace
from planner.problem import Problem
from planner.progress import Progress, ignore
from planner.replan.changes.change_cost import ChangeCostEvaluator
from planner.replan.rest.agreed import ruled, with_agreed
from planner.replan.rest.spent import without_spent
from planner.run.effort import Effort, work_of
from scenarios.arrays import Float, Plan
from scenarios.streams import stream

FIRST = GENTLE
"""The guided step from the running plan."""
PROMISED = 0.01
"""Where slots are many, that step is taken only where all single changes that gain promise more than this share."""
PASSES = 12
"""Most times that all changes are looked at for such as do not pay."""
JOINED = 0.7
"""Share of the work after which the best plan is joined with the running one and others, as in a run from nothing."""
RETUNED = (0.3, 0.7)
"""Shares of the work after which the bounds of limits at risk are set anew."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Warm:
    """What a warm search found."""

    candidate: Candidate
    report: LedgerReport
    """It keeps everything."""
    prices: Prices
    space: Workspace
    """Without a cost of changes: what contributions and shadow prices are taken from."""
    interrupted: bool
    pressed: bool
    """Whether Ctrl-C was pressed, were it too late to end the search early."""


def warm_search(
    problem: Problem,
    ledger: Ledger,
    running: Plan,
    *,
    cost: Float,
    effort: Effort,
    seed: int,
    progress: Callable[[Progress], None] = ignore,
    also: Sequence[Plan] = (),
    freed: Float | None = None,
) -> Warm | None:
    """Search from a running plan; None where no plan was found that keeps every limit and rule.

    Parameters
    ----------
    problem
        With the past locked by a rule.
    ledger
        Judges the plans.
    running
        The flat plan [N] that runs.
    cost
        [N] objective that each changed slot must earn.
    also
        Plans that are known to keep everything, to begin from as well.
    freed
        [N] objective that running lines only seem to earn.
    """
    problem = with_agreed(problem, running)
    with listening() as interrupt:
        progress(Progress(stage="preparing", share_done=0.05))
        costs = ChangeCostEvaluator(problem.model, problem.limits, running, cost, freed)
        space = Workspace(costs, without_spent(problem).rulebook, interrupt)
        finish = Finish(space)
        state = _first(space, finish, ledger, running, seed, also)
        if state is None:
            interrupt.check()  # nobody waits for what else could be tried
            return None
        work = work_of(effort, problem.grid.slots, coupled=problem.coupled)
        box = [state]
        interrupted = False
        try:
            carried = ruled(space, ledger, running)
            _evolved(space, finish, ledger, carried, box, work, seed, progress)
        except KeyboardInterrupt:
            interrupted = True
        interrupt.shield()
        progress(Progress(stage="taking back what does not pay", share_done=0.85))
        found = _checked(space, finish, ledger, running, box[0])
        if found is None:
            return None
        plain = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook, interrupt, space.unit)
        return Warm(
            candidate=plain.score(found[0].plan),
            report=found[1],
            prices=box[0].prices,
            space=plain,
            interrupted=interrupted,
            pressed=interrupted or interrupt.ever_pressed,
        )


def plans_from(
    problem: Problem, ledger: Ledger, running: Plan, start: Plan, *, cost: Float, seed: int, freed: Float | None = None
) -> list[tuple[Plan, Verdict]]:
    """Some plans for the rest and what the ledger says of each; where none keeps everything, those that come near.

    Parameters
    ----------
    problem, ledger, running, cost, freed
        As for `warm_search`.
    start
        A plan to begin from, whether it keeps everything or not.
    """
    problem = without_spent(with_agreed(problem, running))
    with listening() as interrupt:
        space = Workspace(
            ChangeCostEvaluator(problem.model, problem.limits, running, cost, freed), problem.rulebook, interrupt
        )
        if space.rules.violations(space.rules.locked_plan()):
            return []
        finish, begun = Finish(space), ruled(space, ledger, start)
        set_bounds(space, ledger.verdict(begun))
        rng = stream(seed, "replan", "first")
        plan, prices = guided(space, begun, space.no_prices(), space.whole, FIRST, rng)
        found = [finish(plan, prices, FULL), finish.trim(begun)]
        if not any(each.feasible for each in found):
            found.append(rescue(space, finish, found[0], prices))
        passing = [tighten(space, finish, ledger, each) if each.feasible else each for each in found]
        return [(plan, ledger.verdict(plan)) for plan in (begun, *(each.plan for each in passing))]


def _first(
    space: Workspace, finish: Finish, ledger: Ledger, running: Plan, seed: int, also: Sequence[Plan] = ()
) -> State | None:
    """The running plan, mended where reality has made it break something; and guided on from there."""
    if space.rules.violations(space.rules.locked_plan()):
        return None
    carried = ruled(space, ledger, running)
    report = ledger.audit(carried)
    set_bounds(space, report)
    found, prices = [], None
    rng = stream(seed, "replan", "first")

    def stepped() -> Prices:
        # What reality has broken is mended by prices, many lines at once: repair alone drops them one by one.
        plan, learned = guided(space, carried, space.no_prices(), space.whole, FIRST, rng)
        found.append(tighten(space, finish, ledger, finish(plan, learned, FULL)))
        return learned

    if space.grid.slots <= MANY_SLOTS:
        prices = stepped()
    else:
        mend = partial(mended, space, finish)
        found.append(tighten(space, finish, ledger, mend(carried), mend))
    # As few changes as can be: the running plan itself, or what is left of it where the least is taken away.
    found.append(
        replace(space.score(carried), feasible=True)
        if report.ok
        else tighten(space, finish, ledger, finish.trim(carried))
    )
    found += [replace(space.score(plan), feasible=True) for plan in also]
    best = max((each for each in found if each.feasible), key=lambda each: each.objective, default=None)
    if prices is None:
        prices = space.no_prices() if best is None else prices_at(space, best)
        if best is None or _promised(space, best, prices) > PROMISED:
            prices = stepped()
    if not any(each.feasible for each in found):
        found.append(tighten(space, finish, ledger, rescue(space, finish, found[0], prices)))
    feasible = sorted((each for each in found if each.feasible), key=lambda each: -each.objective)
    return begin(feasible[0], prices, tuple(feasible[1:])) if feasible else None


def _promised(space: Workspace, candidate: Candidate, prices: Prices) -> float:
    """What all single changes that gain at some prices come to, were each made alone, as a share of the objective."""
    gain = np.where(space.rules.allowed(candidate.plan), space.gains_everywhere(candidate.plan, prices), -np.inf)
    return float(gain.max(axis=1).clip(min=0.0).sum()) / max(abs(candidate.objective), 1.0)


def _evolved(
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    running: Plan,
    box: list[State],
    work: float,
    seed: int,
    progress: Callable[[Progress], None],
) -> None:
    """Evolve, and join what came of it with the running plan; the box has the newest state, so that Ctrl-C answers."""
    begun, due = space.work, list(RETUNED) if np.isfinite(space.limits.at_risk).any() else []
    rng = stream(seed, "replan", "evolve")
    # Where slots are many, joining takes as long as all the rest, and a running campaign waits for the answer.
    for until in (JOINED, 1.0) if space.grid.slots <= MANY_SLOTS else (1.0,):
        left = work - (space.work - begun)
        for state in evolve(space, finish, box[0], left_of(work, left), rng):
            box[0] = state
            share = (space.work - begun) / work
            progress(
                Progress(
                    stage="planning the rest",
                    generation=state.generation,
                    best=state.best.objective,
                    feasible_share=min(max(state.feasible, 0.0), 1.0),
                    share_done=min(0.1 + 0.75 * share, 0.85),
                )
            )
            if due and share >= due[0]:
                due.pop(0)
                set_bounds(space, ledger.verdict(state.best.plan))
            if share >= until:
                break
        if until < 1.0:
            before = space.work
            with space.without_end():
                box[0] = joined(space, finish, box[0], (running,), stream(seed, "replan", "join"))
            begun += space.work - before
            if np.isfinite(space.limits.at_risk).any():
                set_bounds(space, ledger.verdict(box[0].best.plan))


def _checked(
    space: Workspace, finish: Finish, ledger: Ledger, running: Plan, state: State
) -> tuple[Candidate, LedgerReport] | None:
    """The best plan that passes the ledger, by its objective less what its changes cost."""
    best: tuple[Candidate, LedgerReport] | None = None
    pruned = _taken_back(space, running, state.best)
    if not space.rules.violations(running):
        report = ledger.audit(running)
        best = (space.score(running), report) if report.ok else None
    candidates = [pruned, *state.elites.members]
    for candidate in candidates:
        if best is not None and candidate.objective <= best[0].objective:
            continue
        report = ledger.audit(candidate.plan)
        if not report.ok:
            candidate = tighten(space, finish, ledger, candidate)
            report = ledger.audit(candidate.plan)
        if report.ok and (best is None or candidate.objective > best[0].objective):
            best = candidate, report
    return best


def _taken_back(space: Workspace, running: Plan, candidate: Candidate) -> Candidate:
    """Take changes back where that gains, their cost among it, and keeps limits and rules; many at a time."""
    best = candidate
    for _ in range(PASSES):
        changed = np.flatnonzero(best.plan != running)
        gain = space.gains_everywhere(best.plan, space.no_prices())[changed, running[changed]]
        worth = changed[gain > 0]
        kept = space.rules.compatible(best.plan, worth, running[worth].astype(np.int64), gain[gain > 0])
        order = worth[kept][np.argsort(-gain[gain > 0][kept], kind="stable")]
        better = _first_better(space, running, best, order)
        if better is None:
            return best
        best = better
    return best


def _first_better(space: Workspace, running: Plan, best: Candidate, order: NDArray[np.int64]) -> Candidate | None:
    """The plan after taking back the first so many changes: all, half of them, a quarter ...; None where none gains."""
    count = len(order)
    while count:
        plan = best.plan.copy()
        plan[order[:count]] = running[order[:count]]
        tried = space.score(plan)
        if tried.feasible and tried.objective > best.objective and not space.rules.violations(plan):
            return tried
        count //= 2
    return None
