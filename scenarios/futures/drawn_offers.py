"""Chosen offers in draws: effects where an offer stands, moved by each future; what nobody offers is left out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.futures.draws import Draws, factor
from scenarios.futures.shares import scaled_up
from scenarios.futures.told_uses import moved_take_up, offers_told
from scenarios.grid import Blocks
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.entries import NOT_SOLD, Surroundings
from scenarios.response.interactions import LIFT_FLOOR
from scenarios.response.reachable import covered, told
from scenarios.response.served import quantities
from scenarios.response.two_layers import Pair, pair_up, under_line

Moved = tuple[Float, Float]
"""Lift and take-up."""


class DrawnOffers:
    """Effects of the two chosen offers of every cell (or basket) that holds any, before a draw moves them.

    All arrays hold only these places, [M] of them or [D, M]: what nobody offers changes nothing, whatever the draw.
    """

    def __init__(self, model: Coefficients, effects: Effects, blocks: Blocks[Any], first: int) -> None:
        grid, money = model.grid, model.economics
        s, k, t = grid.shape
        self.on_basket = first == 2
        self.shape = (s, t) if self.on_basket else (s, k, t)
        full = [np.broadcast_to(blocks[first], self.shape), blocks[first + 1]]
        self.at = np.flatnonzero((full[0] > 0) | (full[1] > 0))
        places = np.unravel_index(self.at, self.shape)
        choices = [choice[places].astype(np.int64) for choice in full]
        picked = [grid.choices[first], grid.choices[first + 1]]
        offer_of = [np.array([0] + [c.offer for c in block]) for block in picked]
        self.contacted = [_at(covered(grid, first + layer), places[0], choice) for layer, choice in enumerate(choices)]
        self.told = [told(grid, first + layer)[choices[layer]] for layer in (0, 1)]
        self.quantity = [quantities(grid, first + layer)[choices[layer]] for layer in (0, 1)]
        offers = grid.scenario.offers
        self.counted = [
            np.array([False] + [offers[c.offer].quantity is not None for c in block])[choice]
            for block, choice in zip(picked, choices, strict=True)
        ]
        pair = (choices[0], choices[1])
        product = np.full(len(self.at), -1) if self.on_basket else places[1]
        if self.on_basket:
            self.stacked, self.used = money.basket_stacked[pair], money.basket_used[pair]
        else:
            self.stacked = money.stacked[pair]
            self.used = money.used[product, choices[0], choices[1]]
        here = (places[0], product, places[-1])
        offer = [offer_of[layer][choices[layer]] for layer in (0, 1)]
        self.expected = [model.demand[*here, offer[layer]] for layer in (0, 1)]
        self.layers = [_Effect(effects, model.kept, here, offer[layer], choices[layer]) for layer in (0, 1)]

    @property
    def counts(self) -> bool:
        """Whether some line counts its pieces."""
        return any(bool(counted.any()) for counted in self.counted)

    def moved(self, draws: Draws) -> list[Moved]:
        """Lift and take-up of both layers in some draws, [D, M] each."""
        return [layer.moved(draws) for layer in self.layers]

    def pieces(self, base: Float, under: Sequence[Float]) -> tuple[Float, Float]:
        """Units that the pieces of both layers come to, [1, M].

        Parameters
        ----------
        base
            Baseline of the account.
        under
            What the account sells under the lines of both layers: of a public line, in each segment.
        """
        found = []
        for layer, sold in enumerate(under):
            room = self._room(layer, self.layers[layer].mean, base[None])
            # Where the account serves everybody, pieces are left over.
            found.append(self._of_line(layer, self.here(sold)[None]) * np.maximum(room, 1.0))
        return found[0], found[1]

    def corrected(
        self, before: tuple[Float, Float], pieces: tuple[Float, Float], under: Sequence[Float]
    ) -> tuple[Float, Float]:
        """Move the shares that are served, so that lines come nearer to their pieces than what they sell now."""
        found = []
        for layer, sold in enumerate(under):
            now = self._of_line(layer, self.here(sold))
            found.append(before[layer] * np.where(now > 0, pieces[layer] / np.where(now > 0, now, 1.0), 1.0))
        return found[0], found[1]

    def pair(self, moved: Sequence[Moved], base: Float, correction: tuple[Float, Float]) -> tuple[Pair, Float]:
        """Pairs of the chosen offers and the share that they tire in some draws, [D, M].

        Parameters
        ----------
        moved
            Lift and take-up of both layers in the draws.
        base
            Baseline of the draws: units [D, S, K, T], or orders of baskets [D, S, T].
        correction
            Factors on the shares that find a piece; see `corrected`.
        """
        (lift_p, take_p), (lift_q, take_q) = moved
        in_time, share = (self._in_time(layer, moved[layer], base, correction[layer]) for layer in (0, 1))
        public, targeted = self.contacted[0] * in_time, self.contacted[1] * share
        alone = (lift_p * in_time, take_p * in_time, lift_q, take_q)
        pair = pair_up(*alone, targeted, self.stacked, self.used, np, in_time)
        return pair, np.maximum(public * self.told[0], targeted * self.told[1])

    def here(self, values: Float) -> Float:
        """Take the places that hold an offer: [..., M] of [..., S, K, T] or [..., S, T]."""
        return np.asarray(values.reshape(*values.shape[: -len(self.shape)], -1)[..., self.at])

    def everywhere(self, values: Float, count: int) -> Float:
        """Put [D, M] or [M] back among all places, 0 elsewhere: ``count`` draws of [S, K, T] or [S, T].

        Where nothing is offered, or all is 0, all draws are alike, and one stands for them.
        """
        if not values.any():
            return np.zeros((1, *self.shape))
        full = np.zeros((count, math.prod(self.shape)))
        full[:, self.at] = values
        return full.reshape(count, *self.shape)

    def dipped(self, past: Float, dips: Sequence[Float], count: int) -> Float:
        """What earlier lines leave of later sales, [D, S, K, T]: dips [D, M] of each lag, on the dip before.

        Only periods after a line change, so only these are multiplied, lag by lag as `response.model.flows` does.
        """
        if not any(dip.any() for dip in dips):
            return past
        flat = np.broadcast_to(past, (count, *self.shape)).reshape(count, -1).copy()
        period = self.at % self.shape[-1]
        for lag, dip in enumerate(dips, start=1):
            inside = np.flatnonzero(period + lag < self.shape[-1])
            flat[:, self.at[inside] + lag] *= 1.0 - dip[:, inside]
        return flat.reshape(count, *self.shape)

    def _in_time(self, layer: int, moved: Moved, base: Float, correction: Float) -> Float:
        """Share of those who want a layer's offers that get a piece: the pieces stay, however many want one."""
        if not self.counted[layer].any():
            return np.asarray(self.quantity[layer])
        share = np.minimum(self._room(layer, moved, base) * correction, 1.0)
        return np.asarray(np.where(self.counted[layer], share, 1.0))

    def _room(self, layer: int, moved: Moved, base: Float) -> Float:
        """Pieces for each who wants one, [D, M], by baseline, take-up and lift alone."""
        lift, take_up = moved
        expected = self._of_line(layer, self.expected[layer][None])
        wanted = self._of_line(layer, self.here(base) * (take_up + under_line(lift, take_up, np)))
        return np.asarray(
            np.where(wanted > 0, self.quantity[layer] * expected / np.where(wanted > 0, wanted, 1.0), 1.0)
        )

    def _of_line(self, layer: int, values: Float) -> Float:
        """What belongs to the same line at each place, [D, M]: of a public line, all segments together."""
        if layer == 1:
            return values
        full = self.everywhere(values, len(values))
        return self.here(np.broadcast_to(full.sum(axis=1, keepdims=True), full.shape))


