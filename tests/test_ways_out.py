"""Ways out of a question without a plan: offered where a plan proves them, not where nothing is to be divided by."""

from __future__ import annotations

from dataclasses import replace

from none_found_case import Exact, asked_of, ledger_of, shown
from two_locked import two_locked

from constraints.infeasible.remedies import Change, Known, Remedy, cheapest_first
from planner.run.no_plan.count_plans import count_plans
from planner.run.no_plan.eased_problem import after, with_scenario
from planner.run.no_plan.none_found import NoneFoundParams, explain
from planner.run.no_plan.passed import Nearest
from scenarios.language.schema import Limit
from scenarios.language.schemas.limit import ShareOf


def test_a_bound_under_which_less_may_do_says_so() -> None:
    """Where the time ends before less was tried, and no run from nothing was made, neither is claimed."""
    asked = asked_of(margin=0.97)
    start = asked.rulebook.locked_plan()
    nearest = Nearest(plan=start, limits=ledger_of(asked).audit(start).limits)
    params = NoneFoundParams(least=1, most=30, knowing=0)
    hurried = explain(asked, nearest, None, Exact(), params, over=lambda: True)
    (way,) = hurried.ways
    assert (way.known, way.least) == (Known.SHOWN, False)
    known = "a plan is known that passes then, but a new run may miss it"
    assert f"{way.text} ({known}; a smaller change may be enough, which was not tried)" in shown(hurried)
    found = explain(asked, nearest, None, Exact(), NoneFoundParams(most=30))
    (way,) = found.ways
    assert (way.known, way.least) == (Known.FOUND, True)
    assert f"{way.text} (tried: a new run finds a plan)" in shown(found)


def test_what_nobody_tried_is_not_told_as_a_way_out() -> None:
    """Dropping locked lines with an eye on the budget alone: it is said that it was not tried."""
    asked = asked_of(cap=1.0)
    start = asked.rulebook.locked_plan()
    nearest = Nearest(plan=start, limits=ledger_of(asked).audit(start).limits)
    found = explain(
        asked, nearest, None, lambda eased, begin: None, NoneFoundParams(least=1, most=1), over=lambda: True
    )
    lines = [way for way in found.ways if any(change.kind == "line" for change in way.changes)]
    assert lines and all(way.known is Known.GUESSED for way in lines)
    assert f"{lines[0].text} (not tried: whether a plan passes then is not known)" in shown(found)
    assert "What may mend it" in shown(replace(found, ways=tuple(lines)))


def test_a_budget_in_the_way_of_a_floor_is_a_way_out() -> None:
    """The nearest plan keeps the budget and misses the floor: the budget that the floor takes is named beside it."""
    asked = asked_of(cap=0.01)
    floor = Limit(id="reach", measure="units", min=float(asked.model.base_units.sum() * 1.02))
    scenario = asked.grid.scenario
    both = with_scenario(asked, scenario.model_copy(update={"rules": (), "limits": (*scenario.limits, floor)}))
    empty = both.grid.empty()
    nearest = Nearest(plan=empty, limits=ledger_of(both).audit(empty).limits)
    assert [result.id for result in nearest.limits if not result.ok] == ["reach"]
    found = explain(both, nearest, None, Exact(), NoneFoundParams(most=40))
    assert {change.id for way in found.ways for change in way.changes} == {"reach", "cap"}
    for way in found.ways:
        mended = after(both, way.changes)
        passes = count_plans(mended, ledger_of(mended))
        assert passes is not None and passes.feasible is not None


def test_ways_that_no_plan_proves_are_not_offered() -> None:
    """Where the nearest plan breaks two limits, giving way in one of them to what it needs is no way out."""
    asked = asked_of(cap=0.01, margin=0.97)
    start = asked.rulebook.locked_plan()
    nearest = Nearest(plan=start, limits=ledger_of(asked).audit(start).limits)
    assert len([result for result in nearest.limits if not result.ok]) == 2
    found = explain(asked, nearest, None, lambda eased, begin: None, NoneFoundParams(least=1, most=1))
    for way in found.ways:
        if all(change.kind == "bound" for change in way.changes):
            assert {change.id for change in way.changes} == {"cap", "margin"}


