"""Floors that a running campaign cannot reach any more: lowered as little as needed, span by span where they hold so.

Days that are over decide by themselves: their floor comes down to what was reached. For others, planning tells: with
the floors let go a plan shows what can be kept; then each is asked for again, in turn, as much of it as planning finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from constraints.infeasible.easing import released, with_bound
from constraints.ledger import Ledger, Verdict
from constraints.limits.entries import LimitEntry, LimitRow, limit_entries
from constraints.limits.implied import written_and_implied
from constraints.limits.verdicts import judge
from planner.problem import Problem
from planner.replan.rest.spans import alone, in_spans, is_over, put
from planner.run.no_plan.passed import Passed
from scenarios.answer.in_flight import Floor, GaveWay
from scenarios.answer.past_use import PastUse
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Plan
from scenarios.first_few import NAMED
from scenarios.language.date_ranges import DateRange
from scenarios.language.schema import Limit, Scenario

CLOSE = Decimal("0.002")
"""What planning finds of a floor is known to this share of what was asked."""
TRIES = 16
"""Most times that the rest is planned for one floor."""


PlanAgain = Callable[[Scenario, Plan, str | None], Passed | None]
"""Plan the rest under other limits, from a plan. It may miss one floor, and reaches as much of it as is found then."""


def furthest(plans: Iterable[tuple[Plan, Verdict]], but: str | None) -> Passed | None:
    """Of plans that keep everything but one floor, the one that reaches most of it; None where there is none."""
    fit = [
        Passed(plan=plan, limits=verdict.limits)
        for plan, verdict in plans
        if all(each.ok or each.id == but for each in verdict.limits)
        and not verdict.refused
        and all(rule.satisfied for rule in verdict.rules)
    ]
    return max(fit, key=lambda passed: Decimal(0) if but is None else _used(passed, but), default=None)


@dataclass(frozen=True, kw_only=True, eq=False)
class Lowered:
    """A question whose floors gave way."""

    scenario: Scenario
    floors: tuple[Floor, ...]
    plan: Plan | None = None
    """A plan that keeps what is asked now; None where only days that are over decided."""


def asked_again(scenario: Scenario, floors: Sequence[Floor]) -> Scenario:
    """Ask for bounds that gave way in an earlier re-planning as they were asked then: things may have turned."""
    known = {limit.id for limit in written_and_implied(scenario)}
    for floor in floors:
        if floor.id in known:
            scenario = with_bound(scenario, floor.id, floor.asked)
    return scenario


def missed_for_good(scenario: Scenario, problem: Problem, ledger: Ledger, stays: Verdict, rest: DateRange) -> Lowered:
    """Lower the floors of days that cannot be changed any more to what was reached.

    Parameters
    ----------
    scenario
        Of the problem, or with ceilings that gave way already.
    stays
        What the ledger says of the running plan, carried on: of days that are over every plan says the same.
    """
    floors: list[Floor] = []
    entries = {each.id: each for each in limit_entries(problem.grid)}
    for broken in (each for each in stays.limits if not each.ok and each.sense == "min"):
        entry = entries[broken.id]
        over = [row for row in entry.rows if is_over(row, rest.first)]
        if not over:
            continue
        if broken.within is None:
            reached = broken.decides
            scenario = with_bound(scenario, broken.id, reached)
            futures = "" if broken.at_risk is None else f" in {100 * broken.at_risk:g}% of the futures"
            came = f"its days come to {broken.figure(reached)}{futures} of at least {broken.figure(entry.bound)}"
            said = f"limit {broken.id}: {came} and cannot be changed any more; no more is asked of them now"
            floors.append(Floor(id=broken.id, asked=entry.bound, now=reached, said=said, by=GaveWay.PAST))
            continue
        verdicts = [(row, _of_row(problem, ledger, stays, entry, row)) for row in over]
        missed = [(row, verdict) for row, verdict in verdicts if not verdict.ok]
        if missed:
            scenario = _apart(problem, scenario, entry, [row for row, _ in missed], rest)
            said = _missed_words(entry, broken, [verdict for _, verdict in missed])
            for row, verdict in missed:
                one, before = alone(problem, entry.limit, row), verdict.before or Decimal(0)
                now = verdict.decides - before
                scenario = with_bound(scenario, one.id, now)
                asked = one.min or Decimal(0)
                floors.append(Floor(id=one.id, asked=asked, now=now, said=said, by=GaveWay.PAST))
    return Lowered(scenario=scenario, floors=tuple(floors))


def _missed_words(entry: LimitEntry, broken: LimitResult, missed: Sequence[LimitResult]) -> str:
    """Say what spans that cannot be changed any more come to."""
    came = [f"{broken.figure(each.decides)}{each.place}" for each in missed[:NAMED]]
    more = f" and less in {len(missed) - NAMED:,} more" if len(missed) > NAMED else ""
    asked = broken.figure(entry.bound)
    over = f"of at least {asked}, days that cannot be changed any more come to {', '.join(came)}{more}"
    return f"limit {entry.id}: {over}; no more is asked of them now"


def within_reach(
    problem: Problem,
    running: Plan,
    judge: Callable[[Scenario], Verdict],
    rest: DateRange,
    plan_again: PlanAgain,
) -> Lowered | None:
    """Lower floors that no plan for the rest was found to reach, each as little as planning finds; None if that fails.

    Floors that the running plan keeps when it is carried on are let go only where nothing else leaves a plan, and are
    asked for again first. Firm ones are never let go.

    Parameters
    ----------
    running
        The flat plan [N] that runs.
    judge
        What the ledger says of the running plan under other limits.
    """
    scenario = problem.grid.scenario
    floors = [limit.id for limit in scenario.limits if limit.min is not None and not limit.firm]
    kept = {each.id for each in judge(scenario).limits if each.ok}
    for let_go in dict.fromkeys((tuple(name for name in floors if name not in kept), tuple(floors))):
        own, parts = _in_parts(problem, scenario, let_go, rest)
        passed = plan_again(_all_released(own, parts), running, None) if parts else None
        if passed is not None:
            question = _Question(problem=problem, scenario=own, parts=parts, rest=rest)
            return _asked_in_turn(question, passed, judge(own), plan_again)
    return None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Question:
    """Floors in parts: every span of those that were let go is a floor of its own."""

    problem: Problem
    scenario: Scenario
    parts: dict[str, tuple[LimitEntry, LimitRow]]
    """By id of each part: the floor that it is of, and the span."""
    rest: DateRange

    def bound(self, name: str) -> Decimal:
        return next(limit.min or Decimal(0) for limit in self.scenario.limits if limit.id == name)


def _asked_in_turn(question: _Question, passed: Passed, stays: Verdict, plan_again: PlanAgain) -> Lowered:
    carried = {each.id: each for each in stays.limits}
    names = sorted(question.parts, key=lambda name: not carried[name].ok)
    now: dict[str, Decimal] = {}
    for number, name in enumerate(names):
        scenario = _all_released(question.scenario, names[number + 1 :])
        for one, bound in now.items():
            scenario = with_bound(scenario, one, bound)

        def again(bound: Decimal, start: Plan, scenario: Scenario = scenario, name: str = name) -> Passed | None:
            return plan_again(with_bound(scenario, name, bound), start, name)

        now[name], passed = _most(name, question.bound(name), passed, again)
    return _told(question, now, carried, passed)


def _most(
    name: str, asked: Decimal, passed: Passed, again: Callable[[Decimal, Plan], Passed | None]
) -> tuple[Decimal, Passed]:
    """The most of a floor that planning finds, at most what is asked, and a plan that reaches it.

    A plan that was asked for too much reaches what it can; a little more than that is asked for next, and so on.
    """
    reached, target, missed = _used(passed, name), asked, None
    close = CLOSE * max(abs(asked), abs(reached))
    step = close
    for _ in range(TRIES):
        if reached >= asked or (missed is not None and missed - reached <= close):
            break
        better = again(target, passed.plan)
        if better is not None and _used(better, name) > reached:
            passed, reached = better, _used(better, name)
        if reached >= target:
            step *= 4
        else:
            missed, step = target, close
        target = reached + step
        if missed is not None and target >= missed:
            target = (reached + missed) / 2
    return min(reached, asked), passed


def _told(question: _Question, now: dict[str, Decimal], carried: dict[str, LimitResult], passed: Passed) -> Lowered:
    """Put the parts together again, and say which gave way."""
    lower = [name for name in question.parts if now[name] < question.bound(name)]
    scenario = question.problem.grid.scenario
    floors: list[Floor] = []
    for entry in {part[0].id: part[0] for part in question.parts.values()}.values():
        own = {name: row for name, (of, row) in question.parts.items() if of is entry}
        # What spans keep together at risk is more than what each keeps, and it is each that was asked for.
        apart = [row for name, row in own.items() if name in lower or entry.limit.at_risk is not None]
        if not (apart and _many(entry)):
            continue
        scenario = _apart(question.problem, scenario, entry, apart, question.rest)
        if entry.limit.at_risk is not None:
            said = f"limit {entry.id}: it is asked of each of its spans by itself now, at risk one by one"
            floors.append(Floor(id=entry.id, asked=entry.bound, now=entry.bound, said=said, by=GaveWay.SEARCHED))
    broken = [each.id for each in carried.values() if not each.ok and each.id not in question.parts]
    breaking = f" and break {', '.join(broken[:NAMED])}" if broken else ""
    for name in lower:
        scenario, asked, verdict = with_bound(scenario, name, now[name]), question.bound(name), carried[name]
        futures = "" if verdict.at_risk is None else f" in {100 * verdict.at_risk:g}% of the futures"
        comes = (
            f"no plan for the rest was found that comes to {verdict.figure(asked)}{futures} and keeps everything else"
        )
        carries = f"the plan that runs would come to {verdict.figure(verdict.decides)}{breaking}"
        said = f"limit {name}: {comes} ({carries}); at least {verdict.figure(now[name])} is asked now"
        floors.append(Floor(id=name, asked=asked, now=now[name], said=said, by=GaveWay.SEARCHED))
    return Lowered(scenario=scenario, floors=tuple(floors), plan=passed.plan)


def _in_parts(
    problem: Problem, scenario: Scenario, names: Sequence[str], rest: DateRange
) -> tuple[Scenario, dict[str, tuple[LimitEntry, LimitRow]]]:
    """Ask for every span of some floors by itself; those whose days are over are kept or lowered already."""
    entries = {each.id: each for each in limit_entries(problem.grid)}
    parts: dict[str, tuple[LimitEntry, LimitRow]] = {}
    for name in names:
        entry = entries[name]
        # Of days that are over every future says the same; of those within the notice it does not.
        rows = [row for row in entry.rows if entry.limit.at_risk is not None or not is_over(row, rest.first)]
        if not _many(entry):
            parts |= zip([name] * len(rows), [(entry, row) for row in rows], strict=True)
            continue
        own = {limit.id: (limit, row) for row in rows for limit in (alone(problem, entry.limit, row),)}
        scenario = put(scenario, name, [limit for limit, _ in own.values()])
        parts |= {each: (entry, row) for each, (_, row) in own.items()}
    return scenario, parts


def _apart(
    problem: Problem, scenario: Scenario, entry: LimitEntry, rows: Sequence[LimitRow], rest: DateRange
) -> Scenario:
    """Make some spans of a floor floors of their own; the others stay together where they do not overlap."""
    limit = next(each for each in scenario.limits if each.id == entry.id)
    own: list[Limit | None] = [alone(problem, limit, row) for row in rows]
    others = [row for row in entry.rows if row not in rows]
    if limit.window is None:
        return put(scenario, entry.id, [in_spans(limit, others), *own])
    beside = [alone(problem, limit, row) for row in others if not is_over(row, rest.first)]
    return put(scenario, entry.id, [*own, *beside])


def _of_row(problem: Problem, ledger: Ledger, stays: Verdict, entry: LimitEntry, row: LimitRow) -> LimitResult:
    """What the account says of one span: of days that are over, no future says otherwise."""
    one = LimitEntry(id=entry.id, limit=entry.limit, origin=entry.origin, rows=(row,))
    return judge(one, stays.account, ledger.empty, PastUse(problem.model), None)


def _many(entry: LimitEntry) -> bool:
    return entry.limit.window is not None or entry.limit.each is not None


def _all_released(scenario: Scenario, names: Sequence[str] | dict[str, tuple[LimitEntry, LimitRow]]) -> Scenario:
    for name in names:
        scenario = released(scenario, name)
    return scenario


def _used(passed: Passed, name: str) -> Decimal:
    return next(each for each in passed.limits if each.id == name).decides
