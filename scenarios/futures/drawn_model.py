"""The model as some futures have it: orders behind the units, and interaction strengths within their intervals.

A strength with an interval is half normal to either side: 5 % of the futures lie below its low end, half below what is
expected, 5 % above its high end. What is bought ahead and what rivals lose are parts of one bump, so a future never has
more of both than the whole. Shares of products that differ are moved half together, half each by itself.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.futures.draws import Draws, factor
from scenarios.response.coefficients import Coefficients
from scenarios.response.history import Past
from scenarios.response.interactions import Strengths
from scenarios.response.strength_ranges import StrengthRanges

END_SCORE = 1.6448536269514722
"""Standard normal score that 5 % of the futures exceed."""
MOST_FATIGUE = 0.99
"""No future is so tired of offers that nothing of a lift is left."""


def drawn_model(model: Coefficients, draws: Draws) -> Coefficients:
    """Return the model of some draws.

    Orders are [D, S, K, T]. Where intervals are given, what is bought ahead is [D, 1, K], what rivals lose [D, 1],
    fatigue [D], and what lines before the horizon leave has draws in front.
    """
    if model.orders_per_unit.any():
        spread = np.full(1, np.sqrt(np.log1p(model.grid.scenario.risk.order_cv**2)))
        orders = model.orders_per_unit * factor(draws.orders, spread)[..., None, None]
        model = replace(model, orders_per_unit=orders)
    ranges = model.ranges
    if ranges is None:
        return model
    drawn = drawn_strengths(model.strengths, ranges, model.rivals, draws)
    past = _dipped(model.past, drawn.pull_forward[:, 0], drawn.dip_cap)
    if np.ndim(drawn.fatigue):
        past = _tired(past, drawn.fatigue, drawn.fatigue_decay)
    return replace(model, strengths=drawn, past=past)


def drawn_strengths(strength: Strengths, ranges: StrengthRanges, rivals: Int, draws: Draws) -> Strengths:
    """Return the strengths of some draws: bought ahead [D, 1, K], rivals' losses [D, 1], fatigue [D] where it varies.

    Parameters
    ----------
    rivals
        [K, R] each product's rivals; K stands for none.
    """
    stolen = _within(draws.stolen[:, None], np.array(strength.cannibalisation), ranges.stolen_low, ranges.stolen_high)
    ahead = _within(draws.ahead, strength.pull_forward, ranges.ahead_low, ranges.ahead_high)
    count = (rivals < len(rivals)).sum(axis=1)
    taken = np.where(count > 0, stolen, 0.0) if strength.without_rivals_keep else stolen
    drawn = replace(strength, pull_forward=np.minimum(ahead, 1.0 - taken)[:, None], cannibalisation=stolen)
    if not (ranges.tired_low < ranges.tired_high):
        return drawn
    tired = _within(draws.tired, np.array(strength.fatigue), ranges.tired_low, ranges.tired_high)
    return replace(drawn, fatigue=np.minimum(tired, MOST_FATIGUE))


def _within(scores: Float, expected: Float, low: Float | float, high: Float | float) -> Float:
    """Move what is expected by standard normal scores, as far as the ends of its 90 % interval let it."""
    away = np.where(scores > 0, high - expected, expected - low)
    return np.asarray(np.clip(expected + scores / END_SCORE * away, 0.0, 1.0))


def _dipped(past: Past, ahead: Float, cap: float) -> Past:
    """What earlier lines leave of the baseline, [D, S, K, T], when shares [D, K] are bought ahead."""
    if past.borrowed is None:
        return past
    segment, product, period = np.nonzero(past.borrowed.any(axis=0))
    share = ahead[:, product]
    left = np.ones_like(share)
    for taken in past.borrowed:
        left *= 1.0 - np.minimum(share * taken[segment, product, period], cap)
    dip = np.ones((len(ahead), *past.dip.shape))
    dip[:, segment, product, period] = left
    return replace(past, dip=dip)


def _tired(past: Past, phi: Float, decay: float) -> Past:
    """What earlier lines leave of lifts when fatigue is ``phi`` [D]."""
    return replace(
        past,
        fatigue=past.fatigue if past.seen is None else _left(past.seen, past.fatigue.shape, phi, decay),
        basket_fatigue=past.basket_fatigue
        if past.basket_seen is None
        else _left(past.basket_seen, past.basket_fatigue.shape, phi, decay),
    )


def _left(seen: Float, shape: tuple[int, ...], phi: Float, decay: float) -> Float:
    """[D, ..., T] product over earlier lines of ``1 - reach * phi * decay ** lag``, of ``seen`` [P, ...]."""
    left = np.ones((len(phi), *shape))
    series = np.nonzero(seen.any(axis=0))
    met = np.ones((len(phi), len(series[0]), shape[-1]))
    for before, here in enumerate(seen, start=1):
        reach = here[series]
        if reach.any():
            met *= 1.0 - phi[:, None, None] * reach[:, None] * decay ** (np.arange(shape[-1]) + before)
    np.moveaxis(left, 0, -2)[series] = np.moveaxis(met, 0, 1)
    return left
