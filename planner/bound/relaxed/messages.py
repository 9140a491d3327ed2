"""Messages in the bound: what lines pay for the message that carries them, and how many messages floors ask for.

One message to a segment carries all lines of a period, ``1 - prod (1 - q)`` of it: at least any weighted mean of the
lines' coverages q, at most their sum. So lines that go together may share what it costs. Where a rule asks for lines
that only messages can carry, that is too little: each of three products could name a third of a message, and the one
line that is asked for would cost a third. So messages themselves have a floor, with a price like any row of a rule.

F, G, J and other letters as in `planner.bound.relaxed.weights`; M floors.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from constraints.rules.forms import CompiledRule, FloorRows
from constraints.rules.groups import block_places
from planner.bound.never import NEVER
from planner.bound.relaxed.shared_messages import Shared, shares_moved
from planner.bound.relaxed.weights import Weights
from planner.bound.tables import Columns
from planner.runtime import start_jax
from scenarios.arrays import Flag, Float, Int
from scenarios.grid import Grid

Array = Any


class MessageFloors(NamedTuple):
    """Messages that no plan can do without."""

    counted: Array
    """[M, J, T, S] 1 where a message counts."""
    least: Array
    """[M] how many there are at least; half a message reaches half of a segment."""


def message_floors(
    rules: Iterable[CompiledRule], grid: Grid, allowed: Flag, columns: Columns, orders: Columns, weights: Weights
) -> MessageFloors:
    """Read off how many messages that cost something carry the lines which rules ask for.

    Parameters
    ----------
    allowed
        [N, width] choices that a plan may hold.
    """
    forms = [form for rule in rules for form in rule.forms if isinstance(form, FloorRows)]
    shape = len(weights.contact_cells), grid.shape[2], grid.shape[0]
    if not forms:
        return MessageFloors(np.zeros((0, *shape)), np.zeros(0))
    coverage = _coverage(grid, columns, orders, weights)
    segment, period = _places(grid)
    counted, least = [], []
    for form in forms:
        old = form.entries
        for row, floor in enumerate(form.floor):
            here = old.cell == row
            slots, literals = old.slot[here], old.sets[old.choice_set[here]] & allowed[old.slot[here]]
            slots, literals = slots[literals.any(axis=1)], literals[literals.any(axis=1)]
            most = coverage[:, slots].max(axis=0, initial=0.0)
            share = float(most[literals].min(initial=1.0))
            if not len(slots) or share <= 0.0:
                continue  # Some line needs no message, or nothing can keep the rule.
            cell = np.ravel_multi_index((period[slots], segment[slots]), shape[1:])
            together = np.bincount(cell).max()
            table = np.zeros(shape)
            scopes = (coverage[:, slots] > 0).any(axis=(1, 2))
            table.reshape(shape[0], -1)[np.ix_(scopes, np.unique(cell))] = 1.0
            counted.append(table)
            least.append(share * np.ceil(floor / together))
    return MessageFloors(np.array(counted).reshape(len(counted), *shape), np.array(least))


def _coverage(grid: Grid, columns: Columns, orders: Columns, weights: Weights) -> Float:
    """[J, N, width] share of a segment that a choice's message reaches, of messages that cost anything."""
    table = np.zeros((len(weights.contact_cells), grid.slots, grid.width))
    slots, _, product, _ = block_places(grid, 1)
    by_choice = np.zeros((len(table), len(columns.pair), grid.width))
    by_choice[:, np.arange(len(columns.pair))[:, None], columns.targeted] = weights.contact_cells
    table[:, slots] = by_choice[:, product]
    on_baskets = np.zeros((len(table), 1, grid.width))
    on_baskets[:, 0, orders.targeted[0]] = weights.contact_basket
    table[:, block_places(grid, 3)[0]] = on_baskets
    table[weights.message[0] >= 0] = 0.0
    return table


def _places(grid: Grid) -> tuple[Int, Int]:
    """[N] segment (0 for everybody's lines, which no message carries) and period of each slot."""
    blocks = [block_places(grid, block) for block in range(4)]
    segment = np.concatenate([place[1] for place in blocks])
    return np.maximum(segment, 0), np.concatenate([place[3] for place in blocks])


def message_prices(
    coefficients: Array, floor: Array, weights: Weights, floors: MessageFloors, people: Array, xp: Any
) -> Array:
    """[J, T, S] what a message to a whole segment brings at the prices of limits and floors; below 0 where it costs."""
    price = xp.einsum("fj,fg,gts->jts", weights.message * coefficients[:, None], weights.group, weights.masks)
    return price * (people * weights.contact_reach) + xp.einsum("m,mjts->jts", floor, floors.counted)


def message_gains(
    logits: Array, price: Array, weights: Weights, shared: Shared | None, xp: Any
) -> tuple[Array, Array, Array]:
    """What each column pays (or earns) for messages, [T, S, K, C] and [T, S, Y], and more by load, [T, I, S, K, C].

    A message that costs is at least any weighted mean of its lines' coverages; one that earns at most their sum.

    Parameters
    ----------
    logits
        [1 + I, J, T, S, K + 1] of the products' (and the basket's) shares of a message; then what is added to those of
        rivals among themselves in each interval of their load, where I is not 0.
    price
        [J, T, S], of `message_prices`.
    shared
        Which rivals can be on offer together in each interval; None where I is 0.
    """
    by_load, logits = logits[1:], logits[0]
    j, t, s, k = logits.shape
    c, y = weights.contact_cells.shape[-1], weights.contact_basket.shape[-1]
    more = xp.zeros((t, 0, s, k - 1, c), logits.dtype)
    if not j:
        return xp.zeros((t, s, k - 1, c), logits.dtype), xp.zeros((t, s, y), logits.dtype), more
    senders = xp.concatenate([weights.contact_cells.max(axis=-1), weights.contact_basket.max(axis=-1)[:, None]], axis=1)
    logits = xp.where((senders > 0)[:, None, None, :], logits, NEVER)
    # What is taken off all logits of a message changes no share, so it needs no slope.
    highest = logits.max(axis=-1, keepdims=True, initial=NEVER)
    shares = xp.exp(logits - (highest if xp is np else start_jax().lax.stop_gradient(highest)))
    shares = shares / shares.sum(axis=-1, keepdims=True)
    paid = xp.where(price[..., None] <= 0, price[..., None] * shares, price[..., None])
    cells = xp.einsum("jtsk,jkc->tskc", paid[..., :-1], weights.contact_cells)
    if shared is not None:
        cost = xp.where(price <= 0, price, 0.0)[..., None]
        more = xp.einsum(
            "ijtsk,jkc->tiskc",
            cost * shares_moved(shares[..., :-1], by_load[..., :-1], shared, xp),
            weights.contact_cells,
        )
    return cells, xp.einsum("jts,jy->tsy", paid[..., -1], weights.contact_basket), more


def messages_of(held: Flag, order_held: Flag, weights: Weights) -> Float:
    """[J, T, S] share of each segment that a plan's messages reach, from the columns that it holds.

    Parameters
    ----------
    held, order_held
        [T, S, K, C] and [T, S, Y].
    """
    lines = np.einsum("tskc,jkc->jtsk", held, weights.contact_cells)
    orders = np.einsum("tsy,jy->jts", order_held, weights.contact_basket)
    return np.asarray(1.0 - (1.0 - lines).prod(axis=-1) * (1.0 - orders))
