"""A leaflet whose first day the notice locks cannot change any more: which rule ties it is said, and what frees it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from flight_case import Running, line, running
from little_work import little_work
from printed import printed
from replan_case import LAST, again, happened, sold

from planner.replan.until_now.tied import said_of_tied
from planner.report.flight.replan import TIED, show_replanned
from planner.report.flight.replan_json import replan_json
from scenarios.language.schemas.rule import MinRun

LEAFLET = "across: [period], per: [product, offer], where: {offers: [cut-15], periods: [2026-11-05..2026-11-07]}"
RULES = "rules:\n  - {id: leaflet, rule: all_or_nothing, " + LEAFLET + "}\n"
LATER = tuple(line(day, "phone-pro", "cut-15") for day in (5, 6, 7))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop with a leaflet of three days, from the fifth on."""
    found = running(tmp_path_factory.mktemp("leaflet"), shop={"rules:\n": RULES})
    return replace(found, plan=found.grid.plan_of([line(4, "phone", "cut-15"), *LATER]))


def test_what_the_notice_ties_is_named_with_what_frees_it(case: Running) -> None:
    """The notice locks the first day of a leaflet: its later lines stay, none joins, a shorter notice frees both."""
    assert said_of_tied(case.grid, case.plan, 3, 4) == (
        "the notice of 1 day locks 2026-11-05; rule leaflet (all or nothing) ties 2 later lines to that: they stay as "
        "planned, and none may join them; --notice 0 leaves it free",
    )
    (two,) = said_of_tied(case.grid, case.plan, 2, 5)
    assert two.startswith("the notice of 3 days locks 2026-11-05 to 2026-11-06; ") and "ties 1 later line to" in two
    assert two.endswith("it stays as planned, and none may join it; --notice 1 leaves it free")
    (none,) = said_of_tied(case.grid, case.grid.empty(), 3, 4)
    assert "ties all later lines to that: none may come in; --notice 0" in none


def test_a_shortest_run_that_begins_within_the_notice_is_named(case: Running) -> None:
    """Its days up to the shortest run stay; one that began before the notice, or is long enough, ties nothing."""
    (rule,) = (each for each in case.problem.loaded.scenario.rules if each.id == "leaflet")
    stay = MinRun(id="stay", rule="min_run", periods=2, per=("product",), where=rule.where)
    grid = replace(case.grid, scenario=case.grid.scenario.model_copy(update={"rules": (stay,)}))
    assert said_of_tied(grid, case.plan, 3, 4) == (
        "the notice of 1 day locks 2026-11-05; rule stay (a shortest run) ties 1 later line to that: the run goes on "
        "until 2026-11-06 at least; --notice 0 leaves it free",
    )
    assert said_of_tied(grid, case.plan, 3, 5) == said_of_tied(grid, case.plan, 4, 5) == ()


def test_a_replanning_tells_it_apart_from_what_does_not_pay(case: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence stands under a heading of its own and in --json, and the last sentence points to it."""
    little_work(monkeypatch)
    found = again(case, happened(case, sold(case)), change_cost=Decimal(10_000_000))
    assert found.tied == said_of_tied(case.grid, case.plan, LAST, LAST + 1) and len(found.tied) == 1
    text = " ".join(" ".join(row for part in show_replanned(found, title="x") for row in printed(part, 80)).split())
    assert f"{TIED} {found.tied[0]}" in text
    assert found.changes or "No change of the plan that the notice leaves free (above)" in text
    assert replan_json(found, folder="x", plan=1)["tied"] == list(found.tied)


def test_nothing_is_said_of_what_no_notice_frees(case: Running) -> None:
    """Nothing of a leaflet that has begun, is yet to come, or is over with the notice; nothing without a notice."""
    for last, locked in ((4, 5), (2, 3), (3, 6), (3, 3)):
        assert said_of_tied(case.grid, case.plan, last, locked) == ()


def test_days_that_are_decided_apart_are_not_tied(tmp_path: Path) -> None:
    """A rule that asks for all products of a day ties no day to another."""
    apart = RULES.replace("across: [period], per: [product, offer]", "across: [product]")
    each = running(tmp_path, shop={"rules:\n": apart})
    assert said_of_tied(each.grid, each.grid.plan_of(LATER), 3, 4) == ()
