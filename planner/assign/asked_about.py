"""Customers who are asked about by id: where they stand in a file, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from constraints.assign.one_limit import PricedChoices
from constraints.assign.rows import BLOCK_ROWS
from planner.assign.customers.column_problems import ColumnProblems
from planner.assign.customers.customer_file import column_of, texts_of
from planner.assign.intake import Intake
from planner.assign.why import Explained, explain
from scenarios.problems import InvalidInput, Problem, shown
from surrogate.data.files.customer_file import CUSTOMER


def find_customers(intake: Intake, wanted: Sequence[str]) -> dict[str, int]:
    """Return the rows of customers by id.

    Raises
    ------
    InvalidInput
        For ids that the file does not have.
    """
    found: dict[str, int] = {}
    if not wanted:
        return found
    names, first = set(wanted), 0
    for batch in intake.file.batches((CUSTOMER,), BLOCK_ROWS):
        for row, text in enumerate(texts_of(column_of(batch, CUSTOMER))):
            if text in names:
                found[str(text)] = first + row
        first += batch.num_rows
    refuse_unknown([name for name in wanted if name not in found], intake.file.path)
    return {name: found[name] for name in wanted}


def refuse_unknown(missing: Sequence[str], file: Path) -> None:
    """Refuse ids that were asked about and are not in the file.

    Raises
    ------
    InvalidInput
        With every one of them.
    """
    if missing:
        expected = f"an id in {file}"
        raise InvalidInput(
            [Problem(where="--why", what="customer", expected=expected, got=shown(name)) for name in missing]
        )


def explain_row(intake: Intake, place: int, solved: PricedChoices) -> Explained:
    """Explain the customer of one row.

    Raises
    ------
    ValueError
        For a row beyond the end of the file.
    """
    first = 0
    for batch in intake.file.batches(intake.columns, BLOCK_ROWS):
        if place < first + batch.num_rows:
            taken = intake.take(batch, first, ColumnProblems(intake.file))
            return explain(intake, taken, place - first, int(solved.choice[place]), solved.prices)
        first += batch.num_rows
    raise ValueError(f"no row {place}")
