"""A plan for the rest that keeps what is asked as it is asked, looked for in earnest before anything gives way.

A search from the running plan earns as much as it can and is quick. Where it comes to no plan that keeps everything,
that says little: what is asked may be out of its reach, not out of reach. So what is broken is aimed at by itself, from
the running plan on; then plans are made from nothing; then all that `campaign plan` does where it finds none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from constraints.infeasible.clash import Conflict
from constraints.infeasible.counted_floors import short_floors
from constraints.infeasible.opposite import opposite
from constraints.ledger import Ledger
from planner.evaluation.evaluator import MANY_SLOTS, Evaluator
from planner.evolution.finish import Finish
from planner.evolution.interrupt import Interrupt, listening
from planner.evolution.workspace import Candidate, Plan, Prices, Workspace
from planner.problem import Problem
from planner.progress import Progress
from planner.replan.agreed import with_agreed
from planner.replan.spent import without_spent
from planner.run.aimed import aim_at, aim_of, aimed_plan
from planner.run.eased_search import Asked
from planner.run.effort import Effort
from planner.run.none_found import why_none
from planner.run.opening import first_state
from planner.run.search_params import SearchParams
from planner.run.watch import Watch

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
    """Why none was found: proven or not, what the nearest plan breaks, what would mend it."""
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
        plan = search.kept()
        if plan is not None:
            return AsAsked(plan=plan)
        space = search.space()
        told = search.problem, space, Finish(space), ledger, search.seen, search.params, search.watch
        none = why_none(*told)
    plan = none.plan if none.plan is not None and search.keeps(none.plan) else None
    return AsAsked(plan=plan, conflict=none.conflict, interrupted=none.interrupted)


def kept_plan(problem: Problem, ledger: Ledger, running: Plan, *, effort: Effort, seed: int) -> Plan | None:
    """The same without saying why: a plan [N] that keeps every limit and rule; None where none is found."""
    with listening() as interrupt:
        return _Search(problem, ledger, running, SearchParams(seed=seed, effort=effort), interrupt).kept()


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

    def space(self) -> Workspace:
        """A workspace without a cost of changes, no bounds of which have been tightened."""
        return Workspace(Evaluator(self.problem.model, self.problem.limits), self.problem.rulebook, self._interrupt)

    def keeps(self, plan: Plan) -> bool:
        """Whether a plan keeps every rule and limit; one that does not is remembered."""
        kept = not self.problem.rulebook.violations(plan) and self._ledger.verdict(plan).ok
        if not kept:
            self.seen.append(plan)
        return kept

    def kept(self) -> Plan | None:
        """The first plan that keeps everything: by aims from the running plan on, then by first plans from nothing."""
        book = self.problem.rulebook
        hopeless = bool(opposite(self.problem.limits)[0] or short_floors(book)) or book.violations(book.locked_plan())
        if hopeless:
            return None
        plan = self._aimed()
        few = self.problem.grid.slots <= MANY_SLOTS
        for number in range(STARTS[self.params.effort] if few else 1):
            if plan is not None:
                break
            plan = self._started(self.params.seed + number)
        return plan

    def _aimed(self) -> Plan | None:
        """Aim at what the running plan breaks without lines that may not be in it, and at what that leads to break."""
        space = self.space()
        asked = Asked(problem=self.problem, space=space, ledger=self._ledger, params=self.params)
        begun = space.rules.repair(self._running)
        start, aims = Finish(space).trim(begun).plan, set[str]()
        for plan in (begun, start):
            if self.keeps(plan):
                return plan
        for _ in range(AIMS):
            aim = aim_of(self.problem, self._ledger, min(self.seen, key=asked.breach))
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
