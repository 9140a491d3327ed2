"""Totals of a plan reconciled: as stated, as sums of cells, of lines, of limits, and of the bridge. What was written.

The ledger recomputes every figure from the question; here nothing is recomputed, only added up, as finance would do
with the files in hand: rows of cells.parquet, lines, limits and bridge of plans.json must lead to the same totals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from scenarios.answer import cells_file
from scenarios.answer.plan import LineResult, RankedPlan
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Flag
from scenarios.currency import minor_digits
from scenarios.language.aim import caution_of
from scenarios.language.implied_ids import FUND, GIFT
from scenarios.language.payers import paying_vendors
from scenarios.language.schema import Scenario
from scenarios.rounding import UNIT_DIGITS, to_decimal

_COUNTS = ("units", "orders", "uses", "gifts", "contacts", "issued")


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """One total and every way to it; None where a way does not lead there."""

    total: str
    """Key of ``outcome``."""
    stated: Decimal
    cells: Decimal | None
    """Sum over the rows of cells.parquet (docs/files.md gives the formulas)."""
    lines: Decimal | None
    """Sum over the lines; for the profit gained, of their contributions and the interaction."""
    limits: Decimal | None
    """Use of a limit over everything, or of limits that together cover everything."""
    bridge: Decimal | None
    """Sum of the bridge's terms."""

    @property
    def ways(self) -> tuple[Decimal, ...]:
        """Amounts of the ways that lead to the total."""
        return tuple(way for way in (self.cells, self.lines, self.limits, self.bridge) if way is not None)

    @property
    def ok(self) -> bool:
        """Whether every way leads to the stated total."""
        return all(way == self.stated for way in self.ways)


_LINES: Mapping[str, Callable[[LineResult], Decimal]] = {
    "discount": lambda line: line.discount,
    "cash_cost": lambda line: line.gross_spend - line.discount,
    "gross_spend": lambda line: line.gross_spend,
    "vendor_funding": lambda line: line.vendor_funding,
    "spend": lambda line: line.spend,
    "uses": lambda line: line.uses,
    "gifts": lambda line: line.gifts,
    "contacts": lambda line: line.contacts,
    "issued": lambda line: line.issued,
    "max_liability": lambda line: line.liability,
}


def reconcile(plan: RankedPlan, rows: pa.Table, scenario: Scenario, empty_profit: Decimal) -> tuple[Reconciled, ...]:
    """Add up a plan's totals along every way.

    Parameters
    ----------
    plan
        As written in plans.json.
    rows
        Its rows of cells.parquet as written.
    empty_profit
        Profit without any promotion, from which changes count.
    """
    digits = minor_digits(scenario.currency)
    cells = cell_totals(rows, digits)
    cells["profit_change"] = cells["profit"] - empty_profit
    lines = {name: sum((of(line) for line in plan.lines), Decimal(0)) for name, of in _LINES.items()}
    limits = _limit_totals(plan, scenario)
    told = plan.interaction is not None and all(line.contribution is not None for line in plan.lines)
    adds_up = scenario.objective == "profit" and plan.objective == plan.outcome.profit_change
    if told and (adds_up or caution_of(scenario.objective) is not None):
        worth = sum((line.contribution or Decimal(0) for line in plan.lines), Decimal(0))
        lines["profit_change"] = worth + (plan.interaction or Decimal(0))
    bridge = {"profit_change": sum((amount for _, amount in plan.outcome.bridge.terms), Decimal(0))}
    return tuple(
        Reconciled(
            total=name,
            stated=getattr(plan.outcome, name),
            cells=amount,
            lines=lines.get(name),
            limits=limits.get(name),
            bridge=bridge.get(name),
        )
        for name, amount in cells.items()
    )


def cell_totals(rows: pa.Table, digits: int) -> dict[str, Decimal]:
    """Add up the rows of one plan, by key of ``outcome``."""
    at_cell = cells_file.of_cells(rows)
    cell = {name: _sum(rows, name, at_cell) for name in cells_file.AMOUNTS}
    line = {name: _sum(rows, name, ~at_cell) for name in cells_file.AMOUNTS}
    cash = line["gift_cost"] + line["contact_cost"] + line["fixed_cost"]
    revenue = cell["sales"] - line["discount"]
    margin = revenue - cell["cost"] - cell["fees"] + line["fee_spared"] + line["funding"]
    charges = cell["borrowed"] + cell["left_fatigue"] + cell["ahead"]
    totals = {
        "units": cell["units"],
        "orders": cell["orders"],
        "revenue": revenue,
        "margin": margin,
        "profit": margin - cash - charges,
        "profit_change": 0,
        "discount": line["discount"],
        "discount_on_base": line["discount_on_base"],
        "gifts_cost": line["gift_cost"],
        "contacts_cost": line["contact_cost"],
        "fixed_cost": line["fixed_cost"],
        "cash_cost": cash,
        "gross_spend": line["discount"] + cash,
        "vendor_funding": line["funding"],
        "spend": line["discount"] + cash - line["funding"],
        "charges": charges,
        "uses": line["uses"],
        "gifts": line["gifts"],
        "contacts": line["contacts"],
        "issued": line["issued"],
        "max_liability": line["liability"],
    }
    return {name: to_decimal(total, UNIT_DIGITS if name in _COUNTS else digits) for name, total in totals.items()}


def _sum(rows: pa.Table, name: str, where: Flag) -> int:
    """Sum of a column, exactly: also of amounts that no plan has, whose sum int64 could not hold."""
    values = cells_file.amounts(rows, name)[where]
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


def _limit_totals(plan: RankedPlan, scenario: Scenario) -> dict[str, Decimal]:
    """Totals that limits state: the use of one over everything, of all vendors' funds, of all gifts' stocks.

    Of several limits on one measure, the one that states something else than the outcome, if any does.
    """
    found: dict[str, Decimal] = {}
    for limit in filter(_is_total, plan.limits):
        known = found.get(limit.measure)
        if known is None or known == getattr(plan.outcome, limit.measure, known):
            found[limit.measure] = limit.used
    used = {limit.id: limit.used for limit in plan.limits}
    for measure, parts in (
        ("vendor_funding", sorted(f"{FUND}{vendor}" for vendor in paying_vendors(scenario))),
        ("gifts", sorted({f"{GIFT}{each.gift}" for each in scenario.offers if each.gift})),
    ):
        if parts and measure not in found and all(part in used for part in parts):
            found[measure] = sum((used[part] for part in parts), Decimal(0))
    return found


def _is_total(limit: LimitResult) -> bool:
    """Whether a limit's use is one sum over everything, this horizon only."""
    return not (limit.scope or limit.ratio or limit.within or limit.at or limit.before)
