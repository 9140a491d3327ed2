"""Firm limits and rules: no way out changes or drops them, unless nothing else conflicts; and margins that would do."""

from io import StringIO

from conflict_case import explained, locked
from rich.console import Console
from rule_shop import SHOP

from constraints.infeasible.clash import Conflict
from planner.report.conflict import conflict_json, show_conflict
from scenarios.language.schema import Scenario

BUDGET = {"id": "total-budget", "measure": "spend", "max": 100}
CAP = {"id": "law", "rule": "max_depth", "max": "25%"}
SRP = {"id": "srp", "rule": "min_price", "margin": "30%"}


def told(conflict: Conflict) -> str:
    """The answer as it is printed, in one line."""
    console = Console(width=100, record=True, file=StringIO())
    for part in show_conflict(conflict):
        console.print(part)
    return " ".join(console.export_text().split())


def test_a_firm_limit_is_not_raised_and_the_lines_that_break_it_are_dropped() -> None:
    """Either would mend it; of a firm budget only the line is left to propose, and the answer says why."""
    line = (3, "phone", "off10")
    free, _ = explained([BUDGET], [locked(line)])
    firm, _ = explained([BUDGET | {"firm": True}], [locked(line)])
    assert any("raise total-budget" in text for text in free.remedies)
    assert firm.remedies and all("drop the locked line" in text for text in firm.remedies)
    assert firm.firm == {"total-budget"} and "firm, so that nothing changes or drops it: total-budget" in told(firm)
    assert conflict_json(firm)["firm"] == ["total-budget"] and not free.firm


def test_a_firm_rule_is_not_relaxed_for_a_locked_line() -> None:
    """A cap that is law stays; where the lock is firm as well the two are all that conflicts, and that is said."""
    lines = locked((3, "phone", "off30"))
    free, _ = explained((), [lines, CAP])
    firm, _ = explained((), [lines, CAP | {"firm": True}])
    assert free.remedies == ("remove the line from keep, or relax law",)
    assert firm.remedies == ("remove the line from keep",)
    locks, _ = explained((), [lines | {"firm": True}, CAP])
    assert locks.remedies == ("relax law",)
    both, _ = explained((), [lines | {"firm": True}, CAP | {"firm": True}])
    assert both.remedies == ("remove the line from keep, or relax law",)
    assert "all of these are firm: nothing else can give way here, so that one of them has to" in told(both)


def test_of_two_rules_against_a_line_neither_is_relaxed_where_one_is_firm() -> None:
    """Each excludes the line by itself: without the firm one nothing is won."""
    dark = {"id": "dark", "rule": "blackout", "where": {"products": ["phone"]}}
    found, _ = explained((), [locked((3, "phone", "off30")), CAP | {"firm": True}, dark])
    assert found.remedies == ("remove the line from keep",)


def test_a_line_that_breaks_a_floor_by_little_is_told_the_margin_that_would_do() -> None:
    """A phone at 1000 with 25 % tax and cost 560 leaves 720 under 10 % off, a margin of 28.5 %; 30 % are asked for."""
    lines = locked((3, "phone", "off10"))
    found, _ = explained((), [lines, SRP])
    assert found.remedies == ("remove the line from keep, or relax srp (a margin of 28.5% would do)",)
    far, _ = explained((), [lines, SRP | {"margin": "40%"}])
    assert far.remedies == ("remove the line from keep, or relax srp",)
    firm, _ = explained((), [lines, SRP | {"firm": True}])
    assert firm.remedies == ("remove the line from keep",)


def test_two_limits_against_each_other_move_the_one_that_is_not_firm() -> None:
    """A ceiling that is law below a floor: the floor comes down, and where both are law either is told."""
    ceiling = {"id": "cap", "measure": "contacts", "max": 50, "firm": True}
    floor = {"id": "many", "measure": "contacts", "min": 80}
    found, _ = explained([ceiling, floor])
    assert found.remedies == ("lower many from 80 to 50",)
    both, _ = explained([ceiling, floor | {"firm": True}])
    assert len(both.remedies) == 2


def test_a_scenario_that_says_nothing_of_firmness_keeps_its_bytes() -> None:
    """Sealed plans hold the hash of their question."""
    made = Scenario.model_validate(SHOP | {"rules": [CAP], "limits": [BUDGET]})
    assert "firm" not in made.model_dump_json()
