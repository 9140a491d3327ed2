"""What the cleaning report says of shelf items that were not on the shelf in some weeks."""

from __future__ import annotations

import numpy as np

from scenarios.first_few import first_few
from surrogate.data.weeks import monday_of
from surrogate.shelf.cells import ItemRows, Shelf
from surrogate.shelf.departures import weekly_units
from surrogate.shelf.launches import gaps


def launch_lines(shelf: Shelf) -> tuple[str, ...]:
    """Say which items are new, and that their weeks before are no demand of zero."""
    if shelf.since is None:
        return ()
    new = np.flatnonzero(shelf.since > shelf.weeks[0])
    named = _named([f"{shelf.names[item]} (week of {monday_of(int(shelf.since[item]))})" for item in new])
    return (f"shelf items that are new: {named}; weeks before their first sale are left out of fit and tests",)


def gap_lines(shelf: Shelf, rows: ItemRows) -> tuple[str, ...]:
    """Say which items nobody bought for weeks in between: sold out, perhaps, and then no demand of zero."""
    found = gaps(weekly_units(shelf, rows), shelf.counted)
    if not found:
        return ()
    named = _named([
        f"{shelf.names[item]} ({weeks} week{'s' * (weeks > 1)} from {monday_of(int(shelf.weeks[first]))})"
        for item, first, weeks in found
    ])  # fmt: skip
    said = "sold out? a file of stock says so, without one these weeks count as no demand"
    return (f"suspicious: no sale of shelf items that sell well before and after: {named}: {said}",)


def _named(all_of_them: list[str]) -> str:
    return first_few(all_of_them)
