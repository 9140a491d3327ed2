"""A sweep as plain data: JSON, and the columns of its table."""

from __future__ import annotations

from typing import Any

from planner.sweep.binding import stops_binding
from planner.sweep.price_agrees import price_agrees
from planner.sweep.record import Sweep


def sweep_json(result: Sweep, scenario: str) -> dict[str, Any]:
    """Return the sweep as plain data."""
    return {
        "format": "campaign-sweep/1",
        "scenario": scenario,
        "vary": [{"path": axis.path, "values": list(axis.values)} for axis in result.axes],
        "limit": result.limit,
        "stops_binding": stops_binding(result),
        "interrupted": result.interrupted,
        "points": [_point_json(result, number) for number in range(len(result.points))],
    }


def _point_json(result: Sweep, number: int) -> dict[str, Any]:
    point = result.points[number]
    document: dict[str, Any] = {
        "values": _named(result, point.values),
        "status": point.status,
        "folder": point.folder,
    }
    best, plan_set = point.best, point.plan_set
    if best is None or plan_set is None:
        return document | {"reasons": list(point.reasons)}
    outcome = best.outcome
    return document | {
        "objective": best.objective,
        "per_unit_more": result.per_unit(number),
        "per_unit_unsure": result.unsure(number),
        "bound": result.bound_at(point),
        "gap": result.gap_at(point),
        "no_gap": result.no_gap_at(point),
        "profit_change": outcome.profit_change,
        "spend": outcome.spend,
        "roi": outcome.roi,
        "lines": len(best.lines),
        "planned_again_from": _named(result, point.lent),
        "limit": result.limit_at(point),
        "binds": result.binds_at(point),
        "holds_back": result.holds_back(point),
        "price_agrees": price_agrees(result, point),
    }


def _named(result: Sweep, values: tuple[str, ...] | None) -> dict[str, str] | None:
    """Values by the path of their axis."""
    return None if values is None else {axis.path: value for axis, value in zip(result.axes, values, strict=True)}


def sweep_columns(result: Sweep) -> dict[str, list[Any]]:
    """Return the sweep as the columns of a table."""
    columns: dict[str, list[Any]] = {axis.path: [] for axis in result.axes}
    names = ("status", "objective", "per_unit_more", "bound", "gap", "spend", "limit_used")
    verdicts = ("limit_used_at_risk", "binding", "binds", "holds_back", "price_agrees")
    columns |= {name: [] for name in (*names, *verdicts, "planned_again_from", "shadow_price", "folder")}
    for number, point in enumerate(result.points):
        for axis, value in zip(result.axes, point.values, strict=True):
            columns[axis.path].append(value)
        best, limit = point.best, result.limit_at(point)
        row: dict[str, Any] = {
            "status": point.status,
            "objective": None if best is None else best.objective,
            "per_unit_more": result.per_unit(number),
            "bound": result.bound_at(point),
            "gap": result.gap_at(point),
            "spend": None if best is None else best.outcome.spend,
            "limit_used": None if limit is None else limit.used,
            "limit_used_at_risk": None if limit is None else limit.used_at_risk,
            "binding": None if limit is None else limit.binding,
            "binds": result.binds_at(point),
            "holds_back": result.holds_back(point),
            "price_agrees": price_agrees(result, point),
            "planned_again_from": None if point.lent is None else " ".join(point.lent),
            "shadow_price": None if limit is None else limit.shadow_price,
            "folder": point.folder,
        }
        for name, cell in row.items():
            columns[name].append(cell)
    return columns
