"""Where no plan exists, descents on the burden come to plans whose way out moves as little as that of any plan."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from none_found_case import ledger_of
from two_locked import two_locked

from constraints.infeasible.remedies import Known
from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Workspace
from planner.problem import Problem
from planner.progress import ignore
from planner.run.effort import Effort
from planner.run.no_plan.broken_shares import BrokenShares
from planner.run.no_plan.eased_problem import after
from planner.run.no_plan.eased_search import Asked, EasedSearch
from planner.run.no_plan.least_burden import LeastBurden
from planner.run.no_plan.near_plans import near
from planner.run.no_plan.none_found import NoneFoundParams, explain
from planner.run.no_plan.passed import Nearest, Passed, Shortcuts
from planner.run.search_params import SearchParams
from planner.run.watch import Watch
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Plan
from scenarios.language.schema import Limit


def _every_plan(asked: Problem) -> list[Plan]:
    plans = np.array(list(product(*(np.flatnonzero(row) for row in asked.rulebook.base))), dtype=np.int8)
    return list(plans[asked.rulebook.keeps(plans)])


class Judged:
    """A question whose budget is firm, with what the ledger says of each of its plans."""

    def __init__(self) -> None:
        self.asked = two_locked(
            Limit(id="cheap", measure="gross_spend", max=Decimal(250), firm=True),
            Limit(id="daily", measure="lines", min=Decimal(3), each="period"),
            Limit(id="seen", measure="uses", min=Decimal(200)),
            Limit(id="rate", measure="margin_rate", min=Decimal("0.75")),
        )
        self.space = Workspace(Evaluator(self.asked.model, self.asked.limits), self.asked.rulebook)
        self.ledger = ledger_of(self.asked)
        self.limits = {plan.tobytes(): self.ledger.verdict(plan).limits for plan in _every_plan(self.asked)}
        self.full = _every_plan(self.asked)[-1]
        """A line in every slot: it breaks much."""

    def of(self, plan: Plan) -> Sequence[LimitResult]:
        """What the ledger says of a plan."""
        return self.limits[plan.tobytes()]

    def least(self, staying: Sequence[str]) -> float:
        """The least burden of all plans."""
        shares = BrokenShares(self.asked.limits, staying)
        return min(map(shares.burden, self.limits.values()))


@pytest.fixture(scope="module")
def judged() -> Judged:
    """A question of 324 plans, each judged."""
    return Judged()


@pytest.mark.parametrize("staying", [(), ("cheap",), ("seen", "rate")])
def test_no_plan_breaks_less_than_what_descents_come_to(judged: Judged, staying: tuple[str, ...]) -> None:
    """From the locked lines and a line in every slot, whatever limits are firm; every plan is judged beside them."""
    starts = [judged.asked.rulebook.locked_plan(), judged.full]
    best = LeastBurden(judged.space, judged.of, staying, 300.0).from_plans(starts)[0]
    burden = BrokenShares(judged.asked.limits, staying).burden(judged.of(best))
    assert burden == pytest.approx(judged.least(staying), rel=1e-9)


def test_of_many_changes_those_that_relieve_most_are_proposed(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some single changes and two at once: all keep every rule, and descents come nearly as far by them here."""
    monkeypatch.setattr("planner.run.no_plan.near_plans.SINGLE", 4)
    space, start = judged.space, judged.asked.rulebook.locked_plan()
    found = near(space, start, space.only(1), space.only(2))
    changed = (found.plans != start).sum(axis=1)
    assert found.singles == 4 and set(changed[:4]) == {1} and set(changed[4:]) == {2}
    assert judged.asked.rulebook.keeps(found.plans).all()
    best = LeastBurden(space, judged.of, (), 300.0).from_plans([start, judged.full])[0]
    assert BrokenShares(judged.asked.limits, ()).burden(judged.of(best)) <= 1.1 * judged.least(())


def test_descents_end_with_their_work(judged: Judged) -> None:
    """Without work, and where the time is over, plans are as they were given, the one that breaks less first."""
    starts = [judged.full, judged.asked.rulebook.locked_plan()]
    idle = LeastBurden(judged.space, judged.of, (), 0.0)
    late = LeastBurden(judged.space, judged.of, (), 300.0, lambda: True)
    for found in (idle.from_plans(starts), late.from_plans(starts)):
        assert [plan.tobytes() for plan in found] == [plan.tobytes() for plan in reversed(starts)]


class Descending(EasedSearch):
    """The search where nothing but descents comes to a plan, and every way out is one that the next run takes."""

    def start_anew(self) -> None:
        """No other start is made."""

    def nearer(self, nearest: Nearest) -> Nearest | None:
        """Nothing is aimed at."""
        return None

    def shortcuts(self) -> Shortcuts:
        """Nothing is at hand."""
        return Shortcuts()

    def from_nothing(self, eased: Problem, nearest: Nearest) -> bool:
        """It is found."""
        return True


def test_the_way_out_that_is_told_moves_least_and_nothing_firm(judged: Judged) -> None:
    """The plan at hand breaks much; of ways that move bounds, the budget apart, none is cheaper than what is told."""

    def none(eased: Problem, start: Plan | None) -> Passed | None:
        return None

    asked, params = judged.asked, SearchParams(effort=Effort.QUICK)
    tools = Asked(problem=asked, space=judged.space, ledger=judged.ledger, params=params)
    nearest = Nearest(plan=judged.full, limits=judged.of(judged.full))
    search = Descending(tools, Watch(params, ignore))
    found = explain(asked, nearest, None, none, NoneFoundParams(most=6), search=search)
    way = next(way for way in found.ways if all(change.kind == "bound" for change in way.changes))
    assert way.known is Known.FOUND and "cheap" not in {change.id for change in way.changes}
    assert way.burden == pytest.approx(judged.least(["cheap"]), rel=1e-2)
    eased = ledger_of(after(asked, way.changes))
    assert any(eased.verdict(plan).ok for plan in _every_plan(asked))
