"""Plans as CSV files for other tools: lines (re-readable by ``score`` and ``--start``), limits, bridge."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from scenarios.answer.plan import RankedPlan
from scenarios.tables.table_files import write_rows

EXPORTED = "csv"
"""Where exports go inside a plan folder, unless another place is named."""
LINE_COLUMNS = ("date", "product", "segment", "offer", "coverage", "quantity", "pieces")
"""The columns that a scenario's history, ``score`` and ``plan --start`` read; pieces follow from the quantity level."""
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


def export_csv(plan: RankedPlan, folder: Path) -> tuple[Path, ...]:
    """Write lines.csv, limits.csv and bridge.csv of a plan into a folder; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = (
        ("lines.csv", LINE_COLUMNS, line_rows(plan)),
        ("limits.csv", LIMIT_COLUMNS, limit_rows(plan)),
        ("bridge.csv", BRIDGE_COLUMNS, bridge_rows(plan)),
    )
    for name, columns, rows in tables:
        write_rows(folder / name, columns, rows)
    return tuple(folder / name for name, _, _ in tables)


def line_rows(plan: RankedPlan) -> Iterator[tuple[str, ...]]:
    """Yield one row a line, in plan order."""
    for line in plan.lines:
        counted = line.pieces is not None
        level = _number(line.quantity) if counted else ""
        place = (line.period.isoformat(), line.product, line.segment, line.offer)
        yield *place, _number(line.coverage), level, str(line.pieces) if counted else ""


def limit_rows(plan: RankedPlan) -> Iterator[tuple[str, ...]]:
    """Yield one row a limit."""
    for limit in plan.limits:
        share = limit.share_of
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
            _number(limit.shadow_price),
            limit.within or "",
            "" if share is None else "; ".join(filter(None, (share["measure"], _scope_words(share["scope"])))),
            _number(limit.part),
            _number(limit.whole),
            _number(limit.before),
            _number(None if limit.price_holds is None else limit.price_holds.low),
            _number(None if limit.price_holds is None else limit.price_holds.high),
        )


def bridge_rows(plan: RankedPlan) -> Iterator[tuple[str, ...]]:
    """Yield the bridge's terms and the net, which is their sum."""
    bridge = plan.outcome.bridge
    for name, amount in (*bridge.terms, ("net", bridge.net)):
        yield name, _number(amount)


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
