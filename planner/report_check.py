"""The verdict on a plan folder for finance: every limit exactly, every rule, every difference, what is sealed only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from constraints.check import CheckReport
from constraints.ledger import LedgerReport
from planner.figures import NOTHING, plural
from planner.report_limits import status
from planner.report_notes import show_sentences
from planner.report_outcome import broken_sentences
from planner.report_table import Column, FittedTable
from scenarios.json_records import to_data
from scenarios.words import Measure

SHOWN_OF_ANOTHER = 10
"""Differences that are shown of a copy that asks another question; those of the folder itself are all shown."""


def show_check(report: CheckReport) -> list[RenderableType]:
    """Lay out the whole verdict: plans, limits, rules, differences, what was not recomputed."""
    currency = report.plan_set.currency
    parts: list[RenderableType] = [Text(report.another_question, style="bold red")] if report.another_question else []
    parts.append(_plans(report))
    parts += [_limits(number, ledger, currency) for number, ledger in enumerate(report.reports, start=1)]
    if report.violations:
        parts.append(show_sentences("Violated", report.violations, style="red"))
    if report.differences:
        parts.append(show_sentences("Not as recomputed", _differences(report), style="red"))
    parts.append(show_sentences("Sealed by hash, not recomputed", [", ".join(report.sealed_only)]))
    if report.unproven:
        parts.append(show_sentences("Not proven", report.unproven, style="yellow"))
    parts.append(_verdict(report))
    return parts


def _differences(report: CheckReport) -> list[str]:
    """Every difference in a sentence; of a copy that asks another question, the first few and how many more."""
    if not report.another_question:
        return [str(entry) for entry in report.differences]
    own = report.own_differences
    hidden = set(own[SHOWN_OF_ANOTHER:]) - set(own[:SHOWN_OF_ANOTHER])
    sentences = [str(entry) for entry in report.differences if entry not in hidden]
    if len(own) > SHOWN_OF_ANOTHER:
        sentences.append(
            f"and {plural(len(own) - SHOWN_OF_ANOTHER, 'more difference')} from your copy, because it asks another "
            "question (--json lists all)"
        )
    return sentences


def _plans(report: CheckReport) -> FittedTable:
    """One row a plan: its recomputed totals and whether it keeps everything."""
    rows = []
    for number, ledger in enumerate(report.reports, start=1):
        outcome = ledger.outcome
        rules = sum(not rule.satisfied for rule in ledger.rules)
        limits = sum(not limit.ok for limit in ledger.limits)
        kept = Text("kept", style="green") if ledger.ok else Text("BROKEN", style="bold red")
        rows.append(
            (
                str(number),
                exact(ledger.objective),
                exact(outcome.spend),
                exact(outcome.vendor_funding),
                str(len(ledger.account.lines)),
                f"{len(ledger.limits) - limits}/{len(ledger.limits)}",
                f"{len(ledger.rules) - rules}/{len(ledger.rules)}",
                kept,
            )
        )
    return FittedTable(
        title=f"{report.folder}: {plural(len(rows), 'plan')} recomputed from the lines",
        columns=(
            Column(title="#", number=True),
            Column(title="objective", number=True),
            Column(title="spend", number=True),
            Column(title="vendors pay", number=True, gives_way=1),
            Column(title="lines", number=True),
            Column(title="limits", number=True),
            Column(title="rules", number=True),
            Column(title="", number=True),
        ),
        rows=tuple(rows),
        notes=(f"money in {report.plan_set.currency}, net of tax, exact",),
        empty="no plan",
    )


def _limits(number: int, ledger: LedgerReport, currency: str) -> FittedTable:
    rows = []
    for limit in ledger.limits:
        used = limit.used if limit.used_at_risk is None else limit.used_at_risk
        rows.append(
            (
                limit.id,
                f"{limit.measure} {limit.sense}",
                exact(limit.limit, rate=limit.measure == Measure.MARGIN_RATE),
                exact(used, rate=limit.measure == Measure.MARGIN_RATE),
                exact(limit.headroom, rate=limit.measure == Measure.MARGIN_RATE),
                NOTHING if limit.at_risk is None else f"{limit.at_risk:.0%}",
                Text("kept", style="green") if limit.ok else status(limit),
                limit.at or "",
            )
        )
    return FittedTable(
        title=f"Plan {number}, limit by limit",
        columns=(
            Column(title="limit", least=12),
            Column(title="measure", least=11, gives_way=2),
            Column(title="bound", number=True),
            Column(title="used", number=True),
            Column(title="headroom", number=True),
            Column(title="in", number=True, gives_way=1),
            Column(title="", number=True),
            Column(title="where least is left", least=10, gives_way=3),
        ),
        rows=tuple(rows),
        notes=(f"in: share of the futures in which the limit holds; money in {currency}, net of tax, exact",),
        empty="no limit",
    )


def exact(amount: Decimal, *, rate: bool = False) -> str:
    """Write an amount with every digit it has."""
    return f"{amount * 100:,f}%" if rate else f"{amount:,f}"


def _verdict(report: CheckReport) -> Text:
    if report.ok:
        return Text("All figures are as recomputed, every limit and rule is kept.", style="bold green")
    parts = []
    if report.differences:
        parts.append(plural(len(report.differences), "difference"))
    if report.violations:
        parts.append(plural(len(report.violations), "violation"))
    return Text(f"This folder does not pass: {' and '.join(parts)}.", style="bold red")


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
                "broken": list(broken_sentences(ledger.limits, ledger.rules, ledger.refused)),
            }
            for number, ledger in enumerate(report.reports, start=1)
        ],
        "another_question": report.another_question or None,
        "differences": [to_data(entry) for entry in report.differences],
        "violations": list(report.violations),
        "sealed_only": list(report.sealed_only),
        "unproven": list(report.unproven),
    }
