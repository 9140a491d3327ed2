"""Where a question is too large to be counted out, planning again finds how little a limit must give way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from all_plans import sold_by_all
from little_work import little_work
from none_found_case import Exact, asked_of, ledger_of, shown
from two_locked import two_locked

from constraints.infeasible.clash import Clash, Conflict
from constraints.infeasible.many_plans import every_plan
from constraints.infeasible.remedies import Known
from planner.evolution.finish import Finish
from planner.evolution.workspace import Workspace
from planner.problem import Problem
from planner.report.conflict import conflict_json
from planner.run.effort import Effort
from planner.run.no_plan.count_plans import count_plans
from planner.run.no_plan.eased_problem import with_scenario
from planner.run.no_plan.least_easing import Tries
from planner.run.no_plan.none_found import NoneFoundParams, explain
from planner.run.no_plan.passed import Nearest, Passed
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.answer.verdicts import LimitResult
from scenarios.language.schema import Limit
from scenarios.response.totals import value


@pytest.mark.parametrize(("name", "bound"), [("cap", 1.0), ("margin", 0.97)])
def test_the_bisection_comes_to_what_counting_says(name: str, bound: float) -> None:
    """The eased bound is one that a plan keeps, and within half a percent of the least that is enough."""
    asked = asked_of(**{name: bound})
    start = asked.rulebook.locked_plan()
    again = Exact()
    params = NoneFoundParams(most=30)
    found = explain(asked, Nearest(plan=start, limits=ledger_of(asked).audit(start).limits), None, again, params)
    exact = count_plans(asked, ledger_of(asked))
    assert found.proven and exact is not None and exact.feasible is None
    best = next(way for way in exact.remedies if [change.id for change in way.changes] == [name])
    mine = next(way for way in found.ways if [change.id for change in way.changes] == [name])
    assert abs(mine.changes[0].after - best.changes[0].after) <= Decimal("0.005") * max(Decimal(bound), 1)
    assert found.ways[0].burden == min(way.burden for way in found.ways)
    assert again.asked <= 30


def test_where_the_time_is_over_the_fewest_plans_are_made() -> None:
    """What they show is a way out all the same: a bound that a plan keeps, only not the least."""
    asked = asked_of(margin=0.97)
    start = asked.rulebook.locked_plan()
    again, nearest = Exact(), Nearest(plan=start, limits=ledger_of(asked).audit(start).limits)
    params = NoneFoundParams(least=3, most=30)
    found = explain(asked, nearest, None, again, params, over=lambda: True)
    assert again.asked == 3
    (way,) = (way for way in found.ways if [change.id for change in way.changes] == ["margin"])
    unhurried = explain(asked, nearest, None, Exact(), params)
    (least,) = (way for way in unhurried.ways if [change.id for change in way.changes] == ["margin"])
    assert way.changes[0].after <= least.changes[0].after < Decimal("0.97")


def test_ctrl_c_in_the_bisection_keeps_the_bound_that_it_came_to() -> None:
    """What was found to be enough before the interruption is told, and that less may do."""
    asked = asked_of(margin=0.97)
    empty = asked.grid.empty()
    exact = Exact()

    def interrupted(eased: Problem, begin: np.ndarray | None) -> Passed | None:
        if exact.asked == 1:
            raise KeyboardInterrupt
        return exact(eased, begin)

    tries = Tries(asked, Nearest(plan=empty, limits=ledger_of(asked).audit(empty).limits), interrupted, 9)
    found = tries.least("margin")
    assert found is not None and (found[0].known, found[0].least) == (Known.SHOWN, False)


def test_the_nearest_plan_is_the_nearest_of_those_that_the_search_came_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A floor that the search missed by little is lowered by little where there is no time to try, not to nothing."""
    little_work(monkeypatch)
    asked = two_locked(Limit(id="reach", measure="units", min=0))
    asked = with_scenario(asked, asked.grid.scenario.model_copy(update={"rules": ()}))
    judge = ledger_of(asked)
    plans = every_plan(asked.grid.allowed_flat)
    (row,) = asked.limits.rows_of["reach"]
    reaches = value(asked.limits.functionals[row], asked.model, sold_by_all(asked.model, plans), np)
    best = next(plan for plan in plans[np.argsort(-reaches)] if _ok(judge.verdict(plan).limits))
    most = next(each.used for each in judge.verdict(best).limits if each.id == "reach")
    floor = Limit(id="reach", measure="units", min=round(float(most) * 1.01, 2))
    asked = with_scenario(asked, asked.grid.scenario.model_copy(update={"limits": (floor,)}))
    monkeypatch.setattr("planner.run.no_plan.none_found.count_plans", lambda *_: None)
    monkeypatch.setattr("planner.run.no_plan.eased_search.first_state", lambda *_, **__: None)
    monkeypatch.setattr("planner.run.no_plan.eased_search.aimed_plan", lambda *_, **__: None)

    def missed(space: Workspace, *given: object, **_more: object) -> None:
        # On so small a question mending the locked lines alone would come to the same plan.
        monkeypatch.setattr(Finish, "trim", lambda _, plan: space.score(plan))
        *_, started, _ = given
        started(space.score(best), space.no_prices())

    monkeypatch.setattr("planner.run.begun.first_state", missed)
    conflict = plan_campaign(asked, SearchParams(effort=Effort.QUICK)).conflict
    assert conflict is not None
    (way,) = conflict.ways
    assert way.changes[0].after == int(most)


