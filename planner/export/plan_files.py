"""Plans as CSV files for other tools: lines (re-readable by ``score`` and ``--start``), limits, bridge, claims ..."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from planner.export.claims import Claim, claims
from planner.export.departments import CSV_COLUMNS as DEPARTMENT_COLUMNS
from planner.export.departments import department_rows, departments, without_promotion
from planner.export.line_turnover import CSV_COLUMNS as TURNOVER_COLUMNS
from planner.export.line_turnover import line_turnover, turnover_rows
from planner.export.plan_rows import plan_rows
from planner.export.tax import CSV_COLUMNS as TAX_COLUMNS
from planner.export.tax import tax_rows
from planner.overwriting import columns_of, overwritten
from planner.reasons.told_price import told_price, told_range
from scenarios.answer.frozen_place import refuse_inside_problem
from scenarios.answer.plan import RankedPlan
from scenarios.answer.plan_files import PlanDirectory
from scenarios.language.payers import payers
from scenarios.problems import InvalidInput, Problem
from scenarios.tables.table_files import write_together

EXPORTED = "csv"
"""Where exports go inside a plan folder, unless another place is named."""
LINE_COLUMNS = ("date", "product", "segment", "offer", "coverage", "quantity", "pieces", "vendor")
"""The columns that a scenario's history, ``score`` and ``plan --start`` read; pieces follow from the quantity level,
and the vendor from the offer and its product."""
LIMIT_COLUMNS = (
    "id",
    "measure",
    "scope",
    "sense",
    "limit",
    "used",
    "used_at_risk",
    "at_risk",
    "headroom",
    "binding",
    "kept",
    "tightest_at",
    "shadow_price",
    "within",
    "share_of",
    "part",
    "whole",
    "before",
    "price_from",
    "price_to",
)
BRIDGE_COLUMNS = ("term", "amount")
CLAIM_COLUMNS = (
    "vendor",
    "date",
    "sales",
    "product",
    "offer",
    "units",
    "uses",
    "discount",
    "gifts",
    "fixed_cost",
    "share",
    "per_unit",
    "units_claimed",
    "per_line",
    "lines_claimed",
    "rounding",
    "amount",
    "so_far",
    "fund",
    "left",
    "beyond_fund",
)
_COLUMNS = {
    "lines.csv": LINE_COLUMNS,
    "limits.csv": LIMIT_COLUMNS,
    "bridge.csv": BRIDGE_COLUMNS,
    "claims.csv": CLAIM_COLUMNS,
    "departments.csv": DEPARTMENT_COLUMNS,
    "tax.csv": TAX_COLUMNS,
    "turnover.csv": TURNOVER_COLUMNS,
}
_RENEWED = {name: (columns,) for name, columns in _COLUMNS.items()} | {
    "lines.csv": (LINE_COLUMNS, LINE_COLUMNS[:-1]),
    "claims.csv": (CLAIM_COLUMNS, CLAIM_COLUMNS[:-1]),
    "departments.csv": (DEPARTMENT_COLUMNS, DEPARTMENT_COLUMNS[:-2]),
}
"""Columns of older exports that are renewed: lines had no vendor, claims nothing beyond a fund, departments no tax."""


def refuse_foreign_tables(folder: Path) -> None:
    """Never write over tables that are no older export: plans that people make by hand are called lines.csv, too.

    Raises
    ------
    InvalidInput
        With one problem for each such table, and where the folder is a file.
    """
    refuse_inside_problem(folder, option="--out")
    if folder.exists() and not folder.is_dir():
        expected, remedy = "a folder, or none yet", "choose another --out"
        raise InvalidInput([Problem(where="--out", what=str(folder), expected=expected, got="a file", remedy=remedy)])
    found = [
        problem
        for name, columns in _RENEWED.items()
        for problem in overwritten(
            folder / name,
            option="--out",
            older=f"{name} of an older export, with its columns",
            is_older=lambda path, columns=columns: columns_of(path) in columns,  # type: ignore[misc]
        )
    ]
    if found:
        raise InvalidInput(found)


def export_csv(directory: PlanDirectory, plan: RankedPlan, folder: Path) -> tuple[Path, ...]:
    """Write the tables of a plan of a directory into a folder; returns the files.

    Raises
    ------
    InvalidInput
        Where others stand in their place, and for a directory whose cells cannot be read or are not of this plan.
    """
    refuse_foreign_tables(folder)
    frozen, cells = directory.problem(), plan_rows(directory, plan)
    claimed, sold = claims(cells, frozen), departments(cells, without_promotion(frozen), frozen)
    folder.mkdir(parents=True, exist_ok=True)
    of_lines = line_rows(plan, payers(frozen.scenario))
    rows = (
        of_lines,
        limit_rows(plan),
        bridge_rows(plan),
        claim_rows(claimed),
        department_rows(sold),
        tax_rows(sold.taxed),
        turnover_rows(plan, line_turnover(cells, frozen)),
    )
    paths = tuple(folder / name for name in _COLUMNS)
    write_together(dict(zip(paths, zip(_COLUMNS.values(), rows, strict=True), strict=True)))
    return paths


def line_rows(plan: RankedPlan, payer: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, ...]]:
    """Yield one row a line, in plan order; ``payer`` is the vendor of an offer on a product, where one pays."""
    for line in plan.lines:
        counted = line.pieces is not None
        level = _number(line.quantity) if counted else ""
        place = (line.period.isoformat(), line.product, line.segment, line.offer)
        pieces = str(line.pieces) if counted else ""
        yield *place, _number(line.coverage), level, pieces, payer.get((line.offer, line.product), "")


def limit_rows(plan: RankedPlan) -> Iterator[tuple[str, ...]]:
    """Yield one row a limit."""
    for limit in plan.limits:
        share, holds = limit.share_of, told_range(limit)
        yield (
            limit.id,
            limit.measure,
            _scope_words(limit.scope),
            limit.sense,
            _number(limit.limit),
            _number(limit.used),
            _number(limit.used_at_risk),
            _number(limit.at_risk),
            _number(limit.headroom),
            _word(limit.binding),
            _word(limit.ok),
            limit.at or "",
            _number(told_price(limit)),
            limit.within or "",
            "" if share is None else "; ".join(filter(None, (share["measure"], _scope_words(share["scope"])))),
            _number(limit.part),
            _number(limit.whole),
            _number(limit.before),
            _number(None if holds is None else holds.low),
            _number(None if holds is None else holds.high),
        )


def bridge_rows(plan: RankedPlan) -> Iterator[tuple[str, ...]]:
    """Yield the bridge's terms and the net, which is their sum."""
    bridge = plan.outcome.bridge
    for name, amount in (*bridge.terms, ("net", bridge.net)):
        yield name, _number(amount)


