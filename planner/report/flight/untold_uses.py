"""Uses that the actuals do not tell: what the account reckons in their place, and how far that may be off."""

from __future__ import annotations

from collections.abc import Sequence

from planner.figures import count
from planner.flight.past.untold_uses import UntoldUses
from planner.report.table import Column, FittedTable


def show_untold(found: Sequence[UntoldUses]) -> FittedTable:
    """Lay out one row an offer."""
    return FittedTable(
        title="Uses that the file does not tell, reckoned",
        columns=(
            Column(title="offer", least=12),
            Column(title="told", number=True, gives_way=2),
            Column(title="in rows", number=True, gives_way=2),
            Column(title="not told in", number=True),
            Column(title="planned", number=True, gives_way=1),
            Column(title="reckoned", number=True),
            Column(title="5% to 95%", number=True),
        ),
        rows=tuple(
            (
                one.offer,
                count(one.told),
                count(one.told_rows),
                count(one.rows),
                count(one.planned),
                count(one.reckoned),
                f"{count(one.low)} to {count(one.high)}",
            )
            for one in found
        ),
        notes=(
            "rows: of a product, a segment and a period; planned: in the rows that do not tell, by the plan's account; "
            "reckoned: there, by how the rows that tell used the offer, weighed against what was believed before; "
            "spend, gifts, limits and claims hold the told uses and the reckoned ones; a column uses with a figure in "
            "every row of the offer (0 for none) puts facts in their place",
        ),
    )
