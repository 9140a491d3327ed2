"""Many functionals at once: the objective and every limit, valued together or combined at prices.

Functionals differ in what they weigh and in which segments and periods they cover. Segments and periods that the same
functionals cover form a class; sums by class, product and choice are made once, and all functionals are products of
these sums with their weights. Weights are kept where they differ: most pairs of a public and a targeted choice weigh
the same as others (of grocery-journey's 11,172 pairs 261 differ), and many functionals weigh the same in other segments
and periods (the windows of a budget). So what a value reads stays in cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.columns import at
from planner.evaluation.products import product_with_zeros
from planner.evaluation.scopes import Scopes, message_scopes, reach_scopes
from planner.runtime import on_device, start_jax
from scenarios.arrays import Float, Int
from scenarios.grid import Blocks
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional
from scenarios.response.issued import redeemers

Array = Any


class Weights(NamedTuple):
    """Weights, field for field as a `Functional` of scenarios; the leading axis holds functionals or classes."""

    cell: Array
    public: Array
    targeted: Array
    both: Array
    public_base: Array
    targeted_base: Array
    public_line: Array
    targeted_line: Array
    order: Array
    basket_public: Array
    basket_targeted: Array
    basket_public_base: Array
    basket_targeted_base: Array
    basket_public_line: Array
    basket_targeted_line: Array
    targeted_issued: Array
    basket_issued: Array
    charges: Array


_PAIRS = ("targeted", "both", "targeted_base")
"""Weights of a product's pairs, which are kept where they differ."""
_BINS = (
    ("cell", "charges"),
    ("public", "public_base", "public_line"),
    ("targeted_line", "targeted_issued"),
    _PAIRS,
    ("order",),
    ("basket_public", "basket_public_base", "basket_public_line"),
    ("basket_targeted", "basket_targeted_base", "basket_targeted_line", "basket_issued"),
)
"""Weights whose sums share one index: one scatter of several values is cheaper than several of one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Stack:
    """Functionals of one model, the objective first, in one precision; a pytree as `Columns`."""

    shape: tuple[int, int, int]
    widths: Blocks[int]
    distinct: int
    """Pairs R of which each product's others have the weights of one."""
    counts_base: bool
    """Whether any functional weighs base units under a line."""
    classes: Array
    """[S, T] class of every segment and period."""
    covered: Array
    """[D, 1 + L] whether a functional covers a class."""
    kinds: Array
    """[1 + L, F] which of F distinct rows of weights a functional has: one of them is 1."""
    alike: Array
    """[K, P, Q] which of R each pair of choices weighs the same as."""
    binned: Array
    """[N, F] distinct weights of functionals, in the order of the sums of `summed`, `_BINS` one by one."""
    scopes: Scopes
    customers: Array
    """[S]"""
    redeemers: Array | None
    """[S, Q] customers who can redeem what a targeted line issues to them; None where all can."""
    order_redeemers: Array | None
    """[S, U] the same of targeted lines on baskets."""
    class_share: Array
    """[D, T] share of all customers that each class holds: how a public line's cost is split."""

    def combine(self, coefficients: Array) -> Weights:
        """The weighted sum of all functionals, one row per class."""
        fields: dict[str, Array] = {}
        flat, start = (self.covered * coefficients[None, :]) @ self.kinds @ self.binned.T, 0
        for names, shape in zip(_BINS, self._bin_shapes, strict=True):
            end = start + prod(shape) * len(names)
            several = flat[:, start:end].reshape(-1, *shape, len(names))
            several = at(several, (slice(None), self.alike)) if names is _PAIRS else several
            fields |= {name: several[..., number] for number, name in enumerate(names)}
            start = end
        return Weights(**fields)

    def messages(self, coefficients: Array) -> Array:
        """[J, S, T] weighted sum of what all functionals weigh a message."""
        by_class = (self.covered * coefficients[None, :]) @ self.scopes.message
        return start_jax().numpy.moveaxis(at(by_class, (self.classes,)), -1, 0)

    @property
    def _bin_shapes(self) -> tuple[tuple[int, ...], ...]:
        """What the sums of each of `_BINS` are made by, beside classes."""
        _, k, _ = self.shape
        p, q, v, u = self.widths
        return (k,), (k, p), (k, q), (self.distinct,), (), (v,), (u,)

    def contacts(self, blocks: Blocks[Array]) -> tuple[Array, Array]:
        """Coverage of the chosen lines by message scope: [J, S, K, T] and [J, S, T]."""
        return self._chosen(self.scopes.contact, self.scopes.basket_contact, blocks)

    def reaches(self, blocks: Blocks[Array]) -> tuple[Array, Array]:
        """Coverage of the chosen lines by reach scope: [R, S, K, T] and [R, S, T]."""
        cells, baskets = self._chosen(self.scopes.reached, self.scopes.basket_reached, blocks)
        periods = self.scopes.reach_periods
        return cells * periods[:, None, None], baskets * periods[:, None]

    def _chosen(self, table: Array, basket: Array, blocks: Blocks[Array]) -> tuple[Array, Array]:
        jnp = start_jax().numpy
        product = jnp.arange(table.shape[1])[None, :, None]
        rows = jnp.arange(table.shape[0])
        cells = at(table, (rows[:, None, None, None], product[None], blocks.targeted[None]))
        return cells, at(basket, (rows[:, None, None], blocks.basket_targeted[None]))

    def redeeming(self, segment: Array, choice: Array) -> Array:
        """Customers who can redeem what the targeted choices of some cells issue to them."""
        return at(self.customers, (segment,)) if self.redeemers is None else at(self.redeemers, (segment, choice))

    def redeeming_orders(self, choices: Array) -> Array:
        """[S, T] customers who can redeem what the targeted choices on baskets, [S, T], issue to them."""
        if self.order_redeemers is None:
            return self.customers[:, None]
        return at(self.order_redeemers, (start_jax().numpy.arange(self.shape[0])[:, None], choices))

    def silent(self, contact: tuple[Array, Array]) -> Array:
        """[J, S, T] share of a segment that gets no message."""
        return product_with_zeros()(1.0 - contact[0], 2) * (1.0 - contact[1])

    def missed(self, reach: tuple[Array, Array]) -> Array:
        """[R, S] share of a segment that is never reached."""
        prod, (cells, baskets) = product_with_zeros(), reach
        return prod(1.0 - cells.reshape(*cells.shape[:2], -1), 2) * prod(1.0 - baskets, 2)


