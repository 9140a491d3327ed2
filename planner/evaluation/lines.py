"""The lines of a plan as lists: a value looks at what plans hold, and most slots of a good plan hold nothing.

A cell without a line is the same in all plans. So what offers do is looked up for lines alone, in lists of a few
lengths that what is compiled hangs on, and is spread over the grid only where lines act on other cells: by fatigue,
theft and dips. Places beyond a plan's lines are the grid's end, where nothing is held.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.columns import INSIDE, Choices, Columns, at
from planner.runtime import start_jax
from scenarios.arrays import Int
from scenarios.grid import Blocks
from scenarios.response.entries import CellTables
from scenarios.response.model import Flows
from scenarios.response.totals import LineShares, under_lines

Array = Any

SHORT, LONGER = 64, 4
"""Lines that a list holds at least, and by how many times the next longer one holds more."""
FULL = 2
"""A plan whose lists would look at more than one in so many cells is as soon looked up in all."""
MANY_CELLS = 4_000
"""Cells above which what offers do is looked up for lines alone; fewer are as soon looked up all."""
SPREAD = ("theft", "spill", "reach", "lift", "beyond")
"""Entries that act on other cells or are summed everywhere, beside dips."""


class Lists(NamedTuple):
    """Where some plans hold lines on products; `K * T` and `S * K * T` where a list has no further line."""

    public: Array
    """int32 [B, A] columns ``product * T + period``."""
    targeted: Array
    """int32 [B, C] cells ``segment * K * T + column``."""


def lengths(blocks: Blocks[NDArray[np.int8]]) -> Int:
    """[B] lines that the lists of each plan must hold; 0 for plans that are full, of which none are made."""
    most = np.zeros(len(blocks.public), dtype=np.int64)
    for block in (blocks.public, blocks.targeted):
        most = np.maximum(most, np.count_nonzero(block.reshape(len(block), -1), axis=1))
    found = np.full(len(most), SHORT)
    while (most > found).any():
        found = np.where(most > found, found * LONGER, found)
    columns, cells = (block.size // max(len(block), 1) for block in (blocks.public, blocks.targeted))
    looked_at = np.minimum(found, columns) * (cells // columns) + np.minimum(found, cells)
    return np.where(looked_at * FULL > cells, 0, found)


def lists(blocks: Blocks[NDArray[np.int8]], length: int, rows: int) -> Lists:
    """The lines of plans [B, ...], of which none holds more than a length of either layer, in so many ``rows``."""
    return Lists(_listed(blocks.public, length, rows), _listed(blocks.targeted, length, rows))


def _listed(block: NDArray[np.int8], length: int, rows: int) -> NDArray[np.int32]:
    flat = block.reshape(len(block), -1)
    found = np.full((rows, min(length, flat.shape[1])), flat.shape[1], dtype=np.int32)
    for own, plan in zip(found, flat, strict=False):
        places = np.flatnonzero(plan)
        own[: len(places)] = places
    return found


class Held(NamedTuple):
    """The lines of one layer of one plan."""

    entries: CellTables
    """Of the chosen pairs where they are: [A, S, 1] of public lines, [C, 1, 1] of targeted ones."""
    segment: Array
    """[1, S] or [C, 1]"""
    column: Array
    """[A, 1] or [C, 1]; inside the grid for places that hold nothing, too ..."""
    there: Array
    """... and whether a place holds a line."""
    choice: Choices
    """[A, S, 1] or [C, 1, 1]; none of this layer where nothing is held."""


def looked_up(view: Columns, blocks: Blocks[Array], places: Lists) -> tuple[Held, Held]:
    """The public and the targeted lines of a plan.

    Parameters
    ----------
    places
        Rows of `Lists`.
    """
    return _public(view, blocks, places.public), _targeted(view, blocks, places.targeted)


def _public(view: Columns, blocks: Blocks[Array], columns: Array) -> Held:
    jax, jnp = start_jax(), start_jax().numpy
    s, k, t = view.shape
    there, column = columns < k * t, jnp.minimum(columns, k * t - 1)
    index = jax.tree.map(lambda choice: at(choice, (column,)), view.choices(blocks))
    index = index._replace(public=jnp.where(there[:, None, None], index.public, 0))
    rows = jax.tree.map(lambda table: at(table, (column,)), view.layers)
    return Held(view.chosen_entries(rows, index, column), jnp.arange(s)[None], column[:, None], there[:, None], index)


def _targeted(view: Columns, blocks: Blocks[Array], cells: Array) -> Held:
    jax, jnp = start_jax(), start_jax().numpy
    s, k, t = view.shape
    there, cell = cells < s * k * t, jnp.minimum(cells, s * k * t - 1)
    segment, column = cell // (k * t), cell % (k * t)
    public = at(blocks.public.reshape(-1), (column,))
    targeted = jnp.where(there, at(blocks.targeted.reshape(-1), (cell,)), 0)
    index = Choices(public[:, None, None], targeted[:, None, None])
    rows = jax.tree.map(lambda table: at(table, (column, segment))[:, None], view.layers)
    entries = view.chosen_entries(rows, index, column)
    return Held(entries, segment[:, None], column[:, None], there[:, None], index)


def spread(view: Columns, public: Held, targeted: Held) -> dict[str, Any]:
    """Entries [S, K, T] by name, 0 where no line is; dips by lag.

    Both lists name a cell that holds a line of each layer, with the same pair: it does not matter which is written.
    """
    jnp = start_jax().numpy
    s, k, t = view.shape
    lags = len(public.entries.dips)
    cells, values = [], []
    for held in (public, targeted):
        fields = (*(getattr(held.entries, name) for name in SPREAD), *held.entries.dips)
        shape = held.entries.lift.shape
        values.append(jnp.stack([jnp.broadcast_to(field, shape).reshape(-1) for field in fields]))
        cell = held.segment * (k * t) + held.column
        cells.append(jnp.where(held.there, cell, s * k * t).reshape(-1))
    # Which entry a cell takes is written number by number, the entries are read: all of them at once would be written
    # by a loop of many steps, each of which costs more than what it writes.
    number = jnp.zeros(s * k * t + 1, jnp.int32)
    last = jnp.arange(1, 1 + sum(len(cell) for cell in cells), dtype=jnp.int32)
    number = number.at[jnp.concatenate(cells)].set(last, **INSIDE)[:-1].reshape(s, k, t)
    nothing = jnp.zeros((len(SPREAD) + lags, 1), values[0].dtype)
    tables = [at(row, (number,)) for row in jnp.concatenate([nothing, *values], axis=1)]
    named = {name: tables[number] for number, name in enumerate(SPREAD)}
    return named | {"dips": tuple(tables[len(SPREAD) + lag] for lag in range(lags))}


class Sales(NamedTuple):
    """What the lines of one layer sell."""

    held: Held
    under: dict[str, Array]
    """[A, S] or [C, 1] units under a line, by field of `scenarios.response.totals.Sold`."""


def sales(held: Held, flow: Flows) -> Sales:
    """What lines sell of the flows [S, K, T] of their cells."""
    base, bump = (at(field.reshape(len(field), -1), (held.segment, held.column)) for field in (flow.base, flow.bump))
    shares = LineShares(*(getattr(held.entries, name)[..., 0] for name in LineShares._fields))
    under = under_lines(shares, base, bump)
    return Sales(held, {name: units * held.there for name, units in under.items()})
