"""The response model: what a plan does in every cell. Multilinear in the slots' choices (docs/response-model.md).

One implementation over an array namespace ``xp``: the ledger runs it in NumPy float64, the planner compiles it with
JAX. Functions take what the chosen pairs look like (`Chosen`), never the choices themselves, so that derivatives by
`Chosen`, multiplied by the tables, are the exact effects of all alternatives.

Leading axes of `Chosen` may be added in front (draws, plans); letters as in `scenarios.grid`.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

from scenarios.grid import Blocks
from scenarios.response.coefficients import Coefficients
from scenarios.response.interactions import Strengths

Array = Any


class ResponseTerms(Protocol):
    """What `flows` needs of a model; `Coefficients` is one, the planner compiles with a lean one."""

    @property
    def strengths(self) -> Strengths: ...  # noqa: D102

    @property
    def rivals(self) -> Array: ...  # noqa: D102


class Chosen(NamedTuple):
    """Coefficients of the chosen pairs: [..., S, K, T] for cells, [..., S, T] for baskets."""

    theft: Array
    spill: Array
    reach: Array
    dips: tuple[Array, ...]
    basket_lift: Array
    basket_reach: Array


class Setting(NamedTuple):
    """What the response needs beside the choice; every array may carry the same leading axes as `Chosen`."""

    base_units: Array
    """[..., S, K, T]"""
    past_fatigue: Array
    """[..., S, K, T + H]"""
    past_basket_fatigue: Array
    """[S, T]"""
    past_dip: Array
    """[S, K, T]"""
    halo: Array
    """[K, K]"""
    supplied: Array | None
    """[K, T] as in `Coefficients`."""


class Flows(NamedTuple):
    """Units per cell before they are shared out to lines, [..., S, K, T]."""

    base: Array
    """Units that base shares multiply: baseline after theft, dips and halo, times the basket factor."""
    bump: Array
    """Units per unit of lift that bump shares multiply, times the basket factor."""
    plain_base: Array
    """`base` without the basket factor."""
    plain_bump: Array
    """`bump` without the basket factor."""
    basket_fatigue: Array
    """[..., S, T] fatigue of the basket layer."""
    tail_fatigue: Array
    """[..., S, K, H] fatigue after the horizon."""


def pair_indices(blocks: Blocks[Array], widths: Blocks[int], xp: Any) -> tuple[Array, Array]:
    """Pair numbers of a plan's blocks: [..., S, K, T] for cells and [..., S, T] for baskets."""
    public = xp.expand_dims(blocks.public, -3).astype(xp.int32)
    cell = public * widths.targeted + blocks.targeted.astype(xp.int32)
    basket_public = xp.expand_dims(blocks.basket_public, -2).astype(xp.int32)
    return cell, basket_public * widths.basket_targeted + blocks.basket_targeted.astype(xp.int32)


def pick(table: Array, index: Array, xp: Any) -> Array:
    """Entries of a table [..., E] at one index per row."""
    if xp is np and table.flags.c_contiguous and index.shape == table.shape[:-1]:
        # The same entries in a third of the time: no index array for every axis.
        return table.ravel().take(index.ravel() + np.arange(index.size) * table.shape[-1]).reshape(index.shape)
    return xp.take_along_axis(table, index[..., None], axis=-1)[..., 0]


def choose(model: Coefficients, cell: Array, basket: Array, xp: Any) -> Chosen:
    """Look up the coefficients of chosen pairs."""
    tables, orders = model.cells, model.basket
    return Chosen(
        theft=pick(tables.theft, cell, xp),
        spill=pick(tables.spill, cell, xp),
        reach=pick(tables.reach, cell, xp),
        dips=tuple(pick(table, cell, xp) for table in tables.dips),
        basket_lift=pick(orders.lift, basket, xp),
        basket_reach=pick(orders.reach, basket, xp),
    )


def setting(model: Coefficients) -> Setting:
    """The constants of the expected account."""
    past = model.past
    return Setting(model.base_units, past.fatigue, past.basket_fatigue, past.dip, model.halo, model.supplied)


def _shifted(values: Array, lag: int, periods: int, xp: Any) -> Array:
    """Move values ``lag`` periods later in an axis of ``periods``; earlier periods hold 0."""
    ahead = values[..., : max(periods - lag, 0)]
    missing = xp.zeros_like(values[..., :1])
    return xp.concatenate([xp.repeat(missing, periods - ahead.shape[-1], axis=-1), ahead], axis=-1)


def fatigue(reach: Array, past: Array, phi: Array, decay: float, xp: Any) -> Array:
    """What earlier lines of the same series leave of a lift: product of ``1 - reach * phi * decay ** lag``.

    ``reach`` is [..., T], ``past`` [..., T + H]; the result has the shape of ``past``. NumPy takes the product period
    by period, in the same order, and so may a namespace that has a way of its own (``left_by_lines``).
    """
    if xp is np:
        return _fatigue_of_few(reach, past, phi, decay)
    lag = np.arange(past.shape[-1])[None, :] - np.arange(reach.shape[-1])[:, None]
    kernel = xp.where(lag > 0, phi * decay ** np.maximum(lag, 0), 0.0).astype(reach.dtype)
    if hasattr(xp, "left_by_lines"):
        return past * xp.left_by_lines(reach, kernel)
    return past * xp.prod(1.0 - reach[..., :, None] * kernel, axis=-2)


