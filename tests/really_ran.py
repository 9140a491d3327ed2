"""Actuals that tell what ran, of the small shop: another plan than the one that was to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from flight_case import Running
from replan_case import LAST, happened

from scenarios.flight.actuals import Actuals, Ran
from scenarios.language.plan_lines import PlanLine
from scenarios.response.totals import sold_by


def ran_of(case: Running, lines: Sequence[PlanLine], last: int = LAST) -> frozenset[Ran]:
    """What the column ``offer`` says where some lines ran, segment by segment."""
    grid, found = case.grid, set[Ran]()
    for each in lines:
        period = grid.scenario.horizon.period_of(each.date)
        own = grid.segment_index.get(each.segment)
        for segment in range(len(grid.segments)) if own is None else (own,):
            product = grid.product_index.get(each.product)
            if period <= last:
                found.add(Ran(period=period, product=product, segment=segment, offer=grid.offer_index[each.offer]))
    return frozenset(found)


def lived_otherwise(case: Running, lines: Sequence[PlanLine], last: int = LAST) -> Actuals:
    """Sales as the response model has them under other lines, with what ran told, rows of baskets among them."""
    what = sold_by(case.model, case.grid.plan_of(tuple(lines)), np)
    actuals = happened(case, what.units, last)
    tables = {name: table.copy() for name, table in actuals.tables.items()}
    s, k, _ = case.grid.shape
    tables["units"][0, :s, k, : last + 1] = np.rint(what.orders[:, : last + 1])
    price = np.array([float(product.price or 0) for product in case.grid.products])
    tables["revenue"][0, :s, :k, : last + 1] = np.rint(actuals.units * price[:, None])[..., : last + 1]
    return replace(actuals, tables=tables, ran=ran_of(case, lines, last))
