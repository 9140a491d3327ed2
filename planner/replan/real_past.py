"""The past of a running plan as it really ran, locked: what is in it, which rules it breaks, and what is said of it.

What has run cannot be undone. A rule that it breaks, and that the planned lines kept, counts from the first day on from
which what is locked keeps it (`constraints.rules.excused`), so that the rest goes on from what ran as near as can be. A
floor on lines (`fairness`) stays whole: the rest can make up for what did not run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from constraints.rulebook import build_rulebook
from constraints.rules.excused import counted_from
from constraints.rules.kinds.locked import listed_lines
from constraints.rules.lines import past_lines, read_lines
from constraints.rules.registry import all_rules, check_rules, rule_violations
from planner.figures import money_style, plural
from planner.flight.measure.by_lot import places, without_lots
from planner.flight.measure.measured import Switch
from planner.flight.real_lines import lines_changed, not_counted
from planner.problem import Problem
from planner.replan.question import IN_FLIGHT, locked_in
from scenarios.answer.archive import Frozen
from scenarios.arrays import Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.as_it_ran import as_it_ran
from scenarios.flight.realised import Realised
from scenarios.grid import Grid, build_grid
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Scenario
from scenarios.language.schemas.rule import Locked
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients

BROKEN_BY_PAST = "what really ran breaks rules, which count later for it: "
"""Begins a sentence that is said anew by every re-planning."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RealPast:
    """A running plan whose past is what really ran."""

    plan: Plan
    """The flat plan [N]: what ran, and what was planned after it."""
    scenario: Scenario
    """With the past locked."""
    said: tuple[str, ...]
    """Sentences; none where everything ran as planned."""
    otherwise: bool
    """Whether the past is another one than planned."""


def real_past(
    frozen: Frozen,
    scenario: Scenario,
    lines: Sequence[PlanLine],
    actuals: Actuals,
    until: dt.date,
    planned: Problem,
    settled: Callable[[Plan], Coefficients],
    switches: Sequence[Switch] = (),
) -> RealPast:
    """Lock what really ran, and what the notice keeps; the planned lines where no plan could go on from what ran.

    Parameters
    ----------
    frozen, planned
        The problem that was planned, and its tables.
    scenario
        The question as it is asked now.
    lines
        Of the plan that runs.
    until
        Last day that is locked.
    settled
        Tables under which a flat plan [N] sells what was sold, for the account of what ran.
    switches
        Periods of public prices in the lots of its rollouts: what they switch off within the notice will not run.
    """
    grid = actuals.grid
    plan = grid.plan_of(tuple(lines))
    notice = range(actuals.last + 1, grid.scenario.horizon.period_of(until) + 1)
    ran, off = without_lots(grid, as_it_ran(actuals, plan), switches, notice)
    older = _excused_before(frozen.scenario)
    beyond = not_counted(actuals, plan)
    as_planned = RealPast(
        plan=plan, scenario=locked_in(scenario, tuple(lines), until, older), said=beyond, otherwise=False
    )
    otherwise = bool((ran != plan).any())
    if not (otherwise or older):
        return as_planned
    real = grid.lines(ran) if otherwise else tuple(lines)
    before, now = (_broken(frozen, scenario, each, until) for each in (lines, real))
    free = until + dt.timedelta(days=1)
    for unkept, day in ((now & older.keys() | now - before, None), (now, free)):
        names = sorted(unkept - _floors(scenario))
        excuses = {name: day or _first_day(frozen, scenario, real, until, name) for name in names}
        locked = locked_in(scenario, real, until, excuses)
        book = build_rulebook(build_grid(locked, frozen.custom), planned.model.economics)
        if not book.violations(book.locked_plan()):
            said = (*_told(actuals, plan, ran, len(off)), *_off_until(grid, off), *_counts_later(excuses))
            return RealPast(plan=ran, scenario=locked, said=(*said, *beyond), otherwise=otherwise)
    if not otherwise:
        return as_planned
    kept = _not_locked(planned, settled, actuals, (plan, ran), sorted(now))
    return replace(as_planned, said=(kept, *beyond))