def claim_rows(found: Sequence[Claim]) -> Iterator[tuple[str, ...]]:
    """Yield one row a claim."""
    for claim in found:
        yield (
            claim.vendor,
            claim.date.isoformat(),
            claim.sales,
            claim.product,
            claim.offer,
            _number(claim.units),
            _number(claim.uses),
            _number(claim.discount),
            _number(claim.gifts),
            _number(claim.fixed_cost),
            _number(claim.share or None),
            _number(claim.per_unit or None),
            _number(claim.units_claimed),
            _number(claim.per_line or None),
            "" if claim.lines_claimed is None else str(claim.lines_claimed),
            _number(claim.rounding),
            _number(claim.amount),
            _number(claim.so_far),
            _number(claim.fund),
            _number(claim.left),
            _number(claim.beyond_fund or None),
        )


def _number(value: Decimal | float | None) -> str:
    """Write a number in full, without an exponent; nothing for what does not exist."""
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else format(Decimal(repr(value)), "f")


def _word(value: bool) -> str:
    return "yes" if value else "no"


def _scope_words(scope: dict[str, Any]) -> str:
    return "; ".join(f"{key}: {_scope_text(value)}" for key, value in scope.items())


def _scope_text(value: object) -> str:
    return " ".join(str(entry) for entry in value) if isinstance(value, list | tuple) else str(value)
