"""Groups of literals: which slots count together under a scope and ``per``, as flat index arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.rules.forms import Entries
from constraints.rules.lines import AXES, Key, RuleLine, active_lines, categories, told_lines
from scenarios.arrays import Flag, Int
from scenarios.grid import Grid
from scenarios.language.schemas.axes import Axis
from scenarios.language.scope import Scope
from scenarios.language.where import covered
from scenarios.response.economics import Economics
from scenarios.scope_mask import scope_mask


@dataclass(frozen=True, kw_only=True, eq=False)
class RuleContext:
    """What rules are compiled against."""

    grid: Grid
    economics: Economics
    past: tuple[RuleLine, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """Literals by group and period; entry cells are ``group * T + period``."""

    keys: tuple[Key, ...]
    """[G]"""
    entries: Entries


def block_places(grid: Grid, block: int) -> tuple[Int, ...]:
    """Flat slot numbers of a block with their segment, product and period; -1 for everybody, K for the basket."""
    first, last = grid.offsets[block : block + 2]
    slots = np.arange(first, last)
    place = np.unravel_index(slots - first, grid.slot_shapes[block])
    nobody, basket = np.full(len(slots), -1), np.full(len(slots), len(grid.products))
    segment = place[0] if block in (1, 3) else nobody
    product = place[-2] if block < 2 else basket
    return slots, segment, product, place[-1]


def literal_groups(grid: Grid, scope: Scope, per: tuple[Axis, ...], *, told: bool = False) -> Groups:
    """Lay out the literals of a scope: any matching choice of a slot, counted in each of its groups.

    With ``told`` without choices of which nobody is told again, because they were sent before.
    """
    table = scope_choices(grid, scope, whole=False)
    if told:
        for block, choices in enumerate(grid.choices):
            again = [number for number, choice in enumerate(choices, start=1) if not choice.told]
            table[grid.offsets[block] : grid.offsets[block + 1], again] = False
    return table_groups(grid, table, scope_mask(grid, scope).segments, per)


def table_groups(grid: Grid, table: Flag, everyone: Flag, per: tuple[Axis, ...]) -> Groups:
    """Lay out literals from any table of choices.

    Parameters
    ----------
    table : bool [N, width]
        The choices that make a slot's literal true.
    everyone : bool [S]
        The segments in which a public line counts where ``per`` names segments.
    """
    axes = [axis for axis in AXES if axis in per]
    names = categories(grid)
    category = np.array([names.index(product.category) for product in grid.products] + [len(names)])
    sizes = {
        "segment": len(grid.segments),
        "product": len(grid.products) + 1,
        "category": len(names) + 1,
        "offer": len(grid.scenario.offers),
    }
    possible = table & grid.allowed_flat
    nothing = np.zeros(0, dtype=np.int64)
    sets: list[Flag] = [np.zeros((1, grid.width), dtype=bool)]
    columns: list[tuple[Int, ...]] = [(nothing, nothing, nothing, nothing)]
    for block in range(4):
        slots, segment, product, period = block_places(grid, block)
        offers = np.full(grid.width, -1)
        offers[1 : grid.widths[block]] = [choice.offer for choice in grid.choices[block]]
        for offer in np.unique(offers[offers >= 0]) if "offer" in axes else [-1]:
            choices = possible[slots] & ((offers == offer) | (offer < 0))
            kept = np.flatnonzero(choices.any(axis=1))
            if not len(kept):
                continue
            rows, which = np.unique(choices[kept], axis=0, return_inverse=True)
            copies = np.flatnonzero(everyone) if "segment" in axes and block in (0, 2) else np.array([-1])
            at, own = np.repeat(kept, len(copies)), np.repeat(which.ravel(), len(copies))
            who = np.tile(copies, len(kept)) if copies[:1].tolist() != [-1] else segment[at]
            code = np.zeros(len(at), dtype=np.int64)
            values = {"segment": who, "product": product[at], "category": category[product[at]], "offer": offer}
            for axis in axes:
                code = code * sizes[axis] + values[axis]
            columns.append((code, period[at], slots[at], own + sum(len(part) for part in sets)))
            sets.append(rows)
    code, periods, slot, choice_set = (np.concatenate(column) for column in zip(*columns, strict=True))
    codes, group = np.unique(code, return_inverse=True)
    places = np.unravel_index(codes, [sizes[axis] for axis in axes]) if axes else ()
    return Groups(
        keys=tuple(zip(*(place.tolist() for place in places), strict=True)) if axes else ((),) * len(codes),
        entries=Entries(
            cell=group.astype(np.int64) * grid.shape[2] + periods,
            slot=slot,
            choice_set=choice_set,
            sets=np.concatenate(sets),
        ),
    )


def past_periods(
    groups: Groups, context: RuleContext, scope: Scope, per: tuple[Axis, ...], *, told: bool = False
) -> list[list[int]]:
    """[G] periods (below 0, ascending) in which each group was active before the horizon; ``told`` as above."""
    lines = told_lines(context.past, context.grid) if told else context.past
    found = active_lines(lines, scope, per, context.grid)
    return [sorted(found.get(key, {})) for key in groups.keys]


def scope_choices(grid: Grid, scope: Scope, *, whole: bool) -> Flag:
    """[N, width] choices whose lines touch a scope, or lie inside it as a whole."""
    mask = scope_mask(grid, scope)
    horizon = grid.scenario.horizon
    periods, everybody = mask.periods, mask.segments.any()
    if whole:
        periods = np.array([covered(scope.periods, day, horizon.period_days) for day in horizon.dates])
        everybody = mask.segments.all()
    table = np.zeros((grid.slots, grid.width), dtype=bool)
    for block, chosen in enumerate(mask.choices):
        slots, segment, product, period = block_places(grid, block)
        people = mask.segments[segment] if block in (1, 3) else np.full(len(slots), everybody)
        goods = np.append(mask.products, mask.basket)[product]
        own = chosen[product] if block < 2 else chosen
        table[slots, : chosen.shape[-1]] = (people & goods & periods[period])[:, None] & own
    return table


def cell_scope(grid: Grid, scope: Scope) -> Flag:
    """[S, K, T] cells whose segment, product and period a scope touches."""
    mask = scope_mask(grid, scope)
    return np.asarray(mask.segments[:, None, None] & mask.products[:, None] & mask.periods)
