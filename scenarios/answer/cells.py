"""The account's records: integer rows of cells and of lines. Every figure that people see is a sum of these.

Units, orders, uses, gifts and contacts are in 1/1000; money is in minor units of the currency, net of tax.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

from scenarios.arrays import Int, Plan
from scenarios.currency import minor_digits
from scenarios.grid import Grid
from scenarios.language.plan_lines import PlanLine

ACCOUNTS = ("public", "targeted", "basket_public", "basket_targeted")
"""Accounts of lines, one per block of slots; cells themselves are booked under ``cell``."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CellRows:
    """[S, K, T] what is sold in every cell, lines or not, at the regular price."""

    units: Int
    orders: Int
    """Part of the segment's orders that the cell's units stand for."""
    sales: Int
    """At the regular price, net of tax and returns."""
    cost: Int
    fees: Int
    """At the regular price."""
    borrowed: Int
    """Charge for units borrowed from after the horizon."""
    left_fatigue: Int
    """Charge for fatigue left at the end; in the last period."""
    ahead: Int
    """Charge for basket bumps bought ahead."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LineRows:
    """[R] one row per line and segment that it reaches, in plan order, segments in the scenario's order."""

    line: Int
    """Number of the line in the plan."""
    segment: Int
    product: Int
    """-1 for the basket."""
    period: Int
    block: Int
    """Index into `ACCOUNTS`."""
    offer: Int
    units: Int
    """Sold under the line; orders in basket accounts."""
    base_units: Int
    """Those that would have been sold anyway."""
    shared_units: Int
    """Sold under the line and under a line of the other layer at once."""
    uses: Int
    gifts: Int
    contacts: Int
    """The line's part of the messages that carry it."""
    sales: Int
    """Of `units`, at the regular price; 0 in basket accounts."""
    shared_sales: Int
    discount: Int
    discount_on_base: Int
    shared_discount: Int
    """The line's own discount on `shared_units`."""
    fee_spared: Int
    gift_cost: Int
    contact_cost: Int
    fixed_cost: Int
    funding: Int
    issued: Int
    """Coupons that customers hold by the line, or pieces; see `scenarios.response.issued`."""
    liability: Int
    """What is owed when all of them are redeemed, net, before funding."""

    @property
    def gross_spend(self) -> Int:
        """[R] discount and cash cost."""
        return self.discount + self.gift_cost + self.contact_cost + self.fixed_cost

    @property
    def spend(self) -> Int:
        """[R] gross spend less vendor funding."""
        return self.gross_spend - self.funding


@dataclass(frozen=True, kw_only=True, eq=False)
class Account:
    """One plan's account on the expected effects."""

    grid: Grid
    plan: Plan
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
