"""Pieces under a shock: as many as were counted for the plan, whoever wants them and whatever lines do to each other.

A shock changes how many want an offer, so another share of them finds a piece. Reckoned line by line that share is
near; but lines that serve fewer tire customers less, leave more to each other, and would hand out pieces that nobody
has. So the shares are moved until every line uses its pieces at most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.answer.archive import Frozen
from scenarios.answer.cells import LineRows
from scenarios.answer.outcome import account
from scenarios.arrays import Float, Int, Plan
from scenarios.grid import build_grid
from scenarios.response.coefficients import Coefficients, build_coefficients

CORRECTIONS = 8
"""Times that shares are moved at most; each leaves some percent of what was too much."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pieces:
    """What was counted when the plan was made."""

    demand: Float
    """[S, K+1, T, O] that the levels of quantity are shares of."""
    uses: Int
    """[lines] pieces of every line of the plan, in 1/1000: the uses that it expected."""


def counted_pieces(frozen: Frozen, plan: Plan) -> Pieces:
    """Count the pieces of a plan's lines on the tables that it was made on."""
    model = build_coefficients(build_grid(frozen.scenario, frozen.custom), frozen.effects, frozen.baskets)
    return Pieces(demand=model.demand, uses=_uses(account(model, plan).rows))


def with_pieces(frozen: Frozen, plan: Plan, pieces: Pieces) -> Coefficients:
    """The tables of a shocked problem in which no line of the plan hands out more pieces than it has.

    Offers that the plan does not run have no pieces yet: they count as in a plan made under the shock.
    """
    grid = build_grid(frozen.scenario, frozen.custom)
    counts = np.array([offer.quantity is not None for offer in frozen.scenario.offers], dtype=bool)
    model = build_coefficients(grid, frozen.effects, frozen.baskets)
    rows = account(model, plan).rows
    counted = counts[rows.offer]
    if not counted.any():
        return model
    held = rows.segment[counted], rows.product[counted], rows.period[counted], rows.offer[counted]
    demand = model.demand.copy()
    demand[held] = pieces.demand[held]
    model = build_coefficients(grid, frozen.effects, frozen.baskets, demand)
    for _ in range(CORRECTIONS):
        rows = account(model, plan).rows
        counted = counts[rows.offer]
        now = _uses(rows)
        if not (now > pieces.uses)[rows.line[counted]].any():
            break
        moved = np.where(now > 0, pieces.uses / np.where(now > 0, now, 1), 1.0)[rows.line]
        place = rows.segment[counted], rows.product[counted], rows.period[counted], rows.offer[counted]
        demand[place] *= moved[counted]
        model = build_coefficients(grid, frozen.effects, frozen.baskets, demand)
    return model


def _uses(rows: LineRows) -> Int:
    """Uses of every line, all its segments together."""
    found = np.zeros(int(rows.line.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(found, rows.line, rows.uses)
    return found
