"""Plans of eased questions: one that is known already before a search, no search twice, and searches for use alone.

Whether a plan passes under a bound that gives way, or without a rule, is asked many times while remedies are looked
for. A plan that some earlier search came to often answers it, and so do the locked lines alone: the ledger tells.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from constraints.infeasible.easing import released
from constraints.infeasible.shortfall import broken_rows, measure_uses
from constraints.infeasible.undivided import undivided
from constraints.ledger import Ledger
from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.workspace import Candidate, Workspace
from planner.problem import Problem
from planner.run.no_plan.aimed import Aim, aim_at, aim_of, aimed_plan
from planner.run.no_plan.least_burden import LeastBurden
from planner.run.no_plan.passed import Nearest, Passed, Shortcuts
from planner.run.opening import first_state
from planner.run.search_params import SearchParams
from planner.run.watch import Watch
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Plan
from scenarios.language.aim import senses_of
from scenarios.language.schema import Scenario

KEPT = 8
"""Plans that descents on the burden came to which are remembered, the best."""
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


@dataclass(frozen=True, kw_only=True, eq=False)
class _Aimed:
    """What a search from nothing that was aimed at a limit came to: the same under every bound of that limit."""

    others: Scenario
    """What is asked but for the limit's bound."""
    id: str
    plan: Plan | None


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
        self.asked, self._watch = asked, watch
        self._known = {plan.tobytes(): plan for plan in seen}
        self._searched: list[tuple[Scenario, Passed | None]] = []
        self._aims: list[_Aimed] = []

    def over(self) -> bool:
        """Whether a limited time is over."""
        return self._watch.left <= 0

    def shortcuts(self) -> Shortcuts:
        """What it knows without a search from nothing."""
        return Shortcuts(at_hand=self.at_hand, relieve=self.relieving, aimed=self.has_aimed, judge=self._judged)

    def at_hand(self, eased: Problem) -> Passed | None:
        """A plan that is known already and passes: the locked lines alone, or the latest that a search came to."""
        alone, judge = eased.rulebook.locked_plan(), self._judge_of(eased)
        for plan in (alone, *reversed(self._known.values())):
            passed = self._passed(eased, plan, judge)
            if passed is not None:
                return passed
        return None

    @property
    def known(self) -> list[Passed]:
        """All plans that searches came to so far, with what the ledger says of them in the question itself."""
        return [Passed(plan=plan, limits=self.asked.ledger.verdict(plan).limits) for plan in self._known.values()]

    def unburdened(self, staying: Collection[str], work: float) -> None:
        """Come to plans whose way out moves little, by descents from all that are known and from the locked lines.

        Parameters
        ----------
        staying
            Ids of limits that no way out may move.
        work
            Work at most, in passes over all columns.

        Raises
        ------
        KeepsAllError
            Where one of them keeps the question itself.
        """
        asked = self.asked
        descents = LeastBurden(asked.space, lambda plan: asked.ledger.verdict(plan).limits, staying, work, self.over)
        for plan in descents.from_plans([asked.space.rules.locked_plan(), *self._known.values()])[:KEPT]:
            self._note(plan)

    def again(self, eased: Problem, start: Plan | None) -> Passed | None:
        """A first plan of an eased question, the first that passes; None where none is found.

        Raises
        ------
        KeepsAllError
            Where it keeps the question itself.
        """
        return self._search(eased, start, any_plan=True)

    def from_nothing(self, eased: Problem, nearest: Nearest) -> bool:
        """Whether a new run of an eased question finds a plan: by all that such a run does.

        It aims at what the nearest plan breaks most where its first plans all fail. So a plan that the aim comes to is
        enough, whether first plans fail or not.
        """
        judge = self._judge_of(eased)
        if self._passed(eased, eased.rulebook.locked_plan(), judge) is not None:
            return True  # no run ends without looking at the locked lines alone
        aim = aim_of(self.asked.problem, self.asked.ledger, nearest.plan)
        before = None if aim is None else self._aimed_before(eased, aim.id)
        if before is not None and before.plan is not None and _keeps(eased, before.plan, judge):
            return True
        # One start that the ledger passes is enough: a run never forgets it. The ends of a front may.
        front = senses_of(eased.grid.scenario.objective) is not None
        if self._search(eased, None, any_plan=not front) is not None:
            return True
        if aim is None or before is not None:
            return False
        plan = self._aimed(eased, judge, aim, None)
        return plan is not None and _keeps(eased, plan, judge)

    def came_to(self, eased: Problem, name: str) -> Decimal | None:
        """What a search from nothing that was aimed at a limit came to of it, whatever its bound; None without one."""
        before = self._aimed_before(eased, name)
        if before is None or before.plan is None:
            return None
        verdict = self._judge_of(eased).verdict(before.plan)
        return next((result.decides for result in verdict.limits if result.id == name), None)

    def nearer(self, nearest: Nearest) -> Nearest | None:
        """A plan that breaks less than the nearest one, by a search for what it breaks alone; None where none is found.

        Raises
        ------
        KeepsAllError
            Where it breaks nothing.
        """
        asked = self.asked
        aim = aim_of(asked.problem, asked.ledger, nearest.plan)
        plan = None if aim is None else self._aimed(asked.problem, asked.ledger, aim, None)
        if plan is None:
            return None
        self._note(plan)
        closer = asked.breach(plan) < asked.breach(nearest.plan)
        return Nearest(plan=plan, limits=asked.ledger.verdict(plan).limits) if closer else None

    def start_anew(self) -> None:
        """Look for a plan of the question itself from a start of other luck.

        Raises
        ------
        KeepsAllError
            Where there is one.
        """
        asked = self.asked
        problem, params = asked.problem, asked.params
        own = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook, asked.space.interrupt)
        again = replace(params, start=None, seed=params.other_seed)
        state = first_state(own, Finish(own), asked.ledger, again, self._watch)
        if state is not None:
            self._note(state.best.plan)

    def relieving(self, name: str, start: Plan | None) -> Passed | None:
        """A plan that relieves one limit as far as all others allow; None where none is found.

        Limits with many rows, and mixtures, are none that a search can aim at.
        """
        asked = self.asked
        aim = aim_at(asked.problem, name)
        plan = None if aim is None else self._aimed(asked.problem, asked.ledger, aim, start)
        if plan is None or asked.space.rules.violations(plan):
            return None
        self._note(plan)
        limits = asked.ledger.verdict(plan).limits
        others = all(result.ok for result in limits if result.id != name)
        return Passed(plan=plan, limits=limits) if others else None

    def has_aimed(self, name: str, plan: Plan) -> bool:
        """Whether a plan is what a search from nothing that was aimed at a limit came to."""
        before = self._aimed_before(self.asked.problem, name)
        return before is not None and before.plan is not None and np.array_equal(before.plan, plan)

    def _aimed_before(self, eased: Problem, name: str) -> _Aimed | None:
        """What an aim at a limit came to from nothing, where all else was asked for as it is now."""
        others = released(eased.grid.scenario, name)
        return next((each for each in self._aims if each.id == name and each.others == others), None)

    def _aimed(self, eased: Problem, judge: Ledger, aim: Aim, start: Plan | None) -> Plan | None:
        asked, params = self.asked, self.asked.params
        if params.seconds is not None:
            left = max(self._watch.left, LEAST_SECONDS)
            params = replace(params, seconds=left, since=None)  # its own clock begins now
        plan = aimed_plan(eased, judge, aim, params, asked.space.interrupt, self.over, start)
        # A search that came to what it aimed at has ended there: under another bound it would go on.
        if start is None and params.seconds is None and (plan is None or not judge.verdict(plan).ok):
            self._aims.append(_Aimed(others=released(eased.grid.scenario, aim.id), id=aim.id, plan=plan))
        return plan

    def _search(self, eased: Problem, start: Plan | None, *, any_plan: bool) -> Passed | None:
        scenario, asked = eased.grid.scenario, self.asked
        if start is None:
            before = [found for each, found in self._searched if each == scenario]
            if before and (before[0] is None or any_plan):
                return before[0]  # what comes to any plan looks no less far than what comes to a good one
        own = Workspace(Evaluator(eased.model, eased.limits), eased.rulebook, asked.space.interrupt)
        judge = self._judge_of(eased)
        begun = replace(asked.params, start=start)

        starts: list[bool] = []

        def enough(candidate: Candidate) -> bool:
            starts.append(any_plan and judge.verdict(candidate.plan).ok)
            return starts[-1]

        state = first_state(own, Finish(own), judge, begun, self._watch, enough=enough)
        plan = None if state is None else state.best.plan
        limits = () if plan is None else judge.verdict(plan).limits
        kept = plan is not None and not eased.rulebook.violations(plan) and all(each.ok for each in limits)
        mended = start is not None and starts[:1] == [True]  # mending what is given comes before all else
        found = Passed(plan=plan, limits=limits, mended=mended) if plan is not None and kept else None
        if start is None:
            self._searched.append((scenario, found))
        if found is not None:
            self._note(found.plan)
        return found

    def _note(self, plan: Plan) -> None:
        """Remember a plan, unless it is the answer."""
        if self.asked.kept_by(plan):
            raise KeepsAllError(plan)
        self._known[plan.tobytes()] = plan

    def _passed(self, eased: Problem, plan: Plan, judge: Ledger) -> Passed | None:
        """A plan with what the ledger of an eased question says of it, where that lets it pass."""
        if eased.rulebook.violations(plan):
            return None
        if broken_rows(eased.model, eased.limits, measure_uses(eased.model, eased.limits, plan)):
            return None
        limits = judge.verdict(plan).limits
        return Passed(plan=plan, limits=limits) if all(result.ok for result in limits) else None

    def _judged(self, eased: Problem, plan: Plan) -> Sequence[LimitResult]:
        return self._judge_of(eased).verdict(plan).limits

    def _judge_of(self, eased: Problem) -> Ledger:
        return Ledger(eased.model, eased.effects, self.asked.ledger.draws)


def _keeps(eased: Problem, plan: Plan, judge: Ledger) -> bool:
    return not eased.rulebook.violations(plan) and judge.verdict(plan).ok