def test_no_way_out_moves_a_ratio_that_has_nothing_to_divide_by() -> None:
    """The nearest plan spends nothing, and breaks a share of spend under any bound: planning again tells what helps."""
    dear = Limit(id="dear", measure="revenue", max=1, share_of=ShareOf(measure="gross_spend"))
    asked = two_locked(dear)
    asked = with_scenario(asked, asked.grid.scenario.model_copy(update={"rules": ()}))
    empty = asked.grid.empty()
    nearest = Nearest(plan=empty, limits=ledger_of(asked).audit(empty).limits)
    none = explain(asked, nearest, None, lambda eased, start: None, NoneFoundParams(least=1, most=1))
    assert none.proven and none.ways == ()
    assert "and no gross_spend to divide it by, at most 100% allowed" in none.nearest[0]
    found = explain(asked, nearest, None, Exact(), NoneFoundParams(most=30))
    for way in found.ways:
        mended = after(asked, way.changes)
        passes = count_plans(mended, ledger_of(mended))
        assert passes is not None and passes.feasible is not None


def test_a_locked_line_is_not_dropped_in_vain() -> None:
    """Dropping both lines would keep the budget, but then nothing reaches the floor: no such way out is offered."""
    asked = asked_of(cap=1.0)
    scenario = asked.grid.scenario
    floor = Limit(id="reach", measure="units", min=float(asked.model.base_units.sum() * 1.2))
    both = with_scenario(asked, scenario.model_copy(update={"limits": (*scenario.limits, floor)}))
    start = both.rulebook.locked_plan()
    nearest = Nearest(plan=start, limits=ledger_of(both).audit(start).limits)
    for again in (Exact(), lambda eased, begin: None):
        found = explain(both, nearest, None, again)
        assert found.proven
        for way in found.ways:
            mended = after(both, way.changes)
            passes = count_plans(mended, ledger_of(mended))
            assert passes is not None and passes.feasible is not None


def test_one_limit_that_gives_way_comes_before_three() -> None:
    """Three small changes are as many decisions: a budget that is raised eightfold goes before a floor that turns."""

    def moved(*moves: tuple[str, str, str]) -> Remedy:
        return Remedy(
            changes=tuple(
                Change(
                    kind="bound", id=name, text=f"move {name}", cost=abs(float(after) - float(before)) / float(before)
                )
                for name, before, after in moves
            )
        )

    one = moved(("budget", "8400", "65905"))
    three = moved(("budget", "8400", "9381"), ("units", "18500", "17560"), ("roi", "0.18", "-0.88"))
    assert three.cost < one.cost
    assert cheapest_first((three, one)) == (one,)  # which does with one change what three takes
    little = moved(("budget", "8400", "8500"), ("units", "18500", "18400"))
    assert cheapest_first((one, little, three)) == (little, one)


def test_what_is_firm_is_not_moved_though_it_alone_is_broken() -> None:
    """The nearest plan misses a firm floor: the budget in its way is told, and the floor stays; and the other way."""
    asked = asked_of(cap=0.01)
    least = float(asked.model.base_units.sum() * 1.02)
    scenario = asked.grid.scenario
    for firm, moved in (("reach", "cap"), ("cap", "reach")):
        floor = Limit(id="reach", measure="units", min=least)
        limits = tuple(
            each.model_copy(update={"firm": True}) if each.id == firm else each for each in (*scenario.limits, floor)
        )
        both = with_scenario(asked, scenario.model_copy(update={"rules": (), "limits": limits}))
        empty = both.grid.empty()
        nearest = Nearest(plan=empty, limits=ledger_of(both).audit(empty).limits)
        found = explain(both, nearest, None, Exact(), NoneFoundParams(most=40))
        assert found.ways and {change.id for way in found.ways for change in way.changes} == {moved}
        assert not any(firm in text for text in found.untried)
