"""Optimistic bounds on limits: what no plan can beat, however its lines interact.

Why they are valid. Sold units of a cell are ``base * share + bump * share`` with flows ``base`` and ``bump`` that the
other cells decide, within the ends of `constraints.infeasible.flow_reach`. A row is linear in the flows, so at given
choices of a cell its least value lies at ends of the intervals. The row is then bounded from below by the sum, over
cells, of the best pair of choices each: every plan picks some pair in every cell, so none goes below. Choosing the best
pair anew in each cell and segment, and the best end of every flow anew for each row, can only lower the sum further.
Messages, customers reached and charges are bounded by what locked lines alone and all lines together could reach
(`least_messages`). Any weighted sum of rows (weights >= 0) is a row, so several limits that are within reach one by one
but not together are refuted the same way. Lines that rules ask for are added at what they cost at the least
(`floor_costs`), and the messages that carry them too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from constraints.infeasible.floor_costs import least_cost
from constraints.infeasible.flow_reach import Interval, Reach
from constraints.infeasible.least_messages import least_messages, least_reached
from scenarios.arrays import Float, Int
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional, Mixed
from scenarios.response.issued import redeemers
from scenarios.response.totals import customers


@dataclass(frozen=True, kw_only=True, eq=False)
class RowTables:
    """One row (a functional times a sign) per possible pair; weights add up over rows."""

    base: Float
    """[S, K, T, E] weight of the base flow."""
    bump: Float
    """[S, K, T, E] weight of the bump flow."""
    fixed: Float
    """[S, K, T, E] exact part: costs of lines, units borrowed beyond the horizon."""
    order_base: Float
    """[S, T, Y] weight per order."""
    order_bump: Float
    """[S, T, Y] weight per order and unit of basket fatigue."""
    order_fixed: Float
    """[S, T, Y]"""
    ahead: Float
    """[S, K, T] weight of units that baskets buy ahead."""
    tired: Float
    """[S, K] weight of left-over fatigue."""
    rest: float
    """Least value of messages and customers reached."""


def row_tables(model: Coefficients, functional: Functional | Mixed, sign: float, reach: Reach) -> RowTables:
    """Weigh a functional's row by pairs."""
    if isinstance(functional, Mixed):
        parts = [row_tables(model, part, sign * weight, reach) for weight, part in functional.parts]
        return combined(parts, np.ones(len(parts)))
    grid, f = model.grid, functional
    s, k, t = grid.shape
    p, q, v, u = grid.widths
    inside = sign * f.segments[:, None, None, None] * f.periods[None, None, :, None]

    def wide(table: Float) -> Float:
        """[K, P or 1, Q or 1] to [1, K, 1, E]."""
        return np.broadcast_to(table, (k, p, q)).reshape(1, k, 1, p * q)

    cell, cells = f.cell[None, :, None, None], model.cells
    public, targeted, both = wide(f.public[:, :, None]), wide(f.targeted), wide(f.both)
    base = (
        cell
        + (public + wide(f.public_base[:, :, None])) * cells.base_public
        + (targeted + wide(f.targeted_base)) * cells.base_targeted
        + both * cells.base_both
    )
    bump = cell * cells.lift + public * cells.bump_public + targeted * cells.bump_targeted + both * cells.bump_both
    people = customers(model)
    redeeming = np.repeat(redeemers(grid, 1)[:, None], p, axis=1).reshape(s, 1, 1, p * q)
    order_redeeming = np.repeat(redeemers(grid, 3)[:, None], v, axis=1).reshape(s, 1, v * u)
    charge = np.broadcast_to(f.charges, (k,))[None, :, None] * model.economics.unit_margin[None, :, None]
    fixed = (
        wide(f.public_line[:, :, None]) * (people / people.sum())[:, None, None, None]
        + wide(f.targeted_line[:, None, :])
        + wide(f.targeted_issued[:, None, :]) * redeeming
        + charge[..., None] * cells.beyond
    )
    orders = model.basket

    def wide_basket(table: Float) -> Float:
        return np.broadcast_to(table, (v, u)).reshape(1, 1, v * u)

    over = inside[:, :, :, 0][:, 0]
    everybody, chosen = wide_basket(f.basket_public[:, None]), wide_basket(f.basket_targeted[None])
    everybody_base = wide_basket(f.basket_public_base[:, None])
    chosen_base = wide_basket(f.basket_targeted_base[None])
    order_base = (
        f.order + (everybody + everybody_base) * orders.base_public + (chosen + chosen_base) * orders.base_targeted
    )
    order_bump = f.order * orders.lift + everybody * orders.bump_public + chosen * orders.bump_targeted
    order_fixed = wide_basket(f.basket_public_line[:, None]) * (people / people.sum())[:, None, None] + wide_basket(
        f.basket_targeted_line[None]
    )
    order_fixed = order_fixed + wide_basket(f.basket_issued[None]) * order_redeeming
    last = sign * f.segments[:, None] * np.broadcast_to(f.charges, (k,))[None] * f.periods[-1]
    shape = (s, t, v * u)
    return RowTables(
        base=inside * base,
        bump=inside * bump,
        fixed=inside * fixed,
        order_base=over[..., None] * np.broadcast_to(order_base, shape),
        order_bump=over[..., None] * np.broadcast_to(order_bump, shape),
        order_fixed=over[..., None] * np.broadcast_to(order_fixed, shape),
        ahead=inside[..., 0] * np.broadcast_to(f.charges, (k,))[None, :, None] * model.ahead_margin,
        tired=last,
        rest=least_messages(model, f, sign, reach) + least_reached(model, f, sign, reach),
    )


