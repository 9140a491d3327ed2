"""The changes of a re-planned campaign: lines that are told together are one row, with what all of them gain."""

from __future__ import annotations

from collections.abc import Sequence

from planner.figures import NOTHING, MoneyStyle, given, money_style, plural
from planner.replan.changes.differences import Change
from planner.replan.changes.together import Together
from planner.replan.reconciled import Reconciled
from planner.report.one_plan.targets import date_ranges
from planner.report.table import Column, FittedTable
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schemas.horizon import Horizon
from scenarios.language.words import EVERYBODY

TOLD = 2
"""Most reasons that a row tells; the records hold all."""
NAMED = 3
"""Most products that a row names; of more it says how many."""
WHOLE = (
    "a row of several days comes or goes as a whole: it is sent once and valid on all of them, or a rule ties its lines"
)
"""What is said below a table that has such rows."""
MARK = "*"
"""Marks gains that are so large only beside the other changes."""


def show_changes_made(rows: Sequence[Together], horizon: Horizon, money: MoneyStyle) -> FittedTable:
    """Lay out every changed line, those that are told together in one row."""
    marked = any(row.beside for row in rows)
    whole = any(len({change.slot[0] for change in row.changes}) > 1 for row in rows)
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
        rows=tuple(_row(row, horizon, money) for row in rows),
        notes=(
            *((WHOLE,) if whole else ()),
            "gains: what is lost where all lines of a row are taken back at once; what vendors would then not pay and "
            "goods not sell is lost, too"
            + (f"; {MARK} worth that much only beside the other changes" if marked else ""),
        ),
        empty="no change is worth its cost: the plan stays as it is",
    )


def show_reconciled(steps: Reconciled, currency: str) -> FittedTable:
    """Lay out what leads from the gains of the rows to the difference of profit; steps of nothing are left out.

    To the minor unit, however large the amounts: the steps add up.
    """
    money = money_style(currency, ())
    rows = [("the rows above, each by itself", steps.each_alone)]
    if steps.sold_out_anyway:
        rows.append(("goods that sell out without the lines that go, counted above", steps.sold_out_anyway))
    if steps.together:
        rows.append(("what the rows do to each other", steps.together))
    return FittedTable(
        title="From the gains of the rows to the difference",
        columns=(Column(title="", least=20), Column(title=currency, number=True)),
        rows=(
            *((words, money(amount, signed=True)) for words, amount in rows),
            ("difference of profit", money(steps.difference, signed=True)),
        ),
    )


def _row(row: Together, horizon: Horizon, money: MoneyStyle) -> Sequence[str]:
    products = tuple(dict.fromkeys(change.slot[1] for change in row.changes))
    whom = dict.fromkeys("all" if change.slot[2] == EVERYBODY else change.slot[2] for change in row.changes)
    gain = money(row.gain, signed=True)
    return (
        _when(row, horizon),
        ", ".join(products) if len(products) <= NAMED else plural(len(products), "product"),
        ", ".join(whom),
        _what(row, horizon),
        gain + (MARK if row.beside else ""),
        _why(row),
    )


def _when(row: Together, horizon: Horizon) -> str:
    """Days of a row, a line for each range; of what is sent once from the day it is sent to the last it is valid on."""
    if row.sendings:
        spans = dict.fromkeys((each.sent, each.valid_until) for each in row.sendings)
        ranges = [(f"{sent:%m-%d}", f"{until:%m-%d}") for sent, until in spans]
        return "\n".join(first if first == last else f"{first}..\n{last}" for first, last in ranges)
    days = dict.fromkeys(change.slot[0] for change in row.changes)
    return date_ranges(tuple(days), horizon).replace("..", "..\n").replace(", ", ",\n")


def _what(row: Together, horizon: Horizon) -> str:
    """Say what a row makes of its slots, and when what is sent once in it is sent."""
    words = "; ".join(dict.fromkeys(map(_words, row.changes)))
    sent = dict.fromkeys(each.sent for each in row.sendings)
    return f"{words} (sent {date_ranges(tuple(sent), horizon)})" if sent else words


def _words(change: Change) -> str:
    """Say what a change makes of its slot."""
    if change.after is None:
        return f"without {held(change.before)}"
    if change.before is None:
        return f"new {held(change.after)}"
    return f"{held(change.before)} → {held(change.after)}"


def _why(row: Together) -> str:
    """Reasons of a row; where the other changes are the only one, so much.

    Of lines on several days one is told, and how many more there are only where not all lines share it.
    """
    reasons, several = row.reasons, len({change.slot[0] for change in row.changes}) > 1
    told = 1 if several else TOLD
    silent = len(reasons) <= told or (several and row.shared is not None)
    more = "" if silent else f"; and {len(reasons) - told} more"
    return "; ".join(reasons[:told]) + more if reasons else "the other changes"


def held(line: PlanLine | None) -> str:
    """Say what a slot holds: the offer, whom its message reaches, for how many there are pieces."""
    if line is None:
        return NOTHING
    told = f" {given(line.coverage)}" if line.coverage != 1 else ""
    pieces = f", quantity {given(line.quantity)}" if line.quantity != 1 else ""
    return f"{line.offer}{told}{pieces}"
