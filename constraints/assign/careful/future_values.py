"""What choices gain in every future: linear in who gets what, but for vendors who pay no more than their funds.

In future d a customer of place p who gets offer c is worth the sum over the parts q of ``times_q[d, p, c]`` times the
amount, by the member of the ensemble that the future follows, and ``plus[d, p, c]`` on top. So all choices come to is
known from sums by place and offer, however many customers there are.

Letters: D futures, F funds; others as in `constraints.assign.careful.parts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from constraints.assign.careful.parts import Block, PartSource
from scenarios.arrays import Float


@dataclass(frozen=True, kw_only=True, eq=False)
class FundFutures:
    """What a vendor is asked for in each future, and what he pays at most."""

    part: int
    """Which part it is asked by."""
    times: Float
    """[D, P, C]; 0 where the fund does not pay."""
    plus: Float
    """[D, P, C]"""
    most: float
    group: int
    """Funds of one group pay for the same offers: what is beyond them is taken once, the most that any is short of."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FutureValues:
    """D futures of everybody's offers."""

    member: NDArray[np.int64]
    """[D] which member each follows."""
    times: tuple[Float, ...]
    """[Q] of [D, P, C]"""
    plus: Float
    """[D, P, C]"""
    funds: tuple[FundFutures, ...] = ()
    lost: float = 1.0
    """Of the objective, for one unit that is asked of a vendor beyond his fund."""

    @property
    def count(self) -> int:
        """Number of futures."""
        return len(self.member)

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of the funds of each group."""
        known = sorted({fund.group for fund in self.funds})
        return tuple(tuple(n for n, fund in enumerate(self.funds) if fund.group == one) for one in known)

    def beyond(self, asked: Float) -> Float:
        """What vendors are asked for beyond their funds [D], from what they are asked for [F, D]."""
        short = np.zeros(self.count)
        for group in self.groups:
            most = [asked[number] - self.funds[number].most for number in group]
            short += np.maximum(np.max(most, axis=0), 0.0)
        return short


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """What some choices come to, before vendors' funds run out; it mixes as choices do."""

    plain: Float
    """[D]"""
    asked: Float
    """[F, D]"""

    def gained(self, futures: FutureValues) -> Float:
        """What they gain in every future [D]."""
        return self.plain - futures.lost * futures.beyond(self.asked) if len(self.asked) else self.plain


def outcome_of(source: PartSource, futures: FutureValues, choice: NDArray[np.int8]) -> Outcome:
    """Return what choices [N] of all customers come to."""
    sums, first = _Sums(futures), 0
    for block in source.blocks():
        sums.add(block, choice[first : first + block.rows.count])
        first += block.rows.count
    return sums.outcome()


class _Sums:
    """Sums by place and offer."""

    def __init__(self, futures: FutureValues) -> None:
        self._futures = futures
        _, places, offers = futures.plus.shape
        self._shape = places, offers
        self._count = np.zeros(places * offers)
        self._amount = [np.zeros((int(futures.member.max()) + 1, places * offers)) for _ in futures.times]

    def add(self, block: Block, choice: NDArray[np.int8]) -> None:
        """Add some customers."""
        got = np.flatnonzero(choice)
        offer = choice[got].astype(np.int64) - 1
        cells = self._count.size
        key = block.parts.place[got].astype(np.int64) * self._shape[1] + offer
        self._count += np.bincount(key, minlength=cells)
        for sums, amount in zip(self._amount, block.parts.amount, strict=True):
            for member, one in enumerate(amount):
                sums[member] += np.bincount(key, one[offer, got], cells)

    def outcome(self) -> Outcome:
        """Return what these customers come to."""
        futures = self._futures
        count = self._count.reshape(self._shape)
        amount = [one.reshape(-1, *self._shape)[futures.member] for one in self._amount]
        plain = np.einsum("dpc,pc->d", futures.plus, count)
        for times, one in zip(futures.times, amount, strict=True):
            plain += np.einsum("dpc,dpc->d", times, one)
        asked = [
            np.einsum("dpc,dpc->d", fund.times, amount[fund.part]) + np.einsum("dpc,pc->d", fund.plus, count)
            for fund in futures.funds
        ]
        return Outcome(plain=plain, asked=np.array(asked).reshape(len(futures.funds), futures.count))
