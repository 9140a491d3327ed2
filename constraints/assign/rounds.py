"""One round: all customers at given prices, then exact work on the few whom prices nearby leave torn.

Among the torn the smoothed dual function is minimised, the linear programme of the most torn is solved, and whole
choices are made that keep every limit. Within reach the settled customers' part of the dual function is linear, so the
torn ones give the exact bound at the new prices without another pass.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from constraints.assign.alike import deal, group_alike
from constraints.assign.fill import kept
from constraints.assign.question import AssignQuestion
from constraints.assign.rows import Rows, RowSource, choose, joined, use_table, value_of
from constraints.assign.smoothed import SmoothParams, smooth_prices, to_price_digits, typical_value
from constraints.assign.torn import torn
from constraints.assign.whole import LinearError, linear_choice
from scenarios.arrays import Flag, Float, Int, Plan

_COOLING = 0.01
"""Last temperature of a round over its first."""
_EDGE = 1e-9


@dataclass(frozen=True, kw_only=True)
class RoundParams:
    """How much work a round does.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    linear_rows: int = 3_000
    """Customers of the linear programme; those who are exactly alike count once."""
    entries: int = 1 << 23
    """Uses (limits x choices x customers) that whole choices are mended and filled on, about."""
    smooth: SmoothParams = field(default_factory=SmoothParams)

    def __post_init__(self) -> None:
        if not (self.linear_rows >= 1 and self.entries >= 1):
            raise ValueError("linear_rows and entries must be at least 1")


