"""What a running campaign has used and earned, where the file tells only a part of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from actuals_files import read_text
from flight_case import DAYS, Running, running_shop
from lived import actuals_of
from realised_past import realised_of

from scenarios.flight.actuals import Actuals
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import build_coefficients
from scenarios.response.totals import sold_by

PAID = 1000.0


case = running_shop


def test_sales_that_are_not_split_are_no_zeros_of_a_segment(case: Running) -> None:
    """A limit on one segment is estimated then, marked so, and segments add up to what is told of everybody."""
    price = {"phone-pro": 3999, "phone": 2699, "case": 79}
    rows = [f"2026-11-0{day},{product},,40,{40 * paid}" for day in (1, 2, 3) for product, paid in price.items()]
    actuals = read_text("\n".join(["date,product,segment,units,revenue", *rows]), case.grid)
    realised = realised_of(case, actuals)
    for measure in (Measure.UNITS, Measure.REVENUE):
        whole = realised.use(measure, Scope())
        parts = [realised.use(measure, Scope(segments=(one.id,))) for one in case.grid.segments]
        assert whole.told and not any(part.told for part in parts)
        assert all((part.amounts[:3] > 0).all() for part in parts)
    units = sum(realised.use(Measure.UNITS, Scope(segments=(one.id,))).amounts for one in case.grid.segments)
    np.testing.assert_allclose(units, realised.use(Measure.UNITS, Scope()).amounts)
    margins = [realised.use(Measure.MARGIN, Scope(segments=(one.id,))).amounts for one in case.grid.segments]
    assert all((margin > 0).all() for margin in margins)


def test_what_nobody_was_to_buy_is_sold_all_the_same(case: Running) -> None:
    """Units of a product without a forecast count, whether the file says who bought them or not."""
    base = case.frozen.effects.base_units.copy()
    base[:, :, 2] = 0.0
    effects = replace(case.frozen.effects, base_units=base)
    model = build_coefficients(case.grid, effects, case.frozen.baskets)
    whole, split = (
        [
            f"2026-11-01,{product},{who},{units},{units * 79}"
            for product in ("phone-pro", "phone", "case")
            for who, units in by
        ]
        for by in ([("", 40)], [(one.id, 40 / len(case.grid.segments)) for one in case.grid.segments])
    )
    margins = []
    for rows in (whole, split):
        actuals = read_text("\n".join(["date,product,segment,units,revenue", *rows]), case.grid)
        realised = realised_of(case, actuals, model=model, effects=effects)
        one = Scope(products=("case",))
        assert realised.sold.units[:, 2, 0].sum() == pytest.approx(40)
        margins.append(realised.use(Measure.MARGIN, one).amounts[0])
    assert margins[0] == pytest.approx(margins[1])
    assert 0 < margins[0] < 40 * 79 * case.model.economics.net[2]


@pytest.mark.parametrize("unknown", [0, 2])
def test_prices_count_also_where_the_file_leaves_a_product_out(case: Running, unknown: int) -> None:
    """What customers paid for the others is told: 1,000 less for one of them is 1,000 less in all, and profit falls."""
    as_planned = _without(actuals_of(case.grid, sold_by(case.model, case.plan, np).units, DAYS - 1), unknown)
    paid = as_planned.tables["revenue"].copy()
    paid[0, 0, 1, 0] -= PAID
    one, other = (
        realised_of(case, actuals)
        for actuals in (as_planned, replace(as_planned, tables={**as_planned.tables, "revenue": paid}))
    )
    lost = one.use(Measure.REVENUE, Scope()).amounts - other.use(Measure.REVENUE, Scope()).amounts
    assert lost.sum() == pytest.approx(PAID * case.model.economics.net[1])
    assert not one.use(Measure.REVENUE, Scope()).told
    fewer = one.use(Measure.PROFIT, Scope()).amounts - other.use(Measure.PROFIT, Scope()).amounts
    assert 0 < fewer.sum() < lost.sum()


def _without(actuals: Actuals, product: int) -> Actuals:
    tables = {name: table.copy() for name, table in actuals.tables.items()}
    for table in tables.values():
        table[:, :, product] = np.nan
    return replace(actuals, tables=tables)
