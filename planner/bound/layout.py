"""What shapes the computation of a bound: questions of one layout share one compiled program."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np

from planner.bound.relaxed.rules import RuleShape
from planner.bound.tables import Baskets, Cells, Columns
from scenarios.arrays import Int
from scenarios.response.coefficients import Coefficients

FEW = 2
"""Rivals that share a message up to which the load of their group is cut as elsewhere."""
SHARED_CUTS = (0.2, 0.4, 0.6, 0.8)
"""Where it is cut with more: those who share a message are on offer together."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """What does not change the values but the shape of the computation."""

    columns: Columns
    orders: Columns
    rivals: Int
    """[K, R], padded with K."""
    cuts: tuple[float, ...]
    """Where the load of a group of rivals is cut into intervals, as shares of the most that it can be."""
    public: Int
    """[K, C] number of a column's public choice among the P' that its product allows; 0 is none."""
    basket_public: Int
    """[Y]"""
    dipped: bool
    """Whether any cell can be dipped ..."""
    robbed: bool
    """... or robbed by rivals."""
    sent_by_load: bool
    """Whether rivals share messages that cost much, so that their shares hang on the load of their group."""
    ordered: bool
    """Whether any line on orders moves them, or has a share in them."""
    rules: RuleShape
    sizes: tuple[tuple[int, ...], ...]
    """Shapes of the four blocks of choices: [K, T, P], [S, K, T, Q], [T, V], [S, T, U]."""


@dataclass(frozen=True, kw_only=True)
class LayoutKey:
    """A layout that is equal to another with the same numbers in it."""

    key: tuple[Any, ...]
    layout: Layout = field(compare=False)


def key_of(part: Any) -> tuple[Any, ...]:
    """Everything in a record, arrays as their bytes, as a key that can be looked up."""
    if isinstance(part, np.ndarray):
        return (part.dtype.str, part.shape, part.tobytes())
    if is_dataclass(part):
        return tuple(key_of(getattr(part, each.name)) for each in fields(part))
    return tuple(key_of(each) for each in part) if isinstance(part, tuple) else (type(part), part)


def public_numbers(columns: Columns) -> Int:
    """Renumber the public choices of each product's columns without gaps, none first."""
    numbers = np.zeros_like(columns.public)
    for k, row in enumerate(columns.public):
        known = sorted({0, *row.tolist()})
        numbers[k] = [known.index(p) for p in row]
    return numbers


def layout(
    columns: Columns,
    orders: Columns,
    cells: Cells,
    baskets: Baskets,
    model: Coefficients,
    rules: RuleShape,
    cuts: tuple[float, ...],
    sharing: int,
) -> Layout:
    """Make the layout of a model's columns; loads are cut only where somebody steals.

    ``sharing`` counts the rivals that share a message which costs much: with several of them their shares of it are
    told apart by load, and with many the load is cut where many are on offer at once.
    """
    grid, robbed = model.grid, bool(cells.stolen_sum.any())
    return Layout(
        rules=rules,
        sizes=tuple((*shape, width) for shape, width in zip(grid.slot_shapes, grid.widths, strict=True)),
        columns=columns,
        orders=orders,
        rivals=model.rivals,
        cuts=(SHARED_CUTS if sharing > FEW else cuts) if robbed else (),
        public=public_numbers(columns),
        basket_public=public_numbers(orders)[0],
        dipped=bool(cells.dip_sum.any()),
        robbed=robbed,
        sent_by_load=robbed and sharing > 1,
        ordered=any(table.any() for table in (baskets.lift, baskets.base, baskets.bump)),
    )
