"""What new customers get: how many what, then who gets an offer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from planner.assign.decide import Decided
from planner.assign.why import Explained
from planner.figures import NOTHING, count, plural, share
from planner.report.assign import of_one_customer, said_of_days, show_explained
from planner.report.notes import show_sentences
from planner.report.table import Column, FittedTable

ALL_SHOWN = 20
"""Customers up to which those who get nothing are listed, too; of more they are counted by reason."""


def show_decided(decided: Decided, named: Sequence[Explained] = ()) -> list[RenderableType]:
    """One customer explained; several as counts and a table, and then those of them that were asked about."""
    currency = decided.record.currency
    assumed = [show_sentences("Doubts", decided.doubts, style="yellow")] if decided.doubts else []
    assumed += [show_sentences("Assumed", decided.assumed)] if decided.assumed else []
    explained = [part for one in named for part in show_explained(one, currency)]
    if len(decided.customers) == 1:
        return [*show_explained(decided.customers[0], currency), *assumed]
    given = [one for one in decided.customers if one.offer is not None]
    head = Text(f"{len(given):,} of {plural(len(decided.customers), 'customer')} get an offer", style="bold")
    few = len(decided.customers) <= ALL_SHOWN
    shown = decided.customers if few else given
    notes = said_of_days(decided.record.sendings)
    listed = [_customers(shown, currency, notes, left_out=len(decided.customers) - len(shown))] if shown else []
    return [head, _outcomes(decided), *listed, *explained, *assumed]


def _outcomes(decided: Decided) -> FittedTable:
    """Count offers, the most frequent first, and then why the others get nothing."""
    got = Counter((one.offer is None, one.offer or f"nothing: {_reason(one)}") for one in decided.customers)
    return FittedTable(
        title="At the assignment's prices",
        columns=(
            Column(title="what they get", least=20),
            Column(title="customers", number=True),
            Column(title="of all", number=True, gives_way=1),
        ),
        rows=tuple(
            (words, count(number), share(number / len(decided.customers)))
            for (_, words), number in sorted(got.items(), key=lambda one: (one[0][0], -one[1], one[0][1]))
        ),
    )


def _customers(customers: Sequence[Explained], currency: str, notes: tuple[str, ...], *, left_out: int) -> FittedTable:
    nothing = any(one.offer is None for one in customers)
    rows = tuple(
        (
            one.customer,
            one.offer or NOTHING,
            NOTHING if one.offer is None else of_one_customer(one.options[0].value, currency),
            NOTHING if one.offer is None else of_one_customer(one.options[0].worth, currency),
            _reason(one) if one.offer is None else "",
        )
        for one in customers
    )
    others = (f"{left_out:,} who get nothing are not listed: --json holds all, --why ID explains one",)
    return FittedTable(
        title="Customers",
        columns=(
            Column(title="customer", least=10),
            Column(title="offer", least=10),
            Column(title="value", number=True),
            Column(title="after prices", number=True),
            *((Column(title="why nothing", least=20),) if nothing else ()),
        ),
        rows=rows if nothing else tuple(row[:-1] for row in rows),
        notes=(
            f"in {currency}, net of tax; limits are not counted again, their prices stand for them",
            *notes,
            *(others if left_out else ()),
        ),
    )


def _reason(customer: Explained) -> str:
    return customer.sentence.partition(": ")[2].removesuffix(".")
