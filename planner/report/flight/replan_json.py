"""The document of ``campaign replan --json``: every line for machines, and the rows that people read."""

from __future__ import annotations

from typing import Any

from planner.replan.reconciled import reconciled
from planner.replan.replanned import Replanned
from planner.report.conflict import conflict_json
from scenarios.answer.json_records import to_data
from scenarios.language.plan_lines import PlanLine


def replan_json(found: Replanned, *, folder: str, plan: int) -> Any:
    """Return the document of `campaign replan --json`."""
    learned = found.recalibration
    return to_data(
        {
            "format": "campaign-replan/1",
            "folder": folder,
            "plan": plan,
            "as_of": found.flight.as_of,
            "locked_until": found.flight.locked_until,
            "change_cost": found.cost,
            "seemed_to_earn": found.idle,
            "currency": found.frozen.scenario.currency,
            "learned": {
                "offers": learned.offers,
                "in_segments": [
                    {"offer": offer, "segment": segment, **vars(moved)}
                    for (offer, segment), moved in learned.in_segments.items()
                ],
                "products": learned.products,
                "take_up": found.used,
                "cells": learned.used,
                "sold_out_left_out": learned.left_out,
                "holdout_lifts": learned.contrasts,
                "lines_whose_pieces_ran_out": learned.ran_out,
            },
            "before": found.before,
            "after": found.after,
            "reconciled": reconciled(found),
            "changes": [
                {
                    "date": change.slot[0],
                    "product": change.slot[1],
                    "segment": change.slot[2],
                    "before": _line(change.before),
                    "after": _line(change.after),
                    "gain": change.gain,
                    "reason": change.reason,
                }
                for change in found.changes
            ],
            "rows": [
                {
                    "changes": [found.changes.index(change) for change in row.changes],
                    "gain": row.gain,
                    "only_beside_others": row.beside,
                    "reasons": row.reasons,
                    "sendings": row.sendings,
                }
                for row in found.rows
            ],
            "floors": found.flight.floors,
            "ceilings": found.flight.ceilings,
            "gave_way": found.gave_way,
            "within_error": found.within_error,
            "beyond_funds": [
                {
                    "vendor": each.vendor,
                    "fund": each.fund,
                    "claimed": each.claimed,
                    "asked": each.asked,
                    "paid": each.paid,
                    "beyond": each.beyond,
                }
                for each in found.beyond_funds
            ],
            "conflict": None if found.plan_set is not None else conflict_json(found.conflict),
            "tied": found.tied,
            "asked": found.flight.asked,
            "moved": (*found.flight.moved, *found.printed),
            "attention": found.attention,
            "warnings": found.warnings,
        }
    )


def _line(line: PlanLine | None) -> dict[str, Any] | None:
    return None if line is None else {"offer": line.offer, "coverage": line.coverage, "quantity": line.quantity}
