"""A plan for the rest that keeps what is asked as it is asked, looked for in earnest before anything gives way.

A search from the running plan earns as much as it can and is quick. Where it comes to no plan that keeps everything,
that says little: what is asked may be out of its reach, not out of reach. So what is broken is aimed at by itself, from
the running plan on; then plans are made from nothing; then all that `campaign plan` does where it finds none. Where it
is proven beforehand that no plan keeps everything, none of this is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from constraints.infeasible.clash import Conflict
from constraints.infeasible.conflict import why_infeasible
from constraints.ledger import Ledger
from planner.evaluation.evaluator import MANY_SLOTS, Evaluator
from planner.evolution.finish import Finish
from planner.evolution.interrupt import Interrupt, listening
from planner.evolution.workspace import Candidate, Prices, Workspace
from planner.problem import Problem
from planner.progress import Progress
from planner.replan.rest.agreed import with_agreed
from planner.replan.rest.spent import without_spent
from planner.run.effort import Effort
from planner.run.no_plan.aimed import aim_at, aim_of, aimed_plan
from planner.run.no_plan.eased_search import Asked
from planner.run.no_plan.none_found import why_none
from planner.run.opening import first_state
from planner.run.search_params import SearchParams
from planner.run.watch import Watch
from scenarios.arrays import Plan

AIMS = 3
"""Limits that are aimed at in turn, each from where the aim at the last one ended."""
STARTS = {Effort.QUICK: 1, Effort.NORMAL: 2, Effort.THOROUGH: 4}
"""Seeds of first plans from nothing by effort, where slots are few enough."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AsAsked:
    """What looking for a plan that keeps everything as it is asked came to."""

    plan: Plan | None
    """The ledger passes it; None where none was found."""
    conflict: Conflict | None = None
    """Why none was found: proven or not, what the nearest plan breaks; what would mend it only where it is no proof."""
    interrupted: bool = False
    """Whether Ctrl-C ended it."""


def as_asked(
    problem: Problem,
    ledger: Ledger,
    running: Plan,
    *,
    effort: Effort,
    seed: int,
    progress: Callable[[Progress], None],
) -> AsAsked:
    """Look for a plan for the rest that keeps every limit and rule; where none is found, say why.

    Parameters
    ----------
    problem
        With the past locked by a rule.
    ledger
        Judges the plans.
    running
        The flat plan [N] that runs.
    """
    with listening() as interrupt:
        search = _Search(problem, ledger, running, SearchParams(seed=seed, effort=effort), interrupt, progress)
        proof = search.proof()
        if proof is not None:
            return AsAsked(plan=None, conflict=proof)
        plan = search.kept()
        return AsAsked(plan=plan) if plan is not None else search.why_none()


def way_out(
    problem: Problem,
    ledger: Ledger,
    running: Plan,
    *,
    effort: Effort,
    seed: int,
    progress: Callable[[Progress], None],
) -> AsAsked:
    """Say why no plan for the rest keeps every limit and rule, and what would mend it, as `campaign plan` does."""
    with listening() as interrupt:
        search = _Search(problem, ledger, running, SearchParams(seed=seed, effort=effort), interrupt, progress)
        search.proof()
        return search.why_none()


def kept_plan(problem: Problem, ledger: Ledger, running: Plan, *, effort: Effort, seed: int) -> Plan | None:
    """The same without saying why: a plan [N] that keeps every limit and rule; None where none is found."""
    with listening() as interrupt:
        search = _Search(problem, ledger, running, SearchParams(seed=seed, effort=effort), interrupt)
        return None if search.proof() is not None else search.kept()


def most_of(
    problem: Problem, ledger: Ledger, running: Plan, start: Plan, name: str, *, effort: Effort, seed: int
) -> Plan | None:
    """A plan [N] that comes as far with one limit as the others allow, from a plan that keeps those.

    None where nothing was found, or the limit holds in many places, which no search can aim at.
    """
    problem = without_spent(with_agreed(problem, running))
    aim = aim_at(problem, name)
    if aim is None:
        return None
    with listening() as interrupt:
        return aimed_plan(problem, ledger, aim, SearchParams(seed=seed, effort=effort), interrupt, _never, start)


