"""A limit in weeks or windows: which one is broken, and which one will be, while that can still be helped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, line, running
from little_watch import LIGHT
from printed import printed
from replan_case import happened, sold

from planner.flight.watch.monitor import monitor
from planner.flight.watch.readings import MonitorReport
from planner.report.flight.monitor import show_monitor
from planner.report.flight.monitor_findings import warning_sentence
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients

BUDGET = "  - {id: total-budget, measure: spend, max: 80000}\n"
DAYS = [line(day, "phone-pro", "cut-15") for day in (3, 6, 7)]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop with a budget for each day that three days of a cut exceed, and cases that run out and come again."""
    folder: Path = tmp_path_factory.mktemp("shop")
    daily = BUDGET + "  - {id: daily, measure: spend, max: 3000, each: period}\n"
    stocked = {
        "price: 79, unit_cost: 20}": "price: 79, unit_cost: 20, stock: 500, arrivals: {2026-11-06: 400}}",
        "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\n": "",
    }
    found = running(folder, shop={BUDGET: daily, **stocked})
    return replace(found, plan=found.grid.plan_of(DAYS))


def _read(case: Running, units: object) -> MonitorReport:
    actuals = happened(case, units)
    actuals.tables["revenue"][:] = np.nan  # paid as planned
    return monitor(case.frozen, case.plan, actuals, folder="plans", rank=1, params=LIGHT)


def test_a_day_that_will_break_is_told_beside_one_that_is_broken(case: Running) -> None:
    """What is over cannot be helped; what is still to come can, and was hidden behind it."""
    report = _read(case, sold(case))
    over, to_come = (each for each in report.limits if each.id == "daily")
    assert (over.broken, over.span) == (True, "2026-11-03")
    assert not to_come.broken and to_come.span in ("2026-11-06", "2026-11-07")
    assert to_come.probability > 0.9
    assert warning_sentence(over, "CNY").startswith("limit daily (2026-11-03) is broken: ")
    assert f"limit daily ({to_come.span}) will almost certainly be broken about {to_come.span}" in warning_sentence(
        to_come, "CNY"
    )
    text = " ".join(row.strip() for part in show_monitor(report) for row in printed(part, 200))
    ids = [each.id for each in report.warnings]
    assert ids.count("daily") == 2
    assert set(ids) == {"daily"}
    assert "1 limit or stock broken" in text, "a limit counts once"


def test_where_none_will_break_the_fullest_to_come_is_shown(case: Running) -> None:
    """A window that is over says nothing any more, however full it was; what is to come can still fill up."""
    scenario = case.frozen.scenario
    wide = tuple(
        limit.model_copy(update={"max": limit.max * 100}) if limit.id == "daily" and limit.max else limit
        for limit in scenario.limits
    )
    grid = build_grid(scenario.model_copy(update={"limits": wide}))
    frozen = replace(case.frozen, scenario=grid.scenario)
    roomy = replace(case, frozen=frozen, grid=grid, model=build_coefficients(grid, frozen.effects, frozen.baskets))
    report = _read(roomy, sold(roomy))
    (daily,) = [each for each in report.limits if each.id == "daily"]
    assert daily.probability == 0.0 and daily.used == 0.0
    assert daily.span in ("2026-11-06", "2026-11-07") and daily.end.p50 > 0
    text = " ".join(row.strip() for part in show_monitor(report) for row in printed(part, 80))
    assert f"the fullest to come: daily {daily.span}" in text


def test_an_empty_shelf_that_is_filled_again_says_when(case: Running) -> None:
    """All 500 cases are gone on the fourth day, 400 more arrive on the sixth."""
    units = sold(case)
    units[:, 2, :4] = [[62.0], [63.0]]
    report = _read(case, units)
    (stock,) = (each for each in report.limits if each.id == "stock:case")
    assert stock.broken
    assert warning_sentence(stock, "CNY") == "case has no stock left until more arrives on 2026-11-06 (500 of 900 used)"


def test_a_bound_set_to_what_is_used_is_not_broken_by_rounding(case: Running, tmp_path: Path) -> None:
    """As a re-planning sets it, by an account that rounds every cell; nobody told the use, so cents cannot count."""
    used = next(each for each in _read(case, sold(case)).limits if each.id == "total-budget").used
    for beyond, broken in ((0.02, False), (20.0, True)):
        bound = BUDGET.replace("80000", f"{used - beyond:.2f}")
        asked = running(tmp_path, shop={BUDGET: bound})
        asked = replace(asked, plan=asked.grid.plan_of(DAYS))
        (budget,) = (each for each in _read(asked, sold(case)).limits if each.id == "total-budget")
        assert budget.broken == broken
