"""By which shares of their bounds plans break limits: all at once by true sums, as near as these know it to the ledger.

The ledger counts in whole cents and judges futures; here are float sums of many plans. What lies in futures is taken to
weigh as in one plan that the ledger has judged.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from constraints.infeasible.shortfall import Strain
from constraints.infeasible.undivided import undivided
from constraints.limits.book import Limits
from planner.evaluation.evaluator import Value
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Flag, Float

_DUST = 1e-9
"""Shares below this are rounding of float64 sums."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Broken:
    """What some plans break."""

    rows: Float
    """[P, L] share of its bound by which each row is broken, 0 where it is kept."""
    stock: Float
    """[P] the same of all products' stock together: no bound mends it."""


class BrokenShares:
    """Weighs what plans break of one question.

    Parameters
    ----------
    limits
        Its limits.
    staying
        Ids of those that no way out may move.
    """

    def __init__(self, limits: Limits, staying: Collection[str]) -> None:
        self.limits = limits
        self.ids = tuple(dict.fromkeys(limits.ids))
        """[I] limits of one bound: each has a row or several that stand together."""
        self._first = np.array([limits.ids.index(name) for name in self.ids], dtype=np.int64)
        self._written = np.array([abs(record.bound) or 1.0 for record in limits.records], dtype=float)
        self.owner = np.repeat(np.arange(len(self.ids)), np.diff(np.append(self._first, len(limits.ids))))
        """[L] which of them a row belongs to."""
        self.movable: Flag = np.array([name not in staying for name in self.ids], dtype=bool)
        """[I] which of them a way out may move."""

    def sizes(self, verdicts: Sequence[LimitResult]) -> Float:
        """[L] what a share of 1 means in a row's own units, of ratios by what a judged plan divides by."""
        wholes = {each.id: float(each.whole) for each in verdicts if each.whole is not None and each.whole > 0}
        sizes = self._written.copy()
        for row, parts in enumerate(self.limits.rate_parts):
            if parts is not None:
                whole = wholes.get(self.limits.ids[row])
                sizes[row] = self.limits.scale[row] if whole is None else sizes[row] * whole
        return sizes

    def of(self, value: Value, sizes: Float, strain: Strain) -> Broken:
        """What plans of some values break.

        Parameters
        ----------
        sizes, strain
            What a share of 1 means, and how much heavier futures weigh than what is expected, by a judged plan.
        """
        limits = self.limits
        worse = limits.sign * strain.rate / self._written  # ratios only: so much further are they beyond in futures
        rows = limits.excess(value.uses * strain.scalar) / sizes + worse
        there = limits.available[limits.stock_products]
        units = value.stock[:, limits.stock_products] * strain.stock[limits.stock_products, None] - there
        lacking = np.maximum(units - 1e-6 * (1 + there), 0.0) / np.maximum(there, 1.0)
        return Broken(
            rows=np.where(rows > _DUST, rows, 0.0),
            stock=lacking.max(axis=2, initial=0.0).sum(axis=1),
        )

    def by_limit(self, rows: Float) -> Float:
        """[P, I] how far each limit has to give way: by its worst row."""
        if not len(self.ids):
            return np.zeros((len(rows), 0))
        return np.asarray(np.maximum.reduceat(rows, self._first, axis=1))

    def burden(self, verdicts: Sequence[LimitResult]) -> float:
        """What letting go of all that a judged plan breaks comes to; inf where no bound that may move mends it."""
        broken = [each for each in verdicts if not each.ok]
        movable = {name for name, may in zip(self.ids, self.movable, strict=True) if may}
        if any(each.id not in movable or undivided(each) for each in broken):
            return math.inf
        return len(broken) * sum(
            abs(float(each.decides - each.limit)) / (abs(float(each.limit)) or 1.0) for each in broken
        )
