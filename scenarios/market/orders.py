"""What customers' orders cost, once offers on single products are taken off."""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.market.customers import Population, weighted_counts
from scenarios.market.deals import Deal


def covered(room: Float | None, buyer: Int, units: Float, topped_up: Flag) -> Float:
    """Return the share of each purchase [rows] of one product that a capped offer still covers.

    Parameters
    ----------
    room
        [N] units that each customer may still take under it; None without a cap.
    topped_up
        [rows] what was added to the order, after everything else; a customer has at most one other row.
    """
    if room is None:
        return np.ones(units.size)
    first = weighted_counts(buyer[~topped_up], units[~topped_up], room.size)
    left = np.maximum(room[buyer] - np.where(topped_up, first[buyer], 0.0), 0.0)
    return np.minimum(left / units, 1.0)


def order_values(
    people: Population, deals: dict[int, Deal], prices: Float, who: Int, what: Int, amount: Float, extra: int
) -> Float:
    """Return what each customer's order costs, [N], offers on its products taken off; ``extra`` rows are top-ups."""
    paid = prices[what]
    topped_up = np.arange(who.size) >= who.size - extra
    for product, deal in deals.items():
        rows = np.nonzero(what == product)[0]
        buyer = who[rows]
        if deal.room is None:
            paid[rows] *= (1 - deal.saving_public[buyer]) * (1 - deal.saving_targeted[buyer])
            continue
        public, targeted = (
            covered(room, buyer, amount[rows], topped_up[rows]) for room in (deal.room_public, deal.room_targeted)
        )
        reduced = 1 - deal.saving_public[buyer]
        paid[rows] *= 1 - deal.saving_public[buyer] * public - reduced * deal.saving_targeted[buyer] * targeted
    return weighted_counts(who, paid * amount, people.segment.size)
