"""States of the bound's dynamic programs: how tired customers are, never more than in truth.

State: ``m``, a lower bound on ``-log`` of the fatigue that lines of the horizon leave. With
``psi(x) = -log(1 - phi x)`` the true value after lines of reach r at lags j is ``sum psi(r lambda^j)``; each term is at
most ``cap_j = psi(R lambda^j)``, R the widest reach. One period later a term y at lag j is at least ``rho_j y`` with
``rho_j = cap_{j+1} / cap_j``, because `psi` is convex with ``psi(0) = 0``; rho_j grows with j. So the value one period
later is at least ``follow(m)``, which fills the caps in order of lag: piecewise linear and convex, with corners at sums
of the first caps. The recursion used here is ``follow(m) + psi(lambda r)`` and never tires more than the truth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from planner.bound.tables import Columns
from scenarios.arrays import Float


class Ladder(NamedTuple):
    """The grid of states of one family of series. M states, X classes of equal reach, H periods after the horizon."""

    shrink: Float
    """[M] fatigue factor of each state, the first is 1."""
    move: Float
    """[M, M, X] weight of the next state (first axis) after a state and a class; they sum to 1 over next states."""
    lost: Float
    """[M, H] share of a lift that is gone in the periods after the horizon."""
    between: Float
    """[M, M - 1, X, Q] how far the value of a state that lies between those next to come stands above their chord."""
    level: Float
    """[M] tiredness of each state, the first is 0."""
    tire: Float
    """[X] tiredness that a line of each class leaves one period later."""
    caps: Float
    """[J] most that a line leaves after each lag; see `follow`."""


DENSE = 0.1
"""Tiredness around which states begin to lie farther apart: good plans seldom tire customers much more."""
CORNERS = 3
"""Lags up to which `follow` is exact; later ones decay like the last of these."""


def follow(level: Float, caps: Float) -> Float:
    """Least tiredness one period later, of any shape."""
    corners = np.concatenate([[0.0], np.cumsum(caps[:-2])])
    inside = np.clip(level[..., None] - corners, 0.0, np.append(caps[:-2], np.inf))
    return np.asarray((inside * (caps[1:] / caps[:-1])).sum(axis=-1))


def ladder(columns: Columns, fatigue: float, decay: float, horizon: tuple[int, int], states: int) -> Ladder:
    """Lay out the states for ``horizon``: periods, and periods after them in which left-over fatigue counts."""
    reach = np.array(columns.reach)
    periods, after = horizon
    widest = float(reach.max())
    if fatigue * widest <= 0:
        return rested(len(reach), after, states)
    tire = -np.log1p(-fatigue * decay * reach)
    caps = -np.log1p(-fatigue * widest * decay ** np.arange(1, CORNERS + 2))
    corners = np.concatenate([[0.0], np.cumsum(caps[:-1])])

    tops = np.zeros(periods + 1)
    for period in range(periods):
        tops[period + 1] = follow(tops[period], caps) + tire.max()
    # From the last but one of the tops on nobody moves on inside the horizon, so no stretch needs to be cut at the top.
    before = tops[periods - 1 : periods] * (tops[periods - 1] < tops[-1] * (1.0 - 1e-9))
    ends = np.unique(np.concatenate([corners[corners < tops[-1] * (1.0 - 1e-9)], before, tops[-1:]]))
    place = np.log1p(ends / DENSE)
    pieces = np.maximum(1, np.round(np.diff(place) / place[-1] * states).astype(np.int64))
    level = np.concatenate(
        [[0.0], *(np.linspace(a, b, n + 1)[1:] for a, b, n in zip(ends[:-1], ends[1:], pieces, strict=True))]
    )
    following = np.minimum(follow(level, caps)[:, None] + tire, tops[-1])
    lower = np.clip(np.searchsorted(level, following, side="right") - 1, 0, len(level) - 2)
    gap = np.diff(level)
    upper_weight = np.clip((following - level[lower]) / gap[lower], 0.0, 1.0)
    move = np.zeros((len(level), len(level), len(reach)))
    rows, classes = np.indices(lower.shape)
    move[lower, rows, classes] = 1.0 - upper_weight
    move[lower + 1, rows, classes] += upper_weight
    left = caps[1] / caps[0]
    return Ladder(
        shrink=np.exp(-level),
        move=move,
        lost=1.0 - np.exp(-level[:, None] * left ** np.arange(after)),
        between=_between(level, following, move),
        level=level,
        tire=tire,
        caps=caps,
    )


def _between(level: Float, following: Float, move: Float) -> Float:
    """Weights of `Ladder.between` for states ``following`` [M, X] and their weights ``move`` [M, M, X]."""
    first, last = following[:-1], following[1:]
    place = (level[:, None, None] - first) / np.maximum(last - first, 1e-300)
    inside = (place > 1e-9) & (place < 1.0 - 1e-9)
    table = np.zeros((len(level), *first.shape, max(1, int(inside.sum(axis=0).max(initial=0)))))
    rank = np.cumsum(inside, axis=0) - 1
    for node, row, column in np.argwhere(inside):
        share = place[node, row, column]
        here = -(1.0 - share) * move[:, row, column] - share * move[:, row + 1, column]
        here[node] += 1.0
        table[:, row, column, rank[node, row, column]] = here
    return table


def rested_like(steps: Ladder) -> Ladder:
    """Lay out the states of customers who never tire, in the shapes of those who do: one compilation serves both."""
    states, _, classes = steps.move.shape
    return rested(classes, steps.lost.shape[1], states, steps.between.shape[-1])


def rested(classes: int, after: int, states: int, bends: int = 1) -> Ladder:
    """Lay out the states of customers who never tire: the first is never left."""
    move = np.zeros((states, states, classes))
    move[0] = 1.0
    return Ladder(
        shrink=np.ones(states),
        move=move,
        lost=np.zeros((states, after)),
        between=np.zeros((states, states - 1, classes, bends)),
        level=np.zeros(states),
        tire=np.zeros(classes),
        caps=np.ones(CORNERS + 1),
    )
