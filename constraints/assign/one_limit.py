"""One limit: the exact price, and the choices at it, by sorting the few customers whose choice the price decides.

The more a unit of the limit costs, the less a customer uses: along the price, choices follow the upper hull of (use,
value). A sample brackets the price; one pass over all customers settles those whose choice is the same at both ends of
the bracket (their hull lies on one line there, so it is the same in between) and keeps the others, whose steps along
the hull are sorted by value per use, ties by the customers' hashes. Taking steps until the next one does not fit solves
the linear programme exactly (Sinha and Zoltners 1979, doi:10.1287/opre.27.3.503); its value is the bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.assign.question import AssignQuestion
from constraints.assign.rows import Rows, RowSource, joined, value_of
from scenarios.arrays import Float, Int

_SIGMAS = 4.0
"""Half width of the bracket, in standard errors of the sample's use."""
_WIDER = 4.0
"""How much wider the next bracket is where the price lies outside of one."""
_NOTHING = 1e-6
"""Width of a bracket, as a share of the highest price that matters, that comes of a sample which says nothing."""
_STEPS = 60
"""Halvings of a bracket: as many as a float64 has bits, and some."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PricedChoices:
    """Choices that keep all limits, the limits' prices, and a bound on what any choices are worth."""

    choice: NDArray[np.int8]
    """[N] 0: nothing, c + 1: the c-th offer."""
    prices: Float
    """[L] value per fine unit."""
    value: float
    bound: float
    uses: Int
    """[L]"""
    passes: int
    """How often all customers were read."""


def thrifty(rows: Rows, use: Float, price: float) -> NDArray[np.int8]:
    """Return the best choice [n] at a price of one limit; of equally good ones the one that uses least."""
    best, least = np.zeros(rows.count), np.zeros(rows.count)
    choice = np.zeros(rows.count, dtype=np.int8)
    for offer in range(rows.value.shape[0]):
        worth = rows.value[offer] - price * use[offer]
        better = (worth > best) | ((worth == best) & (use[offer] < least))
        choice[better] = offer + 1
        best = np.where(better, worth, best)
        least = np.where(better, use[offer], least)
    return choice


def limit_use(rows: Rows, question: AssignQuestion) -> Float:
    """Return what each offer of each customer uses of the only limit [C, n]."""
    (limit,) = question.limits
    use = rows.use[limit.measure]
    if limit.cells.all():
        return np.ones_like(rows.value) if use is None else use
    inside = limit.cells.T[:, rows.segment]
    return inside.astype(np.float64) if use is None else np.where(inside, use, 0.0)


def _used(use: Float, choice: NDArray[np.int8]) -> Float:
    got = choice > 0
    return np.where(got, use[np.maximum(choice, 1) - 1, np.arange(choice.size)], 0.0)


def _above(rows: Rows, use: Float) -> float:
    """A price at which nobody uses anything."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((use > 0) & (rows.value > 0), rows.value / use, 0.0)
    return float(ratio.max(initial=0.0)) * 1.01 + 1e-12


def bracket(sample: Rows, question: AssignQuestion, share: float) -> tuple[float, float]:
    """Return two prices between which the price of all customers most likely lies, from a sample.

    Parameters
    ----------
    share
        Share of all customers that is in the sample.
    """
    use = limit_use(sample, question)
    target = question.limits[0].bound * share
    top = _above(sample, use)

    if share >= 1:
        return 0.0, top

    def at(price: float) -> Float:
        return _used(use, thrifty(sample, use, price))

    spread = float(at(0.0).std()) * math.sqrt(sample.count)
    ends = []
    for goal in (target + _SIGMAS * spread, target - _SIGMAS * spread):
        low, high = 0.0, top
        for _ in range(_STEPS):
            middle = 0.5 * (low + high)
            if middle in (low, high):
                break
            if float(at(middle).sum()) > goal:
                low = middle
            else:
                high = middle
        ends.append((low, high))
    return ends[0][0], ends[1][1]


def solve_one(source: RowSource, question: AssignQuestion, sample: Rows) -> PricedChoices:
    """Solve the question with its only limit, which not everybody's best choice keeps.

    Parameters
    ----------
    sample
        Customers drawn by their hash; all of them where there are few.

    Returns
    -------
    PricedChoices
        The value is below the bound by less than what one customer's step is worth.
    """
    (limit,) = question.limits
    low, high = bracket(sample, question, sample.count / source.count)
    passes = 0
    while True:
        found = _between(source, question, low, high)
        passes += 1
        width = high - low
        if found.use_high > limit.bound:
            # Where the sample held nobody whom the limit counts, it says nothing of the price.
            low, high = high, found.above if width < _NOTHING * found.above else high + _WIDER * width
        elif found.use_low <= limit.bound and high > 0:
            # At a price of 0 those who use least win ties, so that the limit may be kept after all.
            low, high = max(low - _WIDER * width, 0.0), low
        else:
            return _at_best(found, limit.bound, passes)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Between:
    """All customers between two prices. A of them change."""

    choice: NDArray[np.int8]
    """[N] at the higher price."""
    value: float
    """Of these choices."""
    use_low: int
    use_high: int
    above: float
    """A price at which nobody uses anything."""
    place: Int
    """[A] where the changing customers stand."""
    rows: Rows
    use: Float
    """[C, A]"""


def _between(source: RowSource, question: AssignQuestion, low: float, high: float) -> _Between:
    choice = np.zeros(source.count, dtype=np.int8)
    values, uses, places, kept, kept_uses = [], [0, 0], [], [], []
    first, above = 0, 0.0
    for rows in source.blocks():
        use = limit_use(rows, question)
        above = max(above, _above(rows, use))
        at_high, at_low = thrifty(rows, use, high), thrifty(rows, use, low)
        values.append(value_of(rows, at_high))
        uses[0] += int(_used(use, at_low).astype(np.int64).sum())
        uses[1] += int(_used(use, at_high).astype(np.int64).sum())
        changing = np.flatnonzero(at_high != at_low)
        choice[first : first + rows.count] = at_high
        places.append(changing + first)
        kept.append(rows.take(changing))
        kept_uses.append(use[:, changing])
        first += rows.count
    return _Between(
        choice=choice,
        value=math.fsum(values),
        use_low=uses[0],
        use_high=uses[1],
        above=above,
        place=np.concatenate(places),
        rows=joined(kept),
        use=np.concatenate(kept_uses, axis=1),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Steps:
    """Steps along the hulls, the best value per use first; a customer's own stay in their order."""

    row: Int
    offer: Int
    slope: Float
    use: Float
    value: Float


