"""Customers who are asked about by id: where they stand in a file, and what is said of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

from constraints.assign.one_limit import PricedChoices
from constraints.assign.rows import BLOCK_ROWS
from planner.assign.asked_ids import file_beside
from planner.assign.careful.counting import Counting
from planner.assign.customers.column_problems import ColumnProblems
from planner.assign.customers.customer_file import column_of, texts_of
from planner.assign.intake import Intake
from planner.assign.why import Explained, explain
from scenarios.first_few import first_few
from scenarios.problems import InvalidInput, Problem, shown
from surrogate.data.files.customer_file import CUSTOMER

NAMED = 5
"""Unknown ids up to which each is a line of its own."""


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
        With every one of them, or the first few of many.
    """
    if not missing:
        return
    expected = f"an id in {file}"
    named = [(shown(name), file_beside(name)) for name in missing]
    if len(named) > NAMED:  # a file of ids that is of other customers
        named = [(f"{first_few([name for name, _ in named], NAMED)}", "")]
    raise InvalidInput(
        [Problem(where="--why", what="customer", expected=expected, got=name, remedy=remedy) for name, remedy in named]
    )


def explain_rows(
    intake: Intake, places: Sequence[int], solved: PricedChoices, counting: Counting | None = None
) -> tuple[Explained, ...]:
    """Explain the customers of some rows, in their order: one pass, that scores only batches with one of them.

    Parameters
    ----------
    counting
        What offers count where the objective is careful.

    Raises
    ------
    ValueError
        For a row beyond the end of the file.
    """
    explained: dict[int, Explained] = {}
    wanted, first = sorted(set(places)), 0
    for batch in intake.file.batches(intake.columns, BLOCK_ROWS) if wanted else ():
        here = wanted[bisect_left(wanted, first) : bisect_left(wanted, first + batch.num_rows)]
        if here:
            by_member = counting is not None and counting.by_member
            taken = intake.take(batch, first, ColumnProblems(intake.file), by_member=by_member)
            counted = None if counting is None else counting.scores(taken)
            for place in here:
                row, choice = place - first, int(solved.choice[place])
                explained[place] = explain(intake, taken, row, choice, solved.prices, counted)
        first += batch.num_rows
    if len(explained) < len(wanted):
        raise ValueError(f"no row {wanted[len(explained)]}")
    return tuple(explained[place] for place in places)