def _ok(limits: Sequence[LimitResult]) -> bool:
    return all(each.ok for each in limits)


def test_the_nearest_plan_is_the_one_behind_the_remedy() -> None:
    """What the nearest plan reaches is what the remedy asks for: planning again came nearer than the search did."""
    asked = asked_of(margin=0.97)
    start = asked.rulebook.locked_plan()
    nearest = Nearest(plan=start, limits=ledger_of(asked).audit(start).limits)
    before = explain(asked, nearest, None, lambda eased, start: None, NoneFoundParams(least=1, most=1))
    found = explain(asked, nearest, None, Exact(), NoneFoundParams(most=30))
    (way,) = (way for way in found.ways if [change.id for change in way.changes] == ["margin"])
    (words,) = found.nearest
    reached = float(words.partition("margin_rate ")[2].partition("%")[0]) / 100
    assert reached == pytest.approx(float(way.changes[0].after), abs=1e-4)
    assert float(before.nearest[0].partition("margin_rate ")[2].partition("%")[0]) / 100 <= reached


def test_a_limit_with_windows_is_tried_without_once_and_all_ways_share_the_tries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A budget for each period has many rows, and is one limit; no way out takes the tries of all others."""
    monkeypatch.setattr("constraints.infeasible.ruled_proof.CHOICES", 0)  # as where too many lines are possible
    asked = asked_of()
    weekly = Limit.model_validate({"id": "weekly", "measure": "gross_spend", "max": 0.01, "each": "period"})
    floor = Limit(id="reach", measure="units", min=float(asked.model.base_units.sum() * 1.02))
    scenario = asked.grid.scenario.model_copy(update={"rules": (), "limits": (weekly, floor)})
    both = with_scenario(asked, scenario)
    assert both.limits.ids.count("weekly") > 1
    empty, told = both.grid.empty(), list[str]()
    nearest = Nearest(plan=empty, limits=ledger_of(both).audit(empty).limits)
    found = explain(both, nearest, None, Exact(), NoneFoundParams(most=12), tell=told.append)
    assert sum(doing.startswith("trying without weekly") for doing in told) == 1
    weekly_tries, reach_tries = (sum(f"enough to {how}" in each for each in told) for how in ("raise", "lower"))
    assert 0 < weekly_tries <= 5 and reach_tries > 0, "ten are left for two"
    ways = {way.changes[0].id: way for way in found.ways}
    assert ways.keys() == {"reach", "weekly"}
    short = Decimal(ways["weekly"].short)
    assert not ways["weekly"].least and 0 < short < ways["weekly"].changes[0].after
    assert f"(tried: a new run finds a plan; at {ways['weekly'].short} none was found)" in shown(found)


def test_what_the_nearest_plan_breaks_is_told_of_one_plan() -> None:
    """Where raising the budget is the cheapest way to a floor, both names and sentences are of the plan behind it."""
    asked = asked_of(cap=50)
    floor = Limit(id="reach", measure="units", min=float(asked.model.base_units.sum() * 1.2))
    scenario = asked.grid.scenario
    both = with_scenario(asked, scenario.model_copy(update={"rules": (), "limits": (*scenario.limits, floor)}))
    empty = both.grid.empty()
    found = explain(both, Nearest(plan=empty, limits=ledger_of(both).audit(empty).limits), None, Exact())
    assert not found.proven
    assert tuple(words.partition(":")[0] for words in found.nearest) == found.members == ("cap",)


def test_conflicts_are_confirmed_by_plans_without_each_member() -> None:
    """Two locked lines over a budget: plans are found without the budget and without either line."""
    asked = asked_of(cap=1.0)
    start = asked.rulebook.locked_plan()
    nearest = Nearest(plan=start, limits=ledger_of(asked).audit(start).limits)
    found = explain(asked, nearest, None, Exact(), NoneFoundParams())
    (clash,) = found.clashes
    assert "cap" in clash.members and clash.minimal and not clash.smallest
    few = explain(asked, nearest, None, lambda eased, start: None, NoneFoundParams(least=1, most=1))
    assert few.proven and not few.clashes[0].minimal


def test_a_member_that_no_plan_keeps_without_another_either_is_told() -> None:
    """A floor may be out of reach whatever the budget is: who hears of the pair hears that, too; untried, nothing."""
    both = asked_of(cap=1e6)
    clash = Clash(members=("margin", "cap"), reason="no plan keeps margin and cap together, whatever lines it holds")
    nearest = Nearest(plan=both.grid.empty(), limits=ledger_of(both).audit(both.grid.empty()).limits)

    def again(eased: Problem, start: np.ndarray | None) -> Passed | None:
        """No plan comes to the margin."""
        margin = next(limit.min for limit in eased.grid.scenario.limits if limit.id == "margin")
        return Passed(plan=both.grid.empty(), limits=()) if margin is not None and margin < -1 else None

    told = Tries(both, nearest, again, 4).confirmed(clash)
    assert told.unkept == ("margin",) and not told.minimal
    conflict = Conflict(proven=True, clashes=(told,), ways=(), nearest=())
    assert "without cap, too, no plan was found that keeps margin, which may be out of reach by itself" in shown(
        conflict
    )
    assert conflict_json(conflict)["conflicts"][0]["unkept"] == ["margin"]
    untried = Tries(both, nearest, again, 0).confirmed(clash)
    assert untried.unkept == ()
    assert "whether fewer of them conflict" in shown(replace(conflict, clashes=(untried,)))


def test_ctrl_c_keeps_what_is_known() -> None:
    """An interruption while planning again leaves the proof and the nearest plan's remedy."""
    asked = asked_of(cap=1.0)
    start = asked.rulebook.locked_plan()

    def interrupted(eased: Problem, begin: np.ndarray | None) -> Passed | None:
        raise KeyboardInterrupt

    found = explain(asked, Nearest(plan=start, limits=ledger_of(asked).audit(start).limits), None, interrupted)
    assert found.proven and found.ways


def test_bounds_that_exclude_each_other_are_answered_without_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A floor above its ceiling: no plan is looked for, not even to see whether a remedy is enough."""
    asked = asked_of(cap=1.0)
    floor = Limit(id="floor", measure="gross_spend", min=2.0)
    scenario = asked.grid.scenario
    asked = with_scenario(asked, scenario.model_copy(update={"limits": (*scenario.limits, floor)}))

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a plan was looked for")

    monkeypatch.setattr("planner.run.begun.first_state", forbidden)
    monkeypatch.setattr("planner.run.no_plan.eased_search.first_state", forbidden)
    monkeypatch.setattr("planner.run.no_plan.none_found.count_plans", lambda *_: None)
    conflict = plan_campaign(asked, SearchParams(effort=Effort.QUICK)).conflict
    assert conflict is not None and conflict.proven and conflict.evident
    assert conflict.members == ("cap", "floor")
    assert [way.changes[0].after for way in conflict.ways] == [2, 1]
