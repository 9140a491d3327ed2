"""A product whose own demand departs is told so, and no offer that runs on it among others is credited or blamed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from flight_case import Running, line, running_shop
from replan_case import happened, sold

from surrogate.flight.evidence import Forecast
from surrogate.flight.recalibration.recalibrate import Recalibration, recalibrate
from surrogate.flight.recalibration.suspects import MOST, suspected

case = running_shop


@pytest.fixture(scope="module", params=[0.5, 0.75], ids=["unsure", "wide"])
def throughout(case: Running, request: pytest.FixtureRequest) -> Running:
    """The shop with a price cut on everything every day, of which hardly anything is believed beforehand."""
    lines = [line(day, product, "cut-15") for day in range(1, 8) for product in ("phone-pro", "phone", "case")]
    effects = case.frozen.effects
    effects = replace(effects, lift_sd=np.full_like(effects.lift_sd, request.param))
    return replace(case, plan=case.grid.plan_of(tuple(lines)), frozen=replace(case.frozen, effects=effects))


def _learned(case: Running, product: str, factor: float, lift: float = 1.0) -> Recalibration:
    """What is learned where one product's demand is multiplied, and what the price cut brings."""
    s, k, _ = case.grid.shape
    base, logs = np.zeros((s, k)), np.zeros((s, k + 1, len(case.grid.scenario.offers)))
    base[:, case.grid.product_index[product]] = np.log(factor)
    logs[..., case.grid.offer_index["cut-15"]] = np.log(lift)
    units = Forecast(case.model, case.frozen.effects, case.plan)(base, logs).units
    return recalibrate(case.model, case.frozen.effects, case.plan, happened(case, units, last=6))


@pytest.mark.parametrize("lift", [1.0, 0.5])
def test_a_doubled_product_is_not_put_down_to_its_offer(throughout: Running, lift: float) -> None:
    """A much larger demand of one phone is that phone's level; what the cut brings is as without it."""
    calm, found = _learned(throughout, "phone-pro", 1.0, lift), _learned(throughout, "phone-pro", 2.0, lift)
    assert found.offers["cut-15"].factor == pytest.approx(calm.offers["cut-15"].factor, rel=0.15)
    assert found.products["phone-pro"].factor == pytest.approx(2.0, rel=0.15)
    assert found.products["phone-pro"].before_high < 1.6, "what was believed before knows of no departure"
    k = throughout.grid.product_index["phone-pro"]
    before, after = throughout.frozen.effects.base_units[:, :, k], found.carried.base_units[:, :, k]
    assert after.sum() / before.sum() == pytest.approx(2.0, rel=0.2), "its own forecast goes by its own level"


def test_campaigns_that_go_as_usual_free_no_level(throughout: Running) -> None:
    """Sales as planned, and all of them weaker alike, leave every product within what was believed of it."""
    for base in (1.0, 0.8):
        actuals = happened(throughout, sold(throughout, base=base), last=6)
        found = recalibrate(throughout.model, throughout.frozen.effects, throughout.plan, actuals)
        assert all(each.before_low < each.factor < each.before_high for each in found.products.values())


def test_the_furthest_products_are_suspected() -> None:
    """Few, and none that moved as little as beliefs let any."""
    assert suspected({0: 1.0, 1: -2.0, 2: 3.0}, 1.5) == (2, 1)
    assert len(suspected(dict.fromkeys(range(9), 5.0), 1.5)) == MOST
