"""Beliefs: the parts that factors on baselines and lifts are made of, how wide each is believed, and what they move.

Two kinds of parts. What was measured wrongly belongs to an offer, its mechanic, a product: it was wrong from the first
day. What has changed since belongs to the customers: a segment cares more for prices, a category is needed less,
messages are read less. How strongly things have changed is not known beforehand; changes are parts of a usual size, and
whoever fits them scales them (`surrogate.flight.recalibration.explained`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Float
from scenarios.flight.basket_row import with_basket_row
from scenarios.language.words import Layer
from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.interactions import LIFT_FLOOR
from surrogate.flight.evidence import Expected, Nudge
from surrogate.flight.recalibration.base_parts import base_parts, common_left
from surrogate.flight.recalibration.changes import base_changes, lift_changes, placed
from surrogate.flight.recalibration.met import met

ALL, KIND, OWN = 0.25, 0.25, 0.5
"""Shares of the variance that is common to an offer's cells: of all offers, of its mechanic, of its own."""
BY_PRODUCT, BY_SEGMENT, IN_SEGMENT = 0.4, 0.2, 0.3
"""Shares of the variance that is not common: of an offer on one product, of a segment and of a targeted offer in one
segment; the rest is each cell's own."""
LEAST_SD = 0.10
"""Least standard deviation of the log of a lift that is believed before a campaign, however narrow its interval."""
MOST_WIDER, WIDEST = 2.5, 0.7
"""Most times that lifts are as wrong as told, and the standard deviation of their logs that this does not exceed."""
RESIDUAL_SD = 0.05
"""Least standard deviation of the log of a lift, and of a baseline, that stays after any evidence."""


