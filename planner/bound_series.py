"""Best history of many series at once: a dynamic program over time whose state is how tired customers are.

State: ``m``, a lower bound on ``-log`` of the fatigue that lines of the horizon leave. With
``psi(x) = -log(1 - phi x)`` the true value after lines of reach r at lags j is ``sum psi(r lambda^j)``. `psi` is convex
with ``psi(0) = 0`` and ``psi(lambda x) / psi(x)`` falls in x, hence one period later the true value is at least
``rho m + psi(lambda r)`` with ``rho = psi(lambda^2 R) / psi(lambda R)``, R the widest reach: the recursion used here
never tires more than the truth.

Rewards are maxima of ``a + b F`` over fatigue factors F between a constant and ``past * exp(-m)``. They are convex in m
(``exp(-m)`` is, a negative b meets the constant), and m moves linearly, so the value function is convex in m and linear
interpolation between its grid points never lies below it. Both steps err upwards only.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.bound_tables import Columns
from planner.runtime import start_jax

Array = Any
Float = NDArray[np.float64]

NEVER = -1e30
"""Reward of a column that a cell does not allow."""


class Ladder(NamedTuple):
    """The grid of states of one family of series. M states, X classes of equal reach, H periods after the horizon."""

    shrink: Float
    """[M] fatigue factor of each state, the first is 1."""
    move: Float
    """[M, M, X] weight of the next state (first axis) after a state and a class; they sum to 1 over next states."""
    lost: Float
    """[M, H] share of a lift that is gone in the periods after the horizon."""


def ladder(columns: Columns, fatigue: float, decay: float, horizon: tuple[int, int], states: int) -> Ladder:
    """Lay out the states for ``horizon``: periods, and periods after them in which left-over fatigue counts."""
    reach = np.array(columns.reach)
    periods, after = horizon
    widest = float(reach.max())
    if fatigue * widest <= 0:
        return rested(len(reach), after, states)
    tire = -np.log1p(-fatigue * decay * reach)
    left = float(np.log1p(-fatigue * decay**2 * widest) / np.log1p(-fatigue * decay * widest))
    top = float(tire.max()) * (1.0 - left**periods) / (1.0 - left)
    level = np.linspace(0.0, top, states)
    place = np.minimum(left * level[:, None] + tire, top) / level[1]
    lower = np.minimum(place.astype(np.int64), states - 2)
    upper_weight = np.clip(place - lower, 0.0, 1.0)
    move = np.zeros((states, states, len(reach)))
    rows, classes = np.indices(lower.shape)
    move[lower, rows, classes] = 1.0 - upper_weight
    move[lower + 1, rows, classes] += upper_weight
    return Ladder(shrink=np.exp(-level), move=move, lost=1.0 - np.exp(-level[:, None] * left ** np.arange(after)))


def rested(classes: int, after: int, states: int) -> Ladder:
    """Lay out the states of customers who never tire: the first is never left."""
    move = np.zeros((states, states, classes))
    move[0] = 1.0
    return Ladder(shrink=np.ones(states), move=move, lost=np.zeros((states, after)))


def _lines(a: Array, b: Array, fresh: Array) -> Array:
    return a[..., None] + b[..., None] * fresh[:, None, :]


def _highest(a: Array, b: Array, fresh: Array) -> Array:
    """Largest of the lines ``a + b F``: [V, n, C], [V, n, C] and [n, M] to [n, M]."""
    return _lines(a, b, fresh).max(axis=(0, 2))


@cache
def _best_line() -> Any:
    """`_highest` in JAX, with a derivative that stores no table of lines."""
    jax = start_jax()
    jnp = jax.numpy
    lines = _lines
    best = jax.custom_vjp(_highest)

    def forward(a: Array, b: Array, fresh: Array) -> tuple[Array, Any]:
        top = _highest(a, b, fresh)
        return top, (a, b, fresh, top)

    def backward(kept: Any, slope: Array) -> tuple[Array, Array, Array]:
        a, b, fresh, top = kept
        here = lines(a, b, fresh) >= top[:, None, :]
        chosen = jnp.where(here, (slope / here.sum(axis=(0, 2)))[:, None, :], 0.0)
        return chosen.sum(axis=-1), (chosen * fresh[:, None, :]).sum(axis=-1), jnp.zeros_like(fresh)

    best.defvjp(forward, backward)
    return best


def best_histories(
    plain: Array,
    tiring: Array,
    fresh_high: Array,
    last: Array,
    steps: Ladder,
    slices: tuple[tuple[int, int], ...],
    xp: Any,
) -> Array:
    """Value of the best history of each series.

    Parameters
    ----------
    plain, tiring
        [T, V, n, C] reward ``plain + tiring * F`` of every column in each of V ways, ``tiring >= 0``.
    fresh_high
        [T, n] fatigue factor that the past leaves.
    last
        [n, M] value of ending in each state.
    slices
        Columns of each class of equal reach.

    Returns
    -------
    [n]
    """
    best = _highest if xp is np else _best_line()
    states, classes = steps.move.shape[1:]
    move = steps.move.reshape(states, states * classes)

    def step(value: Array, here: tuple[Array, Array, Array]) -> tuple[Array, None]:
        a, b, fresh = here
        factor = fresh[:, None] * steps.shrink
        later = (value @ move).reshape(-1, states, classes)
        rows = [best(a[..., i:j], b[..., i:j], factor) + later[:, :, x] for x, (i, j) in enumerate(slices)]
        top = rows[0]
        for row in rows[1:]:
            top = xp.maximum(top, row)
        return top, None

    if xp is np:
        value = last
        for period in reversed(range(len(plain))):
            value, _ = step(value, (plain[period], tiring[period], fresh_high[period]))
    else:
        value, _ = start_jax().lax.scan(step, last, (plain, tiring, fresh_high), reverse=True)
    return value[:, 0]
