"""Values of all functionals: what one plan sells, sends and reaches, summed by class and choice, then weighed.

Where cells are many, what lines sell, send and reach is added up line by line (`planner.evaluation.lines`).
"""

from __future__ import annotations

from typing import Any

from planner.evaluation.columns import INSIDE, at
from planner.evaluation.lines import Held, Sales
from planner.evaluation.stack import Stack
from planner.runtime import start_jax
from scenarios.grid import Blocks
from scenarios.response.totals import Sold

Array = Any


def values_of_cells(stack: Stack, what: Sold, blocks: Blocks[Array]) -> Array:
    """[1 + L] values of all functionals for what one plan sells, every cell looked at."""
    jnp = start_jax().numpy
    s, k, t = stack.shape
    p, q = stack.widths.public, stack.widths.targeted
    count = stack.covered.shape[0]
    row = stack.classes[:, None, :] * k + jnp.arange(k)[None, :, None]
    with_p = row * p + blocks.public[None]
    alike = at(stack.alike, (jnp.arange(k)[None, :, None], blocks.public[None], blocks.targeted))
    pair = stack.classes[:, None, :] * stack.distinct + alike
    ones = jnp.ones((s, k, t), what.units.dtype)
    share = (stack.customers[:, None, None] / stack.customers.sum()) * ones
    redeeming = stack.redeeming(jnp.arange(s)[:, None, None], blocks.targeted)
    binned = (
        _sums(count, row, k, what.units, what.charges),
        _sums(count, with_p, k * p, what.public, what.public_base, share),
        _sums(count, row * q + blocks.targeted, k * q, ones, redeeming * ones),
        _sums(count, pair, stack.distinct, what.targeted, what.both, what.targeted_base),
        _sums(count, stack.classes, 1, what.orders),
    )
    silent, missed = stack.silent(stack.contacts(blocks)), stack.missed(stack.reaches(blocks))
    heard = _sums(count, stack.classes, 1, *(stack.scopes.hearers[..., None] * (1.0 - silent)))
    return _weighed(stack, (*binned, *_basket_sums(stack, what, blocks)), heard, missed)


def values_by_lines(stack: Stack, what: Sold, blocks: Blocks[Array], public: Sales, targeted: Sales) -> Array:
    """[1 + L] the same, what lines sell, send and reach added up line by line."""
    jnp = start_jax().numpy
    _, k, t = stack.shape
    q, count = stack.widths.targeted, stack.covered.shape[0]
    here = (stack.classes == jnp.arange(count)[:, None, None]).astype(what.units.dtype)

    def by_class(*fields: Array) -> Array:
        sums = [jnp.einsum("dst,s...t->d...", here, field) for field in fields]
        return jnp.stack(sums, axis=-1).reshape(count, -1)

    held = targeted.held
    product, choices = held.column // t, held.choice
    there = held.there.astype(what.units.dtype)
    cell = at(stack.classes, (held.segment, held.column % t))
    row = (cell * k + product) * q + choices.targeted[..., 0]
    pair = cell * stack.distinct + at(stack.alike, (product, choices.public[..., 0], choices.targeted[..., 0]))
    under = (targeted.under[name] for name in ("targeted", "both", "targeted_base"))
    binned = (
        by_class(what.units, what.charges),
        _public_sums(stack, public, here),
        _sums(count, row, k * q, there, there * stack.redeeming(held.segment, choices.targeted[..., 0])),
        _sums(count, pair, stack.distinct, *under),
        by_class(what.orders),
    )
    silent, missed = _silent(stack, held, blocks), _missed(stack, held, blocks)
    heard = by_class(*(stack.scopes.hearers[..., None] * (1.0 - silent)))
    return _weighed(stack, (*binned, *_basket_sums(stack, what, blocks)), heard, missed)


def _sums(count: int, index: Array, size: int, *fields: Array) -> Array:
    """[D, size * fields] sums of fields by an index that counts ``size`` for each of D classes."""
    jnp = start_jax().numpy
    several = jnp.stack([field.reshape(-1) for field in fields], axis=-1)
    total = jnp.zeros((count * size, len(fields)), several.dtype)
    return total.at[index.reshape(-1)].add(several, **INSIDE).reshape(count, -1)