LIFT_MEASURED, BASE_MEASURED, LIFT_CHANGED, BASE_CHANGED, LEVEL, FAR_OFF = range(6)
"""Kinds of parts: errors of the measurement of lifts and of baselines, what has changed of both since, a product's own
level (`surrogate.flight.recalibration.departed`), and an offer's lift that is far off
(`surrogate.flight.recalibration.far_off`); the last two are nothing that was believed before."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Beliefs:
    """B parts, each a move of a log that is 0 before the campaign. Letters as in `scenarios.grid`."""

    kind: NDArray[np.int64]
    """[B] one of the kinds above."""
    base: Float
    """[B, S, K] by how much each part moves the log of a baseline."""
    lift: Float
    """[B, S, K+1, O] by how much each part moves the log of a lift."""
    nudges: tuple[Nudge, ...]
    """What moved sales, in the order of `Expected.slopes`."""
    own_sd: Float
    """[S, K] standard deviation of the log of a baseline's own part, which no other baseline shares."""
    wider: float
    """How many times as wrong as told lifts are, where they were measured worse than their intervals say."""
    order_share: Float
    """[S, K] share of a segment's orders that stands behind each product's sales without promotion."""

    def sd(self, lift_scale: float, base_scale: float, *, too_sure: bool = False) -> Float:
        """[B] standard deviations of the parts.

        Parameters
        ----------
        lift_scale, base_scale
            How many times their usual size changes of lifts and of baselines are.
        too_sure
            Whether lifts were measured worse than their intervals say.
        """
        return np.array([self.wider if too_sure else 1.0, 1.0, lift_scale, base_scale, 1.0, 1.0])[self.kind]

    @property
    def before(self) -> Float:
        """[B] standard deviations that were believed before anything was seen."""
        return np.where(np.isin(self.kind, (LEVEL, FAR_OFF)), 0.0, self.sd(1.0, 1.0))

    @cached_property
    def lasting(self) -> NDArray[np.bool_]:
        """[B] parts that hold from the first day on; the others do where a change has begun."""
        return np.isin(self.kind, (LIFT_MEASURED, BASE_MEASURED, FAR_OFF))

    def with_levels(self, products: Sequence[int], sd: float) -> Beliefs:
        """The same with a level of its own for some products, of all segments alike; its parts come last."""
        count, shape = len(products), self.base.shape[1:]
        levels = np.zeros((count, *shape))
        levels[np.arange(count), :, list(products)] = 1.0
        return replace(
            self,
            kind=np.append(self.kind, np.full(count, LEVEL)),
            base=np.concatenate([self.base, levels * sd]),
            lift=np.concatenate([self.lift, np.zeros((count, *self.lift.shape[1:]))]),
        )

    def with_lift_levels(self, levels_of: Sequence[tuple[int, int | None, float]]) -> Beliefs:
        """The same with levels of their own for the lifts of some offers, wherever they apply; these parts come last.

        Parameters
        ----------
        levels_of
            An offer, its segment (None: all of them), and the standard deviation of the log, for each level.
        """
        count, shape = len(levels_of), self.lift.shape[1:]
        levels = np.zeros((count, *shape))
        for number, (offer, segment, sd) in enumerate(levels_of):
            where = slice(None) if segment is None else segment
            levels[number, where, :, offer] = sd * self.lift[:, where, :, offer].any(axis=0)
        return replace(
            self,
            kind=np.append(self.kind, np.full(count, FAR_OFF)),
            base=np.concatenate([self.base, np.zeros((count, *self.base.shape[1:]))]),
            lift=np.concatenate([self.lift, levels]),
        )

    def moves(self, theta: Float) -> tuple[Float, Float]:
        """Logs of the factors on baselines [S, K] and lifts [S, K+1, O]."""
        return np.tensordot(theta, self.base, 1), np.tensordot(theta, self.lift, 1)

    def slopes(self, found: Expected) -> Float:
        """[B, S, K, T] change of expected units with each part; what a rival loses follows what takes it.

        With a row of orders [B, S, K + 1, T], which move as the products in them do.
        """
        rows = found.units.shape[1]
        if rows not in self._moved:
            self._moved[rows] = np.stack([self._everywhere(nudge, rows) for nudge in self.nudges], axis=-1)
        moved = self._moved[rows]
        # One product of small matrices a segment and product: [B, nudges] by [nudges, T].
        found_at = np.matmul(moved.transpose(1, 2, 0, 3), found.slopes.transpose(1, 2, 0, 3))
        return np.asarray(found_at.transpose(2, 0, 1, 3))

    @cached_property
    def _moved(self) -> dict[int, Float]:
        """By number of rows: [B, S, rows, nudges] by how much each part moves what a nudge acts on; made once."""
        return {}

    def _everywhere(self, nudge: Nudge, rows: int) -> Float:
        """[B, S, K or K + 1] by how much each part moves the log of what a product, or order, answers to."""
        cells = self.base if nudge.offer is None else self._cells(nudge.offer)
        if cells.shape[2] == 1:
            return np.broadcast_to(cells, (*cells.shape[:2], rows))
        moved = cells[:, :, nudge.cause]
        if rows == moved.shape[2]:
            return moved
        return with_basket_row(moved[..., None], self._in_orders(np.where(nudge.products, cells, 0.0)))[..., 0]

    def _in_orders(self, cells: Float) -> Float:
        """[B, S, 1] means over the products that a part moves, as orders hold them."""
        weight = np.where(cells != 0, self.order_share, 0.0)
        total = weight.sum(axis=-1, keepdims=True)
        mean = np.divide((cells * weight).sum(axis=-1, keepdims=True), total, out=np.zeros_like(total), where=total > 0)
        return np.asarray(mean)

    def of_offer(self, offer: int, sold: Float) -> Float:
        """[B] parts of an offer's factor, weighed by what it sold in each cell [S, K]."""
        return np.tensordot(np.broadcast_to(self._cells(offer), self.base.shape), sold / sold.sum(), 2)

    def _cells(self, offer: int) -> Float:
        """[B, S, K or 1] by how much each part moves the log of an offer's lift where it sells; baskets sell all."""
        here = self.lift[..., offer]
        return here[..., :-1] if here[..., :-1].any() else here[..., -1:]

    def of_product(self, product: int, share: Float) -> Float:
        """[B] parts of a product's baseline, weighed by segments [S]."""
        return np.asarray(self.base[:, :, product] @ share)

    def applied(
        self, effects: Effects, theta: Float, covariance: Float, last: int, own: tuple[Float, Float]
    ) -> Effects:
        """Return the effects after the move; baselines only after the last observed period.

        The spread of what was moved shrinks to what the evidence leaves open; that of the cells' own part stays.
        """
        base_log, lift_log = self.moves(theta)
        base_log = base_log + own[0]
        root = root_of(covariance)
        base_moved = np.tensordot(root, self.base, 1)
        base_sd = np.hypot(np.linalg.norm(base_moved, axis=0), own[1])
        lift_sd = np.linalg.norm(np.tensordot(root, self.lift, 1), axis=0)
        measured = self.kind == LIFT_MEASURED
        believed = (self.lift[measured] ** 2).sum(axis=0)
        error = root_of(covariance[np.ix_(measured, measured)])
        left = np.linalg.norm(np.tensordot(error, self.lift[measured], 1), axis=0)
        later = np.arange(effects.base_units.shape[-1]) > last
        base = effects.base_units * np.where(later, np.exp(base_log)[..., None], 1.0)
        rest = np.maximum(effects.lift_sd**2 - believed[:, :, None], 0.0)
        sd = np.sqrt(np.maximum(rest + lift_sd[:, :, None] ** 2, RESIDUAL_SD**2)) * (effects.lift_sd > 0)
        mean, spread = effects.lift.mean(axis=0), effects.lift - effects.lift.mean(axis=0)
        shrink = np.where(believed > 0, np.minimum(left / np.sqrt(np.maximum(believed, 1e-12)), 1.0), 1.0)
        lift = (mean + spread * shrink[:, :, None]) * np.exp(lift_log)[:, :, None]
        return replace(
            effects,
            base_units=base,
            base_cv=np.sqrt(np.expm1(np.maximum(base_sd, RESIDUAL_SD) ** 2)),
            base_common=None
            if effects.base_common is None
            else common_left(base_moved, effects.base_units.mean(axis=0).sum(axis=-1)),
            lift=np.maximum(lift, LIFT_FLOOR),
            lift_sd=sd,
        )


