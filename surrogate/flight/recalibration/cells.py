"""The observations that a recalibration weighs: sales of segments where they are told so, else of whole products."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float
from scenarios.flight.actuals import Actuals
from scenarios.flight.basket_row import with_basket_row
from scenarios.response.coefficients import Coefficients
from surrogate.flight.recalibration.known_lines import KnownLines

LARGEST_OWN = 0.7
"""Most that the log of a baseline's own part moves."""
NO_PRODUCT = -1
"""Stands for the product of a line on whole baskets."""
NOBODYS = 1e-3
"""Standard deviation of the own part of a baseline where none is told apart; not 0, because its inverse is needed."""
ODD = 4.0
"""Standard deviations from which on the sales of a product in a period count less: its weight falls as they grow."""


class Cells:
    """The observations: cells of segments where they are told so, else of products, as sums of the model's cells.

    Parameters
    ----------
    told : [K, T]
        Cells that tell something.
    memory
        Periods after which evidence counts half.
    trust : [K, T]
        Weight of the evidence beside its age.
    own_sd : [S, K]
        Of the log of a baseline's own part, where it is told apart from what periods share: it lasts, so that who takes
        it for the noise of single cells takes weeks of the same shortfall for one. None leaves it out.
    """

    def __init__(
        self,
        model: Coefficients,
        actuals: Actuals,
        told: Flag,
        *,
        memory: float,
        trust: Float,
        period_shock: float,
        category_shock: float,
        group_shock: float,
        lines: KnownLines,
        own_sd: Float | None = None,
    ) -> None:
        self.shape = model.grid.shape
        split = told & np.isfinite(actuals.units).all(axis=0)
        self.split, self.whole = split, told & ~split
        self._any_whole = bool(self.whole.any())
        self.counts = np.where(split, self.shape[0], self.whole.astype(int))
        self.actual = self.gather(np.nan_to_num(actuals.units), np.nan_to_num(actuals.units_total))
        age = actuals.last - np.arange(self.shape[2])
        weight = 0.5 ** (np.maximum(age, 0) / memory) * trust
        self.weight = self.gather(np.broadcast_to(weight, self.shape), weight)
        groups = np.where(model.grid.rival_group >= 0, model.grid.rival_group, -1)
        alone = groups.max(initial=-1) + 1 + np.arange(self.shape[1])
        group = np.where(groups >= 0, groups, alone)
        period = np.broadcast_to(np.arange(self.shape[2]), self.shape[1:])
        group_period = group[:, None] * self.shape[2] + period
        self.alone = group_shock
        self.lines = lines
        """Lines that count pieces: observations beside the cells."""
        days = np.arange(self.shape[2])
        self.lines_weight = lines.of_rows(with_basket_row(weight, weight.max(axis=0)))
        self.shocks: list[tuple[NDArray[np.int64], float | Float]] = [
            (self._index(period, days), period_shock),
            (self._index(group_period, self._orders(group)), group_shock),
        ]
        if category_shock > 0:
            names = [product.category for product in model.grid.products]
            category = np.array([names.index(name) for name in names])
            of_category = self._index(category[:, None] * self.shape[2] + period, self._orders(category))
            self.shocks.append((of_category, category_shock))
        self._owns = np.zeros(0, dtype=np.int64)
        if own_sd is not None:
            self.shocks.append(self._own_parts(own_sd))
        place = np.full(self.shape[1:], -1)
        place[split], place[self.whole] = np.arange(split.sum()), split.sum() + np.arange(self.whole.sum())
        self._alike = lines.of_rows(with_basket_row(place, np.full(self.shape[2], NO_PRODUCT)))

    @cached_property
    def hit(self) -> Float:
        """[shocks, observations] 1 where a shock hits an observation."""
        sizes = [(np.arange(int(index.max(initial=-1)) + 1), index) for index, _ in self.shocks]
        return np.concatenate([(size[:, None] == index).astype(float) for size, index in sizes])

    def _orders(self, group: NDArray[np.int64]) -> NDArray[np.int64]:
        """[T] all orders of a period: one group of their own."""
        return (int(group.max(initial=-1)) + 1) * self.shape[2] + np.arange(self.shape[2])

    def gather(self, cells: Float, totals: Float | None = None) -> Float:
        """Take the observed cells of [..., S, K, T], or their sums over segments (``totals`` [..., K, T])."""
        split = np.ascontiguousarray(cells[..., self.split].reshape(*cells.shape[:-3], -1))
        if not self._any_whole:
            return split
        sums = cells.sum(axis=-3) if totals is None else totals
        return np.concatenate([split, sums[..., self.whole]], axis=-1)

    def by_product(self, values: Float) -> Float:
        """Sum observations [..., observations] over the segments of a product and period.

        Those of lines may follow: they are added to their product and period, those on whole baskets to none.
        """
        count, cells = self.shape[0] * int(self.split.sum()), len(self.actual)
        split = values[..., :count].reshape(*values.shape[:-1], self.shape[0], -1).sum(axis=-2)
        sums = np.concatenate([split, values[..., count:cells]], axis=-1)
        if values.shape[-1] > cells:
            for number, place in enumerate(self._alike):
                if place != NO_PRODUCT:
                    sums[..., place] += values[..., cells + number]
        return sums

    def _own_parts(self, sd: Float) -> tuple[NDArray[np.int64], Float]:
        """Which baseline of a segment and product each observation has for itself, and how far it may be off."""
        names = np.broadcast_to(np.arange(sd.size).reshape(*sd.shape, 1), self.shape)
        none = np.full(self.shape[1:], -1.0)
        own = self.gather(names.astype(float), none)
        own = np.concatenate([own, np.full(len(self.lines), -1.0)])
        found, index = np.unique(own.astype(np.int64), return_inverse=True)
        self._owns = found
        return index.astype(np.int64), np.where(found < 0, NOBODYS, np.maximum(sd.ravel()[found], NOBODYS))

    def own(self, sd: Float, shocks: Float, unsure: Float, fitted: tuple[Float, Float, Float]) -> tuple[Float, Float]:
        """Logs of the baselines' own parts [S, K], and their standard deviations.

        Parameters
        ----------
        sd : [S, K]
            As believed before.
        shocks, unsure
            All shocks, and their standard deviations: where own parts are told apart, they are the last ones.
        fitted : [observations] each
            Precision, units beyond what is expected, and those that grow with the baseline: else what is left
            unexplained tells.
        """
        if len(self._owns):
            log, left = np.zeros(sd.size), sd.ravel().copy()
            there = self._owns >= 0
            own = self._owns[there]
            log[own] = shocks[len(shocks) - len(there) :][there]
            left[own] = unsure[len(unsure) - len(there) :][there]
            return np.clip(log, -LARGEST_OWN, LARGEST_OWN).reshape(sd.shape), left.reshape(sd.shape)
        trust, off, expected = fitted
        shape, count = self.shape, self.shape[0] * int(self.split.sum())
        sums = []
        for values in (trust * expected * off, trust * expected**2):
            cells = np.zeros(shape)
            cells[:, self.split] = values[:count].reshape(shape[0], -1)
            sums.append(cells.sum(axis=2))
        precision = 1.0 / np.maximum(sd, 1e-6) ** 2 + sums[1]
        return np.clip(sums[0] / precision, -LARGEST_OWN, LARGEST_OWN), np.sqrt(1.0 / precision)

    def calm(self, off: Float, variance: Float) -> tuple[Float, float]:
        """Weights [observations] that keep a product's odd period from deciding (Huber's), and what the odd ones cost.

        The cost is what their loss exceeds the weighed squares by, so that losses with other weights compare.
        """
        score = np.abs(self.by_product(off)) / np.sqrt(self.by_product(variance))
        weight = np.minimum(ODD / np.maximum(score, 1e-9), 1.0)
        cost = 0.5 * ODD * float(np.maximum(score - ODD, 0.0).sum())
        count = int(self.split.sum())
        return np.concatenate([np.tile(weight[:count], self.shape[0]), weight[count:]]), cost

    def _index(self, key: NDArray[np.int64], orders: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which shock hits each observation, and after them each line of which that is known, counted from 0."""
        spread = self.gather(np.broadcast_to(key, self.shape).astype(float), key.astype(float))
        spread = np.concatenate([spread, self.lines.of_rows(with_basket_row(key, orders)).astype(float)])
        return np.unique(spread, return_inverse=True)[1].astype(np.int64)
