"""Many functionals at once: the objective and every limit, valued together or combined at prices.

Functionals differ in what they weigh and in which segments and periods they cover. Segments and periods that the same
functionals cover form a class; sums by class, product and choice are made once, and all functionals are products of
these sums with their weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.columns import at
from planner.evaluation.products import product_with_zeros
from planner.runtime import on_device, start_jax
from scenarios.grid import Blocks
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional
from scenarios.response.totals import Sold

Float = NDArray[np.float64]
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


class Scopes(NamedTuple):
    """Distinct message scopes J and reach scopes R of all functionals."""

    contact: Array
    """[J, K, Q] coverage of lines that send a message."""
    basket_contact: Array
    """[J, U]"""
    message: Array
    """[1 + L, J, S, T] weight per message."""
    reached: Array
    """[R, K, Q]"""
    basket_reached: Array
    """[R, U]"""
    reach_periods: Array
    """[R, T]"""
    reach_weight: Array
    """[1 + L, R, S] weight per customer reached."""


_BINS = (
    ("cell", "charges"),
    ("public", "public_base", "public_line"),
    ("targeted_line", "targeted_issued"),
    ("targeted", "both", "targeted_base"),
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
    counts_base: bool
    """Whether any functional weighs base units under a line."""
    classes: Array
    """[S, T] class of every segment and period."""
    covered: Array
    """[D, 1 + L] whether a functional covers a class."""
    weights: Weights
    binned: Array
    """[1 + L, ...] the same weights in the order of the sums that `values` makes, those of one of `_BINS` together."""
    scopes: Scopes
    customers: Array
    """[S]"""
    class_share: Array
    """[D, T] share of all customers that each class holds: how a public line's cost is split."""

    def combine(self, coefficients: Array) -> Weights:
        """The weighted sum of all functionals, one row per class."""
        jnp = start_jax().numpy
        weighted = self.covered * coefficients[None, :]
        return Weights(*(jnp.tensordot(weighted, field, axes=1) for field in self.weights))

    def values(self, what: Sold, blocks: Blocks[Array]) -> Array:
        """[1 + L] values of all functionals for what one plan sells."""
        jnp = start_jax().numpy
        s, k, t = self.shape
        p, q, v, u = self.widths
        count = self.covered.shape[0]
        row = self.classes[:, None, :] * k + jnp.arange(k)[None, :, None]
        with_p = row * p + blocks.public[None]
        pair = with_p * q + blocks.targeted

        def sums(index: Array, size: int, *fields: Array) -> Array:
            several = jnp.stack([field.reshape(-1) for field in fields], axis=-1)
            total = jnp.zeros((size, len(fields)), several.dtype)
            return total.at[index.reshape(-1)].add(several, mode="promise_in_bounds").reshape(count, -1)

        ones = jnp.ones((s, k, t), what.units.dtype)
        people = self.customers[:, None, None]
        share = (people / self.customers.sum()) * ones
        order_p = self.classes * v + blocks.basket_public[None]
        order_q = self.classes * u + blocks.basket_targeted
        binned = (
            sums(row, count * k, what.units, what.charges),
            sums(with_p, count * k * p, what.public, what.public_base, share),
            sums(row * q + blocks.targeted, count * k * q, ones, people * ones),
            sums(pair, count * k * p * q, what.targeted, what.both, what.targeted_base),
            sums(self.classes, count, what.orders),
            sums(order_p, count * v, what.basket_public, what.basket_public_base, share[:, 0]),
            sums(
                order_q,
                count * u,
                what.basket_targeted,
                what.basket_targeted_base,
                ones[:, 0],
                people[:, 0] * ones[:, 0],
            ),
        )
        flat = jnp.concatenate(binned, axis=1)
        total = jnp.einsum("dl,dl->l", self.covered, flat @ self.binned.T)
        silent, missed = self.silent(self.contacts(blocks)), self.missed(self.reaches(blocks))
        total = total + jnp.einsum("ljst,s,jst->l", self.scopes.message, self.customers, 1.0 - silent)
        return total + jnp.einsum("lrs,s,rs->l", self.scopes.reach_weight, self.customers, 1.0 - missed)

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

    def silent(self, contact: tuple[Array, Array]) -> Array:
        """[J, S, T] share of a segment that gets no message."""
        return product_with_zeros()(1.0 - contact[0], 2) * (1.0 - contact[1])

    def missed(self, reach: tuple[Array, Array]) -> Array:
        """[R, S] share of a segment that is never reached."""
        prod, (cells, baskets) = product_with_zeros(), reach
        return prod(1.0 - cells.reshape(*cells.shape[:2], -1), 2) * prod(1.0 - baskets, 2)


@cache
def _register() -> None:
    arrays = ["classes", "covered", "weights", "binned", "scopes", "customers", "class_share"]
    start_jax().tree_util.register_dataclass(Stack, arrays, ["shape", "widths", "counts_base"])


