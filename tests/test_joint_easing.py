"""Conflicts that share no member give way together; where no way out is told, the answer says why."""

from __future__ import annotations

import pytest
from none_found_case import Exact, ledger_of, shown
from two_locked import two_locked

from constraints.infeasible.clash import Clash, Conflict
from constraints.infeasible.conflict import why_infeasible
from constraints.infeasible.remedies import Known
from planner.problem import Problem
from planner.run.no_plan.eased_problem import after
from planner.run.no_plan.joint_easing import joint_easing
from planner.run.no_plan.least_easing import Tries
from planner.run.no_plan.none_found import NoneFoundParams, explain
from planner.run.no_plan.passed import Nearest
from scenarios.language.schema import Limit


def test_two_conflicts_that_share_nothing_are_mended_by_one_way_out() -> None:
    """A budget below the locked lines, and more units than can be sold: both bounds move, and then a plan passes."""
    asked = two_locked(
        Limit(id="cap", measure="gross_spend", max=1),
        Limit(id="reach", measure="units", min=1_000_000),
    )
    plan = asked.rulebook.locked_plan()
    nearest = Nearest(plan=plan, limits=ledger_of(asked).audit(plan).limits)
    found = why_infeasible(asked.model, asked.limits, asked.rulebook, plan, nearest.limits)
    assert found.proven and len(found.clashes) == 2
    assert not set(found.clashes[0].members) & set(found.clashes[1].members)

    def tries_of(eased: Problem) -> Tries:
        return Tries(eased, nearest, Exact(), 20)

    eased = joint_easing(asked, nearest, found.clashes, tries_of(asked), tries_of)
    assert eased is not None
    way, passed = eased
    assert {change.id for change in way.changes} == {"cap", "reach"}
    mended = after(asked, way.changes)
    assert all(limit.ok for limit in ledger_of(mended).audit(passed.plan).limits)
    assert Exact()(mended, None) is not None


@pytest.mark.parametrize(
    ("hurried", "said"),
    [(True, "without --seconds a run looks further"), (False, "no plan was found under any change")],
)
def test_where_no_way_out_is_told_the_answer_says_why(hurried: bool, said: str) -> None:
    """Each of two conflicts has to give way; whether time or tries ended is told."""
    clashes = tuple(Clash(members=(name,), reason=f"every plan exceeds {name}") for name in ("cap", "reach"))
    found = Conflict(proven=True, clashes=clashes, ways=(), nearest=("cap: too much",), hurried=hurried)
    text = shown(found)
    assert "What would mend it" in text and said in text
    assert "each of the 2 conflicts has to give way" in text


def test_a_known_way_out_asks_for_no_more_plans_once_the_time_is_over() -> None:
    """The nearest plan shows a way out: a run with a limited time ends with it."""
    asked = two_locked(Limit(id="cap", measure="gross_spend", max=1))
    plan = asked.rulebook.locked_plan()
    nearest = Nearest(plan=plan, limits=ledger_of(asked).audit(plan).limits)
    again = Exact()
    found = explain(asked, nearest, None, again, NoneFoundParams(least=3, most=9, knowing=0), over=lambda: True)
    assert again.asked == 0
    assert any(way.known is Known.SHOWN for way in found.ways)
