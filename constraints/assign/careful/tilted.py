"""Scores at a tilt: each future counts by its weight, so that every offer has one score for a customer again.

A careful objective is the smallest of many weighted sums of the gains over the futures. At any weights among these no
choices are worth more than the best ones by the weighted scores: that is a bound, as any prices of limits give one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from constraints.assign.careful.future_values import FutureValues
from constraints.assign.careful.parts import Block, Parts, PartSource
from constraints.assign.rows import Rows
from scenarios.arrays import Float


@dataclass(frozen=True, kw_only=True, eq=False)
class Tilt:
    """What one unit of each part counts by place and offer, however many futures were weighed."""

    times: tuple[Float, ...]
    """[Q] of [E, P, C]"""
    plus: Float
    """[P, C]"""
    constant: float
    """Beside all customers' scores: what vendors' funds pay."""

    def scores(self, parts: Parts) -> Float:
        """Return what each offer counts for customers [C, n]."""
        one = self.plus.shape[0] == 1
        place = parts.place

        def of(table: Float) -> Float:
            return np.asarray(table[0][:, None] if one else table.T[:, place])

        out = np.zeros(parts.amount[0].shape[1:]) + of(self.plus)
        for times, amount in zip(self.times, parts.amount, strict=True):
            for member, mine in zip(times, amount, strict=True):
                if member.any():
                    out += of(member) * mine
        return out

    def rows(self, block: Block) -> Rows:
        """Return customers at these scores; what is closed stays closed."""
        value = np.where(np.isfinite(block.rows.value), self.scores(block.parts), -np.inf)
        return replace(block.rows, value=value)


@dataclass(frozen=True, eq=False)
class TiltedRows:
    """All customers at tilted scores; a row source."""

    source: PartSource
    tilt: Tilt

    @property
    def count(self) -> int:
        """Number of customers."""
        return self.source.count

    def blocks(self) -> Iterator[Rows]:
        """Yield the blocks of the source."""
        for block in self.source.blocks():
            yield self.tilt.rows(block)


def tilt_of(futures: FutureValues, weights: Float, slopes: Float) -> Tilt:
    """Return the scores at which the futures have these weights.

    Parameters
    ----------
    weights
        [D] adding up to 1.
    slopes
        [F, D] by how much the objective falls for one unit of the objective that a vendor is asked for beyond his fund;
        those of a group add up to at most the future's weight.
    """
    members = int(futures.member.max()) + 1

    def summed(share: Float, table: Float) -> Float:
        return np.stack([
            np.tensordot(share[futures.member == one], table[futures.member == one], 1) for one in range(members)
        ])  # fmt: skip

    times = [summed(weights, one) for one in futures.times]
    plus, constant = np.tensordot(weights, futures.plus, 1), 0.0
    for fund, slope in zip(futures.funds, slopes, strict=True):
        times[fund.part] = times[fund.part] - futures.lost * summed(slope, fund.times)
        plus = plus - futures.lost * np.tensordot(slope, fund.plus, 1)
        constant += futures.lost * float(slope.sum()) * fund.most
    return Tilt(times=tuple(times), plus=plus, constant=constant)
