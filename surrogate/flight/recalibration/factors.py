"""Factors that are told of what was learned: of each offer that ran, and of each product with evidence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float
from scenarios.flight.basket_row import with_basket_row
from scenarios.flight.pieces import Pieces
from scenarios.response.coefficients import Coefficients
from surrogate.flight.evidence import Expected, Nudge
from surrogate.flight.recalibration.beliefs import Beliefs
from surrogate.flight.recalibration.cells import Cells
from surrogate.flight.recalibration.departed import parts_of_products
from surrogate.flight.recalibration.moved import Moved, factor_of


def ran_out_lines(model: Coefficients, plan: NDArray[np.int8], pieces: Pieces, told: Flag) -> dict[str, int]:
    """How many lines of each offer ran out, where they tell of it."""
    grid, found = model.grid, dict[str, int]()
    told = with_basket_row(told, np.asarray(told.any(axis=0)))
    for line in grid.lines(plan):
        k = grid.row(line.product)
        segment, t = grid.segment_index.get(line.segment), grid.scenario.horizon.period_of(line.date)
        gone = pieces.ran_out[0 if segment is None else 1][0 if segment is None else segment, k, t]
        if gone and told[k, t]:
            found[line.offer] = found.get(line.offer, 0) + 1
    return found


def shares_of_offers(
    beliefs: Beliefs, data: Cells, start: Expected, nudges: tuple[Nudge, ...]
) -> dict[int, tuple[Float, int, Float]]:
    """[B] parts of each offer's factor, over the cells that it sold in, how many these are, and what it sold there.

    By its number; what it sold is [S, K], of its periods together.
    """
    found = {}
    for offer in dict.fromkeys(nudge.offer for nudge in nudges if nudge.offer is not None):
        slopes = start.slopes[[number for number, nudge in enumerate(nudges) if nudge.offer == offer]].sum(axis=0)
        bump = np.maximum(slopes, 0.0) * (data.split | data.whole)
        cells = data.gather(bump)
        if cells.sum() > 0:
            sold = bump.sum(axis=-1)
            found[offer] = beliefs.of_offer(offer, sold), int((cells > 0).sum()), sold
    return found


def of_products(
    model: Coefficients, beliefs: Beliefs, told: Flag, theta: Float, covariance: Float, own: tuple[Float, Float]
) -> dict[str, Moved]:
    """How far each product's baseline was moved, all segments together; with what each of them has for itself."""
    share = model.base_units.sum(axis=-1)
    alone, unsure = own
    found = {}
    for k, weights in parts_of_products(model, beliefs, told).items():
        part = share[:, k] / share[:, k].sum()
        apart_from_others = (float(part @ alone[:, k]), *_sds(part, unsure[:, k], beliefs.own_sd[:, k]))
        moved = factor_of(weights, beliefs, theta, covariance, int(told[k].sum()), own=apart_from_others).moved()
        found[model.grid.products[k].id] = moved
    return found


def _sds(part: Float, now: Float, before: Float) -> tuple[float, float]:
    """Standard deviations of a weighted mean of what has its own error each: now, and before."""
    return float(np.sqrt(part**2 @ now**2)), float(np.sqrt(part**2 @ before**2))
