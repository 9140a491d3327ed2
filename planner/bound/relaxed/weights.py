"""Weights of the priced objective: what a base unit, a bump, a line, a message and a customer reached are worth.

F counts functionals: the objective first, then the limits that are priced; G groups of equal masks, J message scopes,
R what counts customers reached.
Other letters as in `planner.bound.tables`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from planner.bound.above_zero import above_zero
from planner.bound.tables import Columns
from scenarios.arrays import Float
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional
from scenarios.response.issued import redeemers
from scenarios.response.totals import customers

Array = Any


class Weights(NamedTuple):
    """Weights of all functionals, side by side."""

    units: Float
    """[F, X] per unit, line and order, flattened in the order of `UnitWeights`."""
    group: Float
    """[F, G] 1 where a functional has the masks of group g."""
    masks: Float
    """[G, T, S]"""
    message: Float
    """[F, J] per message of distinct message scope j."""
    contact_cells: Float
    """[J, K, C] coverage."""
    contact_basket: Float
    """[J, Y]"""
    contact_reach: Float
    """[J, 1, S] share of each segment that messages can reach; [1, 1, 1] where all of them reach everybody."""
    reached: Float
    """[R, S] per customer reached; a functional has a row for each group that it tells apart."""
    reached_by: Float
    """[R, F] 1 at the functional of a row."""
    reached_cells: Float
    """[R, K, C] coverage."""
    reached_basket: Float
    """[R, Y]"""
    reached_periods: Float
    """[R, T]"""


def _row(functional: Functional, cells: Columns, orders: Columns) -> Float:
    """Flatten one functional's weights in the order of `UnitWeights`."""
    k = np.arange(len(cells.pair))[:, None]
    p, q, v, u = cells.public, cells.targeted, orders.public[0], orders.targeted[0]
    on_units = functional.public[k, p], functional.targeted[k, p, q]
    on_base = functional.public_base[k, p], functional.targeted_base[k, p, q]
    on_orders = functional.basket_public[v], functional.basket_targeted[u]
    on_base_orders = functional.basket_public_base[v], functional.basket_targeted_base[u]
    both = functional.both[k, p, q]
    parts = (
        functional.cell,
        functional.charges,
        functional.order,
        (*(some + more for some, more in zip(on_units, on_base, strict=True)), both),
        (*on_units, both),
        (functional.public_line[k, p], functional.targeted_line[k, q], functional.targeted_issued[k, q]),
        [some + more for some, more in zip(on_orders, on_base_orders, strict=True)],
        on_orders,
        (functional.basket_public_line[v], functional.basket_targeted_line[u], functional.basket_issued[u]),
    )
    return np.concatenate([np.ravel(part) for part in parts])


def weights_of(functionals: tuple[Functional, ...], cells: Columns, orders: Columns) -> Weights:
    """Collect the weights of all functionals over the columns."""
    k = np.arange(len(cells.pair))[:, None]
    groups: dict[bytes, int] = {}
    masks: list[Float] = []
    scopes: dict[bytes, int] = {}
    contacts: list[tuple[Float, Float, Float]] = []
    entries: list[tuple[int, int, float]] = []
    member = []
    for number, each in enumerate(functionals):
        mask = np.outer(each.periods, each.segments)
        if mask.tobytes() not in groups:
            groups[mask.tobytes()] = len(masks)
            masks.append(mask)
        member.append(groups[mask.tobytes()])
        lines = each.contact_targeted, each.contact_basket, each.contact_reach
        for row, basket, reach, weight in zip(*lines, each.message, strict=True):
            key = row.tobytes() + basket.tobytes() + reach.tobytes()
            if key not in scopes:
                scopes[key] = len(contacts)
                contacts.append((row[k, cells.targeted], basket[orders.targeted[0]], reach))
            entries.append((number, scopes[key], float(weight)))
    message = np.zeros((len(functionals), len(contacts)))
    for number, scope, weight in entries:
        message[number, scope] += weight
    reached = [row for number, each in enumerate(functionals) for row in _reached(number, each, cells, orders)]
    (k_count, c), y, (t, s) = cells.pair.shape, orders.pair.shape[1], masks[0].shape
    told = np.array([reach for *_, reach in contacts]).reshape(-1, 1, functionals[0].contact_reach.shape[1])
    return Weights(
        units=np.stack([_row(each, cells, orders) for each in functionals]),
        group=np.eye(len(masks))[member],
        masks=np.stack(masks),
        message=message,
        contact_cells=np.array([c for c, _, _ in contacts]).reshape(-1, *cells.pair.shape),
        contact_basket=np.array([b for _, b, _ in contacts]).reshape(-1, orders.pair.shape[1]),
        contact_reach=np.ones((1, 1, 1)) if (told == 1.0).all() else told,
        reached=np.array([row.weight for row in reached]).reshape(-1, s),
        reached_by=np.eye(len(functionals))[[row.functional for row in reached]],
        reached_cells=np.array([row.cells for row in reached]).reshape(-1, k_count, c),
        reached_basket=np.array([row.basket for row in reached]).reshape(-1, y),
        reached_periods=np.array([functionals[row.functional].periods for row in reached]).reshape(-1, t),
    )


