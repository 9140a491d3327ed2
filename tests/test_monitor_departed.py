"""A product whose own sales refute its forecast: its stock is foreseen to go on as it sells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, line, running, running_shop
from test_monitor_planned_out import CASE, lived, read, stock

from scenarios.flight.series import Kind
from scenarios.response.totals import sold_by
from surrogate.flight.watch.foresee import at_its_level

case = running_shop


@pytest.fixture(scope="module")
def ample(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """More cases than the plan ever sells, which at twice its demand last to the middle of the fifth day."""
    return running(tmp_path_factory.mktemp("ample"), shop={CASE: "price: 79, unit_cost: 20, stock: 1375}"})


@pytest.mark.parametrize("last", [2, 3])
def test_a_product_at_twice_its_demand_runs_out_when_it_really_does(ample: Running, last: int) -> None:
    """After the product's own alarm the day is told that its sales so far come to, and not days later."""
    units = lived(ample, 2.0)
    sold = units[:, ample.grid.product_index["case"]].sum(axis=0).cumsum()
    really = ample.grid.scenario.horizon.date_of(int(np.argmax(sold >= 1375)))
    report = read(ample, units, last)
    assert ("case", Kind.PRODUCT) in [(each.series.id, each.series.kind) for each in report.alarms]
    found = stock(report)
    assert found.probability > 0.9 and found.on == really
    assert found.earliest is not None and found.earliest <= really


def test_an_offer_is_told_without_the_product_that_departs(case: Running) -> None:
    """A phone at three times its demand is out of what is told of the cut beside it: the rest sells as planned."""
    shop = replace(case, plan=case.grid.plan_of(tuple(line(2, product, "cut-15") for product in ("phone-pro", "case"))))
    units = sold_by(shop.model, shop.plan, np).units.copy()
    units[:, shop.grid.product_index["phone-pro"]] *= 3.0
    report = read(shop, units, 3)
    assert "phone-pro" in [each.series.id for each in report.alarms]
    told = "offer cut-15 without phone-pro, which has an alarm of its own: "
    (said,) = [note for note in report.notes if note.startswith(told)]
    assert abs(float(said.removeprefix(told).rstrip("%"))) < 5.0


def test_each_future_goes_on_by_its_own_share() -> None:
    """What was seen per unit of a future scales its rest, and nothing is scaled by a future that sold nothing."""
    found = at_its_level(np.array([[1.0, 1.0, 2.0], [2.0, 2.0, 6.0], [0.0, 0.0, 5.0]]), np.array([4.0, 4.0]))
    np.testing.assert_allclose(found.rest[:, 0], [8.0, 12.0, 5.0])
    np.testing.assert_allclose(found.path[0], [4.0, 8.0, 16.0])
