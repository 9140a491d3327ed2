"""What messages and customers reached add to a row at the least, from what must and what may be sent.

One message to a segment carries all lines of a period, ``1 - prod (1 - q)`` of it, so it costs at least what the
cheapest of its lines would cost alone. Where a rule asks for lines that only messages can carry, a segment gets as many
messages as are needed to carry them, the cheapest ones. Letters as in `scenarios.response.functional`.
"""

from __future__ import annotations

import numpy as np

from constraints.infeasible.floor_costs import Floor
from constraints.infeasible.flow_reach import Reach
from scenarios.arrays import Flag, Float
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional
from scenarios.response.totals import customers


def least_messages(model: Coefficients, f: Functional, sign: float, reach: Reach) -> float:
    """Least of the messages of a row, times ``sign``."""
    weight = sign * f.message
    whole = customers(model)[:, None] * f.segments[:, None] * f.periods
    dear, earned = np.maximum(weight, 0.0), np.minimum(weight, 0.0)
    there = f.contact_reach[..., None] * whole
    earns = np.einsum("j,jst,jst", earned, _sent(f, reach, most=True), there)
    costs = np.einsum("j,jst,jst->s", dear, _sent(f, reach, most=False), there)
    if dear.any():
        for floor in reach.floors:
            told = np.broadcast_to(f.contact_reach, (len(dear), len(whole)))[:, floor.segment]
            asked = _asked(floor, dear * told, f, reach, whole[floor.segment])
            costs[floor.segment] = max(costs[floor.segment], asked)
    return float(earns + costs.sum())


def least_reached(model: Coefficients, f: Functional, sign: float, reach: Reach) -> float:
    """Least of the customers reached of a row, times ``sign``."""
    if not f.reached:
        return 0.0
    ends = []
    for most in (False, True):
        cells = f.reached_targeted[:, None, :, None, :] * f.periods[:, None]
        slots = _missed(cells, reach.targeted, most=most)
        basket = _missed(f.reached_basket[:, None, None, :] * f.periods[:, None], reach.basket_targeted, most=most)
        never = slots.prod(axis=(2, 3)) * basket.prod(axis=2)
        ends.append(((1.0 - never) * f.reached_share * customers(model) * f.segments).sum())
    return float(min(sign * f.reached * value for value in ends))


def _sent(f: Functional, reach: Reach, *, most: bool) -> Float:
    """[J, S, T] share of each segment that messages reach, at the most or the least that slots may hold."""
    lines = _missed(f.contact_targeted[:, None, :, None, :], reach.targeted, most=most).prod(axis=2)
    return np.asarray(1.0 - lines * _missed(f.contact_basket[:, None, None, :], reach.basket_targeted, most=most))


def _missed(coverage: Float, possible: Flag, *, most: bool) -> Float:
    """Chance to be missed by a slot, at the most or the least coverage that it may hold."""
    values = np.where(possible, coverage, -np.inf if most else np.inf)
    return np.asarray(1.0 - (values.max(axis=-1) if most else values.min(axis=-1)))


def _asked(floor: Floor, weight: Float, f: Functional, reach: Reach, whole: Float) -> float:
    """What the messages cost at the least that carry the lines of a floor.

    Parameters
    ----------
    weight
        [J] >= 0, of a message to the whole segment.
    whole
        [T] what a message to the whole segment counts.
    """
    lines = floor.targeted & reach.targeted[floor.segment]
    orders = floor.basket_targeted & reach.basket_targeted[floor.segment]
    a_line = np.where(lines, np.einsum("j,jkq->kq", weight, f.contact_targeted)[:, None], np.inf).min(axis=-1)
    an_order = np.where(orders, weight @ f.contact_basket, np.inf).min(axis=-1)
    each = np.concatenate([a_line, an_order[None]])
    possible = np.isfinite(each)
    each = np.where(possible, each, 0.0) * whole
    paid = each > 0
    public = (floor.public & reach.public).any(axis=-1).sum()
    public += (floor.basket_public & reach.basket_public).any(axis=-1).sum()
    left = floor.lines - int(public) - int((possible & ~paid).sum())
    if left <= 0:
        return 0.0
    carried = np.cumsum(np.sort(paid.sum(axis=0))[::-1])
    messages = int(np.searchsorted(carried, left)) + 1
    cheapest = np.sort(np.where(paid, each, np.inf).min(axis=0))[:messages]
    return float(cheapest.sum()) if len(cheapest) == messages else float("inf")
