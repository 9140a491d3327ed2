"""What a holdout has measured so far, as evidence for the re-planning of a running campaign."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from planner.flight.measure.as_planned import AsPlanned
from planner.flight.measure.measured import from_holdout_rows
from planner.flight.pieces_read import served_everybody
from scenarios.flight.actuals import Actuals
from scenarios.flight.experience import where_ran
from scenarios.flight.pieces import Pieces
from scenarios.flight.sent import sent_shares
from scenarios.response.coefficients import Coefficients
from surrogate.flight.measure.taught import taught
from surrogate.flight.recalibration.contrasts import Contrast

LEAST_LIFT = 0.01
"""Planned lifts below it cannot be said to be so many times as large."""


def contrasts(
    model: Coefficients,
    plan: NDArray[np.int8],
    actuals: Actuals,
    kept_out: NDArray[np.float64],
    lot: float,
    pieces: Pieces | None,
) -> Iterator[Contrast]:
    """Lifts that customers who were kept out let us measure, where everybody who wanted one found a piece.

    Parameters
    ----------
    model
        Tables of what was believed before the campaign.
    plan
        The flat plan [N] that runs.
    kept_out : [S]
        Share of each segment that was kept out.
    lot
        Units of one purchase.
    """
    grid = actuals.grid
    ran = where_ran(actuals, plan)
    planned = AsPlanned(model, plan, actuals.last, kept_out, sent_shares(actuals, plan))
    for effect in from_holdout_rows(planned, plan, actuals, lot):
        if effect.offer is None or effect.product is None or effect.segment is None:
            continue
        if effect.planned is None or abs(effect.planned) < LEAST_LIFT:
            continue
        found = taught(effect.measured, effect.planned)
        if found is None or not served_everybody(actuals, plan, pieces, effect.offer, effect.product, effect.segment):
            continue
        product = grid.row(effect.product)
        segment = grid.segment_index[effect.segment]
        yield Contrast(
            offer=grid.offer_index[effect.offer],
            product=product,
            segment=segment,
            planned=effect.planned,
            lift=found.lift,
            standard_error=found.standard_error,
            periods=ran[effect.offer][segment, product] & ~planned.unsent(effect.offer, effect.product, effect.segment),
        )