def _basket_sums(stack: Stack, what: Sold, blocks: Blocks[Array]) -> tuple[Array, Array]:
    """Sums of what lines on baskets sell, public and targeted, in the order of `Stack.binned`."""
    jnp = start_jax().numpy
    s, _, t = stack.shape
    v, u, count = stack.widths.basket_public, stack.widths.basket_targeted, stack.covered.shape[0]
    ones = jnp.ones((s, t), what.units.dtype)
    people = stack.customers[:, None]
    share = (people / stack.customers.sum()) * ones
    redeeming = stack.redeeming_orders(blocks.basket_targeted)
    by_public, by_targeted = stack.classes * v + blocks.basket_public[None], stack.classes * u + blocks.basket_targeted
    return (
        _sums(count, by_public, v, what.basket_public, what.basket_public_base, share),
        _sums(count, by_targeted, u, what.basket_targeted, what.basket_targeted_base, ones, redeeming * ones),
    )


def _weighed(stack: Stack, binned: tuple[Array, ...], heard: Array, missed: Array) -> Array:
    """Weigh sums by class, messages that are heard by class, and who is never reached."""
    jnp = start_jax().numpy
    by_class = jnp.concatenate(binned, axis=1) @ stack.binned @ stack.kinds.T + heard @ stack.scopes.message.T
    total = (stack.covered * by_class).sum(axis=0)
    return total + jnp.einsum("lrs,s,rs->l", stack.scopes.reach_weight, stack.customers, 1.0 - missed)


def _public_sums(stack: Stack, public: Sales, here: Array) -> Array:
    """[D, K * P * 3] units under public lines, base units among them, and their shares of customers."""
    jnp = start_jax().numpy
    _, k, t = stack.shape
    wide, column = stack.widths.public, public.held.column[:, 0]
    share = public.held.there * (stack.customers / stack.customers.sum())
    fields = public.under["public"], public.under["public_base"], share
    own = jnp.moveaxis(at(here, (slice(None), slice(None), column % t)), -1, 0)
    rows = jnp.stack([(own * field[:, None]).sum(axis=-1) for field in fields], axis=-1)
    index = (column // t) * wide + public.held.choice.public[:, 0, 0]
    total = jnp.zeros((k * wide, *rows.shape[1:]), rows.dtype).at[index].add(rows, **INSIDE)
    return jnp.moveaxis(total, 1, 0).reshape(len(here), -1)


def _silent(stack: Stack, held: Held, blocks: Blocks[Array]) -> Array:
    """[J, S, T] share of a segment that gets no message."""
    jnp, scopes, (s, _, t) = start_jax().numpy, stack.scopes, stack.shape
    rows = jnp.arange(len(scopes.contact))[None]
    product, choice = held.column // t, held.choice.targeted[..., 0]
    left = 1.0 - at(scopes.contact, (rows, product, choice))
    spared = jnp.ones((s, t, len(scopes.contact)), left.dtype)
    spared = spared.at[held.segment[:, 0], held.column[:, 0] % t].multiply(left, **INSIDE)
    basket = at(scopes.basket_contact, (rows.T[..., None], blocks.basket_targeted[None]))
    return jnp.moveaxis(spared, -1, 0) * (1.0 - basket)


def _missed(stack: Stack, held: Held, blocks: Blocks[Array]) -> Array:
    """[R, S] share of a segment that is never reached."""
    jnp, scopes, (s, _, t) = start_jax().numpy, stack.scopes, stack.shape
    rows = jnp.arange(len(scopes.reached))[None]
    product, period, choice = held.column // t, held.column % t, held.choice.targeted[..., 0]
    left = 1.0 - at(scopes.reached, (rows, product, choice)) * at(scopes.reach_periods, (rows, period))
    spared = jnp.ones((s, len(scopes.reached)), left.dtype)
    spared = spared.at[held.segment[:, 0]].multiply(left, **INSIDE)
    basket = at(scopes.basket_reached, (rows.T[..., None], blocks.basket_targeted[None]))
    return spared.T * (1.0 - basket * scopes.reach_periods[:, None]).prod(axis=-1)