def _at(told: Float, segment: Int, choice: Int) -> Float:
    """[M] share of a segment that each place's choice covers, of a table of `covered`."""
    return told[choice] if told.ndim == 1 else told[segment, choice]


class _Effect:
    """Effect of one layer's chosen offers: [E, M] lifts and [M] take-ups."""

    def __init__(self, effects: Effects, kept: Float, places: tuple[Int, Int, Int], offer: Int, choice: Int) -> None:
        segment, product, period = places
        chosen = choice > 0
        here, series = (segment, product, period, offer), (segment, product, offer)
        self.series = series
        self.lift = np.stack([lift[here] for lift in effects.lift]) * chosen
        self.take_up = effects.take_up[here] * chosen
        self.lift_sd = effects.lift_sd[here] * chosen
        self.take_sd = np.sqrt(np.log1p((effects.take_up_cv[here] * chosen) ** 2))
        self.take_scaled = scaled_up(self.take_up, self.take_sd)
        self.told = offers_told(effects)[offer] * chosen
        self.kept = kept[series]

    @property
    def mean(self) -> Moved:
        """Expected lift and take-up, [1, M]."""
        return (self.lift.mean(axis=0) * self.kept)[None], (self.take_up * self.kept)[None]

    def moved(self, draws: Draws) -> tuple[Float, Float]:
        """Lift and take-up in some draws, [D, M]."""
        lift = self.lift[draws.member] * factor(draws.lift[:, *self.series], self.lift_sd)
        lift, scores = np.maximum(lift, LIFT_FLOOR), draws.take_up[:, *self.series]
        expected = self.lift.mean(axis=0), self.take_up
        take_up = moved_take_up(expected, lift, self.told, scores, self.take_sd, self.take_scaled)
        return lift * self.kept, take_up * self.kept


def around(model: Coefficients, units: Float, offer: DrawnOffers) -> Surroundings:
    """What surrounds the places that hold an offer, [D, M], in some draws of the baseline [D, S, K, T].

    ``model`` is that of the draws, too: see `scenarios.futures.drawn_model`.
    """
    segment, product, period = np.unravel_index(offer.at, offer.shape)
    ahead_of = model.strengths.pull_forward
    flat, periods = units.reshape(len(units), -1), units.shape[-1]
    later = []
    for lag in range(1, model.strengths.pull_forward_periods + 1):
        inside = period + lag < periods
        ahead = flat[:, np.where(inside, offer.at + lag, offer.at)] * inside
        later.append(np.where(model.sold[product, period + lag], ahead, NOT_SOLD))
    rivals = model.rivals[product].T
    known = rivals < offer.shape[1]
    beside = np.ravel_multi_index((segment, np.where(known, rivals, 0), period), offer.shape)
    return Surroundings(
        units=offer.here(units),
        rival_units=sum((flat[:, at] * there for at, there in zip(beside, known, strict=True)), np.zeros(1)),
        rival_count=known.sum(axis=0),
        pull_forward=(ahead_of if ahead_of.ndim == 1 else ahead_of[:, 0])[..., product],
        later_units=tuple(later),
    )
