"""What was not tried is told: by an effort that ends, and by Ctrl-C; no answer pretends that its ways out are all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from none_found_case import Exact, asked_of, ledger_of, shown

from constraints.infeasible.clash import Clash, Conflict
from constraints.infeasible.remedies import Change, Known, Remedy, stock_change
from planner.problem import Problem
from planner.report.conflict import conflict_json, still_to_try
from planner.run.effort import Effort
from planner.run.no_plan.eased_problem import with_scenario
from planner.run.no_plan.least_easing import Tries
from planner.run.no_plan.least_stock import enough_stock, least_stock
from planner.run.no_plan.none_found import EFFORTS, NoneFoundParams, explain
from planner.run.no_plan.passed import Nearest, Passed, Shortcuts
from planner.run.no_plan.try_count import TryCount
from planner.run.no_plan.ways_found import WaysFound
from scenarios.answer.verdicts import LimitResult
from scenarios.language.schema import Limit
from scenarios.language.schemas.rule import Blackout


def _nearest(asked: Problem, plan: np.ndarray) -> Nearest:
    return Nearest(plan=plan, limits=ledger_of(asked).audit(plan).limits)


def _both() -> Problem:
    """A floor that the empty plan misses, and a budget that stands in its way."""
    asked = asked_of(cap=0.01)
    floor = Limit(id="reach", measure="units", min=float(asked.model.base_units.sum() * 1.02))
    scenario = asked.grid.scenario
    return with_scenario(asked, scenario.model_copy(update={"rules": (), "limits": (*scenario.limits, floor)}))


def test_limits_that_no_try_was_left_for_are_named() -> None:
    """One try is the question without any other limit; which one stands in the way is then not known, and is said."""
    both = _both()
    nearest = _nearest(both, both.grid.empty())
    few = explain(both, nearest, None, Exact(), NoneFoundParams(least=1, most=1))
    assert any("cap" in each for each in few.untried)
    assert "Not looked at" in shown(few) and conflict_json(few)["untried"] == list(few.untried)
    enough = explain(both, nearest, None, Exact(), NoneFoundParams(most=40))
    assert enough.untried == () and "Not looked at" not in shown(enough)


def test_an_interrupted_answer_says_how_much_was_still_to_be_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C before anything was tried: the floor itself, and which limit stands in its way, were not looked at."""
    monkeypatch.setattr("constraints.infeasible.ruled_proof.CHOICES", 0)  # as where too many lines are possible
    both = _both()

    def interrupted(eased: Problem, begin: np.ndarray | None) -> Passed | None:
        raise KeyboardInterrupt

    found = explain(both, _nearest(both, both.grid.empty()), None, interrupted)
    assert any("stands in the way of reach" in each for each in found.untried)
    assert still_to_try(found) >= 1


def test_limits_that_need_no_rule_to_conflict_are_told_without_one() -> None:
    """Proven slot by slot, with no rule at all: the reason names none that it is "given"."""
    both = _both()
    (clash,) = explain(both, _nearest(both, both.grid.empty()), None, Exact(), NoneFoundParams(most=12)).clashes
    assert set(clash.members) == {"cap", "reach"}
    assert clash.reason.endswith(" together, whatever lines it holds")


def test_conflicts_that_would_give_way_at_once_are_told_as_untried() -> None:
    """Two conflicts leave no single way out, and nobody looked for a common one yet."""
    asked = asked_of(cap=1.0)
    clashes = tuple(Clash(members=(name,), reason=f"every plan misses {name}") for name in ("cap", "margin"))
    ways = WaysFound(asked, _nearest(asked, asked.grid.empty()), _conflict(clashes))
    assert ways.untried == ("how far a limit of each conflict would have to give way at once",)


def _conflict(clashes: tuple[Clash, ...]) -> Conflict:
    return Conflict(proven=True, clashes=clashes, ways=(), nearest=())


def _judge(eased: Problem, plan: np.ndarray) -> Sequence[LimitResult]:
    return ledger_of(eased).verdict(plan).limits