@dataclass(frozen=True, kw_only=True, eq=False)
class Pass:
    """All customers at given prices. A of them are torn."""

    prices: Float
    """[L] of the limits."""
    reach: Float | None
    bound: float
    choice: Plan
    """[N] the best at the prices."""
    place: Int
    """[A] where the torn customers stand."""
    rows: Rows
    """The torn customers."""
    settled_value: float
    settled_uses: Int
    """[L]"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """What a round came to."""

    choice: Plan | None
    """[A] of the torn customers; None where no choices of theirs keep all limits."""
    value: float
    """Of all customers."""
    uses: Int
    """[L] of all customers."""
    prices: Float
    """[L] the best that were found."""
    bound: float
    """At these prices."""
    temperature: float
    """To which prices were told apart."""
    inside: bool
    """Whether the prices lie within reach, so that no settled customer would choose otherwise."""


def read_torn(source: RowSource, question: AssignQuestion, prices: Float, reach: Float | None) -> Pass:
    """Read all customers at prices [L], keeping those who are torn within a reach [L] (None: everybody)."""
    table = question.price_table(prices)
    far = None if reach is None else question.price_table(reach)
    choice = np.zeros(source.count, dtype=np.int8)
    worths, values, places, parts = [], [], [], []
    uses = np.zeros((len(question.measures), len(question.segments), len(question.offers)), dtype=np.int64)
    first = 0
    for rows in source.blocks():
        here = slice(first, first + rows.count)
        if far is None:
            choice[here], worth = choose(rows, table)
            near = np.ones(rows.count, dtype=bool)
        else:
            found = torn(rows, table, far)
            choice[here], worth = found.choice, found.worth
            near = found.nearest < 1.0
        settled = rows.take(~near)
        mine = choice[here][~near]
        worths.append(float(worth.sum()))
        values.append(value_of(settled, mine))
        uses += use_table(settled, mine, question)
        places.append(np.flatnonzero(near) + first)
        parts.append(rows.take(near))
        first += rows.count
    return Pass(
        prices=prices,
        reach=reach,
        bound=math.fsum([*worths, *(prices * question.bounds).tolist()]),
        choice=choice,
        place=np.concatenate(places),
        rows=joined(parts),
        settled_value=math.fsum(values),
        settled_uses=question.uses(uses),
    )


def refine(found: Pass, question: AssignQuestion, uses: Float, params: RoundParams) -> Step:
    """Find better prices and whole choices.

    Parameters
    ----------
    uses
        [L] typical use of each limit, which says how far a change of its price moves an option.
    """
    room = question.bounds - found.settled_uses
    first = typical_value(found.rows) * 1e-3 if found.reach is None else float((found.reach * uses).max())
    last = first * _COOLING
    smoothed = to_price_digits(
        smooth_prices(
            found.rows, question, room.astype(np.float64), found.prices, (first, last), params.smooth, found.reach
        )
    )
    choice, linear = _linear(found.rows, question, smoothed, room, last / uses, params.linear_rows)
    tried = [prices for prices in (smoothed, linear) if prices is not None]
    inside = [_within(found, prices) for prices in tried]
    bounds = [_bound(found, question, prices) if ok else math.inf for prices, ok in zip(tried, inside, strict=True)]
    best = int(np.argmin(bounds))
    mended = _whole(found.rows, question, tried[best], choice, room, last / uses, params)
    value, used = math.nan, found.settled_uses
    if mended is not None:
        value = found.settled_value + value_of(found.rows, mended)
        used = used + question.uses(use_table(found.rows, mended, question))
    return Step(
        choice=mended,
        value=value,
        uses=used,
        prices=tried[best],
        bound=bounds[best],
        temperature=last,
        inside=inside[best],
    )


def _within(found: Pass, prices: Float) -> bool:
    """Whether prices lie well within reach."""
    return found.reach is None or bool((np.abs(prices - found.prices) <= found.reach * (1.0 - _EDGE)).all())


def _bound(found: Pass, question: AssignQuestion, prices: Float) -> float:
    _, worth = choose(found.rows, question.price_table(prices))
    paid = prices * (question.bounds - found.settled_uses)
    return math.fsum([found.settled_value, float(worth.sum()), *paid.tolist()])


def _most_torn(rows: Rows, question: AssignQuestion, prices: Float, reach: Float, count: int) -> tuple[Int, Float]:
    """Return the ``count`` most torn rows, in their order, and the ease of all options [C + 1, n]."""
    found = torn(rows, question.price_table(prices), question.price_table(reach))
    order = np.lexsort((rows.rank, found.nearest))[:count]
    return np.sort(order), found.ease


def _linear(
    rows: Rows, question: AssignQuestion, prices: Float, room: Int, reach: Float, count: int
) -> tuple[Plan, Float | None]:
    """Return the choices of all torn customers, the most torn by the linear programme, and its prices."""
    choice, _ = choose(rows, question.price_table(prices))
    groups = group_alike(rows)
    heads = rows.take(groups.first)
    picked, ease = _most_torn(heads, question, prices, reach, count)
    inside = np.zeros(heads.count, dtype=bool)
    inside[picked] = True
    mine = inside[groups.group]
    others = question.uses(use_table(rows.take(~mine), choice[~mine], question))
    bounds = (room - others).astype(np.float64)
    if not picked.size or (bounds < 0).any():
        return choice, None
    try:
        found = linear_choice(
            heads.take(picked), groups.count[picked], question, bounds, _open(ease[1:, picked], count)
        )
    except LinearError:
        return choice, None
    place = np.cumsum(inside) - 1
    choice[mine] = deal(place[groups.group[mine]], rows.rank[mine], found.wanted)
    return choice, to_price_digits(found.prices)


def _open(ease: Float, count: int) -> Flag:
    """Leave out options that are farther from the best one than any other row's second choice."""
    if ease.shape[1] < count:
        return np.ones(ease.shape, dtype=bool)
    return np.asarray(ease <= np.sort(ease, axis=0)[min(1, len(ease) - 1)].max())


def _whole(
    rows: Rows, question: AssignQuestion, prices: Float, choice: Plan, room: Int, reach: Float, params: RoundParams
) -> Plan | None:
    """Mend and fill choices on as many of the most torn customers as memory allows."""
    width = max(len(question.limits), 1) * (len(question.offers) + 1)
    count = max(params.entries // width, params.linear_rows)
    picked, _ = _most_torn(rows, question, prices, reach, count)
    rest = np.ones(rows.count, dtype=bool)
    rest[picked] = False
    left = room - question.uses(use_table(rows.take(rest), choice[rest], question))
    mended, ok = kept(rows.take(picked), question, prices, choice[picked], left)
    if not ok:
        return None
    out = choice.copy()
    out[picked] = mended
    return out