@cache
def _register() -> None:
    arrays = ["classes", "covered", "kinds", "alike", "binned", "scopes"]
    arrays += ["customers", "redeemers", "order_redeemers", "class_share"]
    start_jax().tree_util.register_dataclass(Stack, arrays, ["shape", "widths", "distinct", "counts_base"])


FUNCTIONALS, CLASSES, KINDS, DISTINCT, SCOPES, REACHES = 16, 4, 16, 256, 4, 2
"""Functionals, classes, distinct weights of functionals and of pairs, message and reach scopes are padded to multiples
of these, so that few shapes are compiled."""


def build_stack(model: Coefficients, functionals: tuple[Functional, ...], dtype: Any) -> Stack:
    """Stack functionals of a model, the objective first, then the scalar limits; padding weighs nothing."""
    _register()
    covered, classes = _classes(functionals)
    people = np.array([float(segment.customers) for segment in model.grid.segments])
    redeeming, of_orders = redeemers(model.grid, 1), redeemers(model.grid, 3)
    rows, count = _padded(len(covered), CLASSES), _padded(len(functionals), FUNCTIONALS)
    here = classes[None] == np.arange(rows)[:, None, None]
    told = message_scopes(functionals)
    reached, basket_reached, reach_periods, reach_weight = reach_scopes(functionals)
    scopes, reaches = _padded(len(told.cells), SCOPES), _padded(len(reached), REACHES)

    def padded(field: Float, *sizes: int) -> Array:
        missing = [(0, size - length) for size, length in zip(sizes, field.shape, strict=False)]
        return on_device(np.pad(field, missing + [(0, 0)] * (field.ndim - len(sizes))), dtype)

    def of(names: tuple[str, ...]) -> Float:
        rows = [np.stack([np.asarray(getattr(f, name), dtype=float) for name in names], axis=-1) for f in functionals]
        return np.stack(rows)

    pairs, alike = _distinct(of(_PAIRS))
    bins = [pairs if names is _PAIRS else of(names) for names in _BINS]
    binned, kind = _distinct_rows(np.concatenate([table.reshape(len(functionals), -1) for table in bins], axis=1))
    kinds = np.arange(_padded(len(binned), KINDS)) == kind[:, None]
    return Stack(
        shape=model.grid.shape,
        widths=model.grid.widths,
        distinct=pairs.shape[1],
        counts_base=any(f.public_base.any() or f.targeted_base.any() for f in functionals),
        classes=on_device(classes),
        covered=padded(covered, rows, count),
        alike=on_device(alike),
        kinds=padded(kinds, count),
        binned=padded(binned.T, len(binned.T), kinds.shape[1]),
        scopes=Scopes(
            contact=padded(told.cells, scopes),
            basket_contact=padded(told.baskets, scopes),
            message=padded(told.weights, count, scopes),
            hearers=padded(told.reach * people, 1 if len(told.reach) == 1 else scopes),
            reached=padded(reached, reaches),
            basket_reached=padded(basket_reached, reaches),
            reach_periods=padded(reach_periods, reaches),
            reach_weight=padded(reach_weight, count, reaches),
        ),
        customers=on_device(people, dtype),
        redeemers=None if (redeeming == people[:, None]).all() else on_device(redeeming, dtype),
        order_redeemers=None if (of_orders == people[:, None]).all() else on_device(of_orders, dtype),
        class_share=on_device(np.einsum("dst,s->dt", here, people / people.sum()), dtype),
    )


