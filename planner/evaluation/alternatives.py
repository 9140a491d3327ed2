"""What every alternative of every slot would do at known slopes: the second half of exact gains (docs/search.md).

Many columns are weighed a few products at a time: all at once they would go through memory again and again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from planner.evaluation.columns import Choices, Columns, Layers, at, of_choices
from planner.evaluation.stack import Stack, Weights
from planner.evaluation.written_once import stored
from planner.runtime import start_jax
from scenarios.response.entries import CellTables

Array = Any

BLOCK_CELLS = 20_000
"""Cells whose alternatives are weighed at once at most: what that takes stays in a core's cache."""


class Slopes(NamedTuple):
    """Slopes of a column's entries, [M, S, 1] each; field for field what an alternative changes."""

    base: Array
    bump: Array
    theft: Array
    spill: Array
    reach: Array
    lift: Array
    beyond: Array
    dips: tuple[Array, ...]


def alternatives(
    view: Columns,
    stack: Stack,
    weights: Weights,
    per_unit: Array,
    columns: Array,
    rows: Layers,
    here: Choices,
    slopes: Slopes,
) -> tuple[Array, Array]:
    """Weigh what each choice of a layer would do beside the other's chosen one: [M, P] and [M, S, Q].

    Parameters
    ----------
    columns : int32 [M]
    rows, here, slopes
        What offers do alone, the plan's choices and the slopes in these columns.
    """
    jnp = start_jax().numpy
    every_p = jnp.arange(view.widths.public)[None, None, :]
    every_q = jnp.arange(view.widths.targeted)[None, None, :]
    worth = []
    for public, targeted, choices in (
        (view.side(rows, 0), view.chosen_side(rows, 1, here.targeted), Choices(every_p, here.targeted)),
        (view.chosen_side(rows, 0, here.public), view.side(rows, 1), Choices(here.public, every_q)),
    ):
        found = view.entries(public, targeted, choices, columns, rows.around)
        base, bump = stored(unit_weights(view, stack, found, weights, columns, choices, per_unit))
        total = slopes.base * base + slopes.bump * bump
        for slope, entry in (
            (slopes.theft, found.theft),
            (slopes.spill, found.spill),
            (slopes.reach, found.reach),
            (slopes.lift, found.lift),
            (slopes.beyond, found.beyond),
            *zip(slopes.dips, found.dips, strict=True),
        ):
            total = total + slope * entry
        worth.append(total)
    in_public, in_targeted = stored(tuple(worth))
    return in_public.sum(axis=1), in_targeted


def unit_weights(
    view: Columns,
    stack: Stack,
    entries: CellTables,
    weights: Weights,
    columns: Array,
    index: Choices,
    per_unit: Array,
) -> tuple[Array, Array]:
    """Weight of one base unit, and of one unit of flow per lift, in the priced objective."""
    t = view.shape[2]
    place = (at(stack.classes.T, (columns % t,)), (columns // t)[:, None])
    pair = (index.public, index.targeted)
    cell = of_choices(weights.cell, place) - at(per_unit.reshape(-1), (columns,))[:, None, None]
    public = of_choices(weights.public, place, index.public)
    targeted, both = of_choices(weights.targeted, place, *pair), of_choices(weights.both, place, *pair)
    cell, public, targeted, both = stored((cell, public, targeted, both))
    base = cell + entries.base_public * public + entries.base_targeted * targeted + entries.base_both * both
    if stack.counts_base:
        base = base + entries.base_public * of_choices(weights.public_base, place, index.public)
        base = base + entries.base_targeted * of_choices(weights.targeted_base, place, *pair)
    bump = (
        entries.lift * cell + entries.bump_public * public + entries.bump_targeted * targeted + entries.bump_both * both
    )
    return base, bump


def in_blocks(shape: tuple[int, int, int]) -> bool:
    """Whether all columns of a grid [S, K, T] are too many to be weighed at once."""
    s, k, t = shape
    return s * k * t > BLOCK_CELLS


def by_blocks(work: Callable[..., tuple[Array, Array]], tables: tuple[Any, ...], shape: tuple[int, int, int]) -> Any:
    """Do work on the columns of some tables, many of them a few products at a time, so that it stays in cache."""
    jax = start_jax()
    s, k, t = shape
    count = len(tables[0])
    if count != k * t or not in_blocks(shape):
        return work(*tables)
    products = max(n for n in range(1, k + 1) if k % n == 0 and (n == 1 or n * t * s <= BLOCK_CELLS))
    blocks = jax.tree.map(lambda table: table.reshape(k // products, products * t, *table.shape[1:]), tables)
    found = jax.lax.map(lambda some: work(*some), blocks)
    return jax.tree.map(lambda table: table.reshape(count, *table.shape[2:]), found)
