"""Actuals of products with tax and returns of their own: what customers paid is net by each product's rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from actuals_files import read_text
from flight_case import DAYS, running
from lived import actuals_of
from realised_past import realised_of

from planner.flight.outcomes_so_far import profit_bridge
from scenarios.flight.reading.net_of_tax import net_of_tax
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.totals import sold_by


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """The running shop, whose case has a tax and whose dear phone has returns of its own."""
    return running(
        tmp_path_factory.mktemp("shop"),
        shop={
            "unit_cost: 20}": "unit_cost: 20, tax_rate: 25%}",
            "vendor: nova}\n  - {id: case": "vendor: nova, return_rate: 9%}\n  - {id: case",
        },
    )


def test_revenue_that_was_paid_is_net_by_each_products_own_rate(case):
    """What a file tells with tax is counted without that of each product."""
    paid = {"phone-pro": 3999, "phone": 2699, "case": 79}
    rows = [f"2026-11-0{day},{product},,40,{40 * price}" for day in (1, 2) for product, price in paid.items()]
    realised = realised_of(case, read_text("\n".join(["date,product,segment,units,revenue", *rows]), case.grid))
    net = {"phone-pro": 0.91 / 1.13, "phone": 0.96 / 1.13, "case": 0.96 / 1.25}
    for product, price in paid.items():
        use = realised.use(Measure.REVENUE, Scope(products=(product,)))
        assert use.told
        np.testing.assert_allclose(use.amounts[:2], 40 * price * net[product])
    whole = realised.use(Measure.REVENUE, Scope())
    np.testing.assert_allclose(whole.amounts[:2], sum(40 * price * net[product] for product, price in paid.items()))


@pytest.mark.parametrize("product", [0, 1, 2])
def test_what_customers_paid_less_is_lost_net_of_that_products_tax_and_fee(case, product):
    """1,000 less for one product costs 1,000 x (its factor - fee), whichever it is."""
    as_planned = actuals_of(case.grid, sold_by(case.model, case.plan, np).units, DAYS - 1)
    paid = as_planned.tables["revenue"].copy()
    paid[0, 0, product, 0] -= 1000.0
    cheaper = replace(as_planned, tables={**as_planned.tables, "revenue": paid})
    one, other = (profit_bridge(realised_of(case, a), case.plan)[-1].actual for a in (as_planned, cheaper))
    factor = [0.96 / 1.13, 0.91 / 1.13, 0.96 / 1.25][product]
    assert float(one - other) == pytest.approx(1000.0 * (factor - 0.006), abs=0.02)


def test_the_report_s_bridge_adds_up(case):
    """Sales as expected at the planned prices change no step, and the steps sum to the plan's own profit."""
    units = sold_by(case.model, case.plan, np).units
    realised = realised_of(case, actuals_of(case.grid, units, DAYS - 1))
    *steps, net = profit_bridge(realised, case.plan)
    for step in steps[:-1]:
        assert float(step.change) == pytest.approx(0, abs=0.02), step.name
    assert float(net.forecast) == pytest.approx(realised.planned(Measure.PROFIT, Scope()), abs=0.05)
    real = float(realised.use(Measure.PROFIT, Scope()).amounts.sum())
    assert float(net.actual) == pytest.approx(real, abs=0.05)


def test_revenue_without_tax_is_noticed_at_each_products_own_rate(case):
    """A file whose revenue is the regular price less each product's tax is asked about, with both rates."""
    rates = {"phone-pro": (3999, 1.13), "phone": (2699, 1.13), "case": (79, 1.25)}
    rows = [
        f"2026-11-0{day},{product},,40,{40 * price / tax:.2f}"
        for day in (1, 2)
        for product, (price, tax) in rates.items()
    ]
    actuals = read_text("\n".join(["date,product,segment,units,revenue", *rows]), case.grid)
    (said,) = net_of_tax(actuals)
    assert "most sales are at the regular price divided by 1.13 or 1.25" in said
