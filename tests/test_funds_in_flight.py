"""Vendors' funds in a campaign that runs: what is foreseen of limits, and what was really paid."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from flight_case import running_shop
from lived import actuals_of, lived_units
from realised_past import realised_of

from planner.flight.outcomes_so_far import FUNDING, profit_bridge
from planner.flight.watch.drawn_paths import draw_paths
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients
from surrogate.flight.chance import ChanceParams

case = running_shop
MAKER = Scope(vendor="nova")


def _with_fund(case, fund: float | None) -> Coefficients:
    """The shop whose one vendor has so much; None for as much as it takes."""
    scenario = case.grid.scenario
    amount = None if fund is None else Decimal(repr(fund))
    vendors = tuple(vendor.model_copy(update={"fund": amount}) for vendor in scenario.vendors)
    return replace(case.model, grid=replace(case.grid, scenario=scenario.model_copy(update={"vendors": vendors})))


def test_what_is_foreseen_of_limits_stops_at_funds(case):
    """Spend is foreseen higher by what the fund lacks in each future; the fund itself by what is asked for."""

    def use(fund: float) -> dict[str, np.ndarray]:
        model = _with_fund(case, fund)
        paths = draw_paths(model, case.frozen.effects, case.plan, seed=1, count=40, chance=ChanceParams())
        return {entry.id: paths.use[:, number] for number, entry in enumerate(paths.entries)}

    ample = use(10.0**9)
    asked = ample["fund:nova"].sum(axis=1)
    fund = round(float(np.median(asked)), 2)
    short = use(fund)
    assert short["fund:nova"] == pytest.approx(ample["fund:nova"])
    more = short["total-budget"] - ample["total-budget"]
    assert more.sum(axis=1) == pytest.approx(np.maximum(asked - fund, 0.0), abs=0.2)
    assert (more >= -1e-9).all() and (more.sum(axis=1) > 1).any()
    # In time order: the first days are paid as long as there is money.
    assert (more[np.cumsum(ample["fund:nova"], axis=1) <= fund] == 0).all()


def test_what_was_really_paid_stops_at_the_fund(case):
    """Of what was sold the vendor has paid his fund, and the rest was spent: in uses of limits and in the bridge."""
    units = lived_units(case.model, case.frozen.effects, case.plan, seed=3)[0]
    actuals = actuals_of(case.grid, units, 4)
    free = realised_of(case, actuals, model=_with_fund(case, None))
    asked = free.use(Measure.VENDOR_FUNDING, MAKER).amounts
    fund = round(0.5 * float(asked[:5].sum()), 2)
    short = realised_of(case, actuals, model=_with_fund(case, fund))
    missing = asked - np.diff(np.minimum(np.cumsum(asked), fund), prepend=0.0)
    for measure, sign in ((Measure.SPEND, 1), (Measure.PROFIT, -1), (Measure.VENDOR_FUNDING, -1)):
        before, after = (each.paid(measure, Scope()).amounts for each in (free, short))
        assert after - before == pytest.approx(sign * missing, abs=1e-6)
        assert short.use(measure, Scope()).amounts == pytest.approx(before)
    assert short.paid(Measure.UNITS, Scope()).amounts == pytest.approx(free.paid(Measure.UNITS, Scope()).amounts)
    steps = [{step.name: float(step.actual) for step in profit_bridge(each, case.plan)} for each in (free, short)]
    for name in (FUNDING, "profit"):
        assert steps[1][name] - steps[0][name] == pytest.approx(-missing[:5].sum(), abs=0.02)
