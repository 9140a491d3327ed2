"""What actuals cannot say of sales without a customer: messages, a holdout, and nothing at all in the whole file."""

from __future__ import annotations

import numpy as np

from scenarios.flight.actuals import HOLDOUT
from scenarios.flight.reading.columns import tell
from scenarios.flight.reading.rows import Rows
from scenarios.grid import Grid
from scenarios.language.text.csv_files import CsvTable
from scenarios.language.words import ANONYMOUS


def check_strangers(table: CsvTable, rows: Rows, grid: Grid) -> bool:
    """Refuse what nobody can know of people without a name; say whether a file split by segment leaves them all out.

    A loyalty system's export holds card holders alone: as 0 units, the sales of all others would read as lost.
    """
    strangers = grid.segment_index.get(ANONYMOUS)
    if strangers is None:
        return False
    theirs = rows.segment == strangers
    names = table.texts("segment") if theirs.any() else ()
    contacts = rows.figures.get("contacts", np.full(len(theirs), np.nan))
    with np.errstate(invalid="ignore"):
        sent = rows.row[np.flatnonzero(theirs & (contacts > 0))]
    expected = "no contacts of sales without a customer: nobody knows where to send anything"
    got = table.texts("contacts") if len(sent) else ()
    tell(table, sent, "contacts", expected, lambda row: f"{got[row]} for {names[row]}", "leave the cell blank")
    held = rows.row[np.flatnonzero(theirs & (rows.group == HOLDOUT))]
    expected = "no holdout of sales without a customer: nobody was drawn by lot"
    tell(table, held, "segment", expected, lambda row: names[row], "add these sales to the row of the others")
    whole = rows.segment == grid.shape[0]
    if theirs.any() or whole.all():
        return False
    expected = f"sales without a customer, as segment {ANONYMOUS}, where sales are split by segment"
    remedy = f"add the rows of {ANONYMOUS} (a loyalty system leaves them out), or give totals with a blank segment"
    table.problem(int(rows.row[np.flatnonzero(~whole)[0]]), "segment", expected, "none in the whole file", remedy)
    return True
