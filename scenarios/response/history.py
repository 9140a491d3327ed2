"""The past: what lines before the horizon leave behind (fatigue, dips), as constants of the response."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.grid import Grid, LineError
from scenarios.response.interactions import Strengths, dip_share
from scenarios.response.served import tiring


@dataclass(frozen=True, kw_only=True, eq=False)
class Past:
    """Constant factors of the horizon; H is `Strengths.tail_periods`."""

    fatigue: Float
    """[S, K, T + H] what earlier lines leave of a product's lift."""
    basket_fatigue: Float
    """[S, T] what earlier basket lines leave of a basket lift."""
    dip: Float
    """[S, K, T] what earlier lines leave of the baseline."""
    seen: Float | None = None
    """[P, S, K] share of the segment that met a line so many periods before the horizon, P at most; None of no line."""
    basket_seen: Float | None = None
    """[P, S] the same of basket lines."""
    borrowed: Float | None = None
    """[W, S, K, T] what the line so many periods before takes of the baseline per share that is bought ahead.

    None where no line did.
    """


def read_past(grid: Grid, strength: Strengths, units: Float, lift: Float) -> Past:
    """Turn history lines into constants.

    Parameters
    ----------
    units
        [S, K, T] baseline.
    lift
        [S, K, 1, E] gross lift of every pair in the first period in which its offers may stand: a past line is taken to
        have had that one.

    Raises
    ------
    TypeError
        For a scenario whose history is not read in.
    """
    s, k, t = grid.shape
    fatigue = np.ones((s, k, t + strength.tail_periods))
    basket_fatigue, dip = np.ones((s, t)), np.ones((s, k, t))
    borrowed = np.zeros((strength.pull_forward_periods, s, k, t))
    history = grid.scenario.history
    if not isinstance(history, tuple):
        raise TypeError("the past needs a resolved scenario: history read in")
    levels = [tiring(grid, block) for block in range(4)]
    cells: dict[tuple[int, int, int], list[int]] = {}
    orders: dict[tuple[int, ...], float] = {}
    met: dict[tuple[int, ...], float] = {}
    for line in history:
        try:
            slot, choice = grid.locate(line)
        except LineError:
            continue  # a past offer that is no longer on sale tires nobody of today's offers
        if slot.period >= 0:
            continue
        for segment in range(s) if slot.segment is None else (slot.segment,):
            if slot.product is None:
                key = (segment, slot.period)
                orders[key] = max(orders.get(key, 0.0), _at(levels[slot.block], segment, choice))
            else:
                pair = cells.setdefault((segment, slot.product, slot.period), [0, 0])
                pair[slot.block] = choice
    width = grid.widths.targeted
    for (segment, product, period), (public, targeted) in cells.items():
        reach = max(_at(levels[0], segment, public), _at(levels[1], segment, targeted))
        met[segment, product, period] = reach
        lags = np.arange(fatigue.shape[2]) - period
        fatigue[segment, product] *= 1 - reach * strength.fatigue * strength.fatigue_decay**lags
        bump = lift[segment, product, 0, public * width + targeted]
        for lag in range(1, strength.pull_forward_periods + 1):
            later = period + lag
            if 0 <= later < t:
                base = units[segment, product, later]
                ahead, periods = strength.pull_forward[product], strength.pull_forward_periods
                borrowed[lag - 1, segment, product, later] = max(bump, 0.0) / periods * (base > 0)
                dip[segment, product, later] *= 1 - dip_share(bump, base, base, ahead, periods, strength.dip_cap, np)
    for (segment, period), reach in orders.items():
        lags = np.arange(t) - period
        basket_fatigue[segment] *= 1 - reach * strength.fatigue * strength.fatigue_decay**lags
    return Past(
        fatigue=fatigue,
        basket_fatigue=basket_fatigue,
        dip=dip,
        seen=_table(met, (s, k)),
        basket_seen=_table(orders, (s,)),
        borrowed=borrowed if borrowed.any() else None,
    )


def _table(met: dict[tuple[int, ...], float], shape: tuple[int, ...]) -> Float | None:
    """Lay shares by place and (negative) period out as [P, ...]; None of none."""
    if not met:
        return None
    table = np.zeros((-min(key[-1] for key in met), *shape))
    for key, reach in met.items():
        table[(-key[-1] - 1, *key[:-1])] = reach
    return table


def _at(level: Float, segment: int, choice: int) -> float:
    """Share of a segment that a choice tires, of a table of `tiring`."""
    return float(level[choice] if level.ndim == 1 else level[segment, choice])
