"""The calendar of a plan: columns stand under their dates, whatever products are called, on screens of any width."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from plan_sets import PHONE_LINES, plan_set
from printed import printed
from rich.cells import cell_len

from planner.report.one_plan.calendar import Calendar
from scenarios.language.schema import Product, Scenario
from scenarios.loading.load import load_scenario


def _products(scenario: Scenario) -> tuple[Product, ...]:
    assert isinstance(scenario.products, tuple)
    return scenario.products


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return the shipped scenario with Chinese names."""
    return load_scenario("phone-flash-sale").scenario


def test_the_calendar_aligns_wide_characters(scenario: Scenario) -> None:
    """Every row's cells start at the same column, whatever its name is written in."""
    everywhere = tuple((13, product.id, "*", "front-page", 1.0) for product in _products(scenario))
    plan = plan_set(scenario, (*PHONE_LINES, *everywhere)).plans[0]
    lines = printed(Calendar(plan=plan, scenario=scenario), 80)
    first = next(number for number, line in enumerate(lines) if line.startswith("lite-8"))
    rows = lines[first : first + 13]
    starts = {cell_len(re.split(r" [·A-Z]", row, maxsplit=1)[0].rstrip()) for row in rows}
    assert max(starts) <= 26
    marks = [cell_len(row[: re.search(r"(?<= )[·A-Z][ 0-9+]*(?: |$)", row).start()]) for row in rows]  # type: ignore[union-attr]
    assert len(set(marks)) == 1
    assert rows[0].split(" ")[0] == "lite-8"


def test_products_without_a_line_are_counted_not_drawn(scenario: Scenario) -> None:
    """A row of dots says nothing: of 12 products three have lines, and so has the basket."""
    plan = plan_set(scenario, PHONE_LINES).plans[0]
    lines = printed(Calendar(plan=plan, scenario=scenario), 120)
    drawn = [line.split()[0] for line in lines if "·" in line]
    assert drawn == ["lite-8", "nova-12", "orion-5-max", "whole"]
    assert lines[-1] == f"{len(_products(scenario)) - 3} products without a line are not shown"
    everywhere = tuple((13, product.id, "*", "front-page", 1.0) for product in _products(scenario))
    full = plan_set(scenario, everywhere).plans[0]
    assert "not shown" not in printed(Calendar(plan=full, scenario=scenario), 120)[-1]


def test_the_calendar_has_room_for_its_heading(scenario: Scenario) -> None:
    """Products with short names leave the word month whole, and the first month behind it."""
    first, *_ = _products(scenario)
    plan = plan_set(scenario, ((13, first.id, "*", "front-page", 1.0),)).plans[0]
    short = scenario.model_copy(update={"products": (first.model_copy(update={"id": "tv", "name": ""}),)})
    called = tuple(replace(each, product="tv") for each in plan.lines)
    lines = printed(Calendar(plan=replace(plan, lines=called), scenario=short), 80)
    assert any(line.startswith("tv ") for line in lines)
    assert lines[1].split() == ["month", "11"]
    assert lines[2].index("01") == lines[1].index("11") == len("month ")


def test_the_calendar_wraps_instead_of_cutting(scenario: Scenario) -> None:
    """On a narrow screen the periods come in several blocks, each with its dates."""
    plan = plan_set(scenario, PHONE_LINES).plans[0]
    lines = printed(Calendar(plan=plan, scenario=scenario), 44)
    days = " ".join(line.removeprefix("day") for line in lines if line.startswith("day "))
    assert [int(day) for day in days.split()] == list(range(1, 15))


def test_the_calendar_counts_targeted_lines(scenario: Scenario) -> None:
    """A cell shows its public offer and how many segments have one of their own."""
    plan = plan_set(scenario, PHONE_LINES).plans[0]
    row = next(line for line in printed(Calendar(plan=plan, scenario=scenario), 120) if line.startswith("nova-12 "))
    assert row.split()[2:] == ["12", *["·", "·", "A", "A2", "A2", "A", "·", "·", "·2", "·", "·", "·", "·", "·"]]
