"""The search for the rest; bounds give way where nothing else leaves a plan: ceilings, shares, floors.

What has run decides by itself which ceilings it has passed. Everything else gives way only once a plan that keeps it as
it is asked has been looked for in earnest (`planner.replan.rest.as_asked`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from constraints.infeasible.clash import Conflict
from constraints.ledger import Ledger
from constraints.limits.implied import written_and_implied
from planner.problem import Problem
from planner.progress import Progress
from planner.replan.question import judged_in_flight
from planner.replan.real_past import BROKEN_BY_PAST
from planner.replan.rest.as_asked import as_asked, kept_plan, most_of, way_out
from planner.replan.rest.eased import eased
from planner.replan.rest.floors import Lowered, asked_again, furthest, missed_for_good, within_reach
from planner.replan.rest.warm import Warm, plans_from, warm_search
from planner.run.effort import Effort
from planner.run.no_plan.eased_problem import with_scenario
from planner.run.no_plan.passed import Passed
from scenarios.answer.archive import Frozen
from scenarios.answer.in_flight import Floor, GaveWay, InFlight
from scenarios.arrays import Float, Plan
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Scenario
from scenarios.language.words import RATIOS


@dataclass(frozen=True, kw_only=True, eq=False)
class Rest:
    """What was found for the rest, and under which bounds."""

    frozen: Frozen
    problem: Problem
    ledger: Ledger
    warm: Warm | None
    """None where no plan was found, whatever gave way."""
    floors: tuple[Floor, ...]
    """That gave way."""
    moved: tuple[tuple[str, str], ...]
    """Ids of ceilings that gave way, each with the sentence that says so."""
    ceilings: tuple[Floor, ...] = ()
    """Of them, those that are asked for anew by the next re-planning."""
    conflict: Conflict | None = None
    """Why no plan keeps what is asked here, where one was looked for in earnest and none was found."""
    before: Conflict | None = None
    """The same of what was asked before shares gave way."""
    interrupted: bool = False
    """Whether Ctrl-C ended looking for one."""


def gave_way_before(
    flight: InFlight | None, *, asked_otherwise: bool
) -> tuple[tuple[str, ...], tuple[Floor, ...], tuple[Floor, ...]]:
    """Return what an earlier re-planning said that still holds, and the floors and ceilings that gave way in it.

    A bound that gave way is asked for anew: what was said of it holds no more. Where bounds are asked otherwise now,
    all of them are, and nothing is left of what gave way.
    """
    if flight is None or asked_otherwise:
        return (), (), ()
    no_more = {each.said for each in (*flight.floors, *flight.ceilings) if each.now != each.asked}
    said = (one for one in flight.moved if one not in no_more and not one.startswith(BROKEN_BY_PAST))
    return tuple(said), flight.floors, flight.ceilings


def plan_rest(
    frozen: Frozen,
    running: Plan,
    rest: DateRange,
    *,
    cost: Float,
    freed: Float | None = None,
    effort: Effort,
    progress: Callable[[Progress], None],
) -> Rest:
    """Search on from the running plan; bounds give way only where nothing else leaves a plan.

    Parameters
    ----------
    frozen
        The past settled and locked; its record of the flight holds the floors and ceilings that gave way before.
    running
        The flat plan [N] that runs.
    rest
        The days that may still change.
    cost
        [N] objective that each changed slot must earn, in major units.
    freed
        [N] objective that running lines only seem to earn.
    """
    before = () if frozen.flight is None else (*frozen.flight.floors, *frozen.flight.ceilings)
    start = _judged(replace(frozen, scenario=asked_again(frozen.scenario, before)))
    found = _found(start, running, rest, cost, freed, effort, progress)
    return replace(found, ceilings=_raised(start.frozen.scenario, found))


def _raised(asked: Scenario, found: Rest) -> tuple[Floor, ...]:
    """Return the ceilings that were raised, with the sentence that says so."""
    before = {each.id: each.limit.max for each in written_and_implied(asked)}
    proven = _alone(found.before, {name for name, _ in found.moved})
    raised = []
    for each in written_and_implied(found.frozen.scenario):
        was, now = before.get(each.id), each.limit.max
        if was is not None and now is not None and was != now:
            said = next((sentence for name, sentence in found.moved if name == each.id), "")
            ratio = each.limit.share_of is not None or each.limit.measure in RATIOS
            by = GaveWay.PAST if not ratio else GaveWay.PROVEN if each.id in proven else GaveWay.SEARCHED
            raised.append(Floor(id=each.id, asked=was, now=now, said=said, by=by))
    return tuple(raised)


def _found(
    start: Rest,
    running: Plan,
    rest: DateRange,
    cost: Float,
    freed: Float | None,
    effort: Effort,
    progress: Callable[[Progress], None],
) -> Rest:
    """Search under what is asked, then under bounds that give way, as far as nothing else leaves a plan."""

    def searched(told: Rest, also: tuple[Plan, ...] = ()) -> Rest:
        return replace(
            told,
            warm=warm_search(
                told.problem,
                told.ledger,
                running,
                cost=cost,
                freed=freed,
                effort=effort,
                seed=start.frozen.seed,
                progress=progress,
                also=also,
            ),
        )

    tried: list[Rest] = []
    for shares in (False, True):
        told = _ceilings(tried[-1] if tried else start, running, rest, shares=shares)
        if tried and told.problem is tried[-1].problem:
            break
        told = replace(told, before=tried[-1].conflict if tried else None)
        tried.append(_in_earnest(searched, told, running, effort, progress))
        if tried[-1].warm is not None or tried[-1].interrupted:
            return tried[-1]
    for told in tried:
        progress(Progress(stage="lowering floors that are out of reach", share_done=0.1))
        lower = _floors(told, running, rest, cost, freed, effort)
        if lower is not None:
            return searched(lower[0], (lower[1],))
    last, seed = tried[-1], start.frozen.seed
    if last.conflict is None or not last.conflict.proven or last.conflict.evident:
        return last
    looked = way_out(last.problem, last.ledger, running, effort=effort, seed=seed, progress=progress)
    return replace(last, conflict=looked.conflict or last.conflict, interrupted=looked.interrupted)


def _in_earnest(
    searched: Callable[[Rest, tuple[Plan, ...]], Rest],
    told: Rest,
    running: Plan,
    effort: Effort,
    progress: Callable[[Progress], None],
) -> Rest:
    """Search under what is asked; where that fails, look for a plan in earnest, and search on from it."""
    found = searched(told, ())
    if found.warm is not None:
        return found
    seed = told.frozen.seed
    looked = as_asked(told.problem, told.ledger, running, effort=effort, seed=seed, progress=progress)
    if looked.plan is not None:
        return searched(told, (looked.plan,))
    return replace(told, conflict=looked.conflict, interrupted=looked.interrupted)


def _ceilings(told: Rest, running: Plan, rest: DateRange, *, shares: bool) -> Rest:
    """Ease ceilings that are exceeded; ``shares`` too, once no plan was found that keeps them. And missed floors.

    Twice: what is left of spans that have begun becomes limits of their own first, which then give way like others.
    """
    for _ in range(2):
        problem, ledger = told.problem, told.ledger
        stays, locked = ledger.verdict(running), ledger.verdict(problem.rulebook.locked_lines())
        scenario, raised = eased(problem, locked, stays, rest, shares=shares)
        lower = missed_for_good(scenario, problem, ledger, stays, rest)
        if lower.scenario is problem.grid.scenario:
            break
        told = _with(told, lower, raised)
    return told


def _floors(
    told: Rest, running: Plan, rest: DateRange, cost: Float, freed: Float | None, effort: Effort
) -> tuple[Rest, Plan] | None:
    """Lower floors that are out of reach, and return a plan that keeps what is asked then."""
    problem, seed = told.problem, told.frozen.seed
    aimed: set[str] = set()

    def judged(scenario: Scenario) -> tuple[Problem, Ledger]:
        other = with_scenario(problem, scenario)
        return other, Ledger(other.model, other.effects, told.ledger.draws)

    def again(scenario: Scenario, start: Plan, but: str | None) -> Passed | None:
        other, ledger = judged(scenario)
        plans = plans_from(other, ledger, running, start, cost=cost, seed=seed, freed=freed)
        found = furthest(plans, but)
        further = None
        if but is None and found is None:
            further = kept_plan(other, ledger, running, effort=effort, seed=seed)
        elif but is not None and but not in aimed and not (found is not None and all(each.ok for each in found.limits)):
            aimed.add(but)
            further = most_of(other, ledger, running, start, but, effort=effort, seed=seed)
        return found if further is None else furthest([*plans, (further, ledger.verdict(further))], but)

    lower = within_reach(problem, running, lambda scenario: judged(scenario)[1].verdict(running), rest, again)
    if lower is None or lower.plan is None:
        return None
    known = replace(lower, floors=_as_proven(lower.floors, told.conflict))
    return _with(told, known, {}), lower.plan


def _as_proven(floors: tuple[Floor, ...], conflict: Conflict | None) -> tuple[Floor, ...]:
    """Floors that gave way with what is known of them: proven out of reach, where a proof needs no other of them."""
    gone = {each.id for each in floors if each.now < each.asked}
    alone = _alone(conflict, gone)
    return tuple(
        replace(each, by=GaveWay.PROVEN, said=f"{each.said}; it is proven that all of it cannot be kept")
        if each.id in alone
        else replace(each, said=f"{each.said}; that all of it cannot be kept is not proven")
        if each.id in gone
        else each
        for each in floors
    )


def _alone(conflict: Conflict | None, gone: set[str]) -> set[str]:
    """Of bounds that gave way, those that a proof needs without any other of them: what else it needs is kept."""
    clashes = () if conflict is None or not conflict.proven else conflict.clashes
    found = (gone.intersection(clash.members) for clash in clashes)
    return {name for names in found if len(names) == 1 for name in names}


def _with(told: Rest, lower: Lowered, raised: dict[str, str]) -> Rest:
    """The question anew under bounds that gave way."""
    frozen = replace(told.frozen, scenario=lower.scenario)
    floors = {each.id: each for each in told.floors}
    for each in lower.floors:
        floors[each.id] = replace(each, asked=floors.get(each.id, each).asked)
    moved = (*told.moved, *raised.items())
    return replace(_judged(frozen), floors=tuple(floors.values()), moved=moved, before=told.before)


def _judged(frozen: Frozen) -> Rest:
    problem, ledger = judged_in_flight(frozen)
    return Rest(frozen=frozen, problem=problem, ledger=ledger, warm=None, floors=(), moved=())
