"""The verdict on a plan folder as plain data: every figure, every sentence, nothing left out."""

from __future__ import annotations

from typing import Any

from constraints.checking.check import CheckReport
from planner.report.check_verdict import signature_sentence
from planner.report.one_plan.outcome import broken_sentences
from scenarios.answer.json_records import to_data


def check_json(report: CheckReport) -> dict[str, Any]:
    """Return the verdict as plain data."""
    return {
        "format": "campaign-check/1",
        "folder": report.folder,
        "ok": report.ok,
        "plans": [
            {
                "rank": number,
                "ok": ledger.ok,
                "objective": ledger.objective,
                "profit_change": ledger.outcome.profit_change,
                "spend": ledger.outcome.spend,
                "lines": len(ledger.account.lines),
                "limits": to_data(ledger.limits),
                "rules": to_data(ledger.rules),
                "totals": [{**to_data(row), "ok": row.ok} for row in rows],
                "broken": list(broken_sentences(ledger.limits, ledger.rules, ledger.refused, report.plan_set.currency)),
            }
            for number, (ledger, rows) in enumerate(zip(report.reports, report.reconciled, strict=True), start=1)
        ],
        "signature": {
            "state": report.signed.value,
            "signed_by": report.signed_by,
            "key": report.key,
            "sentence": signature_sentence(report) or None,
        },
        "another_question": report.another_question or None,
        "replanned": None if report.replanned is None else report.replanned.sentence,
        "as_replanned": report.as_replanned,
        "changed": list(report.changed),
        "differences": [to_data(entry) for entry in report.differences],
        "violations": list(report.violations),
        "sealed_only": list(report.sealed_only),
        "unproven": list(report.unproven),
    }
