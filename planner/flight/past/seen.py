"""What a campaign so far has shown, before it is weighed: what ran, whom it reached, what was sold out, what was used.

However fast older days are forgotten, each weighing starts from the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.flight.counted import counted_pieces, with_counted
from planner.flight.measure.by_lot import besides_lots
from planner.flight.measure.comparable import empty_shelves
from planner.flight.measure.measured import Switch
from planner.flight.measure.unplanned import WhatRan, what_ran
from planner.flight.past.holdouts import contrasts
from scenarios.answer.archive import Frozen
from scenarios.arrays import Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import Layers
from scenarios.flight.messages.kept_out import kept_out_shares
from scenarios.flight.pieces import Pieces, counts_pieces, pieces_so_far
from scenarios.flight.sent import really_reached
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects
from scenarios.response.totals import sold_by
from surrogate.flight.chance import ChanceParams
from surrogate.flight.recalibration.contrasts import Contrast
from surrogate.flight.recalibration.unused import Unused, unused
from surrogate.flight.recalibration.uses_seen import seen_uses


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """What happened, beside tables of what was believed before the campaign."""

    planned: Coefficients
    """Tables of the problem that was planned."""
    reached: Effects
    """As believed before the campaign, by whom lines reached."""
    model: Coefficients
    """Tables of these."""
    actuals: Actuals
    """Without what lots had off."""
    ran: WhatRan
    there: Layers
    """Units that the pieces of each line came to."""
    pieces: Pieces
    silent: NDArray[np.bool_]
    """[K, T] shelves that were empty though nobody told so."""
    lot: float
    """Units that come together."""
    measured: tuple[Contrast, ...]
    """Lifts that a holdout measured."""
    unused: Unused
    """What told uses say of whether offers are carried out."""


def see(frozen: Frozen, planned: Coefficients, running: Plan, actuals: Actuals, switches: Sequence[Switch]) -> Seen:
    """Read what happened; parameters as those of `planner.flight.past.learning.learn`."""
    grid, believed = actuals.grid, frozen.believed

    def tables(of: Effects) -> Coefficients:
        return planned if of is frozen.effects else build_coefficients(grid, of, frozen.baskets)

    actuals = besides_lots(actuals, running, switches)
    ran = what_ran(frozen.flight, running, actuals, switches)
    reached = really_reached(believed, ran.plan, actuals)
    there = counted_pieces(frozen, grid, running)
    model = with_counted(frozen, grid, reached, running, there, tables(reached))
    pieces = pieces_so_far(model, running, sold_by(model, running, np), actuals, there)
    weather = ChanceParams().by(believed.weather, [product.category for product in grid.products])
    silent, chance = empty_shelves(model, reached, ran.plan, actuals, seed=frozen.seed, chance=weather)
    plain = model if counts_pieces(grid, running) else tables(believed)
    uses = seen_uses(model, reached, ran.sure, actuals, frozen.baskets, pieces)
    return Seen(
        planned=planned,
        reached=reached,
        model=model,
        actuals=actuals,
        ran=ran,
        there=there,
        pieces=pieces,
        silent=silent,
        lot=chance.lot,
        measured=tuple(contrasts(plain, ran.sure, actuals, kept_out_shares(actuals), chance.lot, pieces)),
        unused=unused(model, reached, uses),
    )