def _excused_before(scenario: Scenario) -> dict[str, dt.date]:
    """Rules that an earlier re-planning excused."""
    return {name: day for rule in scenario.rules if isinstance(rule, Locked) for name, day in rule.excuses.items()}


def _floors(scenario: Scenario) -> set[str]:
    return {rule.id for rule in scenario.rules if rule.rule == "fairness"}


def _broken(frozen: Frozen, scenario: Scenario, lines: Sequence[PlanLine], until: dt.date) -> set[str]:
    """Rules that the lines up to a day break by themselves."""
    grid, past = _locked_lines(frozen, scenario, lines, until)
    return {rule.id for rule in check_rules(grid, past) if not rule.satisfied}


def _first_day(frozen: Frozen, scenario: Scenario, lines: Sequence[PlanLine], until: dt.date, name: str) -> dt.date:
    """Return the first day from which on what is locked keeps a rule."""
    grid, past = _locked_lines(frozen, scenario, lines, until)
    rule = next(each for each in all_rules(grid.scenario) if each.id == name)
    read, horizon = (*past_lines(grid), *read_lines(grid, past)), scenario.horizon
    for period in range(1, horizon.period_of(until) + 1):
        later = counted_from(rule, horizon.date_of(period), horizon.last_day)
        if later is None or not rule_violations(later, grid, read):
            return horizon.date_of(period)
    return until + dt.timedelta(days=1)


def _locked_lines(
    frozen: Frozen, scenario: Scenario, lines: Sequence[PlanLine], until: dt.date
) -> tuple[Grid, tuple[PlanLine, ...]]:
    """Return the grid in which the lines up to a day are locked, and these lines."""
    locked = locked_in(scenario, tuple(lines), until)
    own = next(rule for rule in locked.rules if isinstance(rule, Locked) and rule.id == IN_FLIGHT)
    return build_grid(locked, frozen.custom), listed_lines(own)


def _told(actuals: Actuals, plan: Plan, ran: Plan, off: int) -> tuple[str, ...]:
    gone, new = lines_changed(plan, ran)
    gone, parts = gone - off, []
    if gone:
        parts.append(f"{plural(gone, 'line')} that did not run {'is' if gone == 1 else 'are'} taken out")
    if new:
        parts.append(f"{plural(new, 'line')} that ran unplanned {'is' if new == 1 else 'are'} in it")
    return (f"the past of the plan up to {actuals.as_of} is what really ran: {'; '.join(parts)}",) if parts else ()


def _off_until(grid: Grid, off: Sequence[tuple[str, str, int]]) -> tuple[str, ...]:
    """Say which lines of the notice are taken out, because the rollout's lot has switched them off."""
    return tuple(
        f"off by the rollout's lot until the new plan begins, and taken out: {where}" for where in places(grid, off)
    )


def _counts_later(excuses: Mapping[str, dt.date]) -> tuple[str, ...]:
    if not excuses:
        return ()
    return (f"{BROKEN_BY_PAST}{', '.join(f'{name} from {day} on' for name, day in excuses.items())}",)


def _not_locked(
    planned: Problem,
    settled: Callable[[Plan], Coefficients],
    actuals: Actuals,
    plans: tuple[Plan, Plan],
    rules: Sequence[str],
) -> str:
    """Say that the account keeps lines that did not run, and by how much its money is wrong.

    Parameters
    ----------
    plans
        The flat plan [N] that was to run, and what ran in its place.
    """
    write = money_style(planned.grid.scenario.currency, [0])
    unknown = replace(actuals, ran=None)
    books = [Realised(planned.model, settled(each), each, unknown) for each in plans]
    off = []
    for measure, word in ((Measure.SPEND, "spend"), (Measure.VENDOR_FUNDING, "vendor funding")):
        kept, ran = (book.so_far(measure, Scope(), asked=True)[0] for book in books)
        wrong = kept - ran
        off.append(f"{word} about {write(abs(wrong))} too {'high' if wrong > 0 else 'low'}")
    return (
        f"the past up to {actuals.as_of} keeps the planned lines, because after what really ran no plan keeps all "
        f"rules ({', '.join(rules) or 'none is broken by itself'}): its {' and '.join(off)}, and limits follow it; "
        "campaign monitor has the account of what ran"
    )
