"""Why a search found no plan, and the least that would mend it, by planning again under eased limits.

A small question is counted out, and nothing is left to find. For larger ones the relaxation of
`constraints.infeasible.conflict` says what is proven. What it does not know, planning does: whether a conflict falls
apart without each of its members, and how little a limit has to give way. That is a bisection: a plan that is found
under a bound shows that the bound is enough, and the plan's own use is the next to beat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from constraints.infeasible.clash import Clash, Conflict
from constraints.infeasible.conflict import why_infeasible
from constraints.infeasible.counted_conflict import Counted
from constraints.infeasible.easing import eased, only, released, with_bound
from constraints.infeasible.flow_reach import reach_of
from constraints.infeasible.optimistic import least, row_tables
from constraints.infeasible.remedies import Change, Remedy, bound_change, cheapest_first, deciding
from constraints.infeasible.shortfall import broken_rows, measure_uses, shortfall_text, strain_of
from constraints.ledger import Ledger
from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.workspace import Workspace
from planner.opening import first_state
from planner.problem import Problem, problem_of
from planner.progress import ignore
from planner.search_params import SearchParams
from planner.watch import Watch
from scenarios.answer.verdicts import LimitResult
from scenarios.language.schema import Scenario

Plan = NDArray[np.int8]

MEMBERS = 6
"""Members of a conflict that are tried without, one by one, at most."""
CLOSE = 0.005
"""A bisection ends where the bound is known to this share of what was asked."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Passed:
    """A plan that the ledger passes."""

    plan: Plan
    limits: Sequence[LimitResult]


@dataclass(frozen=True, kw_only=True, eq=False)
class Nearest:
    """The plan that breaks least, with the ledger's verdicts."""

    plan: Plan
    limits: Sequence[LimitResult]


@dataclass(frozen=True, kw_only=True, eq=False)
class NoneFound:
    """What is answered where a search found no plan: one of the two."""

    conflict: Conflict | None = None
    plan: Plan | None = None
    """A plan that keeps everything after all: planning under an eased limit came to it."""


