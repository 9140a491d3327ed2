"""A container that did not come: as many units are missing as were due; monitor and replan say which, what helps."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flight_case import Running, running
from little_watch import LIGHT
from printed import printed
from replan_case import happened, sold

from planner.flight.watch.monitor import monitor
from planner.flight.watch.not_come import NotCome, not_come, not_come_words, remedy_words
from planner.replan.question import with_real_stock
from planner.report.flight.monitor import monitor_json, show_monitor
from scenarios.language.schema import Horizon, Product

DAYS = Horizon.model_validate({"start": "2026-11-01", "periods": 10, "unit": "day"})
"""Ten days."""
SAID = "the 300 units that were to arrive on 2026-11-03 seem not to have come"
OPTION = "replan with --set 'products.case.arrivals={2026-11-07: 400, DATE: 300}'"


def product(**arrivals: int) -> Product:
    """A product of a hundred, with arrivals by day of November."""
    days = {f"2026-11-{day.removeprefix('d')}": units for day, units in arrivals.items()}
    return Product.model_validate(
        {"id": "a", "category": "c", "price": 10, "unit_cost": 5, "stock": 100, "arrivals": days}
    )


def read(one: Product, gone: list[float]) -> NotCome | None:
    """What did not come, where ten a day are sold and so many are missing at the end of each day."""
    sold_units = np.full(len(gone), 10.0)
    came = np.zeros(len(gone))
    for day, units in one.arrivals.items():
        came[DAYS.period_of(day) :] += units
    return not_come(one, sold_units, 100 + came - np.cumsum(sold_units) - np.array(gone), DAYS)


@pytest.mark.parametrize(
    ("gone", "days", "units"),
    [
        ([0, 0, 0, 200, 200], (4,), 200),
        ([0, 0, 0, 203, 205], (4,), 200),
        ([7, 7, 7, 207, 207], (4,), 200),
        ([0, 80, 80, 80, 80], (2,), 80),
        ([0, 80, 80, 280, 280], (2, 4), 280),
        ([np.nan, np.nan, np.nan, np.nan, 200], (4,), 200),
    ],
)
def test_what_is_missing_is_held_against_what_was_due(gone: list[float], days: tuple[int, ...], units: int) -> None:
    """One arrival or several; some breakage beside it, or earlier, does not hide it."""
    found = read(product(d02=80, d04=200, d09=60), gone)
    assert found is not None
    assert found.days == tuple(dt.date(2026, 11, day) for day in days) and found.units == units


@pytest.mark.parametrize(
    "gone",
    [
        [0, 0, 0, 0, 0],
        [0, 0, 50, 100, 150],
        [0, 0, 0, 8, 8],
        [0, 0, 0, 100, 130],
        [200, 200, 200, 200, 200],
        [0, 0, 0, -200, -200],
        [np.nan] * 5,
    ],
)
def test_other_losses_are_no_arrival(gone: list[float]) -> None:
    """What is lost day by day, or before it was due, breakage, more than there should be, and what nobody tells."""
    assert read(product(d04=200, d09=60), gone) is None


@pytest.mark.parametrize("gone", [[0, 0, 0, 120, 120], [5, 5, 5, 125, 127]])
def test_an_arrival_may_be_short(gone: list[float]) -> None:
    """Where nearly all went missing on the day of an arrival, that one was short of it: the rest may come later."""
    found = read(product(d02=80, d04=200, d09=60), gone)
    assert found is not None and (found.units, found.due) == (120, 200)
    assert not_come_words(found) == "only 80 of the 200 units that were to arrive on 2026-11-04 seem to have come"
    option = "'products.a.arrivals={2026-11-02: 80, 2026-11-04: 80, 2026-11-09: 60, DATE: 120}'"
    assert remedy_words("a", found).startswith(f"where the rest comes later, replan with --set {option}")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """The shop, with cases that arrive on the third and on the seventh day."""
    folder: Path = tmp_path_factory.mktemp("container")
    stock = "price: 79, unit_cost: 20, stock: 700, arrivals: {2026-11-03: 300, 2026-11-07: 400}}"
    return running(folder, shop={"price: 79, unit_cost: 20}": stock})


def test_monitor_and_replan_name_it_with_what_helps(case: Running) -> None:
    """The warning says why the shelf will be empty; the note and the re-planning say what to set."""
    k = case.grid.product_index["case"]
    units = sold(case)
    left = np.full(case.grid.shape[1:], np.nan)
    left[k] = 700 - np.cumsum(np.rint(units[:, k]).sum(axis=0))
    actuals = happened(case, units, stock_end=left)
    assert (left[k, : actuals.last + 1] >= 0).all()
    report = monitor(case.frozen, case.plan, actuals, folder="p", rank=1, params=LIGHT)
    (stock,) = [each for each in report.limits if each.id == "stock:case"]
    assert stock.not_come is not None and stock.not_come.units == 300
    told = monitor_json(replace(report, limits=(replace(stock, probability=1.0, unplanned=1.0),)))
    assert next(one for one in told["findings"] if one.startswith("case will")).endswith(f"; {SAID}")
    (note,) = [one for one in report.notes if SAID in one]
    assert OPTION in note
    for part in show_monitor(report):
        assert all(len(row) <= 80 for row in printed(part, 80))
    _, said = with_real_stock(case.frozen.scenario, actuals)
    assert said == (
        f"case: 300 units fewer are left than stock less sales explains: {SAID}; where they come later, {OPTION}, "
        "their day in place of DATE",
    )


@pytest.mark.parametrize(("gone", "told"), [(400, True), (20, False)], ids=["a third", "breakage"])
def test_units_that_nothing_explains_need_attention(case: Running, gone: int, told: bool) -> None:
    """Neither sold nor an arrival that was due: whoever reads is asked to count, not left to find it in a legend."""
    k = case.grid.product_index["case"]
    units = sold(case)
    left = np.full(case.grid.shape[1:], np.nan)
    came = np.where(np.arange(case.grid.shape[2]) >= 2, 300, 0)
    left[k] = np.maximum(700 + came - np.cumsum(np.rint(units[:, k]).sum(axis=0)) - gone, 0)
    actuals = happened(case, units, stock_end=left)
    report = monitor(case.frozen, case.plan, actuals, folder="p", rank=1, params=LIGHT)
    assert (400 if told else 0) == sum(round(each.missing) for each in report.short)
    found = [each for each in monitor_json(report)["findings"] if "fewer than the plan's stock" in each]
    assert len(found) == told
    for each in found:
        assert each.startswith("case: 400 units fewer than the plan's stock (1,400 by the plan, ")
        assert each.endswith("): count it, or shrinkage?")
        assert not report.on_course