FUNCTIONALS, CLASSES, SCOPES, REACHES = 16, 4, 4, 2
"""Functionals, classes, message and reach scopes are padded to multiples of these, so that few shapes are compiled."""


def build_stack(model: Coefficients, functionals: tuple[Functional, ...], dtype: Any) -> Stack:
    """Stack functionals of a model, the objective first, then the scalar limits; padding weighs nothing."""
    _register()
    covered, classes = _classes(functionals)
    people = np.array([float(segment.customers) for segment in model.grid.segments])
    rows, count = _padded(len(covered), CLASSES), _padded(len(functionals), FUNCTIONALS)
    here = classes[None] == np.arange(rows)[:, None, None]
    contact, basket_contact, message = message_scopes(functionals)
    reached, basket_reached, reach_periods, reach_weight = _reaches(functionals)
    scopes, reaches = _padded(len(contact), SCOPES), _padded(len(reached), REACHES)

    def padded(field: Float, *sizes: int) -> Array:
        missing = [(0, size - length) for size, length in zip(sizes, field.shape, strict=False)]
        return on_device(np.pad(field, missing + [(0, 0)] * (field.ndim - len(sizes))), dtype)

    stacked = Weights(
        *(np.stack([np.asarray(getattr(f, name), dtype=float) for f in functionals]) for name in Weights._fields)
    )
    bins = [np.stack([getattr(stacked, name) for name in names], axis=-1) for names in _BINS]
    binned = np.concatenate([table.reshape(len(functionals), -1) for table in bins], axis=1)
    return Stack(
        shape=model.grid.shape,
        widths=model.grid.widths,
        counts_base=any(f.public_base.any() or f.targeted_base.any() for f in functionals),
        classes=on_device(classes),
        covered=padded(covered, rows, count),
        weights=Weights(*(padded(field, count) for field in stacked)),
        binned=padded(binned, count),
        scopes=Scopes(
            contact=padded(contact, scopes),
            basket_contact=padded(basket_contact, scopes),
            message=padded(message, count, scopes),
            reached=padded(reached, reaches),
            basket_reached=padded(basket_reached, reaches),
            reach_periods=padded(reach_periods, reaches),
            reach_weight=padded(reach_weight, count, reaches),
        ),
        customers=on_device(people, dtype),
        class_share=on_device(np.einsum("dst,s->dt", here, people / people.sum()), dtype),
    )


def _padded(count: int, step: int) -> int:
    """The next multiple of a step, at least one of it."""
    return max(-(-count // step), 1) * step


def _classes(functionals: tuple[Functional, ...]) -> tuple[Float, NDArray[np.int32]]:
    """Which functionals cover each class [D, 1 + L], and the class of every segment and period [S, T]."""
    masks = np.stack([np.outer(f.segments, f.periods) for f in functionals], axis=-1)
    covered, index = np.unique(masks.reshape(-1, len(functionals)), axis=0, return_inverse=True)
    return covered, index.reshape(masks.shape[:2]).astype(np.int32)


def message_scopes(functionals: tuple[Functional, ...]) -> tuple[Float, Float, Float]:
    """Coverage rows [J, K, Q] and [J, U] of distinct message scopes, and weights [1 + L, J, S, T]."""
    keys: dict[bytes, int] = {}
    rows: list[tuple[Float, Float]] = []
    entries: list[tuple[int, int, float]] = []
    for number, functional in enumerate(functionals):
        for row, basket, weight in zip(
            functional.contact_targeted, functional.contact_basket, functional.message, strict=True
        ):
            key = row.tobytes() + basket.tobytes()
            if key not in keys:
                keys[key] = len(rows)
                rows.append((row, basket))
            entries.append((number, keys[key], float(weight)))
    first = functionals[0]
    weights = np.zeros((len(functionals), len(rows), len(first.segments), len(first.periods)))
    for number, scope, weight in entries:
        weights[number, scope] += weight * np.outer(functionals[number].segments, functionals[number].periods)
    cells = np.array([row for row, _ in rows]).reshape(-1, *first.contact_targeted.shape[1:])
    return cells, np.array([basket for _, basket in rows]).reshape(-1, first.contact_basket.shape[1]), weights


def _reaches(functionals: tuple[Functional, ...]) -> tuple[Float, Float, Float, Float]:
    """Coverage rows [R, K, Q] and [R, U] of reach scopes, periods [R, T], and weights [1 + L, R, S]."""
    used = [number for number, functional in enumerate(functionals) if functional.reached]
    first = functionals[0]
    weights = np.zeros((len(functionals), len(used), len(first.segments)))
    for scope, number in enumerate(used):
        weights[number, scope] = functionals[number].reached * functionals[number].segments
    rows = np.array([functionals[n].reached_targeted for n in used]).reshape(-1, *first.reached_targeted.shape)
    baskets = np.array([functionals[n].reached_basket for n in used]).reshape(-1, len(first.reached_basket))
    periods = np.array([functionals[n].periods for n in used]).reshape(-1, len(first.periods))
    return rows, baskets, periods, weights
