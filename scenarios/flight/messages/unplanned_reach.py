"""Whom an offer reached that nobody had planned: by the messages that its row of the actuals tells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.arrays import Float
from scenarios.flight.actuals import TREATED, Actuals, Ran
from scenarios.grid import Slot
from scenarios.language.words import Layer
from scenarios.response.reachable import EVERYBODY, by_channel

NEAR = 0.1
"""Share of a coverage by which contacts may miss it: messages bounce, and audiences are not of a day's customers."""


def reached_levels(actuals: Actuals, told: Ran, slots: Sequence[Slot], kept_out: Float) -> tuple[float | None, bool]:
    """Coverage of an offer that the contacts of its row come nearest to, and whether it is known what it reached.

    A public offer reaches everybody. Of a targeted one nothing is known where its row tells no contacts: then the
    coverage is None. How many pieces an offer with ``quantity`` had is known of none.

    Parameters
    ----------
    slots
        That the offer may hold.
    kept_out : [S]
        Share of each segment that was kept out, which no coverage reaches.
    """
    grid = actuals.grid
    offer = grid.scenario.offers[told.offer]
    if offer.layer is Layer.PUBLIC:
        return None, offer.quantity is None
    table = actuals.tables.get("contacts")
    rows = sorted({slot.segment for slot in slots if slot.segment is not None})
    if table is None or not rows:
        return None, False
    place = -1 if told.segment is None else told.segment, -1 if told.product is None else told.product
    contacts = float(table[TREATED, *place, told.period])
    people = np.array([grid.segments[row].customers for row in rows], dtype=np.float64)
    reach = by_channel(grid).get(offer.channel or "", EVERYBODY)
    people = people * np.broadcast_to(reach, len(grid.segments))[rows]
    if not (np.isfinite(contacts) and contacts > 0 and people.sum() > 0):
        return None, False
    reaches = {one: float(np.minimum(one, 1.0 - kept_out[rows]) @ people) for one in sorted(set(offer.coverage))}
    nearest = min(reaches, key=lambda one: abs(reaches[one] - contacts))
    near = abs(reaches[nearest] - contacts) <= NEAR * reaches[nearest]
    return nearest, near and offer.quantity is None
