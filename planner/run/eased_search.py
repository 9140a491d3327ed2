"""Plans of eased questions: one that is known already before a search, no search twice, and searches for use alone.

Whether a plan passes under a bound that gives way, or without a rule, is asked many times while remedies are looked
for. A plan that some earlier search came to often answers it, and so do the locked lines alone: the ledger tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constraints.infeasible.shortfall import broken_rows, measure_uses
from constraints.infeasible.undivided import undivided
from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.workspace import Candidate, Workspace
from planner.problem import Problem
from planner.run.aimed import Aim, aim_at, aim_of, aimed_plan
from planner.run.least_easing import Nearest, Passed, Shortcuts
from planner.run.opening import first_state
from planner.run.search_params import SearchParams
from planner.run.watch import Watch
from scenarios.answer.verdicts import LimitResult
from scenarios.language.schema import Scenario

Plan = NDArray[np.int8]


LEAST_SECONDS = 0.1
"""A search that begins has at least so much time: its first plan is made in any case."""


class KeepsAllError(Exception):
    """Planning under an eased limit came to a plan that needs no easing."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """What a run asks, searches and judges with."""

    problem: Problem
    space: Workspace
    ledger: Ledger
    params: SearchParams

    def kept_by(self, plan: Plan) -> bool:
        """Whether a plan keeps every rule and limit as they are written."""
        return not self.space.rules.violations(plan) and self.ledger.verdict(plan).ok

    def breach(self, plan: Plan) -> tuple[int, int, float]:
        """How far a plan is from that: broken rules, then ratios that no bound mends, then shares of the bounds."""
        broken = [result for result in self.ledger.verdict(plan).limits if not result.ok]
        shares = (float(abs(result.headroom)) / (abs(float(result.limit)) or 1.0) for result in broken)
        return self.space.rules.violations(plan), sum(map(undivided, broken)), sum(shares)


class EasedSearch:
    """Plans of questions that are the run's own but for what gives way.

    Parameters
    ----------
    asked
        The question itself.
    watch
        The clock of the explanation, which a limited time holds for.
    seen
        Plans that the search came to.
    """

    def __init__(self, asked: Asked, watch: Watch, seen: Sequence[Plan] = ()) -> None:
        self._asked, self._watch = asked, watch
        self._known = {plan.tobytes(): plan for plan in seen}
        self._searched: list[tuple[Scenario, Passed | None]] = []

    def over(self) -> bool:
        """Whether a limited time is over."""
        return self._watch.left <= 0

    def shortcuts(self) -> Shortcuts:
        """What it knows without a search from nothing."""
        return Shortcuts(at_hand=self.at_hand, relieve=self.relieving, judge=self._judged)

    def at_hand(self, eased: Problem) -> Passed | None:
        """A plan that is known already and passes: the locked lines alone, or the latest that a search came to."""
        alone = eased.rulebook.locked_plan()
        for plan in (alone, *reversed(self._known.values())):
            passed = self._passed(eased, plan)
            if passed is not None:
                return passed
        return None

    def again(self, eased: Problem, start: Plan | None) -> Passed | None:
        """A first plan of an eased question, the first that passes; None where none is found.

        Raises
        ------
        KeepsAllError
            Where it keeps the question itself.
        """
        return self._search(eased, start, any_plan=True)

    def from_nothing(self, eased: Problem, nearest: Nearest) -> bool:
        """Whether a new run of an eased question finds a plan: by all that such a run does."""
        if self._passed(eased, eased.rulebook.locked_plan()) is not None:
            return True  # no run ends without looking at the locked lines alone
        if self._search(eased, None, any_plan=False) is not None:
            return True
        judge = Ledger(eased.model, eased.effects, self._asked.ledger.draws)
        aim = aim_of(self._asked.problem, self._asked.ledger, nearest.plan)
        plan = None if aim is None else self._aimed(eased, judge, aim, None)
        return plan is not None and not eased.rulebook.violations(plan) and judge.verdict(plan).ok

    def nearer(self, nearest: Nearest) -> Nearest | None:
        """A plan that breaks less than the nearest one, by a search for what it breaks alone; None where none is found.

        Raises
        ------
        KeepsAllError
            Where it breaks nothing.
        """
        asked = self._asked
        aim = aim_of(asked.problem, asked.ledger, nearest.plan)
        plan = None if aim is None else self._aimed(asked.problem, asked.ledger, aim, None)
        if plan is None:
            return None
        self._note(plan)
        closer = asked.breach(plan) < asked.breach(nearest.plan)
        return Nearest(plan=plan, limits=asked.ledger.verdict(plan).limits) if closer else None

    def relieving(self, name: str, start: Plan | None) -> Passed | None:
        """A plan that relieves one limit as far as all others allow; None where none is found.

        Limits with many rows, and mixtures, are none that a search can aim at.
        """
        asked = self._asked
        aim = aim_at(asked.problem, name)
        plan = None if aim is None else self._aimed(asked.problem, asked.ledger, aim, start)
        if plan is None or asked.space.rules.violations(plan):
            return None
        self._note(plan)
        limits = asked.ledger.verdict(plan).limits
        others = all(result.ok for result in limits if result.id != name)
        return Passed(plan=plan, limits=limits) if others else None

    def _aimed(self, eased: Problem, judge: Ledger, aim: Aim, start: Plan | None) -> Plan | None:
        asked, params = self._asked, self._asked.params
        if params.seconds is not None:
            params = replace(params, seconds=max(self._watch.left, LEAST_SECONDS))  # its own clock begins now
        return aimed_plan(eased, judge, aim, params, asked.space.interrupt, self.over, start)

    def _search(self, eased: Problem, start: Plan | None, *, any_plan: bool) -> Passed | None:
        scenario, asked = eased.grid.scenario, self._asked
        if start is None:
            before = [found for each, found in self._searched if each == scenario]
            if before and (before[0] is None or any_plan):
                return before[0]  # what comes to any plan looks no less far than what comes to a good one
        own = Workspace(Evaluator(eased.model, eased.limits), eased.rulebook, asked.space.interrupt)
        judge = Ledger(eased.model, eased.effects, asked.ledger.draws)
        begun = replace(asked.params, start=start)

        def enough(candidate: Candidate) -> bool:
            return any_plan and judge.verdict(candidate.plan).ok

        state = first_state(own, Finish(own), judge, begun, self._watch, enough=enough)
        plan = None if state is None else state.best.plan
        limits = () if plan is None else judge.verdict(plan).limits
        kept = plan is not None and not eased.rulebook.violations(plan) and all(each.ok for each in limits)
        found = Passed(plan=plan, limits=limits) if plan is not None and kept else None
        if start is None:
            self._searched.append((scenario, found))
        if found is not None:
            self._note(found.plan)
        return found

    def _note(self, plan: Plan) -> None:
        """Remember a plan, unless it is the answer."""
        if self._asked.kept_by(plan):
            raise KeepsAllError(plan)
        self._known[plan.tobytes()] = plan

    def _passed(self, eased: Problem, plan: Plan) -> Passed | None:
        """A plan with what the ledger of an eased question says of it, where that lets it pass."""
        if eased.rulebook.violations(plan):
            return None
        if broken_rows(eased.model, eased.limits, measure_uses(eased.model, eased.limits, plan)):
            return None
        limits = self._judged(eased, plan)
        return Passed(plan=plan, limits=limits) if all(result.ok for result in limits) else None

    def _judged(self, eased: Problem, plan: Plan) -> Sequence[LimitResult]:
        return Ledger(eased.model, eased.effects, self._asked.ledger.draws).verdict(plan).limits
