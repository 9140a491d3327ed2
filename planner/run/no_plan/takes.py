"""Whether whoever changes a question as a way out says finds a plan: a run from nothing, as theirs will be."""

from __future__ import annotations

from dataclasses import replace

from constraints.infeasible.remedies import Remedy, bound_change
from planner.problem import Problem
from planner.run.no_plan.eased_problem import after
from planner.run.no_plan.eased_search import EasedSearch
from planner.run.no_plan.passed import Nearest, PlanAgain


class Takes:
    """Runs under ways out of one question.

    Parameters
    ----------
    problem
        The question itself.
    nearest
        The plan that breaks least of it.
    plan_again
        How a first plan of an eased problem is made.
    search
        What plans as a new run does; without it, that a first plan is made shows that a new run finds one.
    """

    def __init__(
        self, problem: Problem, nearest: Nearest, plan_again: PlanAgain, search: EasedSearch | None = None
    ) -> None:
        self._problem, self._nearest = problem, nearest
        self._plan_again, self._search = plan_again, search

    def takes(self, way: Remedy) -> bool:
        """Whether a run from nothing finds a plan once the changes of a way are made."""
        mended = after(self._problem, way.changes)
        if self._search is None:
            return self._plan_again(mended, None) is not None
        return self._search.from_nothing(mended, self._nearest)

    def tightened(self, wider: Remedy) -> Remedy:
        """Let a bound give way as far only as what a search from nothing came to needs, where a run takes that, too."""
        change = wider.changes[0]
        if self._search is None or len(wider.changes) > 1:
            return wider
        came = self._search.came_to(after(self._problem, wider.changes), change.id)
        if came is None or change.before is None or change.after is None or change.kind != "bound":
            return wider
        limits = self._problem.limits
        less = bound_change(limits.records[limits.ids.index(change.id)], change.before, came)
        way = replace(wider, changes=(less,))
        return way if less.cost < change.cost and self.takes(way) else wider
