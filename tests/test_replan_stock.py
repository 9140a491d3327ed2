"""Stock of a running campaign: what is left, what went missing or was sold early, and goods that sell out anyway."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import cast

import numpy as np
import pytest
from flight_case import LINES, Running, line, running_shop
from little_work import little_work
from printed import printed
from replan_case import LAST, again, happened, sold

from planner.replan.asked_now import AskedNow, Otherwise
from planner.replan.counted_stock import as_counted
from planner.replan.question import with_real_stock
from planner.replan.reconciled import reconciled
from planner.report.flight.replan import show_replanned
from scenarios.flight.settled import within_stock
from scenarios.grid import build_grid
from scenarios.language.schema import Horizon, PullForward
from scenarios.loading.load import LoadedScenario
from scenarios.response.coefficients import build_coefficients
from surrogate.flight.recalibration.recalibrate import recalibrate

case = running_shop


def test_a_stock_out_is_no_evidence_of_weak_demand(case: Running) -> None:
    """Days on which the file says that nothing was left change no belief, whatever was sold."""
    units = sold(case)
    product = case.grid.product_index["phone-pro"]
    left = np.full(case.grid.shape[1:], 1e6)
    left[product, 1:] = 0.0
    empty = units.copy()
    empty[:, product, 1:] = 0.0
    full, none = (
        recalibrate(case.model, case.frozen.effects, case.plan, happened(case, each, stock_end=left))
        for each in (units, empty)
    )
    assert none.left_out == LAST
    np.testing.assert_allclose(none.effects.lift, full.effects.lift)
    np.testing.assert_allclose(none.effects.base_units, full.effects.base_units)


def test_stock_follows_what_is_really_left(case: Running) -> None:
    """Breakage comes off the stock, and what was sold beyond it is put there; both are said."""
    stocked = tuple(
        product.model_copy(update={"stock": 100, "arrivals": {}}) for product in case.frozen.scenario.products
    )
    scenario = case.frozen.scenario.model_copy(update={"products": stocked})
    known = replace(case, grid=build_grid(scenario))
    units, left = np.zeros(case.grid.shape), np.full(case.grid.shape[1:], np.nan)
    units[0, 0, 0], units[0, 1, 0] = 30.0, 130.0
    left[0, LAST] = 60.0
    found, said = with_real_stock(scenario, happened(known, units, stock_end=left))
    assert [product.stock for product in found.products] == [90, 130, 100]
    assert len(said) == 2
    assert "10 units fewer are left" in said[0]
    assert "30 units more were sold" in said[1]


def test_no_line_is_added_to_goods_that_sell_out_anyway(case: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Units that quiet sales would sell are no gain of a coupon on them, though some are kept back in the account."""
    little_work(monkeypatch)
    k = case.grid.product_index["case"]
    actuals = happened(case, sold(case))
    soon = int(np.nansum(actuals.units_total[k])) + 300
    products = tuple(
        each.model_copy(update={"stock": soon, "arrivals": {}}) if each.id == "case" else each
        for each in case.frozen.scenario.products
    )
    scenario = case.frozen.scenario.model_copy(update={"products": products})
    few = replace(case, frozen=replace(case.frozen, scenario=scenario), plan=case.grid.plan_of(LINES[4:5]))
    found = again(few, happened(few, sold(few)), change_cost=Decimal(0))
    assert any(sentence.startswith("case: more is asked for than is left") for sentence in found.warnings)
    assert not [line for line in found.plan_set.plans[0].lines if line.product == "case"]
    # What runs already and sells nothing more goes, though the account counts less without it: that is told.
    late = line(6, "case", "coupon-20", "young")
    runs = replace(few, plan=case.grid.plan_of((*LINES[4:5], late)))
    found = again(runs, happened(runs, sold(runs)), change_cost=Decimal(0))
    (gone,) = [change for change in found.changes if change.slot == (late.date, "case", "young")]
    assert gone.after is None and gone.gain > 0
    assert gone.reason.startswith("case sells out without it")
    assert found.idle > 0
    told = " ".join(row for part in show_replanned(found, title="x") for row in printed(part, 200))
    steps = reconciled(found)
    assert steps is not None and steps.sold_out_anyway == -found.idle
    assert f"bring {round(found.idle):,} CNY more, which this counts as unsold." in told
    assert f"counted above {-found.idle:,.2f}" in " ".join(told.split())


