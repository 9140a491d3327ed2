"""Entries of all pairs of choices in all cells: what each layer's offers do alone, and where they meet."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.grid import Grid
from scenarios.response.economics import Economics
from scenarios.response.entries import NOT_SOLD, CellTables, Surroundings, cell_entries
from scenarios.response.interactions import Strengths
from scenarios.response.served import Served, reach_of
from scenarios.response.two_layers import Pair, pair_up
from scenarios.side_by_side import side_by_side

BLOCK_ENTRIES = 20_000
"""Entries that tables are made of at a time."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LayerTables:
    """What each layer's offers do alone, before they meet: [S, K, T, P] and [S, K, T, Q], 0 for none.

    Public offers over all customers, whether their quantity serves them or not; targeted ones per customer served.
    """

    lift_public: Float
    take_public: Float
    lift_targeted: Float
    take_targeted: Float


def layered(grid: Grid, per_offer: Float, block: int) -> Float:
    """Spread an [..., O] table over the choices of a block: [..., choices], zero for none."""
    picked = [choice.offer for choice in grid.choices[block]]
    return np.concatenate([np.zeros_like(per_offer[..., :1]), per_offer[..., picked]], axis=-1)


def layer_tables(grid: Grid, lift: Float, take_up: Float, served: Served) -> LayerTables:
    """Spread effects [S, K, T, O] over the choices of the two product layers."""
    return LayerTables(
        lift_public=layered(grid, lift, 0) * served.public,
        take_public=layered(grid, take_up, 0) * served.public,
        lift_targeted=layered(grid, lift, 1),
        take_targeted=layered(grid, take_up, 1),
    )


def rival_units(units: Float, rivals: Int) -> Float:
    """[..., S, K, T] baseline of all rivals of each product together."""
    padded = np.concatenate([units, np.zeros_like(units[..., :1, :])], axis=-2)
    return np.asarray(padded[..., rivals, :].sum(axis=-2)) if rivals.shape[1] else np.zeros_like(units)


def surroundings(units: Float, rivals: Int, strength: Strengths, sold: Flag, axes: int) -> Surroundings:
    """Surroundings of every cell, [S, K, T] with ``axes`` trailing axes of length 1; ``units`` may lead with draws.

    ``sold`` [K, T + W] tells in which periods products are in the range, W after the horizon included.
    """
    shape = (..., *([None] * axes))
    later = []
    for lag in range(1, strength.pull_forward_periods + 1):
        ahead = np.zeros_like(units)
        if lag < units.shape[-1]:
            ahead[..., :-lag] = units[..., lag:]
        later.append(np.where(sold[:, lag : lag + units.shape[-1]], ahead, NOT_SOLD)[shape])
    count = (rivals < units.shape[-2]).sum(axis=1)[:, None]
    return Surroundings(
        units=units[shape],
        rival_units=rival_units(units, rivals)[shape],
        rival_count=count[shape],
        pull_forward=strength.pull_forward[:, None][shape],
        later_units=tuple(later),
    )


