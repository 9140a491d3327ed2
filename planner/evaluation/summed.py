"""Values of all functionals where cells are many: what lines sell, send and reach is added up line by line."""

from __future__ import annotations

from typing import Any

from planner.evaluation.columns import at
from planner.evaluation.lines import Held, Sales
from planner.evaluation.stack import Stack
from planner.runtime import start_jax
from scenarios.grid import Blocks
from scenarios.response.totals import Sold

Array = Any


def values_by_lines(stack: Stack, what: Sold, blocks: Blocks[Array], public: Sales, targeted: Sales) -> Array:
    """[1 + L] values of all functionals for what one plan sells; as `Stack.values`, but line by line."""
    jnp = start_jax().numpy
    s, k, t = stack.shape
    _, q, v, u = stack.widths
    count = stack.covered.shape[0]
    here = (stack.classes == jnp.arange(count)[:, None, None]).astype(what.units.dtype)

    def by_class(*fields: Array) -> Array:
        wide = here.reshape(*here.shape[:2], *[1] * (fields[0].ndim - 2), t)
        return jnp.stack([(wide * field).sum(axis=(1, -1)) for field in fields], axis=-1).reshape(count, -1)

    def sums(index: Array, size: int, *fields: Array) -> Array:
        several = jnp.stack([field.reshape(-1) for field in fields], axis=-1)
        total = jnp.zeros((size, len(fields)), several.dtype)
        return total.at[index.reshape(-1)].add(several, mode="promise_in_bounds").reshape(count, -1)

    ones = jnp.ones((s, t), what.units.dtype)
    people = stack.customers[:, None]
    share = people / stack.customers.sum() * ones
    product = targeted.held.column // t
    cell = at(stack.classes, (targeted.held.segment, targeted.held.column % t))
    there = targeted.held.there.astype(what.units.dtype)
    choices = targeted.held.choice
    alike = at(stack.alike, (product, choices.public[..., 0], choices.targeted[..., 0]))
    order_p = stack.classes * v + blocks.basket_public[None]
    order_q = stack.classes * u + blocks.basket_targeted
    binned = (
        by_class(what.units, what.charges),
        _public_sums(stack, public, here),
        sums(
            (cell * k + product) * q + choices.targeted[..., 0],
            count * k * q,
            there,
            there * at(stack.customers, (targeted.held.segment,)),
        ),
        sums(
            cell * stack.distinct + alike,
            count * stack.distinct,
            *(targeted.under[name] for name in ("targeted", "both", "targeted_base")),
        ),
        by_class(what.orders),
        sums(order_p, count * v, what.basket_public, what.basket_public_base, share),
        sums(order_q, count * u, what.basket_targeted, what.basket_targeted_base, ones, people * ones),
    )
    weighed = jnp.concatenate(binned, axis=1) @ stack.binned.T @ stack.kinds.T
    silent, missed = _silent(stack, targeted.held, blocks), _missed(stack, targeted.held, blocks)
    weighed = weighed + by_class(*(people * (1.0 - silent))) @ stack.scopes.message.T
    total = (stack.covered * weighed).sum(axis=0)
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
    total = jnp.zeros((k * wide, *rows.shape[1:]), rows.dtype).at[index].add(rows, mode="promise_in_bounds")
    return jnp.moveaxis(total, 1, 0).reshape(len(here), -1)


def _silent(stack: Stack, held: Held, blocks: Blocks[Array]) -> Array:
    """[J, S, T] share of a segment that gets no message."""
    jnp, scopes, (s, _, t) = start_jax().numpy, stack.scopes, stack.shape
    rows = jnp.arange(len(scopes.contact))[None]
    product, choice = held.column // t, held.choice.targeted[..., 0]
    left = 1.0 - at(scopes.contact, (rows, product, choice))
    spared = jnp.ones((s, t, len(scopes.contact)), left.dtype)
    spared = spared.at[held.segment[:, 0], held.column[:, 0] % t].multiply(left, mode="promise_in_bounds")
    basket = at(scopes.basket_contact, (rows.T[..., None], blocks.basket_targeted[None]))
    return jnp.moveaxis(spared, -1, 0) * (1.0 - basket)


def _missed(stack: Stack, held: Held, blocks: Blocks[Array]) -> Array:
    """[R, S] share of a segment that is never reached."""
    jnp, scopes, (s, _, t) = start_jax().numpy, stack.scopes, stack.shape
    rows = jnp.arange(len(scopes.reached))[None]
    product, period, choice = held.column // t, held.column % t, held.choice.targeted[..., 0]
    left = 1.0 - at(scopes.reached, (rows, product, choice)) * at(scopes.reach_periods, (rows, period))
    spared = jnp.ones((s, len(scopes.reached)), left.dtype)
    spared = spared.at[held.segment[:, 0]].multiply(left, mode="promise_in_bounds")
    basket = at(scopes.basket_reached, (rows.T[..., None], blocks.basket_targeted[None]))
    return spared.T * (1.0 - basket * scopes.reach_periods[:, None]).prod(axis=-1)
