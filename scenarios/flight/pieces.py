"""Lines that count their pieces, as they ran: how many pieces there were, how many went, and which lines ran out.

Of a line that ran out nobody knows how many wanted it, only that at least so many did. Whether it did is known where
the file tells uses, and of a shelf price: while there are pieces every unit of the product is sold under it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.answer.archive import Frozen
from scenarios.answer.outcome import account
from scenarios.arrays import Flag, Float, Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import Layers, with_basket_row
from scenarios.flight.series import ran_as_planned
from scenarios.flight.told_uses import told_units, uses_a_unit
from scenarios.grid import Blocks, Grid, build_grid
from scenarios.language.schema import Offer
from scenarios.language.words import BASKET, Layer
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.economics import units_per_use
from scenarios.response.totals import Sold
from scenarios.tables.take_up import fixed_take_up

HALF_A_USE = 0.5
"""Uses are whole: a line whose uses are as near to its pieces has none left."""
MILLI = 1000
"""Uses of an account are counted in thousandths."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pieces:
    """Lines that count pieces, of the public and of the targeted layer. Letters as in `scenarios.grid`.

    The last row of the product axis holds whole baskets, whose units are orders.
    """

    there: Layers
    """[S, K + 1, T] units that the pieces of a line come to, of a public line for all segments together; else NaN."""
    under: Layers
    """[S, K + 1, T] units that were sold under such a line, where that is known; else NaN."""
    ran_out: tuple[Flag, Flag]
    """[S, K + 1, T] lines that are known to have run out; of a public line all segments alike."""
    left: tuple[Flag, Flag]
    """[S, K + 1, T] lines that are known not to."""

    @property
    def known(self) -> bool:
        """Whether of any line it is known if it ran out."""
        return any(bool(flag.any()) for flag in (*self.ran_out, *self.left))


def counts_pieces(grid: Grid, plan: Plan) -> bool:
    """Whether a line of a flat plan [N] counts pieces."""
    counting = {offer.id for offer in grid.scenario.offers if offer.quantity is not None}
    return bool(counting) and any(line.offer in counting for line in grid.lines(plan))


def pieces_there(frozen: Frozen, plan: Plan) -> Layers:
    """[S, K + 1, T] units that the pieces of each line come to: the uses that its plan expected, rounded up.

    Of whole baskets, in the last row, they are orders. Of a public line they are everybody's: each segment holds the
    number of all. NaN where no line counts pieces.

    Parameters
    ----------
    plan
        The flat plan [N] that the folder's account was made of.
    """
    grid = build_grid(frozen.scenario, frozen.custom)
    there = no_pieces(grid)
    if not counts_pieces(grid, plan):
        return there
    found = account(build_coefficients(grid, frozen.effects, frozen.baskets), plan)
    uses = np.zeros(len(found.lines), dtype=np.int64)
    np.add.at(uses, found.rows.line, found.rows.uses)
    for number, line in enumerate(found.lines):
        offer = grid.offer(line.offer)
        if offer.quantity is None:
            continue
        k, units_a_use = row_of(grid, line.product, offer)
        t = grid.scenario.horizon.period_of(line.date)
        units = -(-int(uses[number]) // MILLI) * units_a_use
        if offer.layer is Layer.PUBLIC:
            there[0][:, k, t] = units
        else:
            there[1][grid.segment_index[line.segment], k, t] = units
    return there


def no_pieces(grid: Grid) -> Layers:
    """Tables [S, K + 1, T] of both layers that know of no pieces."""
    s, k, t = grid.shape
    return np.full((s, k + 1, t), np.nan), np.full((s, k + 1, t), np.nan)


def of_lines_that_stay(grid: Grid, there: Layers, plan: Plan, ran: NDArray[np.int8]) -> Layers:
    """Pieces [S, K + 1, T] of a plan's lines where the same lines ran; NaN elsewhere, as for lines without any."""
    if (plan == ran).all():
        return there
    planned, real = grid.split(plan), grid.split(ran)
    same = Blocks(*(one == other for one, other in zip(planned, real, strict=True)))
    s, _, t = grid.shape
    public = with_basket_row(np.broadcast_to(same.public, grid.shape), np.broadcast_to(same.basket_public, (s, t)))
    targeted = with_basket_row(same.targeted, same.basket_targeted)
    return np.where(public, there[0], np.nan), np.where(targeted, there[1], np.nan)


def row_of(grid: Grid, product: str, offer: Offer) -> tuple[int, float]:
    """Row of a line's product, the last one of whole baskets, and the units that a use of its offer spans there."""
    k = grid.row(product)
    return k, 1.0 if product == BASKET else float(units_per_use(offer, grid.products[k]))


def pieces_so_far(model: Coefficients, plan: Plan, expected: Sold, actuals: Actuals, there: Layers) -> Pieces:
    """What is known of the lines that count pieces, up to the last observed period.

    Parameters
    ----------
    expected
        What the plan sells by its account; told uses of all segments together are shared out so.
    there
        As `pieces_there` counts them.
    """
    under = list(told_units(model, plan, expected, actuals))
    shelf = _at_a_shelf_price(plan, expected, actuals, there[0][:, :-1])
    shelf = with_basket_row(shelf, np.full((shelf.shape[0], shelf.shape[2]), np.nan))
    under[0] = _of_all(np.where(np.isnan(under[0]), shelf, under[0]))
    known = [np.where(np.isnan(pieces), np.nan, units) for pieces, units in zip(there, under, strict=True)]
    gone = known[0].sum(axis=0) * np.ones_like(known[0]), known[1]
    half = [HALF_A_USE / np.where(per > 0, per, 1.0) for per in uses_a_unit(model, expected)]
    with np.errstate(invalid="ignore"):
        ran_out = tuple(units >= pieces - less for units, pieces, less in zip(gone, there, half, strict=True))
        left = tuple(units < pieces - less for units, pieces, less in zip(gone, there, half, strict=True))
    return Pieces(there=there, under=(known[0], known[1]), ran_out=(ran_out[0], ran_out[1]), left=(left[0], left[1]))


def _of_all(units: Float) -> Float:
    """Units under public lines, known only where they are of all segments: the pieces are everybody's."""
    return np.where(np.isfinite(units).all(axis=0), units, np.nan)


def _at_a_shelf_price(plan: Plan, expected: Sold, actuals: Actuals, there: Float) -> Float:
    """[S, K, T] units under a shelf price that counts pieces: all that were sold, as long as there were pieces.

    NaN elsewhere: where a targeted line meets it, customers may use that instead; beyond a cap per customer units are
    sold at the regular price.
    """
    grid = actuals.grid
    whole = [fixed_take_up(offer) == 1.0 and offer.per_customer is None for offer in grid.scenario.offers]
    everybodys = np.array([False, *(whole[choice.offer] for choice in grid.choices.public)])
    alone = everybodys[expected.choices.public] & ~(expected.choices.targeted > 0).any(axis=0)
    sold = np.nan_to_num(actuals.units_total)
    total = expected.units.sum(axis=0)
    share = np.divide(expected.units, total, out=np.full(grid.shape, 1.0 / grid.shape[0]), where=total > 0)
    units = np.where(np.isfinite(actuals.units).all(axis=0), np.nan_to_num(actuals.units), sold * share)
    served = np.divide(np.minimum(sold, there), sold, out=np.ones(grid.shape), where=sold > 0)
    known = alone & actuals.observed & ran_as_planned(actuals, plan)
    return np.asarray(np.where(known & np.isfinite(there), units * served, np.nan))