def cell_tables(
    grid: Grid,
    economics: Economics,
    layers: LayerTables,
    on_products: Served,
    strength: Strengths,
    units: Float,
    rivals: Int,
    sold: Flag,
) -> tuple[CellTables, Float]:
    """Entries of all pairs in all cells, [S, K, T, E], and gross lifts when both offers may first stand, [S, K, 1, E].

    Pairs that no cell of a product may hold are 0: no plan can name them, and most pairs are such where offers apply to
    few products. The others are made product by product, in blocks that stay in the processor's cache.
    """
    around, reach = surroundings(units, rivals, strength, sold, 2), reach_of(grid, 0, on_products)
    s, k, t = units.shape
    shape = (s, k, t, *grid.widths[:2])
    names = [field.name for field in fields(CellTables) if field.name != "dips"]
    tables = {name: np.zeros(shape) for name in names}
    dips = [np.zeros(shape) for _ in around.later_units]

    public_open = np.asarray(grid.allowed.public.any(axis=1))
    targeted_open = np.asarray(grid.allowed.targeted.any(axis=(0, 2)))
    open_ = [(np.flatnonzero(public_open[n]), np.flatnonzero(targeted_open[n])) for n in range(k)]

    def met(cells: tuple[slice, slice, slice], choices: tuple[Int, Int]) -> Pair:
        """What pairs of some choices do alone in some cells."""
        public, targeted = choices
        served_public, served_targeted = (
            _cut(table, cells, 4)[..., column] for table, column in zip(on_products, choices, strict=True)
        )
        used = economics.used[cells[1]][:, public[:, None], targeted][None, :, None]
        return pair_up(
            layers.lift_public[cells][..., public, None],
            layers.take_public[cells][..., public, None],
            layers.lift_targeted[cells][..., None, targeted],
            layers.take_targeted[cells][..., None, targeted],
            served_targeted[..., None, :],
            economics.stacked[public[:, None], targeted],
            used,
            np,
            served_public[..., :, None],
        )

    def make(block: tuple[slice, int]) -> None:
        """Fill the tables of one product in some segments."""
        cells = (block[0], np.s_[block[1] : block[1] + 1], np.s_[:])
        public, targeted = open_[block[1]]
        here = (*cells, public[:, None], targeted)
        near = Surroundings(
            units=around.units[cells],
            rival_units=around.rival_units[cells],
            rival_count=around.rival_count[cells[1]],
            pull_forward=around.pull_forward[cells[1]],
            later_units=tuple(later[cells] for later in around.later_units),
        )
        tired = _cut(reach, cells, 5)[..., public[:, None], targeted]
        entries = cell_entries(met(cells, open_[block[1]]), tired, near, strength, np)
        for name in names:
            tables[name][here] = getattr(entries, name)
        for table, dip in zip(dips, entries.dips, strict=True):
            table[here] = dip

    sizes = [t * len(public) * len(targeted) for public, targeted in open_]
    steps = [max(1, BLOCK_ENTRIES // size) for size in sizes]
    blocks = [(np.s_[n : n + step], product) for product, step in enumerate(steps) for n in range(0, s, step)]
    if s * sum(sizes) > BLOCK_ENTRIES:
        side_by_side(make, blocks)
    else:  # to start threads takes longer than tables as small as one block
        for block in blocks:
            make(block)
    flat = {name: flat_pairs(table) for name, table in tables.items()}
    everything = (np.arange(shape[3]), np.arange(shape[4]))
    opens = _opens(grid)
    first = np.zeros((s, k, 1, *shape[3:]))
    for period in np.unique(opens):
        lift = met((np.s_[:], np.s_[:], np.s_[period : period + 1]), everything).lift
        first = np.where(opens[:, :, None] == period, lift, first)
    return CellTables(dips=tuple(flat_pairs(dip) for dip in dips), **flat), flat_pairs(first)


def _opens(grid: Grid) -> Int:
    """[S, K, P, Q] first period in which both choices of a pair may stand; 0 where there is none."""
    public, targeted = grid.allowed.public.copy(), grid.allowed.targeted.copy()
    public[..., 0] = targeted[..., 0] = True
    if (public[:, 0] | ~public.any(axis=1)).all() and (targeted[:, :, 0] | ~targeted.any(axis=2)).all():
        return np.zeros((*targeted.shape[:2], public.shape[-1], targeted.shape[-1]), dtype=np.int64)
    return np.asarray((public[None, ..., :, None] & targeted[..., None, :]).argmax(axis=2))


def _cut(table: Float, cells: tuple[slice, slice, slice], axes: int) -> Float:
    """Take some cells of a table of [S, K, T, ...]; along axes that it lacks, or that are 1 long, it is the same."""
    if table.ndim < axes:
        return table
    return np.asarray(table[tuple(np.s_[:] if n == 1 else cut for n, cut in zip(table.shape, cells, strict=False))])


def flat_pairs(table: Float) -> Float:
    """Join the last two axes, one per layer, into one of pairs."""
    return np.ascontiguousarray(table.reshape(*table.shape[:-2], -1))
