"""The best mixture of choices that are known, and which futures decide its worth: weights, where to look for others.

Mean - k * sd and CVaR are concave in the gains, so a mixture of choices may be worth more than any of them. At the best
one weights of the futures prove it: by these none of the choices is worth more. Choices that are the best at these
weights are what may still improve it (column generation: Dantzig and Wolfe 1960, doi:10.1287/opre.8.1.101).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.optimize import linprog, minimize
from scipy.sparse import block_array, coo_array, csr_array, eye_array

from constraints.assign.careful.future_values import FutureValues, Outcome
from scenarios.arrays import Float
from scenarios.language.aim import Caution, careful_value, draw_weights

Careful = Caution | Literal["mean"]
_LEAST = 1e-9
"""Share of a mixture that is none."""
_SPREAD = 3e-5
"""Share of the largest standard deviation that is added to all."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Mixture:
    """Shares of some choices."""

    share: Float
    """[J] adding up to 1."""
    worth: float
    """What the mixture is worth, fractions of customers allowed."""
    weights: Float
    """[D]"""
    slopes: Float
    """[F, D]"""


def worth_of(caution: Careful, futures: FutureValues, outcome: Outcome) -> float:
    """Return what choices are worth by a careful objective."""
    return careful_value(caution, outcome.gained(futures))


def best_mixture(caution: Careful, futures: FutureValues, found: Sequence[Outcome]) -> Mixture:
    """Return the best mixture of choices that come to some outcomes, at least one."""
    if not isinstance(caution, str) and caution.mean_minus_sd is not None:
        return _by_spread(caution.mean_minus_sd, futures, found)
    mixed = _by_tail(1.0 if isinstance(caution, str) else caution.cvar or 1.0, futures, found)
    if mixed is not None:
        return mixed
    worths = [worth_of(caution, futures, one) for one in found]
    best = int(np.argmax(worths))
    share = np.zeros(len(found))
    share[best] = 1.0
    return _at(caution, futures, found, share)


def _mixed(found: Sequence[Outcome], share: Float) -> Outcome:
    return Outcome(
        plain=np.tensordot(share, np.stack([one.plain for one in found]), 1),
        asked=np.tensordot(share, np.stack([one.asked for one in found]), 1),
    )


def _at(caution: Careful, futures: FutureValues, found: Sequence[Outcome], share: Float) -> Mixture:
    """Return the mixture with the weights that its own gains have."""
    mixed = _mixed(found, share)
    return replace(leaning(caution, futures, mixed), share=share)


def leaning(caution: Careful, futures: FutureValues, outcome: Outcome, *, proving: bool = True) -> Mixture:
    """Return the weights that choices' own gains have: the slope of their worth.

    Where they are for ``proving``, as far as they bound all other choices, too.
    """
    gained = outcome.gained(futures)
    weights = draw_weights(caution, gained)
    if futures.funds and proving:
        weights = _none_below(weights)
    slopes = _slopes(futures, outcome, weights)
    return Mixture(share=np.ones(1), worth=careful_value(caution, gained), weights=weights, slopes=slopes)


def _none_below(weights: Float) -> Float:
    """Move weights towards even ones until none is below 0.

    A fund that runs out bends a future's gain downwards; only at weights of at least 0 is that a bound for all choices.
    """
    even = 1.0 / len(weights)
    low = float(weights.min())
    return weights if low >= 0 else even + (weights - even) * (even / (even - low))


def _slopes(futures: FutureValues, mixed: Outcome, weights: Float) -> Float:
    """Return [F, D] the weights of the futures in which each fund runs out the most."""
    out = np.zeros(mixed.asked.shape)
    for group in futures.groups:
        short = np.stack([mixed.asked[number] - futures.funds[number].most for number in group])
        worst = short.argmax(axis=0)
        for place, number in enumerate(group):
            out[number] = np.where((worst == place) & (short[place] > 0), weights, 0.0)
    return out