class _Search:
    """The ways in which a plan that keeps everything is looked for, and what they came to."""

    def __init__(
        self,
        problem: Problem,
        ledger: Ledger,
        running: Plan,
        params: SearchParams,
        interrupt: Interrupt,
        progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self.problem, self.params = without_spent(with_agreed(problem, running)), params
        self.watch = Watch(params, progress)
        self.seen: list[Plan] = []
        """Plans that were come to, each of which breaks something."""
        self._ledger, self._running, self._interrupt = ledger, running, interrupt
        self._begun: tuple[Plan, ...] = ()

    def space(self) -> Workspace:
        """A workspace without a cost of changes, no bounds of which have been tightened."""
        return Workspace(Evaluator(self.problem.model, self.problem.limits), self.problem.rulebook, self._interrupt)

    def keeps(self, plan: Plan) -> bool:
        """Whether a plan keeps every rule and limit; one that does not is remembered."""
        kept = not self.problem.rulebook.violations(plan) and self._ledger.verdict(plan).ok
        if not kept:
            self.seen.append(plan)
        return kept

    def proof(self) -> Conflict | None:
        """What proves that no plan keeps everything, looked for beside the running plan; None where nothing does."""
        space, problem = self.space(), self.problem
        begun = space.rules.repair(self._running)
        self._begun = (begun, Finish(space).trim(begun).plan)
        if any(self.keeps(plan) for plan in self._begun):
            return None
        nearest = self._nearest()
        limits = self._ledger.verdict(nearest).limits
        found = why_infeasible(problem.model, problem.limits, problem.rulebook, nearest, limits)
        return found if found.proven else None

    def why_none(self) -> AsAsked:
        """Why no plan was found, by all that `campaign plan` does where it finds none: it may find one after all."""
        space = self.space()
        none = why_none(self.problem, space, Finish(space), self._ledger, self.seen, self.params, self.watch)
        plan = none.plan if none.plan is not None and self.keeps(none.plan) else None
        return AsAsked(plan=plan, conflict=none.conflict, interrupted=none.interrupted)

    def kept(self) -> Plan | None:
        """The first plan that keeps everything: by aims from the running plan on, then by first plans from nothing."""
        plan = self._aimed()
        few = self.problem.grid.slots <= MANY_SLOTS
        for number in range(STARTS[self.params.effort] if few else 1):
            if plan is not None:
                break
            plan = self._started(self.params.seed + number)
        return plan

    def _aimed(self) -> Plan | None:
        """Aim at what the running plan breaks without lines that may not be in it, and at what that leads to break."""
        for plan in self._begun:
            if self.keeps(plan):
                return plan
        start, aims = self._begun[-1], set[str]()
        for _ in range(AIMS):
            aim = aim_of(self.problem, self._ledger, self._nearest())
            if aim is None or aim.id in aims:
                return None
            aims.add(aim.id)
            self.watch.say(f"aiming at {aim.id}, which no plan keeps so far", 0.1)
            found = aimed_plan(self.problem, self._ledger, aim, self.params, self._interrupt, _never, start)
            if found is None:
                return None
            if self.keeps(found):
                return found
            start = found
        return None

    def _nearest(self) -> Plan:
        """The plan that breaks least of those that were come to."""
        asked = Asked(problem=self.problem, space=self.space(), ledger=self._ledger, params=self.params)
        return min(self.seen, key=asked.breach)

    def _started(self, seed: int) -> Plan | None:
        """The first plan from nothing that keeps everything."""
        space = self.space()
        params = replace(self.params, seed=seed)

        def started(candidate: Candidate, prices: Prices) -> None:
            self.seen.append(candidate.plan)

        state = first_state(space, Finish(space), self._ledger, params, self.watch, started)
        return state.best.plan if state is not None and self.keeps(state.best.plan) else None


def _never() -> bool:
    return False
