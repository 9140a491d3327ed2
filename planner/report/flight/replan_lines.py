"""The changes of a re-planned campaign: what changes alike on a day for several segments or products is one row."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from planner.figures import NOTHING, MoneyStyle, given, money_style
from planner.replan.changes.differences import BESIDE, Change
from planner.replan.reconciled import Reconciled
from planner.report.table import Column, FittedTable
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import EVERYBODY

TOLD = 2
"""Most reasons that a row of several segments tells; the records hold all."""
MARK = "*"
"""Marks gains that are so large only beside the other changes."""


def show_changes_made(changes: Sequence[Change], money: MoneyStyle) -> FittedTable:
    """Lay out every changed line; what changes alike on a day for several segments or products is one row."""
    by_product = dict[tuple[str, str, str], list[Change]]()
    for change in changes:
        day, product, _ = change.slot
        by_product.setdefault((f"{day:%m-%d}", product, _words(change)), []).append(change)
    rows = dict[tuple[str, tuple[str, ...], str, str], list[Change]]()
    for (date, _, words), alike in by_product.items():
        whom = tuple("all" if change.slot[2] == EVERYBODY else change.slot[2] for change in alike)
        rows.setdefault((date, whom, words, _why(alike)), []).extend(alike)
    marked = any(_reasons(change)[1] for change in changes)
    return FittedTable(
        title="Line by line",
        columns=(
            Column(title="date", drawing=True),
            Column(title="product", least=8),
            Column(title="segment", least=8),
            Column(title="change", least=12),
            Column(title="gains", number=True, gives_way=1),
            Column(title="because", least=12),
        ),
        rows=tuple(_row(*key, alike, money) for key, alike in rows.items()),
        notes=(
            "gains: what is lost where this change alone is taken back, of several lines their sum; what vendors would "
            "then not pay and goods not sell is lost, too"
            + (f"; {MARK} worth that much only beside the other changes" if marked else ""),
        ),
        empty="no change is worth its cost: the plan stays as it is",
    )


def show_reconciled(steps: Reconciled, currency: str) -> FittedTable:
    """Lay out what leads from the gains of single changes to the difference of profit; steps of nothing are left out.

    To the minor unit, however large the amounts: the steps add up.
    """
    money = money_style(currency, ())
    rows = [("the changes above, each alone", steps.each_alone)]
    if steps.sold_out_anyway:
        rows.append(("goods that sell out without the lines that go, counted above", steps.sold_out_anyway))
    if steps.together:
        rows.append(("what the changes do to each other", steps.together))
    return FittedTable(
        title="From the gains of single changes to the difference",
        columns=(Column(title="", least=20), Column(title=currency, number=True)),
        rows=(
            *((words, money(amount, signed=True)) for words, amount in rows),
            ("difference of profit", money(steps.difference, signed=True)),
        ),
    )


def _row(
    day: str, whom: Sequence[str], words: str, why: str, alike: Sequence[Change], money: MoneyStyle
) -> Sequence[str]:
    products = ", ".join(dict.fromkeys(change.slot[1] for change in alike))
    gain = money(sum((change.gain for change in alike), start=Decimal(0)), signed=True)
    mark = MARK if any(_reasons(change)[1] for change in alike) else ""
    return day, products, ", ".join(whom), words, gain + mark, why


def _words(change: Change) -> str:
    """Say what a change makes of its slot."""
    if change.after is None:
        return f"without {held(change.before)}"
    if change.before is None:
        return f"new {held(change.after)}"
    return f"{held(change.before)} → {held(change.after)}"


def _why(alike: Sequence[Change]) -> str:
    """Reasons of changes, each once; where the other changes are the only one, so much."""
    reasons = list(dict.fromkeys(reason for change in alike for reason in _reasons(change)[0]))
    more = f"; and {len(reasons) - TOLD} more" if len(reasons) > TOLD else ""
    return "; ".join(reasons[:TOLD]) + more if reasons else "the other changes"


def _reasons(change: Change) -> tuple[list[str], bool]:
    """What is told of a change, and whether the others are a reason that a mark tells instead."""
    told = change.reason.split("; ")
    others = [each for each in told if each != BESIDE]
    return others, len(others) < len(told)


def held(line: PlanLine | None) -> str:
    """Say what a slot holds: the offer, whom its message reaches, for how many there are pieces."""
    if line is None:
        return NOTHING
    told = f" {given(line.coverage)}" if line.coverage != 1 else ""
    pieces = f", quantity {given(line.quantity)}" if line.quantity != 1 else ""
    return f"{line.offer}{told}{pieces}"
