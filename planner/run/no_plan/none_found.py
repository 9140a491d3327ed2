"""Why a search found no plan, and the least that would mend it, by planning again under eased limits.

A small question is counted out, and nothing is left to find. For larger ones the relaxation of
`constraints.infeasible.conflict` says what is proven. What it does not know, planning does
(`planner.run.no_plan.least_easing`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from constraints.infeasible.clash import Conflict
from constraints.infeasible.conflict import why_infeasible
from constraints.infeasible.counted_conflict import Counted
from constraints.infeasible.remedies import Known, cheapest_first
from constraints.infeasible.taken_ways import taken_ways
from constraints.ledger import Ledger
from planner.evolution.finish import Finish
from planner.evolution.workspace import Workspace
from planner.problem import Problem
from planner.progress import ignore
from planner.run.effort import Effort
from planner.run.no_plan.count_plans import COUNT, count_plans
from planner.run.no_plan.eased_search import Asked, EasedSearch, KeepsAllError
from planner.run.no_plan.least_easing import Tries
from planner.run.no_plan.passed import Nearest, Passed, PlanAgain, Shortcuts
from planner.run.no_plan.still_broken import still_broken
from planner.run.no_plan.takes import Takes
from planner.run.no_plan.try_count import TryCount
from planner.run.no_plan.ways_found import WaysFound
from planner.run.search_params import SearchParams
from planner.run.watch import Watch
from scenarios.arrays import Plan


@dataclass(frozen=True, kw_only=True, eq=False)
class NoneFound:
    """What is answered where a search found no plan: one of the two."""

    conflict: Conflict | None = None
    plan: Plan | None = None
    """A plan that keeps everything after all: counting, or planning under an eased limit, came to it."""
    interrupted: bool = False
    """Whether Ctrl-C ended the explanation: the conflict is what was known by then."""


NONE_YET = "no plan found so far"
"""What is told while a plan may still turn up ..."""
WAY_OUT = "looking for a way out"
"""... and once it is proven that none can."""
LOOKING = "looking for limits and rules that exclude each other"
HURRIED = 2
"""First plans that are made in any case where time is limited."""


@dataclass(frozen=True, kw_only=True)
class NoneFoundParams:
    """How far ways out of a large question are looked for; see `EFFORTS`.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    slots: int = 100_000
    """Slots that are planned again, all first plans together ..."""
    least: int = 6
    most: int = 16
    """... but so many first plans at least, and so many at most; where several conflicts leave no single way out, as
    many ease a limit of each at once."""
    taken: int = 8
    """New runs at most that show that ways out can be taken."""
    beyond_aims: bool = True
    """Whether a bound just short of what aiming at a limit came to is tried, too, whether a limit is aimed at where no
    plan is known without it, and whether more than one limit that stands in the way is searched for."""
    burden: float = 600.0
    """Work of looking for plans whose way out moves little, in passes over all columns."""
    knowing: int | None = None
    """So many at least where the nearest plan shows a way out already; as many as else where None."""

    def __post_init__(self) -> None:
        if not (self.slots >= 1 and self.taken >= 1 and 1 <= self.least <= self.most and self.burden >= 0):
            raise ValueError("expected slots >= 1, taken >= 1, 1 <= least <= most and burden >= 0")


EFFORTS = {
    Effort.QUICK: NoneFoundParams(slots=30_000, least=3, most=6, taken=2, beyond_aims=False, burden=300.0),
    Effort.NORMAL: NoneFoundParams(),
    Effort.THOROUGH: NoneFoundParams(slots=400_000, least=12, most=48, taken=32, burden=2_400.0),
}
"""The same by the effort of a run, in work, so that answers repeat to the byte."""


def why_none(
    problem: Problem,
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    seen: Sequence[Plan],
    params: SearchParams,
    watch: Watch,
) -> NoneFound:
    """Say why a run found no plan: what conflicts, proven where all plans or a valid relaxation prove it.

    Where counting finds a plan, or one of an eased question keeps the question itself, that is the answer. Ctrl-C ends
    it with what is known so far.

    Parameters
    ----------
    space, finish, ledger
        What the run searched, mended and judged with.
    seen
        Plans that the search came to, each of which breaks something.
    params, watch
        The run's settings and its clock, which tells what is being tried.
    """

    def tell(doing: str) -> None:
        space.interrupt.check()
        # Once it is proven that there is none, nobody is to wait for one: what is known says so.
        watch.say(f"{WAY_OUT if watch.known else NONE_YET}; {doing}", None)

    def proven(conflict: Conflict) -> None:
        space.interrupt.check()
        watch.known = "\n".join(f"no plan keeps every limit and rule: {reason}" for reason in conflict.reasons)
        watch.say(WAY_OUT, None)

    def stopped() -> bool:
        return space.interrupt.pressed

    space.interrupt.hear()
    asked = Asked(problem=problem, space=space, ledger=ledger, params=params)
    search = EasedSearch(asked, Watch(params, ignore), seen)
    plan, counted = space.rules.repair(space.rules.locked_plan()), None
    try:
        plan = finish.trim(plan).plan
        counted = count_plans(problem, ledger, COUNT, tell)
    except KeyboardInterrupt:
        pass  # what a plan breaks is told all the same
    if counted is not None and counted.feasible is not None:
        return NoneFound(plan=counted.feasible, interrupted=stopped())
    plan = min((plan, *seen), key=asked.breach)
    report = ledger.verdict(plan)
    if report.ok and not space.rules.violations(plan):
        return NoneFound(plan=plan, interrupted=stopped())
    nearest = Nearest(plan=plan, limits=report.limits)
    try:
        conflict = explain(
            problem,
            nearest,
            counted,
            search.again,
            _effort(params),
            search=search,
            over=search.over,
            tell=tell,
            proven=proven,
            stopped=stopped,
        )
        return NoneFound(conflict=conflict, interrupted=stopped())
    except KeepsAllError as found:
        return NoneFound(plan=found.plan, interrupted=stopped())


