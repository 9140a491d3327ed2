"""What an assignment comes to in the drawn futures: its value, its spend, and what each limit is used.

Customers of one segment who get one offer share what is uncertain of the segment's effects, so that only their sums are
needed, however many they are. In a future a sum moves as the mean customer of the segment does: what the offer gains
before spend, what it spends and what it uses, each by its own share. By which customers differ beyond that is told by
the members of an ensemble, where one scored them: a future then starts from the sums of the member that it follows.

No vendor pays more than his fund in any future (`scenarios.futures.funds`): the rest is spent, and earned less.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constraints.assign.counted import EVERYBODY
from constraints.assign.rows import RowSource
from constraints.assign.terms import Terms
from planner.assign.futures.moves import moves_of
from planner.assign.futures.offer_futures import MeanCustomer, OfferFutures
from planner.assign.futures.sampled import Sampled
from planner.assign.scoring.offer_setting import OfferSetting
from scenarios.arrays import Float
from scenarios.language.implied_ids import FUND
from scenarios.language.words import Measure

Choice = NDArray[np.int8]


@dataclass(frozen=True, kw_only=True, eq=False)
class Foreseen:
    """D futures of one assignment. L limits; money in major units."""

    value: Float
    """[D]"""
    spend: Float | None
    """[D]; None where nobody knows what customers spend."""
    expected_spend: float | None
    uses: Float
    """[D, L] in the limits' own units; what a vendor is asked for stops at his fund."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Sums:
    """What those who get an offer come to by segment and offer: as each member has it, [E, S, C], or as told, E = 1."""

    count: Float
    """[S, C]"""
    value: Float
    spend: Float | None
    use: tuple[Float | None, ...]
    """[M]"""

    def moved(self, drawn: MeanCustomer, expected: MeanCustomer, member: NDArray[np.int64], weight: float) -> _Sums:
        """Return the sums in every future [D, S, C]: those of its member, moved as the mean customer does.

        Parameters
        ----------
        drawn, expected
            The mean customer in the futures [D, S, C], and as expected where the sums start [E, S, C].
        weight
            Of profit in the objective.
        """

        def move(sums: Float, there: Float, here: Float) -> Float:
            return moves_of(there, here, member).of(sums[member], self.count)

        if self.spend is None:  # then nobody knows what customers gain before spend, and all move alike
            net = [one.gain - weight * one.spend for one in (drawn, expected)]
            value, spend = self.value[member] + self.count * (net[0] - net[1][member]), None
        else:
            spend = move(self.spend, drawn.spend, expected.spend)
            value = move(self.value + weight * self.spend, drawn.gain, expected.gain) - weight * spend
        use = tuple(
            None if mine is None or there is None or here is None else move(mine, there, here)
            for mine, there, here in zip(self.use, drawn.use, expected.use, strict=True)
        )
        return _Sums(count=self.count, value=value, spend=spend, use=use)


@dataclass(frozen=True, kw_only=True, eq=False)
class Foresight:
    """Foresees what choices come to."""

    setting: OfferSetting
    futures: OfferFutures
    sampled: Sampled | None = None
    """Customers by each member of the ensemble; None where no ensemble scored them."""
    segment: NDArray[np.int16] | None = None
    """[N] index of the scenario's segment, -1 where nobody knows, of customers whom no limit tells apart by it."""

    def of(self, rows: RowSource, choice: Choice, uses: NDArray[np.int64]) -> Foreseen:
        """Return what choices [N] of all customers come to; ``uses`` [L] of their limits in fine units."""
        terms, futures = self.setting.terms, self.futures
        told = _told(rows, choice, terms, self.segment, len(self.setting.customers))
        weight = self.setting.profit_weight
        if self.sampled is None:
            start, row = told, np.arange(len(told.count)) * (self.segment is None)
            drawn, mean = (self.by_file(one) for one in (futures.drawn, futures.mean))
            moved = told.moved(drawn, mean, np.zeros_like(futures.member), weight)
        else:
            start, members = _sampled(self.sampled, choice, self.setting, told)
            row = np.arange(len(self.setting.customers)) * terms.needs_segments
            moved = members.moved(futures.drawn, futures.expected, futures.member, weight)
        value = float(told.value.sum()) + _beyond(moved.value, start.value)
        spend, told_spend = None, None
        if moved.spend is not None and start.spend is not None:
            told_spend = float((start.spend if told.spend is None else told.spend).sum())
            spend = told_spend + _beyond(moved.spend, start.spend)
        used = np.array([float(use) / terms.fine(one.measure) for one, use in zip(terms.limits, uses, strict=True)])
        out = np.tile(used, (len(value), 1))
        for number, limit in enumerate(terms.question.limits):
            there, here = moved.use[limit.measure], start.use[limit.measure]
            if there is not None and here is not None:
                out[:, number] += _beyond(there, here, limit.cells[row])
        found = Foreseen(value=value, spend=spend, expected_spend=told_spend, uses=np.maximum(out, 0.0))
        return _after_funds(found, terms, weight)

    def by_file(self, mean: MeanCustomer) -> MeanCustomer:
        """The mean customer of each segment that the file tells apart."""
        if self.segment is not None:
            return mean.with_pooled(self.setting.customers)
        names = self.setting.terms.segments
        if names == (EVERYBODY,):
            return mean.pooled(self.setting.customers)
        known = [segment.id for segment in self.setting.grid.segments]
        return mean.of([known.index(name) for name in names])


