"""Whom messages go to and whom lines reach: weights of a sum, and how many a plan tells, under any array library."""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.arrays import Float
from scenarios.grid import Grid
from scenarios.response.reachable import by_channel, shares, shells
from scenarios.scope_mask import Mask

Array = Any


def reach_width(grid: Grid) -> int:
    """Columns of what is told by segment of channels: 1 where all of them reach everybody, else S."""
    return max((len(share) for share in by_channel(grid).values()), default=1)


def message_weights(grid: Grid, mask: Mask, per_message: float, *, priced: bool) -> dict[str, object]:
    """One message scope per channel: a message counts where it carries at least one line of the scope."""
    rows, baskets, money, reach = [], [], [], []
    for channel in grid.scenario.channels:
        here = [_coverage(grid, block, frozenset([channel.id])) for block in (1, 3)]
        row = mask.products[:, None] * mask.choices[1] * here[0]
        basket = mask.basket * mask.choices[3] * here[1]
        if not (row.any() or basket.any()):
            continue
        rows.append(row)
        baskets.append(basket)
        reach.append(np.broadcast_to(shares(channel, grid.segments), reach_width(grid)))
        money.append(per_message * (float(channel.cost_per_contact) if priced else 1.0))
    if not rows:
        return {}
    return {
        "contact_targeted": np.array(rows),
        "contact_basket": np.array(baskets),
        "contact_reach": np.array(reach),
        "message": np.array(money),
    }


def reached_weights(grid: Grid, mask: Mask) -> dict[str, object]:
    """Customers reached: in each group of those whom the same channels reach, the lines of these channels count."""
    on_products = np.asarray((mask.products[:, None] & mask.choices[1]).any(axis=0), dtype=bool)
    inside = on_products, mask.choices[3] & mask.basket
    used = {
        channel
        for block, choices in zip((1, 3), inside, strict=True)
        for channel, here in zip(_channels(grid, block), choices[1:], strict=True)
        if here
    }
    groups = shells(grid, sorted(used, key=str))
    cells, baskets = [], []
    for channels, _ in groups:
        cells.append(mask.products[:, None] * mask.choices[1] * _coverage(grid, 1, channels))
        baskets.append(mask.basket * mask.choices[3] * _coverage(grid, 3, channels))
    return {
        "reached": 1.0,
        "reached_targeted": np.array(cells),
        "reached_basket": np.array(baskets),
        "reached_share": np.stack([np.broadcast_to(share, reach_width(grid)) for _, share in groups]),
    }


def _channels(grid: Grid, block: int) -> list[str | None]:
    return [grid.scenario.offers[choice.offer].channel for choice in grid.choices[block]]


def _coverage(grid: Grid, block: int, channels: frozenset[str | None]) -> Float:
    """[choices] coverage of the choices that go out over some channels; 0 of others, and of what was sent before."""
    told = zip(grid.choices[block], _channels(grid, block), strict=True)
    return np.array([0.0] + [choice.coverage * (choice.told and channel in channels) for choice, channel in told])


def messages(weights: Any, people: Array, cells: Array, baskets: Array) -> Array:
    """[..., S, T] weighed messages of a plan's targeted choices, [..., S, K, T] and [..., S, T]."""
    k = np.arange(cells.shape[-2])[:, None]
    missed = (1.0 - weights.contact_targeted[:, k, cells]).prod(axis=-2) * (1.0 - weights.contact_basket[:, baskets])
    there = (_wide(weights.contact_reach, missed.ndim - 1) * people)[..., None]
    return (((1.0 - missed) * there).T * weights.message).T.sum(axis=0)


def reached(weights: Any, people: Array, cells: Array, baskets: Array) -> Array:
    """[...] customers whom a plan's targeted choices reach at least once, weighed; arguments as of `messages`."""
    k = np.arange(cells.shape[-2])[:, None]
    never = (1.0 - weights.reached_targeted[:, k, cells] * weights.periods).prod(axis=(-2, -1)) * (
        1.0 - weights.reached_basket[:, baskets] * weights.periods
    ).prod(axis=-1)
    there = _wide(weights.reached_share, never.ndim) * people * weights.segments
    return weights.reached * ((1.0 - never) * there).sum(axis=-1).sum(axis=0)


def _wide(rows: Array, axes: int) -> Array:
    """[J, S] or [J, 1] with the axes of plans between, so that there are as many ``axes``."""
    return rows.reshape(len(rows), *[1] * (axes - 2), rows.shape[1])
