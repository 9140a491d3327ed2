"""Beliefs: the parts that factors on baselines and lifts are made of, how wide each is believed, and what they move."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.response.coefficients import Coefficients
from scenarios.response.effects import Effects
from scenarios.response.interactions import LIFT_FLOOR
from surrogate.flight.evidence import Expected, Float

ALL, KIND, OWN = 0.25, 0.25, 0.5
"""Shares of the variance that is common to an offer's cells: of all offers, of its mechanic, of its own."""
BY_PRODUCT, BY_SEGMENT = 0.4, 0.2
"""Shares of the variance that is not common: of an offer on one product, of a segment; the rest is each cell's own."""
BASE_PARTS = (0.35, 0.25, 0.15)
"""Shares of a baseline's variance: of everything, of a product, of a segment; the rest is each cell's own."""
LEAST_SD = 0.10
"""Least standard deviation of the log of a lift that is believed before a campaign, however narrow its interval."""
RESIDUAL_SD = 0.05
"""Least standard deviation of the log of a lift, and of a baseline, that stays after any evidence."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Beliefs:
    """B parts, each a move of a log that is 0 before the campaign. Letters as in `scenarios.grid`."""

    sd: Float
    """[B]"""
    base: Float
    """[B, S, K] by how much each part moves the log of a baseline."""
    lift: Float
    """[B, S, K+1, O] by how much each part moves the log of a lift."""
    offers: tuple[int, ...]
    """Offers that ran, in the order of `Expected.slopes`."""
    own_sd: Float
    """[S, K] standard deviation of the log of a baseline's own part, which no other baseline shares."""

    def moves(self, theta: Float) -> tuple[Float, Float]:
        """Logs of the factors on baselines [S, K] and lifts [S, K+1, O]."""
        return np.tensordot(theta, self.base, 1), np.tensordot(theta, self.lift, 1)

    def slopes(self, found: Expected) -> Float:
        """[B, S, K, T] change of expected units with each part; a rival's loss follows the offer that takes it."""
        own = self.base[..., None] * found.units
        for number, offer in enumerate(self.offers):
            own = own + self._cells(offer)[..., None] * found.slopes[number]
        return np.asarray(own)

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
        root = _root(covariance)
        base_sd = np.hypot(np.linalg.norm(np.tensordot(root, self.base, 1), axis=0), own[1])
        lift_sd = np.linalg.norm(np.tensordot(root, self.lift, 1), axis=0)
        believed = np.tensordot(self.sd**2, self.lift**2, 1)
        later = np.arange(effects.base_units.shape[-1]) > last
        base = effects.base_units * np.where(later, np.exp(base_log)[..., None], 1.0)
        rest = np.maximum(effects.lift_sd**2 - believed[:, :, None], 0.0)
        sd = np.sqrt(np.maximum(rest + lift_sd[:, :, None] ** 2, RESIDUAL_SD**2)) * (effects.lift_sd > 0)
        mean, spread = effects.lift.mean(axis=0), effects.lift - effects.lift.mean(axis=0)
        shrink = np.where(believed > 0, np.minimum(lift_sd / np.sqrt(np.maximum(believed, 1e-12)), 1.0), 1.0)
        lift = (mean + spread * shrink[:, :, None]) * np.exp(lift_log)[:, :, None]
        return replace(
            effects,
            base_units=base,
            base_cv=np.sqrt(np.expm1(np.maximum(base_sd, RESIDUAL_SD) ** 2)),
            lift=np.maximum(lift, LIFT_FLOOR),
            lift_sd=sd,
        )


def believed(
    model: Coefficients, effects: Effects, offers: tuple[int, ...], plan: NDArray[np.int8], last: int, drift: float
) -> Beliefs:
    """Split what is believed of effects into parts.

    Parameters
    ----------
    offers
        Those that ran up to period ``last`` of the flat plan [N].
    drift
        Standard deviation of the log by which a lift may have changed since it was measured; a baseline by half.
    """
    grid = model.grid
    s, k, _ = grid.shape
    count = len(grid.scenario.offers)
    applies = effects.lift.mean(axis=0).any(axis=2)
    sd = np.hypot(_lift_sd(effects, applies), drift)
    rho = grid.scenario.effects.rho_offer
    common, single = rho * sd**2, (1.0 - rho) * sd**2
    wide = (s, k + 1, count)
    lifts: list[Float] = [np.broadcast_to(np.sqrt(ALL * common), wide)]
    kinds = [offer.mechanic for offer in grid.scenario.offers]
    of_kind = np.sqrt(KIND * common) * np.ones(wide)
    lifts += [of_kind * np.array([each is kind for each in kinds]) for kind in dict.fromkeys(kinds)]
    lifts += [_at(np.sqrt(OWN * common), wide, np.s_[:, :, offer]) for offer in range(count)]
    ran = _ran_on(model, plan, last)
    lifts += [_at(np.sqrt(BY_PRODUCT * single), wide, np.s_[:, product, offer]) for product, offer in ran]
    lifts += [_at(np.sqrt(BY_SEGMENT * single), wide, np.s_[segment]) for segment in range(s)]
    lift = np.stack(lifts) * applies
    base_sd = np.hypot(np.sqrt(np.log1p(effects.base_cv**2)), drift / 2)
    parts = np.sqrt(BASE_PARTS)
    bases: list[Float] = [parts[0] * base_sd]
    bases += [_at(parts[1] * base_sd, (s, k), np.s_[:, product]) for product in range(k)]
    bases += [_at(parts[2] * base_sd, (s, k), np.s_[segment]) for segment in range(s)]
    base = np.stack(bases)
    return Beliefs(
        sd=np.ones(len(lift) + len(base)),
        base=np.concatenate([np.zeros((len(lift), s, k)), base]),
        lift=np.concatenate([lift, np.zeros((len(base), *wide))]),
        offers=offers,
        own_sd=np.sqrt(1.0 - sum(BASE_PARTS)) * base_sd,
    )


def _lift_sd(effects: Effects, applies: NDArray[np.bool_]) -> Float:
    """[O] standard deviation of the log of each offer's lift, residual and ensemble, over the cells it applies to."""
    mean = effects.lift.mean(axis=0)
    relative = np.divide(effects.lift.std(axis=0), np.abs(mean), out=np.zeros_like(mean), where=mean != 0)
    variance = (effects.lift_sd**2 + np.log1p(np.minimum(relative, 2.0) ** 2)).mean(axis=2)
    cells = np.maximum(applies.sum(axis=(0, 1)), 1)
    return np.asarray(np.sqrt(np.maximum((variance * applies).sum(axis=(0, 1)) / cells, LEAST_SD**2)))


def _ran_on(model: Coefficients, plan: NDArray[np.int8], last: int) -> list[tuple[int, int]]:
    """Products (the basket last) and offers that met up to a period, in order."""
    grid = model.grid
    found = set()
    for slot in np.flatnonzero(plan):
        place = grid.slot(int(slot))
        if place.period <= last:
            product = grid.shape[1] if place.product is None else place.product
            found.add((product, grid.choices[place.block][int(plan[slot]) - 1].offer))
    return sorted(found)


def _at(values: Float, shape: tuple[int, ...], where: Any) -> Float:
    """Values where they are wanted, 0 elsewhere."""
    full = np.zeros(shape)
    full[where] = np.broadcast_to(values, shape)[where]
    return full


def _root(covariance: Float) -> Float:
    """A matrix whose product with itself is the covariance."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T)
