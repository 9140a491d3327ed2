"""Ways out are such as the next run can take: it begins from nothing, and finds a plan."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from none_found_case import shown
from two_locked import two_locked

from constraints.infeasible.clash import Conflict
from constraints.infeasible.remedies import Change, Known, Remedy, bound_change, cheapest_first
from constraints.infeasible.taken_ways import taken_ways
from constraints.ledger import Ledger
from planner.problem import Problem
from planner.report.conflict import conflict_json
from planner.run.no_plan.count_plans import count_plans
from planner.run.no_plan.eased_problem import after
from planner.run.no_plan.eased_search import EasedSearch
from planner.run.no_plan.least_easing import Tries
from planner.run.no_plan.none_found import NoneFoundParams, explain
from planner.run.no_plan.passed import Nearest, Passed, Shortcuts
from planner.run.no_plan.ways_found import WaysFound
from scenarios.answer.verdicts import LimitResult
from scenarios.futures.draws import draw
from scenarios.language.schema import Limit

DROPPED = Change(kind="rule", id="calm", text="do without calm")
TOLD = Change(kind="advice", id="", text="move the launch")


def _judge(asked: Problem) -> Ledger:
    return Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, 1))


def _asked() -> Problem:
    """Two locked lines that cost more than the budget, and a floor under the margin that no plan reaches."""
    return two_locked(
        Limit(id="cap", measure="gross_spend", max=Decimal(1)),
        Limit(id="floor", measure="margin_rate", min=Decimal("-1")),
        Limit(id="some", measure="uses", min=Decimal(0)),
    )


def _way(asked: Problem, name: str, before: str, after: str) -> Remedy:
    record = asked.limits.records[asked.limits.ids.index(name)]
    return Remedy(changes=(bound_change(record, Decimal(before), Decimal(after)),))


def test_a_way_that_the_next_run_misses_gives_way_further_until_it_does_not() -> None:
    """A ceiling rises and a floor falls by the least step under which a plan is found from nothing; texts follow."""
    asked = _asked()
    up, down = _way(asked, "cap", "100", "200"), _way(asked, "some", "30", "20")
    enough = {"cap": Decimal(215), "some": Decimal(15)}

    def found(way: Remedy) -> bool:
        (change,) = way.changes
        assert change.after is not None
        return change.after >= enough["cap"] if change.id == "cap" else change.after <= enough["some"]

    first, second = taken_ways(asked.limits, (up, down), found, 20)
    assert first.changes[0].after == 220 and first.text == "raise cap from 100 to 220"
    assert second.changes[0].after == 15 and second.text == "lower some from 30 to 15"


def test_a_plan_that_does_better_than_a_bound_that_failed_puts_it_aside() -> None:
    """No plan is found under 300, and the one found under more uses 200: what is tried from then on is below that."""
    asked, tried = _asked(), list[Decimal]()
    record = asked.limits.records[asked.limits.ids.index("cap")]
    nearest = Nearest(plan=asked.grid.empty(), limits=())

    def using(amount: Decimal) -> Passed:
        result = SimpleNamespace(id="cap", ok=True, decides=amount)
        return Passed(plan=asked.grid.empty(), limits=cast("list[LimitResult]", [result]))

    def again(problem: Problem, start: object) -> Passed | None:
        bound = problem.grid.scenario.limits[0].max
        assert bound is not None
        tried.append(bound)
        return using(Decimal(200)) if bound >= 300 else None

    tries = Tries(asked, nearest, again, 20)
    found = tries.least("cap", using(Decimal(400)))
    assert found is not None and found[0] == Remedy(changes=(bound_change(record, Decimal(1), Decimal(200)),))
    first = next(number for number, bound in enumerate(tried) if bound >= 300)
    assert len(tried) < 20 and max(tried[first + 1 :]) < 200


def test_of_two_ways_that_change_the_same_the_better_known_stays() -> None:
    """The nearest plan shows a bound, and tries find that less does not do: that was tried, and is told so."""
    shown = replace(_way(_asked(), "cap", "100", "200"), known=Known.SHOWN)
    known = replace(shown, least=True, short="199")
    for ways in ((shown, known), (known, shown)):
        (kept,) = cheapest_first(ways)
        assert kept.least and kept.short == "199"


def test_ways_stay_as_they_are_where_the_next_run_finds_a_plan() -> None:
    """One try a way is enough; what only words say is not tried."""
    asked, seen = _asked(), list[Remedy]()
    ways = (_way(asked, "cap", "100", "200"), Remedy(changes=(DROPPED,)), Remedy(changes=(TOLD,)))

    def found(way: Remedy) -> bool:
        seen.append(way)
        return True

    assert taken_ways(asked.limits, ways, found, 20) == ways
    assert seen == list(ways[:2])


def test_a_way_that_leads_to_no_plan_is_left_out_unless_there_is_no_other() -> None:
    """What cannot give way further is tried once, a bound at every step."""
    asked = _asked()
    bound, rule = _way(asked, "cap", "100", "200"), Remedy(changes=(DROPPED,))
    assert taken_ways(asked.limits, (rule, bound), lambda way: way.changes[0].kind == "bound", 20) == (bound,)
    assert taken_ways(asked.limits, (rule, bound), lambda way: False, 20) == (rule, bound)
    assert taken_ways(asked.limits, (rule, bound), lambda way: False, 20, guessed=(rule,)) == (bound,)
    assert taken_ways(asked.limits, (rule, bound), lambda way: way == rule, 20, guessed=(rule,)) == (rule,)


def test_a_floor_falls_to_nothing_at_most_and_tries_are_counted() -> None:
    """No floor of uses goes below 0; ways that no try is left for are kept."""
    asked, seen = _asked(), list[Decimal | None]()
    ways = (_way(asked, "some", "30", "10"), _way(asked, "cap", "100", "200"))

    def found(way: Remedy) -> bool:
        seen.append(way.changes[0].after)
        return False

    assert taken_ways(asked.limits, ways, lambda way: way is ways[0] and found(way), 0) == ways
    assert taken_ways(asked.limits, ways, found, 5) == ways
    assert seen == [10, 9, 6, 0, 200]


def test_ctrl_c_keeps_the_ways_that_are_known() -> None:
    """An interruption while ways are tried leaves them as they were found."""
    asked = _asked()
    ways = (_way(asked, "cap", "100", "200"),)

    def interrupted(_: Remedy) -> bool:
        raise KeyboardInterrupt

    assert taken_ways(asked.limits, ways, interrupted, 20) == ways


class Forgetful:
    """Stands in for the search: exact from a plan, but from nothing it needs a tenth more of a budget."""

    def __call__(self, eased: Problem, start: np.ndarray | None) -> Passed | None:
        """Find a first plan."""
        ledger = _judge(eased)
        counted = count_plans(eased, ledger)
        if counted is None or counted.feasible is None:
            return None
        report = ledger.audit(counted.feasible)
        cap = next(result for result in report.limits if result.id == "cap")
        if start is None and cap.used * Decimal("1.1") > cap.limit:
            return None
        return Passed(plan=counted.feasible, limits=report.limits)


def test_what_is_known_of_a_way_is_told_of_it() -> None:
    """Found from nothing where it was; as it was where no try was left, and of what was found, nothing is tried."""
    asked = _asked()
    up, down = (
        replace(way, known=Known.SHOWN) for way in (_way(asked, "cap", "100", "200"), _way(asked, "some", "9", "3"))
    )
    rule = Remedy(changes=(DROPPED,), known=Known.FOUND)
    first, second, third = taken_ways(asked.limits, (rule, up, down), lambda way: True, 1)
    assert (first.known, second.known, third.known) == (Known.FOUND, Known.FOUND, Known.SHOWN)


def test_what_is_offered_is_found_by_a_run_that_begins_from_nothing() -> None:
    """The bisection ends at a bound that only a warm start keeps: what is offered is the next that a cold one keeps."""
    asked = _asked()
    start = asked.rulebook.locked_plan()
    nearest = Nearest(plan=start, limits=_judge(asked).audit(start).limits)
    found = explain(asked, nearest, None, Forgetful(), NoneFoundParams(most=30))
    way = next(way for way in found.ways if [change.id for change in way.changes] == ["cap"])
    used = next(result.used for result in nearest.limits if result.id == "cap")
    assert way.changes[0].after == pytest.approx(used + Decimal("0.2") * (used - 1), abs=Decimal("0.02"))


def test_a_floor_falls_no_further_than_what_the_next_run_came_to() -> None:
    """Steps are coarse: 2,000 is known, a new run comes to 1,930, and 1,800 is the next step; both bounds are told."""
    asked = _asked()
    way = replace(_way(asked, "some", "3000", "2000"), known=Known.SHOWN)
    came = _way(asked, "some", "3000", "1930").changes

    def found(tried: Remedy) -> bool:
        after = tried.changes[0].after
        return after is not None and after <= 1930

    (kept,) = taken_ways(asked.limits, (way,), found, 9, tightened=lambda wider: replace(wider, changes=came))
    assert (kept.changes, kept.known, kept.missed) == (came, Known.FOUND, way.changes[0])
    conflict = Conflict(proven=True, clashes=(), ways=(kept,), nearest=())
    told = "a new run finds a plan, but misses one with which it is enough to lower some from 3,000 to 2,000"
    assert told in shown(conflict) and conflict_json(conflict)["known"][0]["missed"] == 2000
    (first,) = taken_ways(asked.limits, (way,), lambda tried: True, 9, tightened=lambda wider: pytest.fail("asked"))
    assert first.changes == way.changes and first.missed is None


class Aiming(Forgetful):
    """The same beside a search that was aimed at the budget from nothing: it knows what that came to."""

    def __init__(self, asked: Problem, came: Decimal) -> None:
        self._asked, self._came = asked, came

    def over(self) -> bool:
        """The time is not limited."""
        return False

    @property
    def known(self) -> list[Passed]:
        """No plan but the nearest is known."""
        return []

    def unburdened(self, staying: Collection[str], work: float) -> None:
        """No other is looked for."""

    def shortcuts(self) -> Shortcuts:
        """Nothing is at hand."""
        return Shortcuts()

    def from_nothing(self, eased: Problem, nearest: Nearest) -> bool:
        """Whether the budget is enough for what the aim came to."""
        return next(limit.max for limit in eased.grid.scenario.limits if limit.id == "cap") >= self._came

    def came_to(self, eased: Problem, name: str) -> Decimal | None:
        """What it came to."""
        return self._came if name == "cap" else None


def test_what_a_search_from_nothing_came_to_is_what_is_offered() -> None:
    """A tenth above the least that is known: no step of a fifth is asked for where a tenth is enough."""
    asked = _asked()
    start = asked.rulebook.locked_plan()
    nearest = Nearest(plan=start, limits=_judge(asked).audit(start).limits)
    used = next(result.used for result in nearest.limits if result.id == "cap")
    search = Aiming(asked, used * Decimal("1.1"))
    found = explain(asked, nearest, None, search, NoneFoundParams(most=30), search=cast("EasedSearch", search))
    way = next(way for way in found.ways if [change.id for change in way.changes] == ["cap"])
    assert way.changes[0].after == pytest.approx(used * Decimal("1.1"), abs=Decimal("0.02"))
    assert way.missed is not None and way.missed.after == pytest.approx(used, abs=Decimal("0.02"))


def test_no_way_is_tried_where_the_time_is_over() -> None:
    """They stay as they are: a plan is known for each."""
    asked = _asked()
    ways = (_way(asked, "cap", "100", "200"), _way(asked, "some", "30", "20"))

    def found(way: Remedy) -> bool:
        raise AssertionError(way)

    assert taken_ways(asked.limits, ways, found, 20, over=lambda: True) == ways


def test_a_way_is_read_off_a_known_plan_where_no_other_is_found() -> None:
    """Letting go of all that a known plan breaks is a way out; the plan passes then, and a dearer one is not told."""
    asked = _asked()
    plan = asked.rulebook.locked_plan()
    itself = Passed(plan=plan, limits=_judge(asked).audit(plan).limits)
    none = Conflict(proven=False, clashes=(), ways=(), nearest=())
    ways = WaysFound(asked, Nearest(plan=plan, limits=itself.limits), none)
    ways.read_off([itself])
    (way,) = ways.ways
    assert way.known is Known.SHOWN and ways.closest is itself
    assert _judge(after(asked, way.changes)).audit(plan).ok
    ways.read_off([itself])
    assert ways.ways == [way]
