"""Names of limits and rules are what people read; ids stand beside them, and narrow tables stay readable."""

import pytest
from conflict_case import explained, locked
from test_report_limits import limit, printed

from planner.report.conflict import show_conflict
from planner.report.names import Names
from planner.report.one_plan.limit_prices import price_sentences
from planner.report.one_plan.limits import show_limits, show_rules
from scenarios.answer.verdicts import RuleResult

NAMES = Names(
    called={
        "budget": "Budget net",
        "pages": "Cases du prospectus par semaine",
        "law": "EGalim 34 % en valeur",
    }
)


def test_a_wide_table_of_limits_has_names_with_their_ids() -> None:
    """Beside them the ids that are typed."""
    found = show_limits((limit("budget", "spend", "10", "2"), limit("pages", "uses", "9", "3")), "EUR", names=NAMES)
    lines = printed(found, 160)
    assert any(line.startswith("Budget net (budget) ") for line in lines)
    assert any(line.startswith("Cases du prospectus par semaine (pages) ") for line in lines)


@pytest.mark.parametrize("width", [60, 70])
def test_a_narrow_table_has_short_names_and_the_ids_of_the_others(width: int) -> None:
    """One row a limit; a note has the ids of those that stand there by name."""
    found = show_limits((limit("budget", "spend", "10", "2"), limit("pages", "uses", "9", "3")), "EUR", names=NAMES)
    lines = printed(found, width)
    assert any(line.startswith("Budget net ") for line in lines) and any(line.startswith("pages ") for line in lines)
    assert max(map(len, lines)) <= width
    assert "ids: Budget net is budget" in " ".join(" ".join(lines).split())


def test_without_names_tables_are_as_they_were() -> None:
    """A limit without a name is called by its id, at every width."""
    one = (limit("budget", "spend", "10", "2"),)
    for width in (60, 160):
        assert printed(show_limits(one, "EUR", names=Names()), width) == printed(show_limits(one, "EUR"), width)


def test_rules_and_conflicts_are_told_by_name() -> None:
    """What a plan keeps, and what no plan keeps together."""
    kept = RuleResult(id="law", rule="max_depth", satisfied=True, violations=())
    assert "EGalim 34 % en valeur (law)" in " ".join(printed(show_rules((kept,), NAMES), 100))
    cap = {"id": "law", "rule": "max_depth", "max": "25%"}
    found, _ = explained((), [locked((3, "phone", "off30")), cap])
    text = " ".join(" ".join(printed(each, 100)) for each in show_conflict(found, NAMES))
    assert "EGalim 34 % en valeur (law)" in text
    assert not price_sentences((limit("budget", "spend", "10", "2"),), "EUR", NAMES)