class _Reached(NamedTuple):
    """Customers reached of one group of one functional."""

    functional: int
    weight: Float
    """[S]"""
    cells: Float
    """[K, C]"""
    basket: Float
    """[Y]"""


def _reached(number: int, each: Functional, cells: Columns, orders: Columns) -> list[_Reached]:
    """Rows of one functional; none where it counts no customers reached."""
    k = np.arange(len(cells.pair))[:, None]
    rows = zip(each.reached_share, each.reached_targeted, each.reached_basket, strict=True)
    return [
        _Reached(number, each.reached * each.segments * share, row[k, cells.targeted], basket[orders.targeted[0]])
        for share, row, basket in rows
    ]


def redeemers_of(model: Coefficients, cells: Columns, orders: Columns) -> tuple[Float, Float]:
    """Customers who can redeem what a column's targeted line issues to them, on products and on baskets.

    Returns
    -------
    [S, K, C] and [S, Y]
        [S, 1, 1] and [S, 1] where all can.
    """
    people = customers(model)[:, None]
    found, of_orders = (redeemers(model.grid, block) for block in (1, 3))
    return (
        people[..., None] if (found == people).all() else found[:, cells.targeted],
        people if (of_orders == people).all() else of_orders[:, orders.targeted[0]],
    )


class UnitWeights(NamedTuple):
    """Priced weights, [T, S, ...]; those of one kind side by side, as the shares that they weigh are."""

    cell: Array
    charges: Array
    order: Array
    base: Array
    """[T, S, 3, K, C] per base unit under a public line, a targeted line and both."""
    bump: Array
    """[T, S, 3, K, C] per further unit, likewise."""
    line: Array
    """[T, S, 3, K, C] per public line, per targeted line, and per customer whom this is issued to."""
    order_base: Array
    """[T, S, 2, Y] per base order under a public and a targeted line."""
    order_bump: Array
    """[T, S, 2, Y] per further order, likewise."""
    order_line: Array
    """[T, S, 3, Y] as ``line``."""


def priced_weights(coefficients: Array, weights: Weights, k: int, c: int, y: int, xp: Any) -> UnitWeights:
    """Add up all functionals' weights at their prices."""
    grouped = xp.einsum("fg,fx->gx", weights.group * coefficients[:, None], weights.units)
    spread = xp.einsum("gts,gx->tsx", weights.masks, grouped)
    parts, start = [], 0
    for shape in [(k,), (k,), (), *[(3, k, c)] * 3, (2, y), (2, y), (3, y)]:
        size = int(np.prod(shape, dtype=int))
        parts.append(spread[..., start : start + size].reshape(*spread.shape[:2], *shape))
        start += size
    return UnitWeights(*parts)


def reach_gains(
    part: Array, coefficients: Array, weights: Weights, people: Array, xp: Any
) -> tuple[Array, Array, Array]:
    """What each column earns for customers reached, and a constant; reach that costs costs nothing here."""
    if not len(weights.reached):
        (_, t, s), (_, k, c), y = weights.masks.shape, weights.reached_cells.shape, weights.reached_basket.shape[1]
        return xp.zeros((t, s, k, c), part.dtype), xp.zeros((t, s, y), part.dtype), 0.0
    price = above_zero((weights.reached_by @ coefficients)[:, None] * weights.reached, xp) * people
    line = xp.einsum("rs,rt->rts", price * part, weights.reached_periods)
    cells = xp.einsum("rts,rkc->tskc", line, weights.reached_cells)
    baskets = xp.einsum("rts,ry->tsy", line, weights.reached_basket)
    return cells, baskets, (price * (1.0 - part)).sum()