def test_units_are_kept_back_where_dips_leave_a_little(case: Running) -> None:
    """What sells out anyway has no line that gains by it, also where an earlier line's dip leaves a few units."""
    dips = case.frozen.scenario.response.model_copy(update={"pull_forward": PullForward(share=0.3, periods=1)})
    scenario = case.frozen.scenario.model_copy(update={"response": dips})
    k, first = case.grid.product_index["phone-pro"], LAST + 1
    effects = replace(case.frozen.effects, base_units=50.0 * case.frozen.effects.base_units, known_periods=first)
    model = build_coefficients(build_grid(scenario), effects, case.frozen.baskets)
    available = model.available.copy()
    available[k] = effects.base_units[0, :, k].sum(axis=0)[: LAST + 3].sum()
    locked = model.grid.plan_of([line(LAST + 2, "phone-pro", "cut-15")])
    found = within_stock(replace(model, available=available), effects, locked, case.frozen.baskets)
    left = found.effects.base_units[0, :, k].sum(axis=0)
    assert left[-1] == 0.0
    assert (found.kept_back[k, first:] > 0).all() and not found.kept_back[k, :first].any()


def test_what_went_missing_of_a_week_comes_off_what_arrived_within_it(case: Running) -> None:
    """Goods that came on the Wednesday are in stock at the end of the week, and so is what was lost of them."""
    scenario = case.frozen.scenario
    weeks = Horizon.model_validate({"start": "2026-11-02", "periods": 7, "unit": "week"})
    stocked = tuple(
        product.model_copy(update={"stock": 10, "arrivals": {dt.date(2026, 11, 4): 100}})
        for product in case.frozen.scenario.products
    )
    scenario = scenario.model_copy(update={"horizon": weeks, "rules": (), "history": (), "products": stocked})
    known = replace(case, grid=build_grid(scenario))
    units, left = np.zeros(known.grid.shape), np.full(known.grid.shape[1:], np.nan)
    units[0, 0, 0], left[0, 0] = 20.0, 50.0
    found, said = with_real_stock(scenario, happened(known, units, last=0, stock_end=left))
    assert (found.products[0].stock, *found.products[0].arrivals.values()) == (10, 60)
    assert said == (f"{found.products[0].id}: 40 units fewer are left than stock less sales explains",)


def test_what_was_sold_early_does_not_arrive_again(case: Running) -> None:
    """Sales beyond the stock are taken for units of the next arrival; only what is more than that is new."""
    days = [case.frozen.scenario.horizon.date_of(period) for period in (2, LAST + 1)]
    stocked = tuple(
        product.model_copy(update={"stock": 10, "arrivals": {days[0]: 100, days[1]: 50}})
        for product in case.frozen.scenario.products
    )
    scenario = case.frozen.scenario.model_copy(update={"products": stocked})
    known, units = replace(case, grid=build_grid(scenario)), np.zeros(case.grid.shape)
    units[0, 0, :2], units[0, 1, 1], units[0, 2, 0] = (8.0, 30.0), 200.0, 9.0
    found, said = with_real_stock(scenario, happened(known, units))
    assert [(product.stock, *product.arrivals.values()) for product in found.products] == [
        (38, 72, 50),
        (200, 0, 0),
        (10, 100, 50),
    ]
    assert "28 units more were sold" in said[0] and "28 of them taken for units that were to arrive later" in said[0]
    assert "190 units more were sold" in said[1] and "150 of them taken for units" in said[1]
    assert len(said) == 2


def test_a_first_stock_that_a_count_overrules_is_not_said_to_have_changed(case: Running) -> None:
    """What is left is counted: another first stock does nothing, one sentence says so and names an arrival instead."""
    planned = case.frozen.scenario
    first = planned.products[0]
    products = (first.model_copy(update={"stock": 480, "arrivals": {}}), *planned.products[1:])
    planned = planned.model_copy(update={"products": products})
    more = planned.model_copy(update={"products": (products[0].model_copy(update={"stock": 520}), *products[1:])})
    stock = f"products.{first.id}.stock"
    otherwise = (
        Otherwise(place=stock, words=f"{stock} is 520, no longer 480"),
        Otherwise(place="limits.total-budget.max", words="limits.total-budget.max is 1, no longer 2"),
    )
    asked = AskedNow(source=cast("LoadedScenario", None), scenario=more, otherwise=otherwise)
    left = np.full(case.grid.shape[1:], np.nan)
    assert as_counted(asked, planned, happened(case, sold(case))) == asked
    left[0, LAST] = 332.0
    actuals = happened(case, sold(case), stock_end=left)
    found = as_counted(asked, planned, actuals)
    assert found.scenario == planned
    day = planned.horizon.date_of(LAST)
    assert found.said == (
        otherwise[1].words,
        f"products.{first.id}.stock stays 480 and 520 changes nothing: actuals.csv counts 332 left on {day} "
        "(stock_end), which holds; units that are still to come are an arrival: "
        f"--set 'products.{first.id}.arrivals={{DATE: 40}}', their day in place of DATE",
    )