def _by_spread(many: float, futures: FutureValues, found: Sequence[Outcome]) -> Mixture:
    """Climb mean - k * sd, which is smooth in the shares but for gains that are the same in all futures.

    There every weights that are allowed are a slope, and even ones tell nothing. So a little is added to the variance:
    the weights are then those that none of the choices is worth more by, and allowed as ever.
    """
    plain, asked = np.stack([one.plain for one in found]), np.stack([one.asked for one in found])
    caution = Caution(mean_minus_sd=many)
    unit = max(float(plain.std(axis=1).max()), float(np.abs(plain).max()) * 1e-9, 1e-300)

    def at(share: Float) -> tuple[Outcome, float, Float]:
        mixed = Outcome(plain=share @ plain, asked=np.tensordot(share, asked, 1))
        gained = mixed.gained(futures)
        mean, root = float(gained.mean()), float(np.sqrt(gained.var() + (_SPREAD * unit) ** 2))
        weights = (1.0 - many * (gained - mean) / root) / futures.count
        return mixed, mean - many * root, weights

    def falling(share: Float) -> tuple[float, Float]:
        mixed, worth, weights = at(share)
        slope = plain @ weights
        if futures.funds:
            slope = slope - futures.lost * np.tensordot(asked, _slopes(futures, mixed, weights), 2)
        return -worth / unit, -slope / unit

    start = np.zeros(len(found))
    start[int(np.argmax([worth_of(caution, futures, one) for one in found]))] = 1.0
    best = start
    for begin in (start, np.full(len(found), 1.0 / len(found))):
        result = minimize(
            falling, begin, jac=True, method="SLSQP", bounds=[(0.0, 1.0)] * len(found),
            constraints={"type": "eq", "fun": lambda x: x.sum() - 1.0, "jac": lambda x: np.ones_like(x)},
            options={"maxiter": 300, "ftol": 1e-15},
        )  # fmt: skip
        share = np.where(result.x > _LEAST, result.x, 0.0)
        share = share / max(float(share.sum()), 1e-300)
        best = share if falling(share)[0] < falling(best)[0] else best
    mixed, _, weights = at(best)
    weights = _none_below(weights) if futures.funds else weights
    return Mixture(
        share=best,
        worth=careful_value(caution, mixed.gained(futures)),
        weights=weights,
        slopes=_slopes(futures, mixed, weights),
    )


def _by_tail(tail: float, futures: FutureValues, found: Sequence[Outcome]) -> Mixture | None:
    """Solve for the mean of the worst futures as a linear programme, whose prices are the weights.

    Columns: shares, the level, by how much each future is below it, and what each group of funds is short of.
    """
    columns, draws, groups = len(found), futures.count, len(futures.groups)
    plain = np.stack([one.plain for one in found])
    unit = max(float(np.abs(plain).max()), 1e-300)
    one = eye_array(draws, format="csr")
    lost = [futures.lost * one for _ in range(groups)]
    # level - below - gain + lost * short <= 0
    level = coo_array(np.ones((draws, 1)))
    upper = [[csr_array(-plain.T / unit), level, -one, *lost]]
    right = [np.zeros(draws)]
    for group, numbers in enumerate(futures.groups):
        for number in numbers:
            asked = np.stack([each.asked[number] for each in found]).T / unit
            short = [-one if other == group else None for other in range(groups)]
            upper.append([csr_array(asked), None, None, *short])
            right.append(np.full(draws, futures.funds[number].most / unit))
    cost = np.concatenate([np.zeros(columns), [-1.0], np.full(draws, 1.0 / (tail * draws)), np.zeros(groups * draws)])
    whole = np.concatenate([np.ones(columns), np.zeros(cost.size - columns)])
    bounds = [(0.0, None)] * columns + [(None, None)] + [(0.0, None)] * (draws * (1 + groups))
    result = linprog(
        cost, A_ub=block_array(upper, format="csr"), b_ub=np.concatenate(right), A_eq=whole[None], b_eq=[1.0],
        bounds=bounds, method="highs",
    )  # fmt: skip
    if result.status != 0:
        return None
    prices = np.maximum(-result.ineqlin.marginals, 0.0).reshape(-1, draws)
    weights = prices[0] / prices[0].sum()
    order = [number for numbers in futures.groups for number in numbers]
    slopes = np.zeros((len(futures.funds), draws))
    for row, number in enumerate(order, start=1):
        slopes[number] = prices[row] / max(futures.lost, 1e-300)
    share = np.where(result.x[:columns] > _LEAST, result.x[:columns], 0.0)
    share = share / share.sum()
    gained = _mixed(found, share).gained(futures)
    worth = float(_tail_weights(tail, gained) @ gained)
    weights = _allowed(weights, tail)
    return Mixture(share=share, worth=worth, weights=weights, slopes=_within(futures, slopes, weights))


def _within(futures: FutureValues, slopes: Float, weights: Float) -> Float:
    """Return slopes [F, D] that no group of funds has more of than the future's weight, to the last digit."""
    out = np.maximum(slopes, 0.0)
    for numbers in futures.groups:
        total = out[list(numbers)].sum(axis=0)
        out[list(numbers)] *= np.divide(weights, total, out=np.ones_like(total), where=total > np.maximum(weights, 0.0))
    return out


def _tail_weights(tail: float, gained: Float) -> Float:
    return draw_weights("mean" if tail >= 1.0 else Caution(cvar=tail), gained)


def _allowed(weights: Float, tail: float) -> Float:
    """Return weights that are at most what a future of the tail has, to the last digit: then they prove a bound."""
    most = 1.0 / (tail * len(weights))
    out = np.minimum(weights, most)
    room = most - out
    missing = 1.0 - out.sum()
    return np.maximum(out + room * (missing / room.sum()), 0.0) if room.sum() > 0 else out