def _short() -> tuple[Problem, Nearest, Remedy]:
    """Goods that are hardly there, locked lines that need many, and a first guess of one unit more."""
    asked = asked_of()
    scenario = asked.grid.scenario
    products = tuple(each.model_copy(update={"stock": 2, "arrivals": {}}) for each in scenario.products)
    asked = with_scenario(asked, scenario.model_copy(update={"products": products, "limits": ()}))
    nearest = _nearest(asked, asked.rulebook.locked_plan())
    broken = [each for each in nearest.limits if not each.ok]
    return asked, nearest, Remedy(changes=tuple(stock_change(each.id, 1, "", each.limit) for each in broken))


def test_ctrl_c_keeps_the_stock_that_is_enough() -> None:
    """What is told is what a plan takes, not the first guess that led to it, and that less was not tried."""
    asked, nearest, guess = _short()

    def pressed(eased: Problem, begin: np.ndarray | None) -> Passed | None:
        raise KeyboardInterrupt

    enough = enough_stock(asked, nearest, guess, _judge)
    assert enough is not None
    tries = Tries(asked, nearest, pressed, 40, shortcuts=Shortcuts(judge=_judge))
    way = least_stock(asked, enough, tries).remedy
    assert (way.known, way.least) == (Known.SHOWN, False)
    for change, first in zip(way.changes, guess.changes, strict=True):
        assert change.after is not None and first.after is not None and change.after > first.after


def test_ways_that_nobody_tried_count_as_still_to_be_tried() -> None:
    """A way that a new run has taken is none of them; one that was read off a plan is."""
    change = Change(kind="rule", id="calm", text="drop rule calm")
    ways = tuple(Remedy(changes=(change,), known=known) for known in (Known.FOUND, Known.SHOWN, Known.GUESSED))
    conflict = Conflict(proven=False, clashes=(), ways=ways, nearest=(), broken=("cap",), untried=("this", "that"))
    assert still_to_try(conflict) == 4


def test_more_effort_looks_no_less_far() -> None:
    """The limit on how far ways out are looked for is a number of plans, which grows with the effort."""
    quick, normal, thorough = (EFFORTS[each] for each in (Effort.QUICK, Effort.NORMAL, Effort.THOROUGH))
    sizes: list[Callable[[NoneFoundParams], int]] = [lambda p: p.slots, lambda p: p.least, lambda p: p.most]
    for size in (*sizes, lambda p: p.taken):
        assert size(quick) < size(normal) < size(thorough)


def test_whoever_shares_a_count_shares_what_is_left() -> None:
    """Tries of eased questions count together: four eased questions do not make four times as many."""
    asked = asked_of(cap=1.0)
    count, exact = TryCount(3), Exact()
    tries = Tries(asked, _nearest(asked, asked.grid.empty()), exact, 16)
    for _ in range(4):
        tries.of(asked, count).least("cap")
    assert exact.asked <= 3 and not count.more and tries.count.done == 0


def test_a_rule_that_a_known_plan_does_without_is_not_said_to_be_tried() -> None:
    """That a new run finds a plan is said where one was made from nothing; a plan at hand shows that there is one."""
    asked = asked_of(cap=1.0)
    rule = asked.grid.scenario.rules[0]
    free = with_scenario(asked, asked.grid.scenario.model_copy(update={"rules": ()}))
    passed = Exact()(free, None)
    assert passed is not None
    calm = Blackout.model_validate(
        {"id": "calm", "rule": "blackout", "where": {"products": [asked.grid.products[0].id]}}
    )
    ruled = with_scenario(asked, asked.grid.scenario.model_copy(update={"rules": (rule, calm)}))
    nearest = _nearest(asked, asked.grid.empty())
    for shortcuts, known in ((Shortcuts(at_hand=lambda eased: passed), Known.SHOWN), (Shortcuts(), Known.FOUND)):
        found = Tries(ruled, nearest, lambda eased, begin: passed, 9, shortcuts=shortcuts).without_rule("calm")
        assert found is not None and found[0].known is known
