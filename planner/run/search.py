"""The whole run on one page: first plan, evolution beside the bound, distinct plans, ledger (docs/search.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from constraints.infeasible.clash import Conflict
from constraints.ledger import LedgerReport
from planner.bound.lowering.beside import BoundBeside
from planner.bound.lowering.bound import Bound
from planner.evaluation.tilted import TiltedEvaluator
from planner.evolution.careful import HURRIED, TRIED, Careful
from planner.evolution.interrupt import Interrupt, listening
from planner.evolution.joining.composed import composed, worth_mending
from planner.evolution.risk import heeding
from planner.evolution.shown.choice import checked_plans, choice, kept_baselines, with_baselines, with_nothing
from planner.evolution.state import State
from planner.evolution.workspace import Candidate, Workspace
from planner.pareto.run import FrontRequest, search_front
from planner.problem import Problem
from planner.progress import Progress, ignore
from planner.run.answer import answer
from planner.run.begun import Tools, begun, tools_of
from planner.run.closing import Closing, ending_of
from planner.run.deepening import APART, SPARE, Means, Run, deepen
from planner.run.effort import ENDS_TIME, FRONT_WORK, bound_of, work_of
from planner.run.findings import Findings, FoundFront
from planner.run.no_plan.none_found import NoneFound
from planner.run.search_params import SearchParams
from planner.run.warm_start import as_given
from planner.run.watch import Watch
from scenarios.answer.cells import Account
from scenarios.answer.plan import PlanSet
from scenarios.arrays import Plan
from scenarios.streams import stream


@dataclass(frozen=True, kw_only=True, eq=False)
class SearchResult:
    """What a run found: a plan set, or why there is none."""

    plan_set: PlanSet | None
    plans: tuple[Plan, ...]
    accounts: tuple[Account, ...]
    """The plans' accounts, in rank order."""
    conflict: Conflict | None
    """Where no feasible plan was found: what conflicts, proven or not."""
    interrupted: bool
    """Whether Ctrl-C ended the search early."""
    pressed: bool = False
    """Whether Ctrl-C was pressed, were it too late for that: who would go on to another search stops."""
    bound: Bound | None = None
    """The bound, with the prices that it was reached at."""


def plan_campaign(
    problem: Problem, params: SearchParams, progress: Callable[[Progress], None] = ignore
) -> SearchResult:
    """Search for the best plans of a problem, check them by the ledger, and bound what is possible.

    Ctrl-C ends the search early and returns the best plans so far, checked like any others.

    Parameters
    ----------
    problem
        The question with its tables, from `planner.problem.build_problem`.
    params
        Seed, effort and what to return.
    progress
        Called with one record per step.
    """
    with listening() as interrupt:
        found = _planned(problem, params, Watch(params, progress), interrupt)
        return replace(found, pressed=found.interrupted or interrupt.ever_pressed)


def _planned(
    problem: Problem, params: SearchParams, watch: Watch, interrupt: Interrupt, fallback: Plan | None = None
) -> SearchResult:
    """Run from the first plan to the answer; Ctrl-C before any start has ended in one is a `KeyboardInterrupt`.

    Where the ledger refused all that a search came to, a plan found since is the start, and what is fallen back to.
    """
    watch.say("preparing", 0.0)
    tools = tools_of(problem, params, watch, interrupt)
    if tools is None:
        return _without_plan(None)
    with BoundBeside(problem, bound_of(params.effort, tools.space.grid.slots)) as beside:
        opened = begun(tools, beside, fallback)
        if opened.first is None:
            none = opened.none or NoneFound()
            return _without_plan(none.conflict, interrupted=none.interrupted)
        ending = ending_of(tools.ledger, opened.first.best.plan, params, watch)
        if tools.front:
            return _front(tools, opened.first, ending, fallback, opened.interrupted)
        run = _deepened(tools, beside, ending, opened.first, opened.interrupted)
    interrupt.shield()
    watch.say("checking by the ledger", 0.96, run.state, run.bound)
    checked = _checked(tools, run, ending, opened.first.best.plan)
    if not checked:
        last = _at_last(tools, opened.seen, fallback)
        if isinstance(last, SearchResult):
            return last
        checked = ((tools.space.score(last), tools.ledger.audit(last)),)
    findings = Findings(
        checked=checked,
        bound=run.bound,
        baselines=run.baselines,
        halves=run.halves,
        ledger=tools.ledger,
        prices=run.state.prices,
        asked=params,
        effort=params.spent,
        interrupted=run.interrupted,
        allowed=ending.plans,
        late=tools.watch.late(leave=ending.last),
        hurried=lambda: tools.watch.left < ending.last,
    )
    return _answered(problem, tools.space, findings)


def _deepened(tools: Tools, beside: BoundBeside, ending: Closing, first: State, interrupted: bool) -> Run:
    """Search on from the first plan, as far as Ctrl-C lets it."""
    run, evaluator = Run(state=first, interrupted=interrupted), tools.space.evaluator
    if isinstance(evaluator, TiltedEvaluator):
        tried = TRIED if tools.params.seconds is None else HURRIED
        run.careful = Careful(tools.problem, evaluator, tools.ledger, tried=tried)
    if interrupted:
        return run
    means = Means(
        problem=tools.problem,
        space=tools.space,
        finish=tools.finish,
        ledger=tools.ledger,
        params=tools.params,
        watch=tools.watch,
        beside=beside,
        ending=ending,
    )
    try:
        deepen(means, run)
    except KeyboardInterrupt:
        run.interrupted = True
    return run


