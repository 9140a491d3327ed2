"""The verdict on a plan folder for finance: every limit exactly, every rule, every difference, what is sealed only."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.console import RenderableType
from rich.text import Text

from constraints.checking.check import CheckReport
from constraints.checking.reconcile import Reconciled
from constraints.infeasible.undivided import idle
from constraints.ledger import LedgerReport
from constraints.limits.book import counted_text
from planner.figures import NOTHING, given, plural
from planner.reasons.used_up import funds_used_up
from planner.report.check_verdict import signature_sentence, verdict
from planner.report.names import UNNAMED, Names, names_of
from planner.report.notes import show_sentences
from planner.report.one_plan.limits import first_breaches, floors, status, unused
from planner.report.table import Column, FittedTable
from scenarios.answer.signature import Signed
from scenarios.answer.verdicts import LimitResult
from scenarios.word_list import listed

SHOWN_SENTENCES = 100
"""Violations, and differences, that are shown of a folder."""
SHOWN_OF_ANOTHER = 10
"""Differences that are shown of a copy that asks another question; those of the folder itself are all shown."""


def show_check(report: CheckReport, *, everything: bool = False) -> list[RenderableType]:
    """Lay out the verdict, what speaks against the folder, then plans, limits, rules and what was not recomputed.

    Parameters
    ----------
    everything
        Shows the limits and rules of every plan; else of the first one and of those that break any.
    """
    currency, names = report.plan_set.currency, names_of(report.directory.problem().scenario)
    parts: list[RenderableType] = [Text(report.another_question, style="bold red")] if report.another_question else []
    parts.append(verdict(report))
    if report.replanned:
        parts.append(Text(report.replanned.sentence, style="yellow"))
    if sentence := signature_sentence(report):
        style = {Signed.VERIFIED: "green", Signed.NOT_VERIFIED: "yellow"}.get(report.signed, "bold red")
        parts.append(Text(sentence, style=style))
    if report.violations:
        parts.append(show_sentences("Violated", _violations(report), style="red"))
    if report.differences:
        title, style = ("Differs from your copy", "yellow") if report.as_replanned else ("Not as recomputed", "red")
        parts.append(show_sentences(title, _differences(report), style=style))
    if report.unproven:
        parts.append(show_sentences("Not proven", report.unproven, style="yellow"))
    parts.append(_plans(report))
    quiet = []
    for number, ledger in enumerate(report.reports, start=1):
        if number == 1 or everything or not ledger.ok:
            parts += [show_limits_exactly(number, ledger, currency, names), _rules(number, ledger, names)]
        else:
            quiet.append(number)
    if quiet:
        verb = "keeps" if len(quiet) == 1 else "keep"
        parts.append(Text(f"{_plans_named(quiet)} {verb} every limit and rule too (--all shows each)."))
    parts += _add_up(report)
    parts.append(show_sentences("Sealed by hash, not recomputed", [", ".join(report.sealed_only)]))
    return parts


def _violations(report: CheckReport) -> list[str]:
    """Sentences about limits and rules that are broken; the first ones where there are many."""
    shown = list(report.violations[:SHOWN_SENTENCES])
    if len(report.violations) > SHOWN_SENTENCES:
        shown.append(f"and {plural(len(report.violations) - SHOWN_SENTENCES, 'more violation')} (--json lists all)")
    return shown


def _differences(report: CheckReport) -> list[str]:
    """Every difference in a sentence; of a copy that asks another question, the first few and how many more."""
    if not report.another_question:
        sentences = [str(entry) for entry in report.differences[:SHOWN_SENTENCES]]
        more = len(report.differences) - SHOWN_SENTENCES
        return sentences + ([f"and {plural(more, 'more difference')} (--json lists all)"] if more > 0 else [])
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
            Column(title="verdict", number=True),
        ),
        rows=tuple(rows),
        notes=(f"money in {report.plan_set.currency}, net of tax, exact",),
        empty="no plan",
    )


def show_limits_exactly(number: int, ledger: LedgerReport, currency: str, names: Names = UNNAMED) -> FittedTable:
    """One row a limit: scope, bound, use on the expected effects and at risk, headroom, verdict."""
    rows = []
    for limit in ledger.limits:
        level = "" if limit.at_risk is None else f" in {given(limit.at_risk)}"
        place = f" ({limit.at})" if limit.at else ""
        rows.append(
            (
                names.short(limit.id),
                f"{limit.words}{level}",
                f"{counted_text(limit)}{place}",
                limit.figure(limit.limit),
                *((NOTHING,) * 3 if idle(limit) else _exact_figures(limit)),
                Text("kept", style="green") if limit.ok else status(limit),
            )
        )
    notes = [f"money in {currency}, net of tax, exact", *floors(ledger.limits, names.short)]
    notes += unused(ledger.limits, names.short)
    if tight := [f"{names.short(limit.id)}{limit.place}" for limit in ledger.limits if limit.within]:
        notes.append(f"tightest: {', '.join(tight)}")
    if any(limit.at_risk is not None for limit in ledger.limits):
        notes.append("at risk: the use that decides whether the limit holds in that share of the futures")
    notes += funds_used_up(ledger.outcome, ledger.limits, currency)
    notes += names.ids_beside(limit.id for limit in ledger.limits)
    return FittedTable(
        title=f"Plan {number}, limit by limit",
        columns=(
            Column(title="limit", least=12),
            Column(title="measure", least=11, gives_way=1),
            Column(title="scope", least=10, gives_way=2),
            Column(title="bound", number=True),
            Column(title="used", number=True),
            Column(title="at risk", number=True),
            Column(title="headroom", number=True),
            Column(title="verdict", number=True),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
        empty="no limit",
    )


def _exact_figures(limit: LimitResult) -> tuple[str, str, str]:
    """Use, use at risk and headroom, with every digit."""
    risky = NOTHING if limit.used_at_risk is None else limit.figure(limit.used_at_risk)
    return limit.figure(limit.used), risky, limit.figure(limit.headroom)


def _rules(number: int, ledger: LedgerReport, names: Names) -> FittedTable:
    """One row a rule: its verdict and the first lines that break it."""
    rows = []
    for rule in ledger.rules:
        broken = first_breaches(rule.violations, "(--json lists all)")
        kept = Text("kept", style="green") if rule.satisfied else Text("BROKEN", style="bold red")
        rows.append((names.full(rule.id), rule.rule, kept, broken))
    return FittedTable(
        title=f"Plan {number}, rule by rule",
        columns=(
            Column(title="rule", least=12),
            Column(title="kind", least=12, gives_way=1),
            Column(title="verdict", number=True),
            Column(title="first lines that break it" if not ledger.ok else "", least=24),
        ),
        rows=tuple(rows),
        empty="no rule",
    )


def _totals(number: int, rows: Sequence[Reconciled], currency: str) -> FittedTable:
    """One row a total: as stated, and added up along every way that leads to it."""

    def amount(value: Decimal | None) -> str:
        return NOTHING if value is None else exact(value)

    return FittedTable(
        title=f"Plan {number}, totals as stated and as sums of what was written",
        columns=(
            Column(title="total", least=12),
            Column(title="stated", number=True),
            Column(title="cells", number=True),
            Column(title="lines", number=True),
            Column(title="limits", number=True, gives_way=1),
            Column(title="bridge", number=True, gives_way=2),
            Column(title="verdict", number=True),
        ),
        rows=tuple(
            (
                row.total,
                *(amount(way) for way in (row.stated, row.cells, row.lines, row.limits, row.bridge)),
                Text("adds up", style="green") if row.ok else Text("DIFFERS", style="bold red"),
            )
            for row in rows
        ),
        notes=(f"money in {currency}, net of tax, exact; -: this way leads to no such total",),
        empty="no total",
    )


def _add_up(report: CheckReport) -> list[RenderableType]:
    """Show the totals of the first plan and of every other one that does not add up; a sentence for the rest."""
    parts: list[RenderableType] = []
    quiet = []
    for number, rows in enumerate(report.reconciled, start=1):
        if number == 1 or not all(row.ok for row in rows):
            parts.append(_totals(number, rows, report.plan_set.currency))
        else:
            quiet.append(number)
    if quiet:
        verb = "adds" if len(quiet) == 1 else "add"
        parts.append(Text(f"{_plans_named(quiet)} {verb} up along every way too (--json gives the figures)."))
    return parts


def _plans_named(numbers: Sequence[int]) -> str:
    """Name some plans: ``Plan 2``, ``Plans 2 to 5``, ``Plans 2 and 4``."""
    if len(numbers) == 1:
        return f"Plan {numbers[0]}"
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"Plans {numbers[0]} to {numbers[-1]}"
    return f"Plans {listed(map(str, numbers))}"


def exact(amount: Decimal) -> str:
    """Write an amount with every digit it has."""
    return f"{amount:,f}"