class _KeepsAllError(Exception):
    """Planning under an eased limit came to a plan that needs no easing."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


PlanAgain = Callable[[Problem, Plan | None], Passed | None]
"""Make a first plan of a problem, from a given one where there is one; None where none is found."""


@dataclass(frozen=True, kw_only=True)
class NoneFoundParams:
    """Effort of the explanation of a large question."""

    slots: int = 100_000
    """Slots that are planned again, all first plans together."""
    least: int = 6
    most: int = 10
    """Fewest and most first plans."""

    def __post_init__(self) -> None:
        if not (self.slots >= 1 and 1 <= self.least <= self.most):
            raise ValueError("expected slots >= 1 and 1 <= least <= most")


def why_none(
    problem: Problem,
    space: Workspace,
    finish: Finish,
    ledger: Ledger,
    counted: Counted | None,
    params: SearchParams,
    watch: Watch,
) -> NoneFound:
    """Say why a run found no plan: what conflicts, proven where all plans or a valid relaxation prove it.

    Where a plan of an eased question keeps the question itself, there is a plan, and no reason why not.

    Parameters
    ----------
    space, finish, ledger
        What the run searched, mended and judged with.
    counted
        What a census says, where the question is small enough.
    params, watch
        The run's settings and its clock.
    """
    watch.say("finding out why there is no plan", 0.9)
    quiet = Watch(params, ignore)

    def again(eased: Problem, start: Plan | None) -> Passed | None:
        own = Workspace(Evaluator(eased.model, eased.limits), eased.rulebook, space.interrupt)
        judge = Ledger(eased.model, eased.effects, ledger.draws)
        found = first_state(own, Finish(own), judge, replace(params, start=start), quiet)
        report = None if found is None else judge.audit(found.best.plan)
        if found is None or report is None or not report.ok:
            return None
        plan = found.best.plan
        if not space.rules.violations(plan) and ledger.verdict(plan).ok:
            raise _KeepsAllError(plan)
        return Passed(plan=plan, limits=report.limits)

    trimmed = finish.trim(space.rules.repair(space.rules.locked_plan()))
    report = ledger.audit(trimmed.plan)
    if report.ok and not space.rules.violations(trimmed.plan):
        return NoneFound(plan=trimmed.plan)
    nearest = Nearest(plan=trimmed.plan, limits=report.limits)
    try:
        return NoneFound(conflict=explain(problem, nearest, counted, again))
    except _KeepsAllError as found:
        return NoneFound(plan=found.plan)


def explain(
    problem: Problem,
    nearest: Nearest,
    counted: Counted | None,
    plan_again: PlanAgain,
    params: NoneFoundParams | None = None,
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
    """
    params = NoneFoundParams() if params is None else params
    found = why_infeasible(
        problem.model, problem.limits, problem.rulebook, nearest.plan, nearest.limits, counted=counted
    )
    if counted is not None or found.evident or not (found.clashes or found.broken):
        return found
    tries = min(max(params.slots // problem.grid.slots, params.least), params.most)
    again = _Tries(problem, nearest, plan_again, tries)
    ways, clashes, eased_plans = list(found.ways), list(found.clashes), list[tuple[float, Passed]]()
    try:
        for number, clash in enumerate(found.clashes):
            clashes[number] = again.confirmed(clash)
        for name in _limits_in(problem, found):
            least = again.least(name)
            if least is not None:
                ways.append(least[0])
                eased_plans.append((least[0].cost, least[1]))
    except KeyboardInterrupt:
        pass  # what is known so far is an answer
    # The plan behind the cheapest remedy breaks less than any that the search has seen: it is the nearest one now.
    closer = min(eased_plans, key=lambda each: each[0], default=None)
    broken = () if closer is None else _breaks(problem, closer[1])
    return replace(found, ways=cheapest_first(ways), clashes=tuple(clashes), nearest=broken or found.nearest)


def _breaks(problem: Problem, passed: Passed) -> tuple[str, ...]:
    """What a plan of an eased problem breaks of the problem itself."""
    used = measure_uses(problem.model, problem.limits, passed.plan, strain_of(problem.limits, passed.limits))
    rows = broken_rows(problem.model, problem.limits, used)
    return tuple(shortfall_text(problem.model, problem.limits, row, used) for row in rows)


def _limits_in(problem: Problem, found: Conflict) -> list[str]:
    """Scalar limits of what conflicts, or of what the nearest plan breaks."""
    return [name for name in found.members if name in problem.limits.ids]


class _Tries:
    """First plans of eased problems, so many in all."""

    def __init__(self, problem: Problem, nearest: Nearest, plan_again: PlanAgain, tries: int) -> None:
        self._problem, self._nearest, self._plan_again, self._left = problem, nearest, plan_again, tries

    def least(self, name: str) -> tuple[Remedy, Passed] | None:
        """The least that one limit has to give way, and a plan that then passes; None where none passes without it."""
        scenario = self._problem.grid.scenario
        passed = self._but_for(name)
        if passed is None and self._left > 0:
            passed = self._try(released(scenario, name), None)
        if passed is None:
            return None
        record = self._problem.limits.records[self._problem.limits.ids.index(name)]
        asked = Decimal(repr(record.bound))
        enough, too_little = self._used(passed, name), self._out_of_reach(name, asked)
        while self._left > 0 and abs(enough - too_little) > Decimal(repr(CLOSE)) * max(abs(asked), Decimal(1)):
            middle = (enough + too_little) / 2
            middle = Decimal(round(middle)) if name.startswith("gift:") else middle
            if middle in (enough, too_little):
                break
            better = self._try(with_bound(scenario, name, middle), passed.plan)
            if better is None:
                too_little = middle
            else:
                enough, passed = self._used(better, name), better
        return Remedy(changes=(bound_change(record, asked, enough),)), passed

    def _but_for(self, name: str) -> Passed | None:
        """The nearest plan, where it breaks nothing but one limit."""
        problem, plan = self._problem, self._nearest.plan
        others = all(result.ok for result in self._nearest.limits if result.id != name)
        if not others or problem.rulebook.violations(plan):
            return None
        return Passed(plan=plan, limits=self._nearest.limits)

    def _out_of_reach(self, name: str, asked: Decimal) -> Decimal:
        """The bound nearest to what is asked that the optimistic bound does not exclude; ratios are left as asked."""
        limits, model = self._problem.limits, self._problem.model
        reach, best = reach_of(model, self._problem.rulebook.base), asked
        for row in limits.rows_of[name]:
            if limits.rate_parts[row] is None:
                sign = float(limits.sign[row])
                value = sign * least(row_tables(model, limits.functionals[row], sign, reach), reach).value
                known = Decimal(repr(value + float(limits.past[row])))
                best = max(best, known) if sign > 0 else min(best, known)
        return best

    def confirmed(self, clash: Clash) -> Clash:
        """Plan without each member of a conflict, and note whether the rest is kept every time."""
        if len(clash.members) > MEMBERS:
            return clash
        for member in clash.members:
            rest = set(clash.members) - {member}
            if self._left <= 0 or self._try(only(self._problem.grid, rest), None) is None:
                return clash
        return replace(clash, minimal=True)

    def _try(self, scenario: Scenario, start: Plan | None) -> Passed | None:
        self._left -= 1
        return self._plan_again(with_scenario(self._problem, scenario), start)

    def _used(self, passed: Passed, name: str) -> Decimal:
        return deciding(next(result for result in passed.limits if result.id == name))


def after(problem: Problem, changes: Sequence[Change]) -> Problem:
    """Make the problem that is left after a remedy."""
    return with_scenario(problem, eased(problem.grid, changes))


def with_scenario(problem: Problem, scenario: Scenario) -> Problem:
    """The same problem with other limits, rules or stock; response tables are made anew only for other stock."""
    loaded = replace(problem.loaded, scenario=scenario)
    if scenario.products != problem.grid.scenario.products:
        return problem_of(loaded, problem.learned)
    grid = replace(problem.grid, scenario=scenario)
    model = replace(problem.model, grid=grid)
    return replace(
        problem,
        loaded=loaded,
        grid=grid,
        model=model,
        limits=build_limits(model),
        rulebook=build_rulebook(grid, model.economics),
    )
