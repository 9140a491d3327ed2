"""Pieces of a running campaign: how many each line has, and tables of other effects that grant no more of them.

A line keeps the pieces that its plan counted: where customers are kept out, fewer of them share as many. A line that
had run, or could not be stopped any more, when the campaign was planned again keeps those of the plan before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scenarios.answer.archive import Frozen
from scenarios.answer.in_flight import LinePieces
from scenarios.answer.plan import LineResult
from scenarios.arrays import Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import Layers, offers_chosen, under_lines
from scenarios.flight.messages.kept_out import kept_out_shares
from scenarios.flight.pieces import pieces_there, row_of
from scenarios.flight.sent import really_reached, reckoned_so_far
from scenarios.grid import Grid
from scenarios.language.words import EVERYBODY
from scenarios.response.coefficients import Coefficients, build_coefficients, unlimited
from scenarios.response.effects import Effects
from scenarios.response.totals import sold_by

CORRECTIONS = 3
"""Times that the demand which pieces are a share of is moved, because lines act on each other."""
CLOSE = 0.01
"""Share of a line's pieces by which it may miss them."""


def counted_pieces(frozen: Frozen, grid: Grid, plan: Plan) -> Layers:
    """[S, K + 1, T] units that the pieces of each line come to, as for `pieces_there`, whichever plan counted them.

    NaN also where an older folder does not tell what the plan before had counted.
    """
    own = pieces_there(frozen, plan)
    if frozen.flight is None or not any(np.isfinite(each).any() for each in own):
        return own
    locked = np.arange(grid.shape[2]) <= grid.scenario.horizon.period_of(frozen.flight.locked_until)
    there = np.where(locked, np.nan, own[0]), np.where(locked, np.nan, own[1])
    lay_out(there, frozen.flight.pieces, grid)
    return there


def lay_out(there: Layers, lines: Sequence[LinePieces], grid: Grid) -> None:
    """Write the units that the pieces of some lines come to into tables [S, K + 1, T] of both layers."""
    for line in lines:
        k, units_a_use = row_of(grid, line.product, grid.offer(line.offer))
        t, units = grid.scenario.horizon.period_of(line.date), line.pieces * units_a_use
        if line.segment == EVERYBODY:
            there[0][:, k, t] = units
        else:
            there[1][grid.segment_index[line.segment], k, t] = units


def as_counted(frozen: Frozen, lines: Sequence[LineResult]) -> tuple[LineResult, ...]:
    """Lines with the pieces that were counted for them, by an earlier plan where they were locked since."""
    if frozen.flight is None:
        return tuple(lines)
    known = {(each.date, each.product, each.segment, each.offer): each.pieces for each in frozen.flight.pieces}
    return tuple(
        replace(line, pieces=known.get((line.period, line.product, line.segment, line.offer), line.pieces))
        for line in lines
    )


def lines_with_pieces(grid: Grid, plan: Plan, there: Layers, until: int) -> tuple[LinePieces, ...]:
    """The lines of a plan up to a period whose pieces are known."""
    found = []
    for line in grid.lines(plan):
        offer, t = grid.offer(line.offer), grid.scenario.horizon.period_of(line.date)
        k, units_a_use = row_of(grid, line.product, offer)
        segment = grid.segment_index.get(line.segment)
        units = there[0][0, k, t] if segment is None else there[1][segment, k, t]
        if t <= until and offer.quantity is not None and np.isfinite(units):
            pieces = round(float(units) / units_a_use)
            found.append(
                LinePieces(date=line.date, product=line.product, segment=line.segment, offer=line.offer, pieces=pieces)
            )
    return tuple(found)


def with_counted(
    frozen: Frozen, grid: Grid, effects: Effects, plan: Plan, there: Layers, tables: Coefficients | None = None
) -> Coefficients:
    """The tables of some effects under which no line of a plan has other pieces than were counted for it.

    Parameters
    ----------
    effects
        Such as with customers who are kept out, or as they were believed before the campaign.
    there
        As `counted_pieces` gives them; lines of which it knows nothing count by these effects.
    tables
        Of these effects, where they are made already.
    """
    model = build_coefficients(grid, effects, frozen.baskets) if tables is None else tables
    if not any(np.isfinite(each).any() for each in there):
        return model
    offers = offers_chosen(grid, grid.split(plan))
    for _ in range(CORRECTIONS):
        what = sold_by(unlimited(model), plan, np)
        demand, off = model.demand.copy(), 0.0
        for layer, (pieces, now, offer) in enumerate(zip(there, under_lines(what), offers, strict=True)):
            asked = np.broadcast_to(now.sum(axis=0), now.shape) if layer == 0 else now
            here = np.isfinite(pieces) & (asked > 0)
            if not here.any():
                continue
            factor = np.nan_to_num(pieces[here]) / asked[here]
            # A last piece may be one that is only begun: pieces are whole, what an account expects is not.
            off = max(off, float(np.where(np.abs(pieces[here] - asked[here]) < 1.0, 0.0, np.abs(factor - 1)).max()))
            s, k, t = np.nonzero(here)
            demand[s, k, t, offer[here]] *= factor
        if off <= CLOSE:
            break
        model = build_coefficients(grid, effects, frozen.baskets, demand)
    return model


def running_model(frozen: Frozen, grid: Grid, plan: Plan, actuals: Actuals) -> Coefficients:
    """The tables by which a running campaign is watched: of whom lines reached so far, and the plan's own pieces.

    Nobody who is kept out, and no more than messages were sent. The past of a campaign that was planned again is what
    was used, so that there is no more of it to share.
    """
    effects = reckoned_so_far(frozen, plan, actuals)
    if effects is frozen.effects and not kept_out_shares(actuals).any():
        return build_coefficients(grid, effects, frozen.baskets)
    return with_counted(frozen, grid, effects, plan, pieces_there(frozen, plan))


def believed_before(frozen: Frozen, grid: Grid, plan: Plan, actuals: Actuals) -> Coefficients | None:
    """The same tables by what was believed before the campaign; None where it was not planned again since.

    The account of a campaign that was planned again holds what was sold until then, so that nothing scatters there.
    """
    if frozen.flown is None:
        return None
    there = counted_pieces(frozen, grid, plan)
    return with_counted(frozen, grid, really_reached(frozen.believed, plan, actuals), plan, there)