def _effort(params: SearchParams) -> NoneFoundParams:
    """The effort of an explanation: where time is limited, few first plans are made however long they take."""
    effort = EFFORTS[params.effort]
    return effort if params.seconds is None else replace(effort, least=min(effort.least, HURRIED), knowing=0)


def explain(
    problem: Problem,
    nearest: Nearest,
    counted: Counted | None,
    plan_again: PlanAgain,
    params: NoneFoundParams | None = None,
    *,
    search: EasedSearch | None = None,
    over: Callable[[], bool] = lambda: False,
    tell: Callable[[str], None] = lambda doing: None,
    proven: Callable[[Conflict], None] = lambda conflict: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Conflict:
    """Say what conflicts, proven or not, and what would mend it.

    Parameters
    ----------
    nearest
        The plan that breaks least of those that the search has seen.
    counted
        What a census says, where the question is small enough.
    plan_again
        How a first plan of an eased problem is made.
    search
        What else plans eased problems: from what is known, for one limit alone, and as a new run does; without it, that
        a first plan is made shows that a new run finds one.
    over
        Whether the time is over: a run with a limited time explains for about as long again, and makes the fewest first
        plans in any case.
    tell
        Told what is being done; a `KeyboardInterrupt` from it leaves what is known so far as the answer.
    proven
        Told a conflict that is proven before anything that would mend it is looked for.
    stopped
        Whether Ctrl-C was pressed.
    """
    params = NoneFoundParams() if params is None else params
    with suppress(KeyboardInterrupt):
        tell(LOOKING)

    def why(nearest: Nearest) -> Conflict:
        told = (nearest.plan, nearest.limits)
        return why_infeasible(problem.model, problem.limits, problem.rulebook, *told, counted=counted, stopped=stopped)

    found, anew = why(nearest), False
    if counted is not None or found.evident or not (found.clashes or found.broken):
        return found
    with suppress(KeyboardInterrupt):
        if found.proven:
            proven(found)
        elif search is not None and not over():
            tell("making another start")
            search.start_anew()
            anew = True
            tell("aiming at what is broken alone")
            aimed = search.nearer(nearest)
            nearest, found = (nearest, found) if aimed is None else (aimed, why(aimed))
    ways = WaysFound(problem, nearest, found)
    shortcuts = Shortcuts() if search is None else search.shortcuts()
    tries = min(max(params.slots // problem.grid.slots, params.least), params.most)
    least = params.least if params.knowing is None or not ways.shown else params.knowing
    about = (plan_again, tries, least, over, tell, shortcuts)
    again = Tries(problem, nearest, *about, beyond_aims=params.beyond_aims)
    jointly = TryCount(tries, params.least, over)
    if not stopped():
        ways.stock_enough(shortcuts.judge)
    with suppress(KeyboardInterrupt):  # what is known so far is an answer
        ways.confirm(again)
        ways.stock_least(again)
        ways.ease_alone(again)
        ways.ease_jointly(again, lambda eased: again.of(eased, jointly))
    if search is not None and not stopped():
        with suppress(KeyboardInterrupt):
            if not over():
                tell("looking for plans that break little")
                search.unburdened(ways.staying, params.burden)
        ways.read_off(search.known)
    takes = Takes(problem, nearest, plan_again, search)
    guessed = [way for way in ways.ways if way.known is Known.GUESSED]
    known = taken_ways(
        problem.limits,
        cheapest_first(ways.ways),
        takes.takes,
        min(params.taken, tries),
        over,
        guessed=guessed,
        tell=tell,
        tightened=takes.tightened,
    )
    clashes, untried = tuple(ways.clashes), ways.untried
    found = replace(found, ways=cheapest_first(known), clashes=clashes, hurried=over(), untried=untried, anew=anew)
    return _nearer(problem, found, ways.closest)


def _nearer(problem: Problem, found: Conflict, closest: Passed | None) -> Conflict:
    """A conflict told by the plan behind the cheapest way out, which breaks less than any that the search has seen."""
    rows, sentences = ((), ()) if closest is None else still_broken(problem, closest)
    if not rows:
        return found
    return replace(found, nearest=sentences, broken=() if found.proven else rows)
