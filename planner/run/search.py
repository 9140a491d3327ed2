"""The whole run on one page: first plan, evolution beside the bound, distinct plans, ledger (docs/search.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from constraints.infeasible.clash import Conflict
from constraints.infeasible.counted_floors import short_floors
from constraints.infeasible.opposite import opposite
from constraints.ledger import Ledger
from planner.bound.beside import BoundBeside
from planner.bound.bound import Bound
from planner.evaluation.evaluator import MANY_SLOTS, Evaluator
from planner.evaluation.tilted import TiltedEvaluator
from planner.evolution.careful import HURRIED, TRIED, Careful
from planner.evolution.choice import checked_plans, choice, kept_baselines, with_baselines, with_nothing
from planner.evolution.finish import Finish
from planner.evolution.first import VERY_MANY
from planner.evolution.interrupt import Interrupt, listening
from planner.evolution.kept import kept_rules
from planner.evolution.state import State, begin
from planner.evolution.workspace import Candidate, Plan, Prices, Workspace
from planner.pareto.run import FrontRequest, search_front
from planner.problem import Problem
from planner.progress import Progress, ignore
from planner.run.answer import answer
from planner.run.closing import Closing, ending_of
from planner.run.deepening import APART, SPARE, Means, Run, deepen
from planner.run.effort import ENDS_TIME, FRONT_WORK, bound_of, work_of
from planner.run.findings import Findings, FoundFront
from planner.run.none_found import why_none
from planner.run.opening import first_state, found_state
from planner.run.search_params import SearchParams
from planner.run.warm_start import as_given
from planner.run.watch import Watch
from scenarios.answer.cells import Account
from scenarios.answer.plan import PlanSet
from scenarios.futures.aim import caution_of, senses_of
from scenarios.futures.draws import draw


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
    kept = None
    if params.start is not None and params.keep is not None:
        kept = kept_rules(problem.rulebook, params.start, params.keep)
        if kept is None:
            return _without_plan(None)
    careful = caution_of(problem.grid.scenario.objective) is not None
    evaluator = (TiltedEvaluator if careful else Evaluator)(problem.model, problem.limits)
    space = Workspace(evaluator, problem.rulebook, interrupt)
    if kept is not None:
        space.rules = kept
    finish = Finish(space)
    ledger = Ledger(problem.model, problem.effects, draw(problem.grid, problem.effects, params.seed))
    senses = senses_of(problem.grid.scenario.objective)
    front, ends = senses is not None, len(senses or (1,))
    opened: State | None = None
    seen: list[Plan] = []
    with BoundBeside(problem, bound_of(params.effort, space.grid.slots)) as beside:
        hopeless = bool(opposite(problem.limits)[0] or short_floors(problem.rulebook))

        def better(candidate: Candidate, prices: Prices) -> None:
            nonlocal opened
            if candidate.feasible and (opened is None or candidate.objective > opened.best.objective):
                opened = begin(candidate, prices)
                watch.say("other first plans", 0.04, opened)

        def started(candidate: Candidate, prices: Prices) -> None:
            seen.append(candidate.plan)
            better(candidate, prices)
            if params.seconds is not None and not front and space.grid.slots <= VERY_MANY:
                # Further starts take time that the bound needs, too; where slots are very many, neither has enough.
                beside.go_on(float("-inf"), prices)

        if space.grid.slots > MANY_SLOTS and params.seconds is None and not front and not hopeless:
            beside.begin()  # the first plan takes long, and leaves a core idle
        first, interrupted = None, False
        try:
            if not hopeless:
                first = first_state(space, finish, ledger, params, watch, started, ends, better=better)
        except KeyboardInterrupt:
            if opened is None:
                raise
            first, interrupted = opened, True
        if first is None and params.keep is not None and not hopeless:
            return _without_plan(None)
        if first is None and fallback is not None:
            first = begin(_passed(space, fallback), space.no_prices())
        if first is None:
            none = why_none(problem, space, finish, ledger, seen, params, watch)
            if none.plan is None:
                return _without_plan(none.conflict, interrupted=none.interrupted)
            if none.interrupted:
                interrupt.shield()
            going_on = None if none.interrupted else seen
            first, interrupted = found_state(space, finish, ledger, none.plan, going_on, params, watch)
        ending = ending_of(ledger, first.best.plan, params, watch)
        if front:
            return _front(problem, space, finish, ledger, first, params, watch, ending, fallback, interrupted)
        run = Run(state=first, interrupted=interrupted)
        if isinstance(evaluator, TiltedEvaluator):
            run.careful = Careful(problem, evaluator, ledger, tried=TRIED if params.seconds is None else HURRIED)
        try:
            means = Means(
                problem=problem,
                space=space,
                finish=finish,
                ledger=ledger,
                params=params,
                watch=watch,
                beside=beside,
                ending=ending,
            )
            if not interrupted:
                deepen(means, run)
        except KeyboardInterrupt:
            run.interrupted = True
    interrupt.shield()
    watch.say("checking by the ledger", 0.96, run.state, run.bound)
    chosen = (run.chosen or (run.state.best,))[: ending.plans + SPARE if params.seconds is None else ending.plans]
    if run.careful is not None:
        chosen = (*run.careful.best(space, ending.plans), *chosen)
    if params.start is not None:
        chosen = (*chosen, *as_given(space, params.start))
    checked = checked_plans(space, finish, ledger, chosen)
    if run.baselines is not None:
        run.baselines = kept_baselines(space, finish, ledger, run.baselines, mend=params.seconds is None)
    if run.baselines is not None and params.keep is None:
        checked = with_baselines(checked, run.baselines, ledger)
    if params.keep is None:
        checked = with_nothing(checked, space, ledger)
    checked = choice(checked, params.plans)[: params.plans]
    if not checked:
        last = _at_last(problem, space, finish, ledger, seen, params, watch, fallback)
        if isinstance(last, SearchResult):
            return last
        checked = ((space.score(last), ledger.audit(last)),)
    findings = Findings(
        checked=checked,
        bound=run.bound,
        baselines=run.baselines,
        halves=run.halves,
        ledger=ledger,
        prices=run.state.prices,
        asked=params,
        effort=params.spent,
        interrupted=run.interrupted,
        allowed=ending.plans,
    )
    return _answered(problem, space, findings)


def _at_last(
    problem: Problem,
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    seen: Sequence[Plan],
    params: SearchParams,
    watch: Watch,
    fallback: Plan | None,
) -> SearchResult | Plan:
    """Where the ledger refuses all: why, or what a search from a plan found since comes to; where time is over, it."""
    if fallback is not None:
        return fallback
    none = why_none(problem, space, finish, ledger, seen, params, watch)
    if none.plan is None:
        return _without_plan(none.conflict, interrupted=none.interrupted)
    if not (none.interrupted or watch.over or params.keep is not None):
        return _planned(problem, replace(params, start=none.plan), watch, space.interrupt, none.plan)
    space.interrupt.shield()
    return none.plan


def _passed(space: Workspace, plan: Plan) -> Candidate:
    """A plan that the ledger passes: in the search's sums it may be a hair beyond a limit."""
    return replace(space.score(plan), feasible=True)


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


def _front(
    problem: Problem,
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    first: State,
    params: SearchParams,
    watch: Watch,
    ending: Closing,
    fallback: Plan | None,
    interrupted: bool,
) -> SearchResult:
    """Search for a front of plans, where the objective names several measures; interrupted already, for its start."""
    timed, begun = params.seconds is not None, watch.seconds
    work = float("inf") if timed else work_of(params.effort, space.grid.slots, coupled=problem.coupled)
    ends = len(senses_of(problem.grid.scenario.objective) or ())
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
        passed=lambda: (watch.seconds - begun) / max((params.seconds or 0.0) - ending.reserve - begun, 1e-9),
    )
    found = search_front(problem, space, finish, ledger, first, request)
    checked = found.checked or checked_plans(space, finish, ledger, (first.best,))
    if not checked:
        last = _at_last(problem, space, finish, ledger, (first.best.plan,), params, watch, fallback)
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
    )
    return _answered(problem, space, findings)