def _distinct(pairs: Float) -> tuple[Float, NDArray[np.int32]]:
    """Distinct weights [1 + L, R, W] among those of pairs [1 + L, K, P, Q, W], and which of R each has [K, P, Q]."""
    rows = np.ascontiguousarray(np.moveaxis(pairs, 0, -2)) + 0.0  # -0 weighs the same as 0
    whole = rows.reshape(-1, rows.shape[-2] * rows.shape[-1])
    found, alike = _distinct_rows(whole)
    filled = np.pad(found, [(0, _padded(len(found), DISTINCT) - len(found)), (0, 0)])
    return np.moveaxis(filled.reshape(-1, *rows.shape[-2:]), 1, 0), alike.reshape(rows.shape[:3]).astype(np.int32)


def _distinct_rows(rows: Float) -> tuple[Float, Int]:
    """Rows that differ, and which of them each row is."""
    as_bytes = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.itemsize * rows.shape[1])))[:, 0]
    _, first, alike = np.unique(as_bytes, return_index=True, return_inverse=True)
    return rows[first], alike


def _padded(count: int, step: int) -> int:
    """The next multiple of a step, at least one of it."""
    return max(-(-count // step), 1) * step


def _classes(functionals: tuple[Functional, ...]) -> tuple[Float, NDArray[np.int32]]:
    """Which functionals cover each class [D, 1 + L], and the class of every segment and period [S, T]."""
    masks = np.stack([np.outer(f.segments, f.periods) for f in functionals], axis=-1)
    covered, index = np.unique(masks.reshape(-1, len(functionals)), axis=0, return_inverse=True)
    return covered, index.reshape(masks.shape[:2]).astype(np.int32)
