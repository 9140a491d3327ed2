"""Stock that had run out when the rest was planned again: no surprise to the new plan, and nothing that was planned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, running
from little_watch import LIGHT
from little_work import little_work
from lived import actuals_of, lived_units
from replan_case import again

from planner.flight.watch.empty_before import shelves_to_keep
from planner.flight.watch.monitor import monitor
from planner.flight.watch.readings import MonitorReport
from planner.replan.replanned import Replanned
from planner.report.flight.monitor import monitor_json, verdict_line
from scenarios.grid import build_grid

PARAMS = LIGHT
CASE = "price: 79, unit_cost: 20}"
OUT, LAST = 2, 3
"""Cases are gone on the third day; the rest is planned again after the fourth."""


@pytest.fixture(scope="module", params=["none", "more"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop with 400 cases for seven days, and no more, or 300 more for its last two days."""
    more = ", arrivals: {2026-11-06: 300}" if request.param == "more" else ""
    edits = {CASE: f"price: 79, unit_cost: 20, stock: 400{more}}}"}
    return running(tmp_path_factory.mktemp("shop"), shop=edits)


@pytest.fixture(scope="module")
def lived(shop: Running) -> np.ndarray:
    """What sold: 400 cases on the first three days, none until more arrives, then 100 a day."""
    units = lived_units(shop.model, shop.frozen.effects, shop.plan, seed=3)[0]
    units[:, 2, :OUT] = 70
    units[:, 2, OUT:5] = np.array([60, 0, 0])
    units[:, 2, 5:] = 50
    return units


@pytest.fixture(scope="module")
def found(shop: Running, lived: np.ndarray) -> Replanned:
    """The rest planned again."""
    with pytest.MonkeyPatch.context() as patch:
        little_work(patch)
        return again(shop, actuals_of(shop.grid, lived, LAST))


def _watch(found: Replanned, shop: Running, units: np.ndarray, last: int, *, stock_end: bool = True) -> MonitorReport:
    assert found.plan_set is not None
    grid = build_grid(found.frozen.scenario)
    plan = grid.plan_of(found.plan_set.plans[0].plan_lines)
    actuals = replace(actuals_of(shop.grid, units, last), grid=grid)
    if not stock_end:
        actuals = replace(actuals, tables={name: actuals.tables[name] for name in ("units", "revenue")})
    return monitor(found.frozen, plan, actuals, folder="new", rank=1, params=PARAMS)


@pytest.mark.parametrize(("last", "stock_end"), [(LAST - 1, True), (LAST, False), (LAST + 1, True)])
def test_it_is_told_since_when_and_what_the_plan_does(
    shop: Running, lived: np.ndarray, found: Replanned, last: int, stock_end: bool
) -> None:
    """The plan that was made again did not plan the empty shelf: it knew of it, and sells what arrives, or nothing.

    Whether the file tells what is left or not: the new account has a unit more, because stock is whole.
    """
    report = _watch(found, shop, lived, last, stock_end=stock_end)
    told = monitor_json(report)
    arrives = shop.grid.scenario.products[2].arrivals
    more = "until more arrives on 2026-11-06" if arrives else "any more, and no more arrives"
    said = (
        "case has been sold out since 2026-11-03, which was known when the rest was planned again as of 2026-11-04: "
        f"the plan that runs now sells none of it {more}"
    )
    assert told["out_before"] == [said]
    assert not any("case" in each for each in (*told["as_planned"], *told["findings"]))
    assert "sells out as planned" not in verdict_line(report).plain
    assert not report.surprises and not [each for each in report.warnings if each.id == "stock:case"]


@pytest.mark.parametrize("shop", ["more"], indirect=True)
def test_what_arrives_since_is_read_by_itself(shop: Running, lived: np.ndarray, found: Replanned) -> None:
    """Of 300 more, gone on their first day where the new plan has them last, the monitor tells like of any others."""
    fine = _watch(found, shop, lived, 5)
    (told,) = monitor_json(fine)["out_before"]
    assert told == (
        "case was sold out between 2026-11-03 and 2026-11-05, which was known when the rest was planned again as of "
        "2026-11-04; it has been on sale again since"
    )
    assert not fine.surprises
    units = lived.copy()
    units[:, 2, 5] = 150
    gone = _watch(found, shop, units, 5)
    assert [str(each.first) for each in gone.surprises] == ["2026-11-06"]
    assert [each.known for each in gone.stock_outs] == [True, False]


@pytest.mark.parametrize("shop", ["more"], indirect=True)
def test_what_is_known_is_kept_by_the_next_re_planning(shop: Running, lived: np.ndarray, found: Replanned) -> None:
    """Empty shelves of the first one are known in a second one; those of products without stock never are."""
    assert found.plan_set is not None and found.frozen.flight is not None
    (shelf,) = found.frozen.flight.empty
    assert (shelf.product, str(shelf.first), str(shelf.last)) == ("case", "2026-11-03", "2026-11-04")
    actuals = replace(actuals_of(shop.grid, lived, 5), grid=build_grid(found.frozen.scenario))
    left = actuals.tables["stock_end"].copy()
    left[0, 0, 1, :6] = 0.0
    for each in (actuals, replace(actuals, tables={**actuals.tables, "stock_end": left})):
        (kept,) = shelves_to_keep(found.frozen.flight, each)
        assert (kept.product, str(kept.first), str(kept.last)) == ("case", "2026-11-03", "2026-11-05")
