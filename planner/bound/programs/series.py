"""Best history of many series at once: a dynamic program over time whose state is how tired customers are.

States are those of `planner.bound.programs.ladder`, which never tire more than the truth.

Interpolation between states: rewards are maxima of ``a + b F`` over fatigue factors F between a constant and
``past * exp(-m)``, convex in m. The corners of `follow` are grid points, so between two of them m moves linearly, to a
stretch of tomorrow's line of values. Where that line bends downwards inside the stretch, as it may where tired
customers may name more dips, its ends are raised by what the bend stands above their chord. Hence today's chord never
lies below today's values. All steps err upwards only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from planner.bound.above_zero import above_zero
from planner.bound.never import NEVER
from planner.bound.programs.ladder import Ladder
from planner.evaluation.columns import INSIDE, at
from planner.runtime import start_jax

Array = Any

NEAR = 1e-6
"""Lines that are this close to the highest, relative to their size and its own, count as highest."""

TOPS = "tops"
"""Name of what is kept of every period until its slopes are taken; all else is made again."""


def values_before(value: Array, steps: Ladder, xp: Any) -> Array:
    """Values [M, n] of the next period's states as those of today's states by class of reach, [X, M, n].

    Between two states of today the straight line lies nowhere below the values of where tomorrow leads.
    """
    states, _, classes = steps.move.shape
    later = xp.einsum("pmx,pn->xmn", steps.move, value)
    bends = steps.between.shape[-1]
    above = steps.between.transpose(3, 2, 1, 0).reshape(-1, states) @ value
    rise = above_zero(above.reshape(bends, classes, states - 1, -1).max(axis=0), xp)
    none = xp.zeros_like(later[:, :1])
    rises = xp.concatenate([none, rise, none], axis=1)
    return later + xp.maximum(rises[:, 1:], rises[:, :-1])


def _line(a: Array, b: Array, fresh: Array, owed: Array | None, dips: Array | None, later: Array) -> Array:
    """Rewards ``a + b F + owed y``, and what comes later, of every way and column [V, C, n] in one state."""
    value = a + b * fresh + later
    return value if owed is None else value + owed * dips


def _highest(a: Array, b: Array, fresh: Array, owed: Array | None, dips: Array, later: Array) -> Array:
    """Largest of them in each state: [V, C, n], [M, n] and [M, C, n] to [M, n]."""
    states = zip(fresh, dips, later, strict=True)
    return np.stack([_line(a, b, one, owed, two, three).max(axis=(0, 1)) for one, two, three in states])


@cache
def _best_line() -> Any:
    """`_highest` in JAX, with a derivative that stores no table of lines: the first of the highest takes the slope.

    Both go state by state in loops, which XLA does not fuse with what makes the lines: it would make them anew for
    every state.
    """
    jax = start_jax()
    jnp, lax = jax.numpy, jax.lax
    from jax.ad_checkpoint import checkpoint_name

    def highest(a: Array, b: Array, fresh: Array, owed: Array | None, dips: Array, later: Array) -> Array:
        def one(state: tuple[Array, Array, Array]) -> Array:
            f, y, ahead = state
            return _line(a, b, f, owed, y, ahead).max(axis=(0, 1))

        return lax.map(one, (fresh, dips, later))

    best = jax.custom_vjp(highest)

    def forward(a: Array, b: Array, fresh: Array, owed: Array | None, dips: Array, later: Array) -> tuple[Array, Any]:
        top: Array = checkpoint_name(highest(a, b, fresh, owed, dips, later), TOPS)  # type: ignore[no-untyped-call]
        return top, (a, b, fresh, owed, dips, later, top)

    def backward(kept: Any, slope: Array) -> tuple[Array | None, ...]:
        a, b, fresh, owed, dips, later, top = kept
        ways, columns, cells = a.shape
        # Counted down in floating point: XLA has fast code for the largest of floats only.
        number = -np.arange(ways * columns, dtype=a.dtype).reshape(ways, columns, 1)
        # Compiled code may round the same line otherwise here than above, so what is near the top counts as on it.
        near = NEAR * (jnp.abs(a) + jnp.abs(b))

        def one(state: tuple[Array, Array, Array, Array]) -> Array:
            f, y, ahead, highest = state
            on_top = _line(a, b, f, owed, y, ahead) + near >= highest - NEAR * jnp.abs(highest)
            return jnp.where(on_top, number, 1 - ways * columns).max(axis=(0, 1))

        first = -lax.map(one, (fresh, dips, later, top)).astype(np.int32)
        cell = jnp.broadcast_to(jnp.arange(cells), first.shape)

        # All at once: every scatter by itself is a loop of its own to compile.
        amounts = [slope, slope * fresh, *([] if owed is None else [slope * dips])]
        kind = np.arange(len(amounts))[:, None, None]
        nothing = jnp.zeros((len(amounts), ways * columns, cells), a.dtype)
        at_lines = nothing.at[kind, first, cell].add(jnp.stack(amounts), **INSIDE).reshape(-1, *a.shape)

        at_column = jnp.where((first % columns)[:, None] == np.arange(columns)[:, None], slope[:, None], 0.0)
        return (
            at_lines[0],
            at_lines[1],
            jnp.zeros_like(fresh),
            None if owed is None else at_lines[2],
            jnp.zeros_like(dips),
            at_column,
        )

    best.defvjp(forward, backward)
    return best


def best_histories(
    rewards: Callable[[Any], tuple[Array, Array, Array | None]],
    table: Any,
    dip_most: Array,
    fresh_high: Array,
    last: Array,
    steps: Ladder,
    slices: tuple[tuple[int, int], ...],
    xp: Any,
    paths: Any = None,
) -> Array:
    """Value of the best history of each series.

    Parameters
    ----------
    rewards
        Makes one period of ``table`` into ``plain``, ``tiring >= 0`` and ``owed >= 0``, [V, C, n] each: every column
        earns ``plain + tiring F + owed y`` in each of V ways; None instead of ``owed`` where nothing dips.
    table
        Named tuple of arrays that start with T.
    dip_most
        [T, M, n] most that y can be in each state; [T, M, A * n] with ``paths``.
    fresh_high
        [T, n] fatigue factor that the past leaves.
    last
        [M, n] value of ending in each state.
    slices
        Columns of each class of equal reach.
    paths
        Which columns may follow which, as `planner.bound.programs.paths.Paths` has it; None where all may.

    Returns
    -------
    [n]
    """
    best = _highest if xp is np else _best_line()
    kinds = np.repeat(np.arange(len(slices)), [end - start for start, end in slices])

    states = 1 if paths is None else len(paths.end) // fresh_high.shape[1]

    def wide(values: Array) -> Array:
        """Of all states in which rules leave a series."""
        if states == 1:
            return values
        # Joined end to end, as many slopes would be cut apart and added up one by one: much to compile.
        rows, size = values.shape[:-1], values.shape[-1]
        return xp.broadcast_to(values[..., None, :], (*rows, states, size)).reshape(*rows, states * size)

    def step(value: Array, here: tuple[Any, Array, Array, Any]) -> tuple[Array, None]:
        now, fresh, dips, way = here
        a, b, e = rewards(now)
        factor = wide(fresh) * steps.shrink[:, None]
        later = values_before(value, steps, xp)
        if way is None:
            later = later[kinds].swapaxes(0, 1)
        else:
            follow, refused = way
            place = (kinds[:, None], slice(None), follow)
            led = later[place] if xp is np else at(later, place)
            later = xp.where(refused, NEVER, xp.moveaxis(led, -1, 0))
        top = best(wide(a), wide(b), factor, None if e is None else wide(e), dips, later)
        return top, None

    ways = None if paths is None else (paths.follow, paths.refused)
    value = last if paths is None else wide(last) + paths.end
    if xp is np:
        for period in reversed(range(len(fresh_high))):
            now = type(table)(*(each[period] for each in table))
            way = None if ways is None else tuple(each[period] for each in ways)
            value, _ = step(value, (now, fresh_high[period], dip_most[period], way))
    else:
        jax = start_jax()
        kept = jax.checkpoint_policies.save_only_these_names(TOPS)
        inputs = (table, fresh_high, dip_most, ways)
        value, _ = jax.lax.scan(jax.checkpoint(step, policy=kept), value, inputs, reverse=True)
    return value[0] if paths is None else value[0][paths.begin]
