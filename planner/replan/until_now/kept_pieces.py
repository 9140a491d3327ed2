"""Pieces of lines that cannot be stopped any more: printed and on their way, however many now want one.

A line within the notice keeps the pieces that its plan counted, while the new account counts pieces anew, as a share of
what is expected now. So lift and take-up of such a line are moved until the account grants what there is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.figures import plural
from scenarios.answer.plan import LineResult
from scenarios.first_few import NAMED, and_more
from scenarios.flight.basket_row import Layers, of_choices, offers_chosen, under_lines
from scenarios.grid import Grid
from scenarios.response.baskets import Baskets
from scenarios.response.coefficients import build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.served import quantities
from scenarios.response.totals import sold_by
from scenarios.supply import without_stock

ROUNDS = 4
"""Corrections; each leaves what lines do to each other."""
LAST_PIECE = 0.5
"""Units that an account may leave: pieces are its uses, rounded up."""


def pieces_anew(before: Sequence[LineResult], after: Sequence[LineResult], until: dt.date) -> tuple[str, ...]:
    """Say of which lines that stay after a day the pieces are other ones now: prices are printed with them.

    Parameters
    ----------
    before, after
        Lines of the plan that runs, and of the new one.
    """
    known = {(one.period, one.product, one.segment, one.offer, one.quantity): one for one in before}
    found = [
        (known[place], one)
        for one in after
        if one.period > until
        and (place := (one.period, one.product, one.segment, one.offer, one.quantity)) in known
        and one.pieces is not None
        and known[place].pieces not in (None, one.pieces)
    ]
    if not found:
        return ()
    told = [
        f"{new.offer} on {new.product}, {new.period:%m-%d}, {old.pieces:,} -> {new.pieces:,}"
        for old, new in found[:NAMED]
    ]
    more = and_more(len(found))
    return (f"pieces of {plural(len(found), 'line')} that stay are counted anew: {'; '.join(told)}{more}",)


def with_kept_pieces(
    effects: Effects,
    grid: Grid,
    baskets: Baskets | None,
    plan: NDArray[np.int8],
    there: Layers,
    periods: tuple[int, int],
) -> Effects:
    """Return effects under which the account of some periods grants the pieces that were counted for them.

    Parameters
    ----------
    plan
        The flat plan [N] that runs.
    there
        As `counted_pieces` gives them.
    periods
        First one, and the one after the last.
    """
    inside = (np.arange(grid.shape[2]) >= periods[0]) & (np.arange(grid.shape[2]) < periods[1])
    if not any((np.isfinite(pieces) & inside).any() for pieces in there):
        return effects
    blocks = grid.split(plan)
    offers = offers_chosen(grid, blocks)
    levels = of_choices(grid, blocks, [quantities(grid, block) for block in range(4)])
    endless = replace(grid, products=without_stock(grid.products))
    found = effects
    for _ in range(ROUNDS):
        what = sold_by(build_coefficients(endless, found, baskets), plan, np)
        lift, take_up = found.lift.copy(), found.take_up.copy()
        for layer, (pieces, now) in enumerate(zip(there, under_lines(what), strict=True)):
            asked = np.broadcast_to(now.sum(axis=0), now.shape) if layer == 0 else now
            s, k, t = np.nonzero(np.isfinite(pieces) & inside & (asked > 0))
            at = s, k, t, offers[layer][s, k, t]
            # Where fewer want one, more of those who come are served, but no more than come.
            most = 1.0 / levels[layer][s, k, t]
            factor = np.maximum(pieces[s, k, t] - LAST_PIECE, 0.0) / asked[s, k, t]
            take_up[at] = np.minimum(take_up[at] * factor, np.minimum(effects.take_up[at] * most, 1.0))
            every = (slice(None), *at)
            lift[every] = np.minimum(lift[every] * factor, np.maximum(effects.lift[every] * most, 0.0))
        found = replace(effects, lift=lift, take_up=take_up)
    return found
