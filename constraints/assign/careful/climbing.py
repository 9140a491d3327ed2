"""Last changes of single customers: the slope of the careful objective proposes them, what it truly is decides.

Changes are looked at together, the best after prices first; of too many at once half as many are tried.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.assign.careful.future_values import FutureValues, Outcome, outcome_of
from constraints.assign.careful.known import Proof
from constraints.assign.careful.mixture import Careful, leaning, worth_of
from constraints.assign.careful.parts import Block, PartsInMemory, PartSource, PlainRows, together
from constraints.assign.careful.tilted import TiltedRows, tilt_of
from constraints.assign.question import AssignQuestion
from constraints.assign.rows import limit_uses, priced, uses_of
from scenarios.arrays import Flag, Float, Int

MOST = 20_000
"""Customers whose choices are changed, at most: those whom prices at the tilt leave torn the most."""
STEPS = 60
_NEARLY = 1e-12
"""Share of the worth that a change must bring."""


def climbed(
    source: PartSource,
    question: AssignQuestion,
    futures: FutureValues,
    caution: Careful,
    proof: Proof,
    choice: NDArray[np.int8],
) -> NDArray[np.int8]:
    """Return choices [N] that are worth no less, and keep every limit."""
    place = _most_torn(source, question, proof)
    few = _taken(source, place)
    memory = PartsInMemory(block=few)
    mine = choice[place].astype(np.int64)
    whole = outcome_of(source, futures, choice)
    part = outcome_of(memory, futures, choice[place])
    rest = Outcome(plain=whole.plain - part.plain, asked=whole.asked - part.asked)
    use = np.concatenate([
        np.zeros((len(question.limits), 1, few.rows.count)), limit_uses(few.rows, question),
    ], axis=1).astype(np.int64)  # fmt: skip
    climb = _Climb(few=few, futures=futures, caution=caution, rest=rest, use=use, prices=proof.prices)
    left = question.bounds - uses_of(PlainRows(source=source).blocks(), choice, question)
    worth = worth_of(caution, futures, whole)
    for _ in range(STEPS):
        better = climb.step(mine, left, worth)
        if better is None:
            break
        mine, left, worth = better
    out = choice.copy()
    out[place] = mine.astype(np.int8)
    return out


@dataclass(frozen=True, kw_only=True, eq=False)
class _Climb:
    """Some customers. n of them."""

    few: Block
    futures: FutureValues
    caution: Careful
    rest: Outcome
    """Of all others."""
    use: Int
    """[L, C + 1, n]"""
    prices: Float

    def outcome(self, choice: Int) -> Outcome:
        """Return what all customers come to."""
        own = outcome_of(PartsInMemory(block=self.few), self.futures, choice.astype(np.int8))
        return Outcome(plain=self.rest.plain + own.plain, asked=self.rest.asked + own.asked)

    def step(self, choice: Int, left: Int, worth: float) -> tuple[Int, Int, float] | None:
        """Make the best changes that are worth more; None where there are none."""
        lean = leaning(self.caution, self.futures, self.outcome(choice), proving=False)
        rows = tilt_of(self.futures, lean.weights, lean.slopes).rows(self.few)
        value = np.concatenate([np.zeros((1, rows.count)), rows.value])
        at = np.arange(rows.count)
        more = self.use - self.use[:, choice, at][:, None, :]
        gain = value - value[choice, at]
        paid = gain - np.tensordot(self.prices, more, 1)
        fits = (more <= left[:, None, None]).all(axis=0)
        # what frees room for others first, then what the room that is there holds
        return self._tried(paid, paid > 0, more, choice, left, worth) or self._tried(
            np.where(fits, paid, -np.inf), fits & (gain > 0), more, choice, left, worth
        )

    def _tried(
        self, score: Float, possible: Flag, more: Int, choice: Int, left: Int, worth: float
    ) -> tuple[Int, Int, float] | None:
        """Make as many changes as bring more, the highest scores first."""
        score = np.where(possible, score, -np.inf)
        option = score.argmax(axis=0)
        best = score[option, np.arange(choice.size)]
        order = np.lexsort((self.few.rows.rank, -best))
        order = order[np.isfinite(best[order])]
        used = np.cumsum(more[:, option[order], order], axis=1)
        good = np.flatnonzero((used <= left[:, None]).all(axis=0)) + 1
        most = int(good[-1]) if good.size else 0
        while most:
            moved = choice.copy()
            moved[order[:most]] = option[order[:most]]
            found = worth_of(self.caution, self.futures, self.outcome(moved))
            if found > worth + _NEARLY * max(1.0, abs(worth)):
                return moved, left - used[:, most - 1], found
            fewer = good[good <= most // 2]
            most = int(fewer[-1]) if fewer.size else 0
        return None


def _most_torn(source: PartSource, question: AssignQuestion, proof: Proof) -> Int:
    """Return where those stand who are the least sure of their choice at a tilt and prices."""
    if source.count <= MOST:
        return np.arange(source.count)
    table, near = question.price_table(proof.prices), []
    for rows in TiltedRows(source, proof.tilt).blocks():
        first, second = np.zeros(rows.count), np.full(rows.count, -np.inf)
        for offer in range(len(question.offers)):
            worth = priced(rows, offer, table)
            first, second = np.maximum(first, worth), np.maximum(second, np.minimum(first, worth))
        near.append((first - second).astype(np.float32))
    distance = np.concatenate(near)
    return np.sort(np.argsort(distance, kind="stable")[:MOST])


def _taken(source: PartSource, place: Int) -> Block:
    """Return the customers who stand at some places."""
    found, first = [], 0
    for block in source.blocks():
        last = first + block.rows.count
        here = place[np.searchsorted(place, first) : np.searchsorted(place, last)] - first
        found.append(block.take(here))
        first = last
    return together(found)
