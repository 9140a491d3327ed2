"""What one offer does for a segment's mean customer in every drawn future, beside what is expected of it.

The futures are those of a plan (`scenarios.futures.draws`): the same draws of members, lifts, take-ups, baselines,
orders and interaction strengths, from the same seed. Over the dates of an assignment they count as one period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.assign.scoring.offer_setting import OfferSetting, Weighed
from scenarios.arrays import Float
from scenarios.futures.drawn_model import drawn_strengths
from scenarios.futures.draws import Draws, draw, factor
from scenarios.futures.told_uses import moved_take_up, offers_told
from scenarios.response.coefficients import rival_table
from scenarios.response.interactions import LIFT_FLOOR, Strengths
from scenarios.response.strength_ranges import strength_ranges

CHUNK_CELLS = 200_000
"""Futures are taken in chunks of about so many cells: few enough for the processor's cache."""
SEED = 0
"""Seed of the futures: what ``plan`` draws by where none is given."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MeanCustomer:
    """What each offer does for the mean customer of each segment, in some futures or as is expected [X, S, C]."""

    gain: Float
    """Of the objective, before spend."""
    spend: Float
    use: tuple[Float | None, ...]
    """[M]; None for what every offer uses 1 of."""

    def of(self, segments: Sequence[int]) -> MeanCustomer:
        """Return some segments, in this order."""
        return MeanCustomer(
            gain=self.gain[:, segments],
            spend=self.spend[:, segments],
            use=tuple(None if one is None else one[:, segments] for one in self.use),
        )

    def pooled(self, customers: Float) -> MeanCustomer:
        """Return the mean over all segments of so many customers [S], as one."""
        share = customers / customers.sum()

        def mean(values: Float) -> Float:
            return np.asarray(np.einsum("xsc,s->xc", values, share)[:, None])

        return MeanCustomer(
            gain=mean(self.gain),
            spend=mean(self.spend),
            use=tuple(None if one is None else mean(one) for one in self.use),
        )

    def with_pooled(self, customers: Float) -> MeanCustomer:
        """Return all segments, and behind them the mean of them all as one."""
        return _joined([self, self.pooled(customers)], axis=1)


@dataclass(frozen=True, kw_only=True, eq=False)
class OfferFutures:
    """D futures."""

    member: NDArray[np.int64]
    """[D] which member each follows."""
    drawn: MeanCustomer
    """[D, S, C]"""
    expected: MeanCustomer
    """[S, C] on each member's own effects [E, S, C]."""
    mean: MeanCustomer
    """[1, S, C] on the members' mean."""


def offer_futures(setting: OfferSetting) -> OfferFutures:
    """Draw the futures of the scenario's `risk.draws`."""
    draws = draw(setting.grid, setting.effects, SEED)
    step = max(1, CHUNK_CELLS // int(np.prod(setting.base.shape[1:])))
    parts = [_in(setting, draws.part(first, first + step)) for first in range(0, len(draws), step)]
    members = len(setting.member_lift)
    alone = [np.broadcast_to(each, (members, *each.shape)) for each in (setting.base, setting.take_up)]
    orders = np.broadcast_to(setting.per_unit, (members, *setting.per_unit.shape))
    return OfferFutures(
        member=draws.member,
        drawn=_joined(parts),
        expected=_mean_customers(setting, alone[0], setting.member_lift, alone[1], orders),
        mean=_mean_customers(
            setting, setting.base[None], setting.lift[None], setting.take_up[None], setting.per_unit[None]
        ),
    )


def _in(setting: OfferSetting, draws: Draws) -> MeanCustomer:
    """Return what happens in some futures [D, S, C]."""
    effects, grid = setting.effects, setting.grid
    index = [grid.offer_index[offer.id] for offer in setting.terms.offers]
    lift_sd = setting.in_span(effects.lift_sd)
    take_sd = np.sqrt(np.log1p(setting.in_span(effects.take_up_cv) ** 2))
    lift = setting.member_lift[draws.member] * factor(draws.lift[..., index], lift_sd)
    plain = np.minimum(setting.in_span(effects.take_up), 1.0)
    lift = np.maximum(lift, LIFT_FLOOR)
    # with the lift before a cap per customer cuts it, as take-up is here
    expected, whole = (setting.lift, plain), lift
    if (setting.kept < 1.0).any():
        own = np.maximum(setting.kept, 1e-9)
        expected, whole = (setting.lift / own, plain), lift / own
    told = offers_told(effects)[index]
    take_up = moved_take_up(expected, whole, told, draws.take_up[..., index], take_sd) * setting.kept
    moved = factor(draws.base, np.sqrt(np.log1p(effects.base_cv**2)))
    units = effects.base_units[draws.member % len(effects.base_units)]
    known = np.arange(setting.inside.shape[1]) < effects.known_periods
    sold, later = ([units[..., own & which].sum(axis=-1) for own in setting.inside] for which in (known, ~known))
    base = np.stack([told + moved * open_ for told, open_ in zip(sold, later, strict=True)], axis=1)
    spread = np.full(1, np.sqrt(np.log1p(grid.scenario.risk.order_cv**2)))
    orders = setting.per_unit * factor(draws.orders, spread)[..., None]
    tables = base / setting.customers[:, None], lift, take_up, orders
    return _mean_customers(setting, *tables, _drawn_strengths(setting, draws))


def _drawn_strengths(setting: OfferSetting, draws: Draws) -> Strengths | None:
    """Return the strengths that each future has, one row a future and segment; None where all have the same."""
    grid, strength = setting.grid, setting.around[0].strengths
    ranges = strength_ranges(grid.scenario.response, grid.scenario.effects, grid.products)
    if ranges is None:
        return None
    own = drawn_strengths(strength, ranges, rival_table(grid.rival_group), draws)
    ahead, stolen = (
        np.repeat(table, len(setting.customers), axis=0) for table in (own.pull_forward[:, 0], own.cannibalisation)
    )
    return replace(strength, pull_forward=ahead, cannibalisation=stolen[..., None])


def _mean_customers(
    setting: OfferSetting,
    base: Float,
    lift: Float,
    take_up: Float,
    orders: Float,
    strengths: Strengths | None = None,
) -> MeanCustomer:
    """Weigh every offer on tables [X, S, ...], and ``base`` [X, U, S, K] of its stretch."""
    shape = lift.shape[:2]

    def flat(values: Float) -> Float:
        return values.reshape(-1, *values.shape[2:])

    bases, weight = [flat(base[:, own]) for own in range(base.shape[1])], setting.profit_weight
    found: list[Weighed] = [
        setting.weigh(offer, bases[own], flat(lift)[..., offer], flat(take_up)[..., offer], flat(orders), strengths)
        for offer, own in enumerate(setting.stretch)
    ]

    def table(columns: Sequence[Float]) -> Float:
        return np.stack([one.reshape(shape) for one in columns], axis=-1)

    return MeanCustomer(
        gain=table([one.value + weight * one.spend for one in found]),
        spend=table([one.spend for one in found]),
        use=tuple(
            None if one is None else table([use for each in found if (use := each.use[number]) is not None])
            for number, one in enumerate(setting.measures)
        ),
    )


def _joined(parts: Sequence[MeanCustomer], axis: int = 0) -> MeanCustomer:
    uses = zip(*(part.use for part in parts), strict=True)
    return MeanCustomer(
        gain=np.concatenate([part.gain for part in parts], axis),
        spend=np.concatenate([part.spend for part in parts], axis),
        use=tuple(
            None if each[0] is None else np.concatenate([use for use in each if use is not None], axis) for each in uses
        ),
    )
