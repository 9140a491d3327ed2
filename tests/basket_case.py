"""The shop with an offer on large orders in flight, and what rows of baskets tell of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from flight_case import Running, line, running
from replan_case import LAST, happened, sold

from scenarios.flight.actuals import Actuals
from scenarios.response.totals import sold_by

SAVE = "{id: save-200, mechanic: threshold, spend: 3000, save: 200, layer: targeted,"
CUT = "{id: cut-15, mechanic: price_discount, depth: 15%,"
OLD, BASKETS = 1, 3
TUESDAY, THURSDAY = 2, 4
"""Periods of 3 and 5 November."""
NET = 0.96 / 1.13
"""What a saving of 1 costs after tax and returns."""


def save_case(folder: Path, level: float | None, written: str = SAVE) -> Running:
    """The shop, where old customers save on large orders on two days; the offer counts pieces at some level or not.

    ``written`` is how the offer begins in the file.
    """
    shop = {
        "  - {id: agreed, rule: locked, lines: [{date: 2026-11-04, product: phone, offer: cut-15}]}\n": "",
        "  - {id: total-budget, measure: spend, max: 80000}\n": (
            "  - {id: total-budget, measure: spend, max: 80000}\n  - {id: all-uses, measure: uses, max: 900}\n"
        ),
    }
    if level is not None:
        # Cuts are on no line: as the case of `test_pieces_in_flight` has them, so that one program serves both.
        shop |= {CUT: f"{CUT} quantity: [50%, 100%],", SAVE: f"{written} quantity: [50%, 100%],"}
    else:
        shop[SAVE] = written
    case = running(folder, shop=shop)
    lines = [
        line(day, "basket", "save-200", "old").model_copy(update={"quantity": 1.0 if level is None else level})
        for day in (3, 5)
    ]
    return replace(case, plan=case.grid.plan_of(lines))


def told_case(case: Running, *, orders: float | None = None, uses: dict[int, float] | None = None) -> Actuals:
    """Sales as forecast; rows of baskets tell orders so many times as many, and uses of some days."""
    actuals, what = happened(case, sold(case)), sold_by(case.model, case.plan, np)
    tables = {name: table.copy() for name, table in actuals.tables.items()}
    if orders is not None:
        tables["units"][0, : len(what.orders), BASKETS, : LAST + 1] = np.rint(orders * what.orders[:, : LAST + 1])
    if uses is not None:
        told = np.full_like(tables["units"], np.nan)
        for period, number in uses.items():
            told[0, OLD, BASKETS, period] = number
        tables["uses"] = told
    return replace(actuals, tables=tables)
