"""Sums and limits as the ledger keeps them beside what the response says, and how far rounding may move them apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
from further_limits import scope_of
from further_rules import Draw

from constraints.limits.book import Limits, build_limits
from constraints.limits.entries import LimitRow, limit_entries
from constraints.limits.verdicts import judge
from scenarios.answer.cells import Account
from scenarios.answer.outcome import account
from scenarios.answer.past_use import PastUse
from scenarios.answer.sums import Places, digits_of, measured
from scenarios.language.schemas.limit import Limit
from scenarios.language.scope import Scope
from scenarios.language.words import RATIOS, Measure
from scenarios.response import totals
from scenarios.response.coefficients import Coefficients
from scenarios.response.measures import measure_functional

HALVES: dict[Measure, tuple[int, int]] = {
    Measure.UNITS: (1, 2),
    Measure.ORDERS: (1, 1),
    Measure.REVENUE: (1, 4),
    Measure.MARGIN: (3, 7),
    Measure.PROFIT: (6, 11),
    Measure.DISCOUNT: (0, 1),
    Measure.DISCOUNT_ON_BASE: (0, 1),
    Measure.VENDOR_FUNDING: (0, 5),
    Measure.CASH_COST: (0, 4),
    Measure.GROSS_SPEND: (0, 5),
    Measure.SPEND: (0, 10),
    Measure.MAX_LIABILITY: (0, 1),
    Measure.CONTACTS: (0, 1),
    Measure.USES: (0, 1),
    Measure.GIFTS: (0, 1),
    Measure.CUSTOMERS_REACHED: (0, 1),
    Measure.LINES: (0, 0),
}
"""Amounts of a cell and of a line that a measure adds up, each rounded by half a digit. A split fixed cost is two;
funding is a share of three that are rounded themselves, and rounded once more: five at most."""


def room(book: Account, measure: Measure | str, scope: Scope) -> float:
    """How far rounding may move a sum, in the measure's own unit."""
    places = Places(book, scope)
    products = len(book.grid.products) if measure is Measure.ORDERS else int(places.products.sum())
    cells = int(places.segments.sum()) * products * int(places.periods.sum())
    of_cell, of_row = HALVES[Measure(measure)]
    return (0.5 * (of_cell * cells + of_row * int(places.rows.sum())) + 1e-6) / 10 ** digits_of(measure, book.digits)


def sums_of(rng: np.random.Generator, model: Coefficients, plan: Any) -> Iterator[tuple[str, float]]:
    """Each measure over everything, a scope and a single cell: what to say, and the difference as a share of `room`."""
    grid, book = model.grid, account(model, plan)
    what = totals.sold_by(model, plan, np)
    draw = Draw(rng, grid.scenario.model_dump(mode="python", by_alias=True))
    for measure in (each for each in Measure if each not in RATIOS):
        cell = {
            "segments": [draw.one(draw.segments)],
            "products": [draw.one(draw.products)],
            "periods": [str(grid.scenario.horizon.date_of(int(rng.integers(grid.shape[2]))))],
        }
        for where in ({}, scope_of(draw, measure), cell):
            scope = Scope.model_validate(where)
            exact = float(totals.value(measure_functional(grid, model.economics, measure, scope), model, what, np))
            kept = measured(book, measure, scope) / 10 ** digits_of(measure, book.digits)
            share = abs(kept - exact) / (room(book, measure, scope) + 1e-9 * abs(exact))
            yield f"{measure} over {where}: {kept} by the ledger, {exact} by the response", share


def limited(rng: np.random.Generator, model: Coefficients, written: list[dict[str, Any]], plan: Any) -> Coefficients:
    """Give a scenario limits whose bounds lie around what a plan uses."""
    grid = model.grid
    what = totals.sold_by(model, plan, np)
    found = []
    for each in written:
        limit = Limit.model_validate(each)
        trial = grid.scenario.model_copy(update={"limits": (limit,)})
        limits = build_limits(replace(model, grid=replace(grid, scenario=trial)))
        row = int(rng.choice(limits.rows_of[limit.id]))
        if limits.rate_parts[row] is None:
            use = float(totals.value(limits.functionals[row], model, what, np)) + float(limits.past[row])
        else:
            part, whole = (float(totals.value(each, model, what, np)) for each in limits.rate_parts[row] or ())
            use = part / whole if whole > 0 else 0.5
        key = "max" if limit.max is not None else "min"
        size = abs(use) or float(rng.uniform(0.1, 1.0)) * float(limits.scale[row])
        lower, upper = (-0.2, 0.6) if key == "max" else (-0.6, 0.2)
        bound = Decimal(str(round(use + size * float(rng.uniform(lower, upper)), 4)))
        found.append(limit.model_copy(update={key: bound}))
    scenario = grid.scenario.model_copy(update={"limits": tuple(found)})
    return replace(model, grid=replace(grid, scenario=scenario))


def limits_of(model: Coefficients, plan: Any) -> dict[str, bool]:
    """The ledger's verdict on each limit."""
    book, empty = account(model, plan), account(model, model.grid.empty())
    past = PastUse(model)
    return {entry.id: judge(entry, book, empty, past, None).ok for entry in limit_entries(model.grid)}


def room_of_limits(model: Coefficients, limits: Limits, plan: Any) -> Any:
    """[L] how far rounding may move each row; of a ratio, of its part and of its share of the whole."""
    book = account(model, plan)
    found = [
        _row_room(book, entry.part, entry.whole, row, abs(float(entry.bound)))
        for entry in limit_entries(model.grid)
        for row in entry.rows
    ]
    return np.array(found) * 2 + 1e-9 * limits.scale


def _row_room(book: Account, part: Measure | str, whole: Measure | str | None, row: LimitRow, bound: float) -> float:
    own = room(book, part, row.where)
    return own if whole is None or row.whole is None else own + bound * room(book, whole, row.whole)