def believed(
    model: Coefficients,
    effects: Effects,
    nudges: tuple[Nudge, ...],
    plan: NDArray[np.int8],
    last: int,
    drift: float,
    alone: Sequence[tuple[int, int, int]] = (),
) -> Beliefs:
    """Split what is believed of effects into parts.

    Parameters
    ----------
    nudges
        Of baselines and of the offers that ran up to period ``last`` of the flat plan [N].
    drift
        Usual standard deviation of the log by which a lift may have changed since it was measured; a baseline by half.
    alone
        Segment, product (K of baskets) and offer of lifts of which something tells alone: their own parts are beliefs.
    """
    grid = model.grid
    s, k, _ = grid.shape
    count = len(grid.scenario.offers)
    applies = effects.lift.mean(axis=0).any(axis=2)
    sd = _lift_sd(effects, applies)
    rho = grid.scenario.effects.rho_offer
    common, single = rho * sd**2, (1.0 - rho) * sd**2
    wide = (s, k + 1, count)
    lifts: list[Float] = [np.broadcast_to(np.sqrt(ALL * common), wide)]
    kinds = [offer.mechanic for offer in grid.scenario.offers]
    of_kind = np.sqrt(KIND * common) * np.ones(wide)
    lifts += [of_kind * np.array([each is kind for each in kinds]) for kind in dict.fromkeys(kinds)]
    lifts += [placed(np.sqrt(OWN * common), wide, np.s_[:, :, offer]) for offer in range(count)]
    ran, ran_for = met(model, plan, last)
    lifts += [placed(np.sqrt(BY_PRODUCT * single), wide, np.s_[:, product, offer]) for product, offer in ran]
    lifts += [placed(np.sqrt(BY_SEGMENT * single), wide, np.s_[segment]) for segment in range(s)]
    lifts += [placed(np.sqrt(IN_SEGMENT * single), wide, np.s_[segment, :, offer]) for segment, offer in ran_for]
    own = (
        1.0
        - BY_PRODUCT
        - BY_SEGMENT
        - IN_SEGMENT * np.array([each.layer is Layer.TARGETED for each in grid.scenario.offers])
    )
    lifts += [placed(np.sqrt(own * single), wide, cell) for cell in dict.fromkeys(alone)]
    base_sd = np.sqrt(np.log1p(effects.base_cv**2))
    everywhere, by_product, by_segment, alone_sd = (np.sqrt(part) for part in base_parts(effects))
    bases: list[Float] = [everywhere * base_sd]
    bases += [placed(by_product * base_sd, (s, k), np.s_[:, product]) for product in range(k)]
    bases += [placed(by_segment * base_sd, (s, k), np.s_[segment]) for segment in range(s)]
    of_lifts, of_bases = lift_changes(model, effects, drift), base_changes(model, drift / 2)
    lift = np.stack([*lifts, *of_lifts]) * applies
    base = np.stack([*bases, *of_bases])
    measured = np.full(len(lifts), LIFT_MEASURED), np.full(len(bases), BASE_MEASURED)
    changed = np.full(len(of_lifts), LIFT_CHANGED), np.full(len(of_bases), BASE_CHANGED)
    return Beliefs(
        kind=np.concatenate([measured[0], changed[0], measured[1], changed[1]]),
        base=np.concatenate([np.zeros((len(lift), s, k)), base]),
        lift=np.concatenate([lift, np.zeros((len(base), *wide))]),
        nudges=nudges,
        own_sd=alone_sd * np.hypot(base_sd, drift / 2),
        wider=_wider(sd[sorted({offer for _, offer in ran})]),
        order_share=(model.orders_per_unit * model.base_units).sum(axis=2),
    )


def _wider(sd: Float) -> float:
    """How many times as wide beliefs of some lifts may have to be: those that are wide already are wide enough."""
    if not len(sd):
        return 1.0
    return float(np.clip(WIDEST / np.sqrt((sd**2).mean()), 1.0, MOST_WIDER))


def _lift_sd(effects: Effects, applies: NDArray[np.bool_]) -> Float:
    """[O] standard deviation of the log of each offer's lift, residual and ensemble, over the cells it applies to."""
    mean = effects.lift.mean(axis=0)
    relative = np.divide(effects.lift.std(axis=0), np.abs(mean), out=np.zeros_like(mean), where=mean != 0)
    variance = (effects.lift_sd**2 + np.log1p(np.minimum(relative, 2.0) ** 2)).mean(axis=2)
    cells = np.maximum(applies.sum(axis=(0, 1)), 1)
    return np.asarray(np.sqrt(np.maximum((variance * applies).sum(axis=(0, 1)) / cells, LEAST_SD**2)))


def root_of(covariance: Float) -> Float:
    """A matrix whose product with itself is the covariance."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T)