def _beyond(there: Float, here: Float, cells: NDArray[np.bool_] | None = None) -> Float:
    """By how much sums in futures [D, S, C] differ from those that were told [1, S, C], in all or in some cells."""
    return np.asarray(((there - here) * (1.0 if cells is None else cells)).sum(axis=(1, 2)))


def _told(rows: RowSource, choice: Choice, terms: Terms, segment: NDArray[np.int16] | None, segments: int) -> _Sums:
    """Add up all customers, as they were scored; last those who are in none of the ``segments`` of ``segment`` [N]."""
    s, c = len(terms.segments) if segment is None else segments + 1, len(terms.offers)
    count, value = np.zeros(s * c), np.zeros(s * c)
    use: list[Float | None] = [None] * len(terms.measures)
    first = 0
    for block in rows.blocks():
        here = slice(first, first + block.count)
        first += block.count
        got = np.flatnonzero(choice[here])
        offer = choice[here][got].astype(np.int64) - 1
        place = block.segment if segment is None else segment[here] % s
        key = place[got].astype(np.int64) * c + offer
        count += np.bincount(key, minlength=s * c)
        value += np.bincount(key, block.value[offer, got], s * c)
        for number, (one, measure) in enumerate(zip(block.use, terms.measures, strict=True)):
            if one is not None:
                before = use[number]
                added = np.bincount(key, one[offer, got], s * c) / terms.fine(measure)
                use[number] = added if before is None else before + added
    tables = tuple(None if one is None else one.reshape(1, s, c) for one in use)
    spend = tables[terms.measures.index(Measure.SPEND)] if Measure.SPEND in terms.measures else None
    return _Sums(count=count.reshape(s, c), value=value.reshape(1, s, c), spend=spend, use=tables)


def _sampled(sampled: Sampled, choice: Choice, setting: OfferSetting, told: _Sums) -> tuple[_Sums, _Sums]:
    """Add up those of the sample who get an offer, as told and by each member; as many as there are of all."""
    s, c = len(setting.customers), len(setting.terms.offers)
    mine = choice[sampled.place]
    got = np.flatnonzero(mine)
    offer = mine[got].astype(np.int64) - 1
    key = sampled.members.segment[got] * c + offer
    some = np.bincount(offer, minlength=c)
    times = np.divide(told.count.sum(axis=0), some, out=np.zeros(c), where=some > 0)

    def table(values: Float) -> Float:
        return np.asarray(np.bincount(key, values, s * c).reshape(s, c) * times)

    def by_member(values: Float) -> Float:
        return np.stack([table(one[offer, got]) for one in values])

    count, members, terms = table(np.ones(got.size)), sampled.members, setting.terms
    spend, use = (
        by_member(members.spend),
        [
            None if one is None else table(one[offer, got])[None] / terms.fine(measure)
            for one, measure in zip(sampled.rows.use, terms.measures, strict=True)
        ],
    )
    counted = use[terms.measures.index(Measure.SPEND)] if Measure.SPEND in terms.measures else None
    return _Sums(
        count=count,
        value=table(sampled.rows.value[offer, got])[None],
        spend=spend.mean(axis=0)[None] if counted is None else counted,
        use=tuple(use),
    ), _Sums(
        count=count,
        value=by_member(members.value),
        spend=spend,
        use=tuple(None if one is None else by_member(one) for one in members.use),
    )


def _after_funds(found: Foreseen, terms: Terms, weight: float) -> Foreseen:
    """Let vendors pay no more than their funds.

    Offers on several products count in full against each of their vendors' funds; what is beyond these is taken once.
    """
    beyond: dict[bytes, tuple[NDArray[np.bool_], Float]] = {}
    uses = found.uses.copy()
    for number, (limit, read) in enumerate(zip(terms.question.limits, terms.limits, strict=True)):
        if read.id.startswith(FUND):
            fund = float(read.bound - read.taken)
            missing = np.maximum(uses[:, number] - fund, 0.0)
            uses[:, number] -= missing
            cells, before = beyond.get(limit.cells.tobytes(), (limit.cells, missing))
            beyond[limit.cells.tobytes()] = cells, np.maximum(before, missing)
    total = sum((missing for _, missing in beyond.values()), np.zeros(len(uses)))
    for number, (limit, read) in enumerate(zip(terms.question.limits, terms.limits, strict=True)):
        if read.measure is Measure.SPEND:
            for cells, missing in beyond.values():
                uses[:, number] += missing * bool((cells & limit.cells).any())
    spend = None if found.spend is None else found.spend + total
    return replace(found, value=found.value - weight * total, spend=spend, uses=uses)
