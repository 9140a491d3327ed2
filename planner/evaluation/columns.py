"""The model's tables laid out for the search: columns (product x period) lead, so that a neighbourhood is a row gather.

Entries of pairs are computed when they are needed, from what each layer's offers do alone, by the same functions that
fill the tables of `scenarios.response.coefficients`: nothing of size E = P * Q is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from planner.evaluation.written_once import stored
from planner.runtime import on_device, start_jax
from scenarios.arrays import Float, Int
from scenarios.grid import Blocks
from scenarios.response.cell_tables import surroundings
from scenarios.response.coefficients import Coefficients
from scenarios.response.entries import CellTables, Surroundings, cell_entries
from scenarios.response.interactions import Strengths
from scenarios.response.model import Setting, setting
from scenarios.response.reachable import told
from scenarios.response.served import served
from scenarios.response.two_layers import Pair, pair_up

Array = Any


class Layers(NamedTuple):
    """What each layer's offers do alone, by column: [K * T, S, P] and [K * T, S, Q]."""

    lift_public: Array
    take_public: Array
    lift_targeted: Array
    take_targeted: Array
    around: Surroundings
    """[K * T, S, 1] each."""
    served: Array | None
    """[K * T, S, Q] share of a segment that targeted choices serve, where a channel does not reach everybody."""


class Terms(NamedTuple):
    """What `response.flows` and `totals.sold` need of a model beside what is chosen."""

    strengths: Strengths
    rivals: Array
    orders_per_unit: Array
    unit_margin: Array
    ahead_margin: Array
    carry_value: Array


class Basket(NamedTuple):
    """Basket tables of all pairs, [S, T, Y]; field for field as `scenarios.response.coefficients.BasketTables`."""

    lift: Array
    reach: Array
    base_public: Array
    base_targeted: Array
    bump_public: Array
    bump_targeted: Array


class Side(NamedTuple):
    """One layer's part of some pairs, [M, S, choices]."""

    lift: Array
    take: Array
    served: Array


class Choices(NamedTuple):
    """Chosen choice numbers by column and segment, [M, S, 1] each."""

    public: Array
    targeted: Array


INSIDE: dict[str, Any] = {"mode": "promise_in_bounds", "wrap_negative_indices": False}
"""For ``.at[...]``: indices lie inside and are not negative, which leaves out a fifth of what is compiled."""


def at(table: Array, index: tuple[Array, ...]) -> Array:
    """Entries at indices that are known to lie inside: several times faster on a CPU than checked ones."""
    return table.at[index].get(**INSIDE)


def along(table: Array, index: Array, axis: int = -1) -> Array:
    """`take_along_axis` for indices that are known to lie inside."""
    return start_jax().numpy.take_along_axis(table, index, axis=axis, mode="promise_in_bounds")


