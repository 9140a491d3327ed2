"""The model's tables laid out for the search: columns (product x period) lead, so that a neighbourhood is a row gather.

Entries of pairs are computed when they are needed, from what each layer's offers do alone, by the same functions that
fill the tables of `scenarios.coefficients`: nothing of size E = P * Q is kept.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.runtime import start_jax
from scenarios.coefficients import Coefficients, coverages, surroundings
from scenarios.entries import CellTables, Surroundings, cell_entries
from scenarios.grid import Blocks
from scenarios.pairs import pair_up

Array = Any
Float = NDArray[np.float64]


class Layers(NamedTuple):
    """What each layer's offers do alone, by column: [K * T, S, P] and [K * T, S, Q]."""

    lift_public: Array
    take_public: Array
    lift_targeted: Array
    take_targeted: Array
    around: Surroundings
    """[K * T, S, 1] each."""


class Side(NamedTuple):
    """One layer's part of some pairs, [M, S, choices]."""

    lift: Array
    take: Array
    coverage: Array


class Choices(NamedTuple):
    """Chosen choice numbers by column and segment, [M, S, 1] each."""

    public: Array
    targeted: Array


def at(table: Array, index: tuple[Array, ...]) -> Array:
    """Entries at indices that are known to lie inside: several times faster on a CPU than checked ones."""
    return table.at[index].get(mode="promise_in_bounds")


def along(table: Array, index: Array, axis: int = -1) -> Array:
    """`take_along_axis` for indices that are known to lie inside."""
    return start_jax().numpy.take_along_axis(table, index, axis=axis, mode="promise_in_bounds")


class Columns:
    """Pairs of one model by column, in one precision.

    Parameters
    ----------
    model
        The expected account's coefficients.
    dtype
        ``float32`` to propose, ``float64`` to decide.
    """

    def __init__(self, model: Coefficients, dtype: Any) -> None:
        self._jax = start_jax()
        jnp = self._jax.numpy
        self.model = model
        s, k, t = self.shape = model.grid.shape

        def place(field: Float) -> Array:
            wide = np.broadcast_to(field, (s, k, t, field.shape[-1]))
            return jnp.asarray(np.moveaxis(wide, 0, 2).reshape(k * t, s, -1), dtype)

        around = surroundings(model.base_units, model.rivals, model.strengths, 1)
        layers = model.layers
        self.layers = Layers(
            place(layers.lift_public),
            place(layers.take_public),
            place(layers.lift_targeted),
            place(layers.take_targeted),
            self._jax.tree.map(place, around),
        )
        self._coverage = tuple(jnp.asarray(coverages(model.grid, block), dtype) for block in (0, 1))
        self._stacked = jnp.asarray(model.economics.stacked)
        self._used = jnp.asarray(model.economics.used)
        self.every = jnp.arange(k * t)

    def choices(self, blocks: Blocks[Array]) -> Choices:
        """Choice numbers of a plan's product layers by column."""
        s, k, t = self.shape
        jnp = self._jax.numpy
        public = jnp.broadcast_to(blocks.public.reshape(k * t, 1, 1), (k * t, s, 1))
        return Choices(public, jnp.moveaxis(blocks.targeted, 0, -1).reshape(k * t, s, 1))

    def side(self, layers: Layers, layer: int) -> Side:
        """All choices of a layer."""
        lift = layers.lift_public if layer == 0 else layers.lift_targeted
        take = layers.take_public if layer == 0 else layers.take_targeted
        return Side(lift, take, self._jax.numpy.broadcast_to(self._coverage[layer], lift.shape))

    def chosen_side(self, layers: Layers, layer: int, choice: Array) -> Side:
        """The chosen choice of a layer; ``choice`` is [M, S, 1]."""
        lift = layers.lift_public if layer == 0 else layers.lift_targeted
        take = layers.take_public if layer == 0 else layers.take_targeted
        return Side(along(lift, choice), along(take, choice), at(self._coverage[layer], (choice,)))

    def entries(self, public: Side, targeted: Side, index: Choices, columns: Array, around: Surroundings) -> CellTables:
        """Entries of pairs in some columns, [M, S, choices]; ``index`` holds their choice numbers."""
        jnp = self._jax.numpy
        product = (columns // self.shape[2])[:, None, None]
        stacked = at(self._stacked, (index.public, index.targeted))
        used = at(self._used, (product, index.public, index.targeted))
        pair = pair_up(public.lift, public.take, targeted.lift, targeted.take, targeted.coverage, stacked, used, jnp)
        reach = jnp.maximum(public.coverage, targeted.coverage)
        return cell_entries(pair, reach, around, self.model.strengths, jnp)

    def chosen_entries(self, layers: Layers, index: Choices) -> CellTables:
        """Entries of a plan's own pairs in all columns, [K * T, S, 1]."""
        public, targeted = self.chosen_side(layers, 0, index.public), self.chosen_side(layers, 1, index.targeted)
        return self.entries(public, targeted, index, self.every, layers.around)

    def spread(self, field: Array) -> Array:
        """[K * T, S, 1] to the response's own axes [S, K, T]."""
        s, k, t = self.shape
        jnp = self._jax.numpy
        return jnp.moveaxis(jnp.broadcast_to(field, (k * t, s, 1)).reshape(k, t, s), -1, 0)

    def gather(self, field: Array, columns: Array) -> Array:
        """[S, K, T] to columns, [M, S, 1]."""
        s, k, t = self.shape
        return self._jax.numpy.moveaxis(field, 0, -1).reshape(k * t, s)[columns][..., None]
