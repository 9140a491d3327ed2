"""Ways out of a question whose past is locked (``until``): what has run is never the first thing to give way."""

from __future__ import annotations

import datetime as dt

from conflict_case import explained
from rule_shop import line, shop
from test_why_infeasible import counted_out
from two_locked import two_locked

from constraints.infeasible.rule_conflict import contradictions
from planner.run.no_plan.eased_problem import with_scenario
from scenarios.language.schema import Limit
from scenarios.language.schemas.rule import Locked

BUDGET = {"id": "total-budget", "measure": "spend", "max": 1000}


def _locked(rule, *shorts, until=None):
    found = {"id": rule, "rule": "locked", "lines": [line(short).model_dump() for short in shorts]}
    return found if until is None else found | {"until": dt.date(2026, 11, until)}


def test_a_line_that_has_run_is_dropped_only_where_it_has_not():
    """Of a line in the past the words say so; of a line that is only planned they stay as they were."""
    for until, ending in ((4, ", if it has not run yet"), (2, ""), (None, "")):
        found, _ = explained([BUDGET], [_locked("past", (3, "phone", "off10"), until=until)])
        assert found.remedies == (
            "raise total-budget from 1,000 to 2,400",
            f"drop the locked line off10 for phone on 2026-11-03 (locked by past){ending}",
        )


def test_rules_against_what_has_run_give_way_first():
    """A depth cap that the past breaks, alone or among several lines: relax it; the line cannot be taken back."""
    cap = {"id": "cap", "rule": "max_concurrent", "max": 0}
    (found,) = contradictions(shop([_locked("past", (3, "phone", "off10"), until=4), cap])[1])
    assert found.remedies == ("relax cap; remove one of these locked lines only where it has not run",)
    (found,) = contradictions(shop([_locked("keep", (3, "phone", "off10")), cap])[1])
    assert found.remedies == ("remove one of these locked lines, or relax cap",)
    dark = {"id": "dark", "rule": "blackout", "where": {"products": ["phone"]}}
    (found,) = contradictions(shop([_locked("past", (3, "phone", "off10"), until=4), dark])[1])
    assert found.remedies == ("relax dark; remove the line from past only where it has not run",)


def test_counting_offers_the_past_last():
    """The floor gives way at more than its whole, and still stands before a past that is over, or may not be."""
    asked = two_locked()
    scenario, base = asked.grid.scenario, float(asked.model.base_units.sum())
    past = Locked(id="past", rule="locked", lines=(), until=scenario.horizon.date_of(1))
    dear = Limit(id="dear", measure="revenue", max=1)
    floor = Limit(id="floor", measure="units", min=round(base * 1.1, 2))
    asked = with_scenario(asked, scenario.model_copy(update={"rules": (past,), "limits": (floor, dear)}))
    ways = counted_out(asked, 1).remedies
    assert len(ways) > 1
    assert [way.undoes for way in ways] == sorted(way.undoes for way in ways) and ways[-1].undoes
    assert "drop until of past, if the time that it locks is not over yet" in ways[-1].text
    assert ways[0].cost > ways[-1].cost or ways[0].changes[0].kind == "bound"


def test_many_lines_in_a_locked_past_are_one_contradiction():
    """Six lines of one rule in the time that another locks: three are named, the others counted."""
    six = [(day, product, "off30") for day in (2, 3) for product in ("phone", "tablet", "case")]
    (found,) = contradictions(shop([_locked("past", until=4), _locked("keep", *six)])[1])
    assert set(found.members) == {"past", "keep"}
    assert found.reason.count("locked by keep") == 3
    assert found.reason.endswith(" and 3 more lie in the time that past locks as it is, and are none of its lines")
    assert found.remedies == ("remove the lines from keep, add them to past, or let until of past end before them",)