def _steps(rows: Rows, use: Float, start: NDArray[np.int8]) -> _Steps:
    """Return all steps to more use from the choices at the higher end."""
    parts: list[tuple[Int, Int, Float, Float, Float]] = []
    row, now = np.arange(rows.count), start.astype(np.int64)
    used = _used(use, start)
    worth = np.where(now > 0, rows.value[np.maximum(now, 1) - 1, row], 0.0)
    while row.size:
        more = use[:, row] - used
        gain = rows.value[:, row] - worth
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.where((more > 0) & (gain > 0), gain / more, 0.0)
        best = slope.max(axis=0)
        # on a straight stretch of the hull the shortest step comes first
        offer = np.where(slope == best, more, np.inf).argmin(axis=0)
        on = best > 0
        row, offer, best = row[on], offer[on], best[on]
        take = np.arange(on.size)[on]
        added, gained = more[offer, take], gain[offer, take]
        parts.append((row, offer, best, added, gained))
        used, worth = used[on] + added, worth[on] + gained
    if not parts:
        empty = np.zeros(0)
        return _Steps(row=row, offer=row, slope=empty, use=empty, value=empty)
    rows_, offers, slopes, added_, gained_ = (np.concatenate(each) for each in zip(*parts, strict=True))
    number = np.concatenate([np.full(part[0].size, place) for place, part in enumerate(parts)])
    order = np.lexsort((number, rows.rank[rows_], -slopes))
    return _Steps(row=rows_[order], offer=offers[order], slope=slopes[order], use=added_[order], value=gained_[order])


def _at_best(found: _Between, bound: int, passes: int) -> PricedChoices:
    """Take steps while they fit; then shorter ones that still do."""
    at_high = found.choice[found.place]
    steps = _steps(found.rows, found.use, at_high)
    left = bound - found.use_high
    taken = np.cumsum(steps.use.astype(np.int64))
    fits = int(np.searchsorted(taken, left, side="right"))
    choice = found.choice
    choice[found.place[steps.row[:fits]]] = (steps.offer[:fits] + 1).astype(np.int8)
    value = math.fsum([found.value, *steps.value[:fits].tolist()])
    left -= int(taken[fits - 1]) if fits else 0
    if fits == steps.row.size:
        price, top = 0.0, value
    else:
        price = float(steps.slope[fits])
        top = value + price * left
    blocked = {int(steps.row[fits])} if fits < steps.row.size else set()
    least = np.minimum.accumulate(steps.use[::-1])[::-1] if steps.use.size else steps.use
    for place in range(fits + 1, steps.row.size):
        if least[place] > left:
            break
        row = int(steps.row[place])
        if row in blocked or steps.use[place] > left:
            # a later step of the same customer starts where this one would have led
            blocked.add(row)
            continue
        choice[found.place[row]] = steps.offer[place] + 1
        value += float(steps.value[place])
        left -= int(steps.use[place])
    return PricedChoices(
        choice=choice,
        prices=np.array([price]),
        value=value,
        bound=max(top, value),
        uses=np.array([bound - left], dtype=np.int64),
        passes=passes,
    )
