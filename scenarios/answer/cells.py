"""The account's records: integer rows of cells and of lines. Every figure that people see is a sum of these.

Units, orders, uses, gifts and contacts are in 1/1000; money is in minor units of the currency, net of tax.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenarios.currency import minor_digits
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine
from scenarios.rounding import Integers

ACCOUNTS = ("public", "targeted", "basket_public", "basket_targeted")
"""Accounts of lines, one per block of slots; cells themselves are booked under ``cell``."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CellRows:
    """[S, K, T] what is sold in every cell, lines or not, at the regular price."""

    units: Integers
    orders: Integers
    """Part of the segment's orders that the cell's units stand for."""
    sales: Integers
    """At the regular price, net of tax and returns."""
    cost: Integers
    fees: Integers
    """At the regular price."""
    borrowed: Integers
    """Charge for units borrowed from after the horizon."""
    left_fatigue: Integers
    """Charge for fatigue left at the end; in the last period."""
    ahead: Integers
    """Charge for basket bumps bought ahead."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LineRows:
    """[R] one row per line and segment that it reaches, in plan order, segments in the scenario's order."""

    line: Integers
    """Number of the line in the plan."""
    segment: Integers
    product: Integers
    """-1 for the basket."""
    period: Integers
    block: Integers
    """Index into `ACCOUNTS`."""
    offer: Integers
    units: Integers
    """Sold under the line; orders in basket accounts."""
    base_units: Integers
    """Those that would have been sold anyway."""
    shared_units: Integers
    """Sold under the line and under a line of the other layer at once."""
    uses: Integers
    gifts: Integers
    contacts: Integers
    """The line's part of the messages that carry it."""
    sales: Integers
    """Of `units`, at the regular price; 0 in basket accounts."""
    shared_sales: Integers
    discount: Integers
    discount_on_base: Integers
    shared_discount: Integers
    """The line's own discount on `shared_units`."""
    fee_spared: Integers
    gift_cost: Integers
    contact_cost: Integers
    fixed_cost: Integers
    funding: Integers
    issued: Integers
    """Coupons that customers hold by the line, or pieces; see `scenarios.response.issued`."""
    liability: Integers
    """What is owed when all of them are redeemed, net, before funding."""

    @property
    def gross_spend(self) -> Integers:
        """[R] discount and cash cost."""
        return self.discount + self.gift_cost + self.contact_cost + self.fixed_cost

    @property
    def spend(self) -> Integers:
        """[R] gross spend less vendor funding."""
        return self.gross_spend - self.funding


@dataclass(frozen=True, kw_only=True, eq=False)
class Account:
    """One plan's account on the expected effects."""

    grid: Grid
    plan: NDArray[np.int8]
    cells: CellRows
    rows: LineRows

    @cached_property
    def digits(self) -> int:
        """Digits of the currency's minor unit."""
        return minor_digits(self.grid.scenario.currency)

    def up_to(self, periods: int) -> Account:
        """The account of the first periods only: what is booked later is 0 in the cells, and no row."""
        cells = {}
        for field in fields(self.cells):
            cells[field.name] = getattr(self.cells, field.name).copy()
            cells[field.name][..., periods:] = 0
        early = self.rows.period < periods
        rows = {field.name: getattr(self.rows, field.name)[early] for field in fields(self.rows)}
        return replace(self, cells=CellRows(**cells), rows=LineRows(**rows))

    @cached_property
    def lines(self) -> tuple[PlanLine, ...]:
        """The plan's lines; `LineRows.line` counts them."""
        return self.grid.lines(self.plan)