def _fatigue_of_few(reach: Array, past: Array, phi: Array, decay: float) -> Array:
    """The same in NumPy: most series of a plan hold no line, and nothing tires there. ``phi`` may be one a draw [D]."""
    drawn = np.ndim(phi) > 0
    if drawn:
        reach = np.broadcast_to(reach, (len(phi), *reach.shape[1:]))
    met = reach.any(axis=-1)
    tired = np.broadcast_to(past, (*reach.shape[:-1], past.shape[-1])).copy()
    # Periods first: whole series are then multiplied at once, and no [..., T, T + H] product is written to memory.
    contacted = np.ascontiguousarray(np.moveaxis(reach[met], -1, 0))
    share = (phi[np.nonzero(met)[0]] if drawn else phi) * decay ** np.arange(1, past.shape[-1])[:, None]
    left = np.ones((past.shape[-1], contacted.shape[1]))
    for period, here in enumerate(contacted):
        if here.any():
            left[period + 1 :] *= 1.0 - here * share[: past.shape[-1] - period - 1]
    tired[met] *= left.T
    return tired


def rivalry(theft: Array, fresh: Array, rivals: Array, xp: Any) -> Array:
    """What rivals on offer leave of a product's sales: product over rivals of ``1 - theft * fatigue``."""
    if xp is np:
        return _rivalry_in_place(theft, fresh, rivals)
    kept = 1.0 - theft * fresh
    padded = xp.concatenate([kept, xp.ones_like(kept[..., :1, :])], axis=-2)
    result = xp.ones_like(kept)
    for column in range(rivals.shape[1]):
        result = result * padded[..., rivals[:, column], :]
    return result


def _rivalry_in_place(theft: Array, fresh: Array, rivals: Array) -> Array:
    """The same in NumPy, in the same order, with fewer passes over memory; a product's row after the last is nobody."""
    s, k, t = np.broadcast_shapes(theft.shape, fresh.shape)[-3:]
    padded = np.ones((*np.broadcast_shapes(theft.shape, fresh.shape)[:-3], s, k + 1, t))
    kept = padded[..., :-1, :]
    np.multiply(theft, fresh, out=kept)
    np.subtract(1.0, kept, out=kept)
    if not rivals.shape[1]:
        return np.ones_like(kept)
    result = padded[..., rivals[:, 0], :]
    for column in range(1, rivals.shape[1]):
        result *= padded[..., rivals[:, column], :]
    return result


def spilled(new: Array, halo: Array, xp: Any) -> Array:
    """What truly new units [..., S, K, T] bring to complements; a namespace may have a way of its own (``spilled``)."""
    if hasattr(xp, "spilled"):
        return xp.spilled(new, halo)
    return xp.einsum("...sjt,jk->...skt", new, halo)


def where_supplied(values: Array, supplied: Array | None) -> Array:
    """Take values [..., K, T] of cells that can sell more than they do by themselves; 0 elsewhere."""
    return values if supplied is None else values * supplied


def all_and_rising(values: Array, supplied: Array | None) -> tuple[Array, Array]:
    """Sums over products [..., S, T] of values [..., S, K, T]: all of them, and those that basket lines can raise."""
    total = values.sum(axis=-2)
    return total, total if supplied is None else where_supplied(values, supplied).sum(axis=-2)


def basket_rise(rise: Array, supplied: Array | None, xp: Any) -> Array:
    """What basket lines add to every cell, [..., S, K or 1, T], from what they add to orders, [..., S, T]."""
    return where_supplied(xp.expand_dims(rise, -2), supplied)


def flows(chosen: Chosen, where: Setting, model: ResponseTerms, xp: Any) -> Flows:
    """Units of every cell under the chosen pairs."""
    strength = model.strengths
    periods = chosen.reach.shape[-1]
    tired = fatigue(chosen.reach, where.past_fatigue, strength.fatigue, strength.fatigue_decay, xp)
    fresh = tired[..., :periods]
    stolen = rivalry(chosen.theft, fresh, model.rivals, xp)
    dip = where.past_dip if xp is np else where.past_dip + 0.0 * chosen.reach
    for lag, share in enumerate(chosen.dips, start=1):
        dip = dip * (1.0 - _shifted(share, lag, periods, xp))
    bump = where.base_units * stolen * fresh
    base = where.base_units * stolen * dip
    if xp is not np or np.any(where.halo):
        base = base + where_supplied(spilled(chosen.spill * bump, where.halo, xp), where.supplied)
    basket_fatigue = fatigue(
        chosen.basket_reach, where.past_basket_fatigue, strength.fatigue, strength.fatigue_decay, xp
    )
    factor = 1.0 + basket_rise(chosen.basket_lift * basket_fatigue, where.supplied, xp)
    return Flows(
        base=base * factor,
        bump=bump * factor,
        plain_base=base,
        plain_bump=bump,
        basket_fatigue=basket_fatigue,
        tail_fatigue=tired[..., periods:],
    )
