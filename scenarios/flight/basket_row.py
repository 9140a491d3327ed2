"""Products and whole baskets side by side: tables [..., S, K + 1, T] whose last row holds baskets, as in `Actuals`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float, Int
from scenarios.grid import Blocks, Grid
from scenarios.response.totals import Sold

Layers = tuple[Float, Float]
"""A table of public and one of targeted lines."""


def with_basket_row(cells: NDArray[Any], orders: NDArray[Any]) -> NDArray[Any]:
    """Put what is known of baskets [..., S, T] behind what is known of cells [..., S, K, T]; both may be broadcast."""
    shape = np.broadcast_shapes(cells.shape[:-2], orders.shape[:-1])
    rows = np.broadcast_to(cells, (*shape, *cells.shape[-2:])), np.broadcast_to(orders, (*shape, orders.shape[-1]))
    return np.concatenate([rows[0], rows[1][..., None, :]], axis=-2)


def under_lines(what: Sold) -> Layers:
    """[S, K + 1, T] units, of baskets orders, under the public and under the targeted lines."""
    return (
        with_basket_row(what.public, what.basket_public),
        with_basket_row(what.targeted, what.basket_targeted),
    )


def base_under_lines(what: Sold) -> Layers:
    """[S, K + 1, T] those of them that would be sold anyway."""
    return (
        with_basket_row(what.public_base, what.basket_public_base),
        with_basket_row(what.targeted_base, what.basket_targeted_base),
    )


def sold_in_all(what: Sold) -> Float:
    """[S, K + 1, T] units of cells, and orders."""
    return with_basket_row(what.units, what.orders)


def of_choices(grid: Grid, choices: Blocks[Any], values: Sequence[NDArray[Any]]) -> tuple[NDArray[Any], NDArray[Any]]:
    """[S, K + 1, T] of both layers: a value of what each slot of a plan chose.

    Parameters
    ----------
    choices
        The plan's four blocks.
    values : [choices] each
        By block; the first value of each is that of no offer.
    """
    s, k, t = grid.shape
    public = np.broadcast_to(values[0][choices.public], (s, k, t))
    orders = np.broadcast_to(values[2][choices.basket_public], (s, t))
    targeted, sent = values[1][choices.targeted], values[3][choices.basket_targeted]
    return with_basket_row(public, orders), with_basket_row(targeted, sent)


def offers_chosen(grid: Grid, choices: Blocks[Any]) -> tuple[Int, Int]:
    """[S, K + 1, T] numbers of the offers of both layers; -1 for none."""
    numbers = [np.array([-1, *(choice.offer for choice in grid.choices[block])], dtype=np.int64) for block in range(4)]
    return of_choices(grid, choices, numbers)
