"""Futures: what a plan does in every draw, by the same formulas as the account, on the chosen pairs only.

In each draw the baseline is first cut at stock in time order, and no draw sells what is not there: where a period's
demand exceeds what is left, everything that is sold of the product shrinks alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.coefficients import Coefficients, surroundings
from scenarios.draws import Draws, factor
from scenarios.effects import Effects
from scenarios.entries import cell_entries
from scenarios.functional import Functional, Mixed
from scenarios.grid import Blocks
from scenarios.interactions import LIFT_FLOOR, cut_at_stock
from scenarios.pairs import Pair, pair_up
from scenarios.response import Chosen, Flows, Setting, flows, setting
from scenarios.served import quantities
from scenarios.tolerance import may_break
from scenarios.totals import Shares, Sold, by_period, sold, value

Float = NDArray[np.float64]
Index = NDArray[np.int64]

CHUNK_CELLS = 60_000
"""Draws are taken in chunks of about so many cells, which stay in the processor's cache."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Futures:
    """D draws of one plan."""

    values: Float
    """[D, F] of the functionals that were asked for."""
    periods: Float
    """[D, G, T] period by period, of the functionals that were asked for so."""
    shortage: Float
    """[D, K] units that the product lacks at the worst moment, had everybody been served; negative: spare units."""