def combined(rows: list[RowTables], weights: Float) -> RowTables:
    """Weighted sum of rows, weights >= 0."""
    if len(rows) == 1 and weights[0] == 1.0:
        return rows[0]

    def add(name: str) -> Float:
        return np.asarray(sum(weight * getattr(row, name) for row, weight in zip(rows, weights, strict=True) if weight))

    names = ("base", "bump", "fixed", "order_base", "order_bump", "order_fixed", "ahead", "tired")
    rest = float(sum(weight * row.rest for row, weight in zip(rows, weights, strict=True)))
    return replace(rows[0], **{name: add(name) for name in names}, rest=rest)


@dataclass(frozen=True, kw_only=True, eq=False)
class Least:
    """The least value of a row and the pairs that reach it."""

    value: float
    pairs: Int
    """[S, K, T]"""
    basket_pairs: Int
    """[S, T]"""


@dataclass(frozen=True, kw_only=True, eq=False)
class PairValues:
    """Least values of a row by pairs of choices; inf where no plan holds the pair."""

    cells: Float
    """[S, K, T, E]"""
    baskets: Float
    """[S, T, Y]"""
    rest: float
    """Least value of all that no pair decides."""


def pair_values(row: RowTables, reach: Reach) -> PairValues:
    """Bound a row from below by pairs."""

    def ends(interval: Interval) -> Interval:
        return Interval(low=interval.low[..., None], high=interval.high[..., None])

    value = ends(reach.base).least(row.base) + ends(reach.bump).least(row.bump) + row.fixed
    tired = ends(reach.basket_fatigue)
    rate = row.order_base + tired.least(row.order_bump)
    basket = ends(reach.orders).least(rate) + ends(reach.other_orders).least(row.order_base) + row.order_fixed
    ahead = np.minimum(row.ahead * reach.ahead.low, row.ahead * reach.ahead.high)
    fatigue_left = np.minimum(row.tired * reach.tired.low, row.tired * reach.tired.high)
    return PairValues(
        cells=np.where(reach.pairs, value, np.inf),
        baskets=np.where(reach.basket_pairs, basket, np.inf),
        rest=float(ahead.sum() + fatigue_left.sum() + row.rest),
    )


def least(row: RowTables, reach: Reach) -> Least:
    """Bound a row from below over all plans."""
    values = pair_values(row, reach)
    total = values.cells.min(axis=-1).sum() + values.baskets.min(axis=-1).sum() + values.rest
    total += least_cost(reach.floors, values.cells, values.baskets)
    return Least(value=float(total), pairs=values.cells.argmin(axis=-1), basket_pairs=values.baskets.argmin(axis=-1))
