"""Uses that the actuals tell: the units under lines that they come to, where it is plain which line they are of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float, Plan
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import Layers, of_choices, under_lines, with_basket_row
from scenarios.flight.series import baskets_ran_as_planned, ran_as_planned
from scenarios.grid import Blocks, Grid
from scenarios.response.coefficients import Coefficients
from scenarios.response.totals import Sold
from scenarios.tables.take_up import fixed_take_up


def told_units(model: Coefficients, plan: Plan, what: Sold, actuals: Actuals, places: Flag | None = None) -> Layers:
    """Units under the public and under the targeted lines of a plan, by the uses that the file tells.

    Parameters
    ----------
    plan
        The flat plan [N] that ran.
    what
        What it is expected to sell: uses of a row that is not split by segment are divided as it says.
    places
        As `told_places` gives them, where they are asked for many times.

    Returns
    -------
    public, targeted : [S, K + 1, T]
        Of whole baskets orders, of which no more use an offer than there were. NaN where the file does not tell, where
        lines of both layers meet that may both be used (a display grants nothing), where something else ran than
        planned, and where a shelf price is everybody's, whatever is counted.
    """
    s, k, t = model.grid.shape
    nothing = np.full((s, k + 1, t), np.nan)
    if not actuals.has("uses"):
        return nothing, nothing
    known = told_places(actuals, plan) if places is None else places
    per_unit, units = uses_a_unit(model, what), under_lines(what)
    any_line = (per_unit[0] > 0) | (per_unit[1] > 0)
    found = []
    for here, only in enumerate(alone_in_use(model, what)):
        alone = only & known
        found.append(_of_lines(actuals, alone, any_line, units[here], np.where(alone, per_unit[here], 1.0)))
        found[-1][:, -1] = _no_more_than_orders(actuals, found[-1][:, -1])
    return found[0], found[1]


def told_places(actuals: Actuals, plan: Plan) -> Flag:
    """[K + 1, T] products and periods, whole baskets last, whose rows tell of the lines of a plan as they ran."""
    orders = np.isfinite(actuals.tables["units"][:, :, -1]).any(axis=(0, 1)) & baskets_ran_as_planned(actuals, plan)
    return with_basket_row(actuals.observed & ran_as_planned(actuals, plan), orders)


def _no_more_than_orders(actuals: Actuals, uses: Float) -> Float:
    """Uses [S, T] of offers on orders, at most one an order that is told: more are counted otherwise, or a slip."""
    capped = np.fmin(uses, np.where(np.isfinite(uses), actuals.of_segments("units")[:, -1], np.nan))
    orders, total = actuals.of_everybody("units")[-1], np.nansum(capped, axis=0)
    scale = np.divide(orders, total, out=np.ones_like(total), where=np.isfinite(orders) & (total > orders))
    return np.asarray(capped * scale)


def alone_in_use(model: Coefficients, what: Sold) -> tuple[Flag, Flag]:
    """[S, K + 1, T] lines of both layers whose uses would be theirs alone, and are a question."""
    public, targeted = uses_a_unit(model, what)
    asked = is_asked(model.grid, what.choices)
    return (public > 0) & ~(targeted > 0) & asked[0], (targeted > 0) & ~(public > 0) & asked[1]


def uses_a_unit(model: Coefficients, what: Sold) -> Layers:
    """[S, K + 1, T] uses that a unit under the lines of both layers comes to; an order under one is one use."""
    grid, choices = model.grid, what.choices
    k = np.arange(len(grid.products))[:, None]
    uses = model.economics.uses
    public = np.broadcast_to(uses[0][k, choices.public, 0], grid.shape)
    targeted = uses[1][k, 0, choices.targeted]
    orders = np.broadcast_to(choices.basket_public > 0, (grid.shape[0], grid.shape[2]))
    return with_basket_row(public, orders), with_basket_row(targeted, choices.basket_targeted > 0)


def _of_lines(actuals: Actuals, alone: Flag, any_line: Flag, units: Float, per_unit: Float) -> Float:
    """Divide told uses by the uses of a unit; a row for all segments is shared out as units are expected."""
    told = actuals.of_segments("uses")
    split = np.isfinite(told).any(axis=0)
    total, wanted = actuals.of_everybody("uses"), np.where(alone, units * per_unit, 0.0).sum(axis=0)
    whole = ~split & np.isfinite(total) & (alone == any_line).all(axis=0) & (wanted > 0)
    share = np.divide(np.nan_to_num(total), wanted, out=np.ones_like(wanted), where=whole)
    by_segment = np.where(alone & np.isfinite(told), np.nan_to_num(told) / per_unit, np.nan)
    return np.where(alone & whole, units * share, by_segment)


def is_asked(grid: Grid, choices: Blocks[NDArray[np.int8]]) -> tuple[Flag, Flag]:
    """[S, K + 1, T] whether how many use an offer is a question: not of everybody's shelf price, nor of a display."""
    open_ = [each.quantity is not None or fixed_take_up(each) is None for each in grid.scenario.offers]
    values = [np.array([False, *(open_[choice.offer] for choice in grid.choices[block])]) for block in range(4)]
    return of_choices(grid, choices, values)
