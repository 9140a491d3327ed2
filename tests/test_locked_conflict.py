"""Several locked lines, each too dear for a limit: none of them is told as the only one that is in the way."""

from __future__ import annotations

from dataclasses import replace

from none_found_case import ledger_of, shown
from two_locked import two_locked

from constraints.infeasible.clash import Clash, Conflict
from constraints.infeasible.conflict import why_infeasible
from scenarios.language.schema import Limit

WITHOUT = "; without that line, too, given the other locked lines"


def _why(most: float) -> Conflict:
    asked = two_locked(Limit(id="cap", measure="gross_spend", max=most))
    plan = asked.rulebook.locked_plan()
    verdicts = ledger_of(asked).audit(plan).limits
    return why_infeasible(asked.model, asked.limits, asked.rulebook, plan, verdicts)


def test_a_locked_line_whose_loss_mends_nothing_is_told_so() -> None:
    """Each of two locked lines exceeds the cap alone: naming one would make people drop it, and then the other."""
    (clash,) = _why(0.01).clashes
    assert len(clash.members) == 2
    assert WITHOUT in clash.reason


def test_where_only_all_locked_lines_are_too_much_all_belong_to_the_conflict() -> None:
    """Both exceed 60, each alone does not: both are named. Of the two the dearer alone exceeds 20: only it is."""
    (both,), (dear,) = _why(60).clashes, _why(20).clashes
    assert (len(both.members), len(dear.members)) == (3, 2)
    assert WITHOUT not in both.reason + dear.reason


def test_what_is_sure_of_a_conflict_speaks_of_its_members_alone() -> None:
    """Plans that keep the others of a conflict may break what is no member of it."""
    clash = Clash(members=("cap", "a line", "another"), reason="every plan exceeds cap", minimal=True)
    found = Conflict(proven=True, clashes=(clash,), ways=(), nearest=())
    assert "without any one of them, plans were found that keep the others" in shown(found)
    assert "keep the rest" not in shown(replace(found, hurried=True))