def outcomes(
    model: Coefficients,
    effects: Effects,
    plan: NDArray[np.int8],
    draws: Draws,
    functionals: Sequence[Functional | Mixed],
    through_time: Sequence[Functional] = (),
) -> Futures:
    """Evaluate functionals of one flat plan [N] in every draw.

    Parameters
    ----------
    functionals
        What is wanted, in order; see `measures.measure_functional`.
    through_time
        What is wanted period by period.
    """
    blocks = model.grid.split(plan)
    offer, basket = _Layered(model, effects, blocks, 0), _Layered(model, effects, blocks, 2)
    step = max(1, CHUNK_CELLS // int(np.prod(model.grid.shape)))
    values, periods, shortage = [], [], []
    for first in range(0, len(draws), step):
        part = draws.part(first, first + step)
        what, short = _sold(model, effects, blocks, part, offer, basket)
        values.append(np.stack([value(f, model, what, np) for f in functionals], axis=-1))
        wide = (len(part), model.grid.shape[2])
        rows = [np.broadcast_to(by_period(f, model, what, np), wide) for f in through_time]
        periods.append(np.stack(rows, axis=1) if rows else np.zeros((wide[0], 0, wide[1])))
        shortage.append(short.max(axis=-1))
    return Futures(values=np.concatenate(values), periods=np.concatenate(periods), shortage=np.concatenate(shortage))


class _Layered:
    """Effects of the two chosen offers of every cell (or basket), before a draw moves them."""

    def __init__(self, model: Coefficients, effects: Effects, blocks: Blocks[Any], first: int) -> None:
        grid, money = model.grid, model.economics
        s, k, t = grid.shape
        self.on_basket = first == 2
        shape = (s, t) if self.on_basket else (s, k, t)
        choices = [np.broadcast_to(blocks[first], shape), blocks[first + 1]]
        picked = [grid.choices[first], grid.choices[first + 1]]
        offer_of = [np.array([0] + [c.offer for c in block]) for block in picked]
        self.contacted = [
            np.array([0.0] + [c.coverage for c in block])[choice] for block, choice in zip(picked, choices, strict=True)
        ]
        self.quantity = [quantities(grid, first + layer)[choices[layer]] for layer in (0, 1)]
        offers = grid.scenario.offers
        self.counted = [
            np.array([False] + [offers[c.offer].quantity is not None for c in block])[choice]
            for block, choice in zip(picked, choices, strict=True)
        ]
        rows = (slice(None), -1) if self.on_basket else (slice(None), slice(0, -1))
        self.expected = [
            np.take_along_axis(model.demand[rows], offer_of[layer][choices[layer]][..., None], axis=-1)[..., 0]
            for layer in (0, 1)
        ]
        pair = (choices[0], choices[1])
        if self.on_basket:
            self.stacked, self.used = money.basket_stacked[pair], money.basket_used[pair]
        else:
            self.stacked = money.stacked[pair]
            self.used = money.used[np.arange(k)[:, None], choices[0], choices[1]]
        self.layers = [
            _Effect(effects, model.kept, offer_of[layer][choices[layer]], choices[layer] > 0, self.on_basket)
            for layer in (0, 1)
        ]

    def pair(self, draws: Draws, base: Float) -> tuple[Pair, Float]:
        """Pairs of the chosen offers and the share that they serve in some draws, [D, S, K, T] or [D, S, T].

        Parameters
        ----------
        base
            Baseline of the draws: units, or orders of baskets.
        """
        moved = [layer.moved(draws) for layer in self.layers]
        (lift_p, take_p), (lift_q, take_q) = moved
        in_time, share = (self._in_time(layer, *moved[layer], base) for layer in (0, 1))
        public, targeted = self.contacted[0] * in_time, self.contacted[1] * share
        alone = (lift_p * in_time, take_p * in_time, lift_q, take_q)
        pair = pair_up(*alone, targeted, self.stacked, self.used, np, in_time)
        return pair, np.maximum(public, targeted)

    def _in_time(self, layer: int, lift: Float, take_up: Float, base: Float) -> Float:
        """Share of those who want a layer's offers that get a piece: the pieces stay, however many want one.

        What a line is wanted for is told by baseline, take-up and lift alone; what lines do to each other is taken to
        change it as it changes the expected uses, of which the pieces are a share.
        """
        counted, quantity = self.counted[layer], self.quantity[layer]
        if not counted.any():
            return np.asarray(quantity)
        expected = self.expected[layer]
        wanted = base * np.maximum(take_up + lift, 0.0)
        if layer == 0:
            expected, wanted = expected.sum(axis=0, keepdims=True), wanted.sum(axis=1, keepdims=True)
        enough = np.where(wanted > 0, quantity * expected / np.where(wanted > 0, wanted, 1.0), 1.0)
        return np.asarray(np.where(counted, np.minimum(enough, 1.0), 1.0))


class _Effect:
    """Effect of one layer's chosen offers: [E, S, K, T] lifts and [S, K, T] take-ups (no K for baskets)."""

    def __init__(self, effects: Effects, kept: Float, offer: Index, chosen: NDArray[np.bool_], on_basket: bool) -> None:
        rows = (slice(None), -1) if on_basket else (slice(None), slice(0, -1))
        self.offer, self.chosen = offer, chosen
        self.rows = rows
        place = offer[..., None]
        self.lift = np.stack([np.take_along_axis(lift[rows], place, axis=-1)[..., 0] for lift in effects.lift]) * chosen
        self.take_up = np.take_along_axis(effects.take_up[rows], place, axis=-1)[..., 0] * chosen
        self.lift_sd = np.take_along_axis(effects.lift_sd[rows], place, axis=-1)[..., 0] * chosen
        cv = np.take_along_axis(effects.take_up_cv[rows], place, axis=-1)[..., 0] * chosen
        self.take_sd = np.sqrt(np.log1p(cv**2))
        left = np.expand_dims(kept[:, -1], 1) if on_basket else np.expand_dims(kept[:, :-1], 2)
        self.kept = np.take_along_axis(left, place, axis=-1)[..., 0]

    def moved(self, draws: Draws) -> tuple[Float, Float]:
        """Lift and take-up in some draws."""
        lift = self.lift[draws.member] * factor(self._scores(draws.lift), self.lift_sd)
        take_up = self.take_up * factor(self._scores(draws.take_up), self.take_sd)
        return np.maximum(lift, LIFT_FLOOR) * self.kept, np.minimum(take_up, 1.0) * self.kept

    def _scores(self, scores: Float) -> Float:
        here = scores[(slice(None), *self.rows)]
        place = np.broadcast_to(self.offer, (len(here), *self.offer.shape))
        return np.take_along_axis(here, place, axis=-1)


def _sold(
    model: Coefficients, effects: Effects, blocks: Blocks[Any], draws: Draws, offer: _Layered, basket: _Layered
) -> tuple[Sold, Float]:
    """What some draws sell, and units that each product lacks at each moment, [D, K, T]."""
    spread = np.sqrt(np.log1p(effects.base_cv**2))
    base = effects.base_units[draws.member % len(effects.base_units)]
    units = cut_at_stock(base * factor(draws.base, spread)[..., None], model.available)
    pair, reach = offer.pair(draws, units)
    drawn = _with_orders(model, draws)
    orders, basket_reach = basket.pair(draws, (drawn.orders_per_unit * units).sum(axis=-2))
    entries = cell_entries(pair, reach, surroundings(units, model.rivals, model.strengths, 0), model.strengths, np)
    chosen = Chosen(
        theft=entries.theft,
        spill=entries.spill,
        reach=reach,
        dips=entries.dips,
        basket_lift=orders.lift,
        basket_reach=basket_reach,
    )
    shares = Shares(
        lift=entries.lift,
        base_public=entries.base_public,
        base_targeted=entries.base_targeted,
        base_both=entries.base_both,
        bump_public=entries.bump_public,
        bump_targeted=entries.bump_targeted,
        bump_both=entries.bump_both,
        beyond=entries.beyond,
        basket_lift=orders.lift,
        basket_base_public=orders.base_public,
        basket_base_targeted=orders.base_targeted,
        basket_bump_public=orders.bump_public,
        basket_bump_targeted=orders.bump_targeted,
    )
    here: Setting = setting(model)._replace(base_units=units)
    flow = flows(chosen, here, model, np)
    served, lacking = _serve((flow.base + flow.bump * shares.lift).sum(axis=-3), model.available)
    kept = served[:, None]
    flow = Flows(
        base=flow.base * kept,
        bump=flow.bump * kept,
        plain_base=flow.plain_base * kept,
        plain_bump=flow.plain_bump * kept,
        basket_fatigue=flow.basket_fatigue,
        tail_fatigue=flow.tail_fatigue,
    )
    shares = shares._replace(beyond=shares.beyond * kept)
    return sold(drawn, shares, flow, here, blocks, np), lacking


def _with_orders(model: Coefficients, draws: Draws) -> Coefficients:
    """The model with the orders that stand behind its units in each of some draws, [D, S, K, T]."""
    if not model.orders_per_unit.any():
        return model
    spread = np.full(1, np.sqrt(np.log1p(model.grid.scenario.risk.order_cv**2)))
    return replace(model, orders_per_unit=model.orders_per_unit * factor(draws.orders, spread)[..., None, None])


def _serve(wanted: Float, available: Float) -> tuple[Float, Float]:
    """Share of the demand [D, K, T] that stock serves in time order, and demand beyond stock had all been served."""
    share = np.ones_like(wanted)
    lacking = np.full_like(wanted, -np.inf)
    stocked = np.flatnonzero(np.isfinite(available).all(axis=1))
    demand, there = wanted[:, stocked], available[stocked]
    lacking[:, stocked] = np.cumsum(demand, axis=-1) - there
    if not (lacking > 0).any():
        return share, lacking
    gone = np.zeros(demand.shape[:-1])
    for t in range(demand.shape[-1]):
        asked = demand[..., t]
        kept = np.clip(np.minimum(asked, there[:, t] - gone), 0.0, None)
        share[:, stocked, t] = np.divide(kept, asked, out=np.ones_like(kept), where=asked > 0)
        gone = gone + kept
    return share, lacking


def at_risk(uses: Float, sense: str, share: float) -> float:
    """Use [D] that decides whether a limit holds in at least ``share`` of all futures, told from D of them.

    The smallest value that all but a few draws do not exceed (``max``), or the largest that all but a few reach
    (``min``). How few makes up for the finite number of draws; see `scenarios.tolerance`.
    """
    if sense not in ("max", "min"):
        raise ValueError(f"expected max or min, got {sense}")
    ordered = np.sort(uses if sense == "max" else -uses)
    found = float(ordered[max(len(ordered) - 1 - may_break(len(ordered), share), 0)])
    return found if sense == "max" else -found
