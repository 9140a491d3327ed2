"""What a plan leaves out as plain data."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from planner.reasons.breaking import Broken
from planner.reasons.not_planned.giving_way import GivesWay
from planner.reasons.not_planned.left_out import Absences, BestLine
from planner.reasons.not_planned.operations import Operation
from scenarios.language.plan_lines import PlanLine


def left_out_json(absences: Absences) -> list[dict[str, Any]]:
    """Return what is left out as plain data."""
    return [
        {
            "offer": each.offer,
            "product": each.product,
            "standing": each.standing,
            "slots": each.slots,
            "reasons": [
                {"reason": count.reason.value, "barred": list(count.barred), "slots": count.slots}
                for count in each.counts
            ],
            "best": _best_json(each.best),
        }
        for each in absences.told
    ]


def _line_json(line: PlanLine | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {
        "period": line.date.isoformat(),
        "product": line.product,
        "segment": line.segment,
        "offer": line.offer,
        "coverage": line.coverage,
        "quantity": line.quantity,
    }


def _best_json(best: BestLine) -> dict[str, Any]:
    return {
        "line": _line_json(best.line),
        "reason": best.reason.value,
        "change": best.change,
        "alone": best.alone,
        "profit_by_term": _terms_json(best.parts),
        "instead_of": _line_json(best.instead_of),
        "barred": _barred_json(best.barred),
        "gives_way": _way_json(best.gives_way),
        "tied_by": list(best.tied_by),
        "operation": None if best.operation is None else _operation_json(best.operation),
        "message": None if best.message is None else _operation_json(best.message),
    }


def _operation_json(whole: Operation) -> dict[str, Any]:
    return {
        "lines": [_line_json(each) for each in whole.lines],
        "instead_of": [_line_json(each) for each in whole.instead_of],
        "change": whole.change,
        "profit_by_term": _terms_json(whole.parts),
        "barred": _barred_json(whole.barred),
        "gives_way": _way_json(whole.gives_way),
    }


def _terms_json(parts: tuple[tuple[str, Decimal], ...]) -> dict[str, float]:
    return {name: float(amount) for name, amount in parts}


def _barred_json(barred: tuple[Broken, ...]) -> list[dict[str, Any]]:
    return [{"id": each.id, "why": each.words, "missing": each.missing, "estimated": not each.sure} for each in barred]


def _way_json(way: GivesWay | None) -> dict[str, Any] | None:
    return None if way is None else {"lines": [_line_json(each) for each in way.lines], "change": way.change}