def _checked(tools: Tools, run: Run, ending: Closing, first: Plan) -> tuple[tuple[Candidate, LedgerReport], ...]:
    """Return the best of all plans that the ledger passes, yardsticks and the empty plan among them.

    Where it passes none that the search came to, because their own futures ask for more, whole schedules are exchanged
    until they do; the first plan is never lost.
    """
    space, finish, ledger, params = tools.space, tools.finish, tools.ledger, tools.params
    chosen = (run.chosen or (run.state.best,))[: ending.plans + SPARE if params.seconds is None else ending.plans]
    if run.careful is not None:
        chosen = (*run.careful.best(space, ending.plans), *chosen)
    if params.start is not None:
        chosen = (*chosen, *as_given(space, params.start))
    checked = checked_plans(space, finish, ledger, chosen, tools.watch.late(leave=ending.last))
    if not checked:
        checked = checked_plans(space, finish, ledger, (*_exchanged(tools, chosen[0]), *as_given(space, first)))
    if run.baselines is not None:
        run.baselines = kept_baselines(space, finish, ledger, run.baselines, mend=params.seconds is None)
    if run.baselines is not None and params.keep is None:
        checked = with_baselines(checked, run.baselines, ledger)
    if params.keep is None:
        checked = with_nothing(checked, space, ledger)
    return choice(space.grid, checked, params.plans)[: params.plans]


def _exchanged(tools: Tools, best: Candidate) -> tuple[Candidate, ...]:
    """A plan with whole schedules exchanged until its own futures pass it; none where single changes mend as well."""
    space, lots = tools.space, stream(tools.params.seed, "exchange")
    if not worth_mending(space) or tools.watch.over:
        return ()
    heed = heeding(space, tools.ledger)
    return (composed(space, tools.finish, [best.plan], space.no_prices(), lots, lambda: tools.watch.over, heed),)


def _at_last(tools: Tools, seen: list[Plan], fallback: Plan | None) -> SearchResult | Plan:
    """Where the ledger refuses all: why, or what a search from a plan found since comes to; where time is over, it."""
    if fallback is not None:
        return fallback
    space, params, none = tools.space, tools.params, tools.why_none(seen)
    if none.plan is None or not space.enough_kept(none.plan):
        return _without_plan(none.conflict, interrupted=none.interrupted)
    if not (none.interrupted or tools.watch.over or params.keep is not None):
        return _planned(tools.problem, replace(params, start=none.plan), tools.watch, space.interrupt, none.plan)
    space.interrupt.shield()
    return none.plan


def _without_plan(conflict: Conflict | None, *, interrupted: bool = False) -> SearchResult:
    return SearchResult(plan_set=None, plans=(), accounts=(), conflict=conflict, interrupted=interrupted)


def _answered(problem: Problem, space: Workspace, findings: Findings) -> SearchResult:
    return SearchResult(
        plan_set=answer(problem, space, findings),
        plans=tuple(candidate.plan for candidate, _ in findings.checked),
        accounts=tuple(report.account for _, report in findings.checked),
        conflict=None,
        interrupted=findings.interrupted,
        bound=findings.bound,
    )


def _front(tools: Tools, first: State, ending: Closing, fallback: Plan | None, interrupted: bool) -> SearchResult:
    """Search for a front of plans, where the objective names several measures; interrupted already, for its start."""
    problem, space, finish, ledger = tools.problem, tools.space, tools.finish, tools.ledger
    params, watch, ends = tools.params, tools.watch, tools.ends
    timed, since = params.seconds is not None, watch.seconds
    work = float("inf") if timed else work_of(params.effort, space.grid.slots, coupled=problem.coupled)
    request = FrontRequest(
        seed=params.seed,
        plans=ending.plans,
        work=FRONT_WORK * work,
        end_work=work,
        end_time=ENDS_TIME / ends,
        apart=APART[params.effort],
        bound=bound_of(params.effort, space.grid.slots),
        say=watch.say,
        over=lambda: watch.over,
        step=watch.step,
        left=lambda: watch.left - ending.seconds,
        yardsticks=not timed or ending.yardsticks > 0,
        interrupted=interrupted,
        passed=lambda: (watch.seconds - since) / max((params.seconds or 0.0) - ending.reserve - since, 1e-9),
    )
    found = search_front(problem, space, finish, ledger, first, request)
    checked = found.checked or checked_plans(space, finish, ledger, (first.best,))
    if not checked:
        last = _at_last(tools, [first.best.plan], fallback)
        if isinstance(last, SearchResult):
            return last
        checked = ((space.score(last), ledger.audit(last)),)
    findings = Findings(
        checked=checked,
        bound=found.bound,
        baselines=found.baselines,
        halves=None,
        ledger=ledger,
        prices=first.prices,
        asked=params,
        effort=params.spent,
        interrupted=found.interrupted,
        front=FoundFront(plans=found.found, covered=found.covered, whole=found.whole, ends=0 if timed else found.ends),
        allowed=ending.plans,
        late=watch.late(leave=ending.last),
        hurried=lambda: watch.left < ending.last,
    )
    return _answered(problem, space, findings)