def of_choices(table: Array, place: tuple[Array, ...], *choices: Array) -> Array:
    """[M, S, choices] entries of a table by place and layers' choices: all of a layer come as one row.

    A row is gathered several times faster than its entries one by one. ``choices`` of a layer are [M, S, 1], or
    [1, 1, P] for all; ``place`` holds the leading indices, each of [M, S] or what broadcasts to it.
    """
    jnp, axes = start_jax().numpy, range(len(place), table.ndim)
    whole = [axis for axis, choice in zip(axes, choices, strict=True) if choice.shape == (1, 1, table.shape[axis])]
    picked = [choice[..., 0] for axis, choice in zip(axes, choices, strict=True) if axis not in whole]
    found = at(jnp.moveaxis(table, whole, range(-len(whole), 0)), (*place, *picked))
    # One segment, one column and one choice look like all choices: then nothing is picked, and no [M, S] leads.
    return found.reshape(*(found.shape[: found.ndim - len(whole)] or (1, 1)), -1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Columns:
    """Pairs of one model by column, in one precision; a pytree whose shape alone decides what is compiled."""

    shape: tuple[int, int, int]
    """S, K, T."""
    widths: Blocks[int]
    layers: Layers
    served: tuple[Array, Array]
    """[P] and [Q] share of a segment that each choice serves; `Layers.served` instead where it is not None."""
    stacked: Array
    """[P, Q]"""
    used: Array
    """[K, P, Q]"""
    terms: Terms
    told: Array | None = None
    """[Q] 1 where customers are told of a line of a targeted choice; None where that is of all."""

    def choices(self, blocks: Blocks[Array]) -> Choices:
        """Choice numbers of a plan's product layers by column."""
        s, k, t = self.shape
        jnp = start_jax().numpy
        public = jnp.broadcast_to(blocks.public.reshape(k * t, 1, 1), (k * t, s, 1))
        return Choices(public, jnp.moveaxis(blocks.targeted, 0, -1).reshape(k * t, s, 1))

    @property
    def every(self) -> Array:
        """[K * T] all columns."""
        return start_jax().numpy.arange(self.shape[1] * self.shape[2])

    def side(self, layers: Layers, layer: int) -> Side:
        """All choices of a layer."""
        lift = layers.lift_public if layer == 0 else layers.lift_targeted
        take = layers.take_public if layer == 0 else layers.take_targeted
        own = layers.served if layer == 1 else None
        return Side(lift, take, start_jax().numpy.broadcast_to(self.served[layer], lift.shape) if own is None else own)

    def chosen_side(self, layers: Layers, layer: int, choice: Array) -> Side:
        """The chosen choice of a layer; ``choice`` is [M, S, 1]."""
        lift = layers.lift_public if layer == 0 else layers.lift_targeted
        take = layers.take_public if layer == 0 else layers.take_targeted
        own = layers.served if layer == 1 else None
        served = at(self.served[layer], (choice,)) if own is None else along(own, choice)
        return Side(along(lift, choice), along(take, choice), served)

    def entries(self, public: Side, targeted: Side, index: Choices, columns: Array, around: Surroundings) -> CellTables:
        """Entries of pairs in some columns, [M, S, choices]; ``index`` holds their choice numbers."""
        jnp, pair = start_jax().numpy, self._pair(public, targeted, index, columns)
        reach = jnp.maximum(public.served, self._tiring(targeted, index))
        return cell_entries(pair, reach, around, self.terms.strengths, jnp)

    def _pair(self, public: Side, targeted: Side, index: Choices, columns: Array) -> Pair:
        """What pairs do alone, before theft and dips."""
        jnp = start_jax().numpy
        product = (columns // self.shape[2])[:, None]
        stacked = of_choices(self.stacked, (), index.public, index.targeted)
        used = of_choices(self.used, (product,), index.public, index.targeted)
        alone = (public.lift, public.take, targeted.lift, targeted.take)
        return pair_up(*alone, targeted.served, stacked, used, jnp, public.served)

    def chosen_entries(self, layers: Layers, index: Choices, columns: Array) -> CellTables:
        """Entries of a plan's own pairs in some columns, [M, S, 1]."""
        public, targeted = self.chosen_side(layers, 0, index.public), self.chosen_side(layers, 1, index.targeted)
        # Gathers and exponentials in one loop would be done number by number.
        pair = stored(self._pair(public, targeted, index, columns))
        reach = start_jax().numpy.maximum(public.served, self._tiring(targeted, index))
        return cell_entries(pair, reach, layers.around, self.terms.strengths, start_jax().numpy)

    def _tiring(self, targeted: Side, index: Choices) -> Array:
        """Share of a segment that targeted choices tire: whom they serve, where these are told of them."""
        if self.told is None:
            return targeted.served
        return targeted.served * of_choices(self.told, (), index.targeted)

    def spread(self, field: Array) -> Array:
        """[K * T, S, 1] to the response's own axes [S, K, T]."""
        s, k, t = self.shape
        jnp = start_jax().numpy
        return jnp.moveaxis(jnp.broadcast_to(field, (k * t, s, 1)).reshape(k, t, s), -1, 0)

    def gather(self, field: Array, columns: Array | None) -> Array:
        """[S, K, T] to columns, [M, S, 1]; None for all."""
        s, k, t = self.shape
        rows = start_jax().numpy.moveaxis(field, 0, -1).reshape(k * t, s, 1)
        return rows if columns is None else at(rows, columns)


@cache
def register() -> None:
    """Teach JAX which fields of the records are arrays; the others decide what is compiled."""
    tree = start_jax().tree_util
    shapes = ["tail_periods", "pull_forward_periods", "without_rivals_keep"]
    values = ["fatigue", "fatigue_decay", "pull_forward", "cannibalisation", "charges_carry_over"]
    tree.register_dataclass(Strengths, values, shapes)
    tree.register_dataclass(Columns, ["layers", "served", "stacked", "used", "terms", "told"], ["shape", "widths"])


def build_columns(model: Coefficients, dtype: Any) -> Columns:
    """Lay a model out by column.

    Parameters
    ----------
    model
        The expected account's coefficients.
    dtype
        ``float32`` to propose, ``float64`` to decide.
    """
    register()
    jax = start_jax()
    s, k, t = model.grid.shape

    def place(field: Float) -> Array:
        wide = np.broadcast_to(field, (s, k, t, field.shape[-1]))
        return on_device(np.moveaxis(wide, 0, 2).reshape(k * t, s, -1), dtype)

    def single(field: Any) -> Array:
        return on_device(field, dtype)

    layers, levels, news = model.layers, served(model.grid, 1), told(model.grid, 1)
    by_segment = levels.ndim > 1
    return Columns(
        shape=model.grid.shape,
        widths=model.grid.widths,
        layers=Layers(
            place(layers.lift_public),
            place(layers.take_public),
            place(layers.lift_targeted),
            place(layers.take_targeted),
            jax.tree.map(place, surroundings(model.base_units, model.rivals, model.strengths, model.sold, 1)),
            place(levels[:, None, None]) if by_segment else None,
        ),
        served=(single(served(model.grid, 0)), single(levels.mean(axis=0) if by_segment else levels)),
        stacked=on_device(model.economics.stacked),
        used=on_device(model.economics.used),
        terms=Terms(
            jax.tree.map(single, model.strengths),
            on_device(_wide(model.rivals, len(model.grid.products))),
            single(model.orders_per_unit),
            single(model.unit_margin),
            single(model.ahead_margin),
            single(model.carry_value),
        ),
        told=None if news[1:].all() else single(news),
    )


def build_setting(model: Coefficients, dtype: Any) -> Setting:
    """Take the constants of the expected account in one precision.

    Cells that can sell more are told where all can, too: the stock of a campaign that runs compiles nothing anew.
    """
    where = setting(model)
    every = np.ones(model.grid.shape[1:]) if where.supplied is None else where.supplied
    return Setting(*(on_device(field, dtype) for field in where._replace(supplied=every)))


RIVALS = 4
"""Rivals of a product are padded to a multiple of this, so that few shapes are compiled."""


def _wide(rivals: Int, nobody: int) -> Int:
    missing = -rivals.shape[1] % RIVALS if rivals.shape[1] else RIVALS
    return np.pad(rivals, ((0, 0), (0, missing)), constant_values=nobody)


def build_basket(model: Coefficients, dtype: Any) -> Basket:
    """Take the basket tables of a model in one precision."""
    return Basket(*(on_device(getattr(model.basket, name), dtype) for name in Basket._fields))
