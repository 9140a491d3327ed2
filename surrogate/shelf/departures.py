"""Shelf items that left the shop, as past collections do: what they did not sell since is no demand of zero.

Collections are sold off at half price and then are gone: counted as weeks without any discount in which nobody bought,
the weeks after would make every markdown a wonder.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.first_few import first_few
from surrogate.data.weeks import monday_of
from surrogate.shelf.cells import ItemRows, Shelf
from surrogate.shelf.launches import last_places
from surrogate.shelf.promoted import is_promoted

_MOSTLY = 0.5
"""Share of a category's weeks without a promotion from which on their being left out is told by itself."""
_LATE_CUTS = 0.5
"""Share of their weeks at cut prices in the second half of items' lives from which on that is told."""


def with_departures(shelf: Shelf, rows: ItemRows, *, by: int) -> Shelf:
    """Return the shelf with the last week of each item, as the weeks up to ``by`` (a week number) tell it.

    What sells again later has not left.
    """
    units = weekly_units(shelf, rows)
    seen = int((shelf.weeks <= by).sum())
    last = last_places(units[:, :seen])
    left = (last < seen - 1) & ~(units[:, seen:] > 0).any(axis=1)
    return replace(shelf, until=np.where(left, shelf.weeks[last], shelf.weeks[-1])) if left.any() else shelf


def weekly_units(shelf: Shelf, rows: ItemRows) -> Float:
    """Return units [I, T] that all customers bought of each item in the shelf's weeks."""
    place = rows.week - shelf.weeks[0]
    inside = (place >= 0) & (place < shelf.weeks.size)
    cell = rows.item[inside].astype(np.int64) * shelf.weeks.size + place[inside]
    units = np.bincount(cell, rows.quantity[inside], len(shelf.names) * shelf.weeks.size)
    return units.astype(np.float64).reshape(len(shelf.names), shelf.weeks.size)


def departure_lines(shelf: Shelf) -> tuple[str, ...]:
    """Say which items left, how many weeks that leaves out, and where these are most of those at full price."""
    if shelf.until is None:
        return ()
    after = shelf.weeks > shelf.until[:, None]
    left = np.flatnonzero(after.any(axis=1))
    named = first_few([f"{shelf.names[item]} (week of {monday_of(int(shelf.until[item]))})" for item in left])
    weeks = int(after.sum())
    said = (
        f"shelf items that left: {left.size:,}: {named}; their {weeks:,} week{'s' * (weeks > 1)} after the last sale "
        "are left out of fit and tests",
    )
    return said + _emptied_lines(shelf, after)


def _emptied_lines(shelf: Shelf, after: Flag) -> tuple[str, ...]:
    """Name categories whose weeks at full price come mostly after the last sale of their items."""
    plain = ~is_promoted(shelf.strongest) & (shelf.since is None or shelf.weeks >= shelf.since[:, None])
    inside = np.arange(len(shelf.categories))[:, None] == shelf.category[None]
    total, gone = (inside @ (plain & cells).sum(axis=1) for cells in (np.ones_like(after), after))
    mostly = np.flatnonzero(gone > _MOSTLY * np.maximum(total, 1))
    if not mostly.size:
        return ()
    named = first_few([f"{shelf.categories[one]} ({gone[one] / total[one]:.0%})" for one in mostly])
    return (
        f"suspicious: most item weeks at full price come after the item's last sale: {named}; what is left to compare "
        "cut prices with is little. Is line a collection? docs/data.md says what it should be",
    )


def age_lines(shelf: Shelf) -> tuple[str, ...]:
    """Name categories whose goods were cut in price late in their lives: age and markdown then come together."""
    if shelf.until is None:
        return ()
    there = shelf.on_shelf
    left = there.any(axis=1) & ~there[:, -1]
    cut = is_promoted(shelf.depth) & there & left[:, None]
    late = cut & (np.cumsum(there, axis=1) > there.sum(axis=1, keepdims=True) / 2)
    inside = np.arange(len(shelf.categories))[:, None] == shelf.category[None]
    total, after = (inside @ cells.sum(axis=1) for cells in (cut, late))
    mostly = np.flatnonzero((after >= _LATE_CUTS * total) & (total > 0))
    if not mostly.size:
        return ()
    named = first_few([f"{shelf.categories[one]} ({after[one] / total[one]:.0%})" for one in mostly])
    return (
        f"Price cuts on items that left came mostly in the second half of their lives: {named}. Demand that falls with "
        "age, and sizes that run out, come with the markdown there: each such item's level may drift through its life, "
        "and what is left of the two apart is told by cuts in mid-season alone.",
    )
