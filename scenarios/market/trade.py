"""One day of trade where not everybody gets an offer: pieces run out for whoever comes later, caps are used up.

Customers come in a random order. The day is played with every line open to all who may still have it; the first
piece that is missing closes its line for everybody who comes later, and the day is played again from there on, until
no piece is missing. Whoever is refused decides as if the line were not there. A sampled customer stands for several
real ones: where the last pieces go to some of them, the customer is split into those who get one and those who come
too late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.market.customers import weighted_counts
from scenarios.market.day import DayDraws, DayResult
from scenarios.market.deals import ActiveLine, Allowance, Place
from scenarios.market.marketplace import Marketplace
from scenarios.market.offered import Letters, Offered
from scenarios.market.state import MarketState, Ration, SoFar
from scenarios.market.taken import Taken, takers

CLOSE = 1e-9
"""Pieces, and uses of one customer, that are too few to count."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Crowd:
    """Who comes today: the customers, and behind them the parts of those who were split."""

    market: Marketplace
    state: MarketState
    draws: DayDraws
    letters: Letters
    allowed: Mapping[Place, Allowance]
    root: Int
    """[N + parts] the customer that each row is a part of."""

    @property
    def arrival(self) -> Int:
        """Rows in the order in which they come; parts of one customer one after the other."""
        return np.argsort(self.draws.arrives, kind="stable")

    def closed(self, place: Place, customer: int, share: float) -> Crowd:
        """Return the crowd in which a line is gone for all who come after a row, and for all of it but a share."""
        split = share > CLOSE
        crowd = self._split(customer, share) if split else self
        rank = np.empty(crowd.root.size, dtype=np.int64)
        rank[crowd.arrival] = np.arange(rank.size)
        in_time = rank <= rank[customer] if split else rank < rank[customer]
        here = crowd.allowed[place]
        return replace(crowd, allowed={**crowd.allowed, place: replace(here, gets=here.gets & in_time)})

    def _split(self, customer: int, share: float) -> Crowd:
        """Split off the rest of a row as a new one, behind all others."""
        rows = np.append(np.arange(self.root.size), customer)
        people = self.market.people.picked(rows)
        weight = people.weight.copy()
        weight[-1] *= 1 - share
        weight[customer] *= share
        return Crowd(
            market=replace(self.market, residents=replace(people, weight=weight)),
            state=replace(
                self.state,
                memory=self.state.memory.picked(rows),
                held={sending: own.picked(rows) for sending, own in self.state.held.items()},
            ),
            draws=self.draws.picked(rows),
            letters=self.letters.picked(rows),
            allowed={
                place: Allowance(gets=own.gets[rows], room=None if own.room is None else own.room[rows])
                for place, own in self.allowed.items()
            },
            root=self.root[rows],
        )

    def whole(self, count: int) -> Int:
        """[N] the row that speaks for each of ``count`` customers afterwards: the largest part."""
        found = np.arange(count)
        weight = self.market.people.weight
        for row in range(count, self.root.size):
            if weight[row] > weight[found[self.root[row]]]:
                found[self.root[row]] = row
        return found


@dataclass(frozen=True, kw_only=True, eq=False)
class Trade:
    """A day as it went."""

    crowd: Crowd
    offered: Offered
    result: DayResult
    rations: dict[Place, Ration]
    """What is left in the evening."""


def begin(market: Marketplace, state: MarketState, lines: Sequence[ActiveLine], draws: DayDraws) -> SoFar:
    """Return the first morning of a period with these lines; coupons that are out are used up as far as they are."""
    count = market.people.segment.size
    rations = {
        line.place: Ration(
            pieces=np.inf if line.pieces is None else line.pieces,
            used=_used(state, line, count),
        )
        for line in lines
        if line.rationed
    }
    letters = Letters.of(market.people, state.memory, draws, market.truth.params)
    return SoFar(letters=letters, rations=rations, saw=np.zeros((count, market.prices.size + 1), dtype=bool))


def _used(state: MarketState, line: ActiveLine, count: int) -> Float:
    """[N] uses of what was sent once, up to now."""
    own = None if line.sending is None else state.held.get(line.sending)
    return np.zeros(count) if own is None else own.used.get(line.place, np.zeros(count))


def trade(
    market: Marketplace,
    state: MarketState,
    so_far: SoFar,
    day: int,
    lines: Sequence[ActiveLine],
    draws: DayDraws,
    depths: Float,
) -> Trade:
    """Let everybody shop one day under the lines that are on.

    Parameters
    ----------
    so_far
        What the lines of this period have been used for.
    depths
        The competitor's, as `Market.competitor` returns them.
    """
    allowed = {line.place: _allowance(line, so_far.rations[line.place], draws) for line in lines if line.rationed}
    count = market.people.segment.size
    crowd = Crowd(
        market=market, state=state, draws=draws, letters=so_far.letters, allowed=allowed, root=np.arange(count)
    )
    while True:
        here = crowd.market
        offered = here.offer(lines, crowd.state, crowd.draws, crowd.letters, crowd.allowed)
        result = here.serve(
            crowd.state, here.demand(crowd.state, day, offered, depths, draws.traffic), offered, crowd.draws
        )
        if not allowed:
            return Trade(crowd=crowd, offered=offered, result=result, rations={})
        taken = [
            each for each in takers(result, offered, here.people, here.products, here.prices) if each.place in allowed
        ]
        missing = _missing(crowd, taken, so_far.rations, alone=bool(offered.baskets))
        if not missing:
            return Trade(crowd=crowd, offered=offered, result=result, rations=_evening(crowd, taken, so_far.rations))
        for place, customer, share in missing:
            crowd = crowd.closed(place, customer, share)


def _allowance(line: ActiveLine, ration: Ration, draws: DayDraws) -> Allowance:
    """Who may have a line in the morning."""
    gets = np.full(ration.used.size, ration.pieces > CLOSE)
    if line.pieces is None:
        # Of lines before the horizon nobody knows the pieces, only the share of those who came that they served.
        gets &= draws.arrives < line.level
    if line.most_uses is None:
        return Allowance(gets=gets, room=None)
    room = np.maximum(line.most_uses - ration.used, 0.0)
    return Allowance(gets=gets & (room > CLOSE), room=room)


def _missing(
    crowd: Crowd, taken: Sequence[Taken], rations: Mapping[Place, Ration], *, alone: bool
) -> list[tuple[Place, int, float]]:
    """Lines whose pieces run out next: place, the row that finds the last of them, and the share of it that does.

    Categories do not act on each other, so the first line of each may close at once; but offers on baskets join
    them (``alone``), and then only the first line of all is sure.
    """
    order = crowd.arrival
    first: dict[int, tuple[int, Place, int, float]] = {}
    for each in taken:
        pieces = rations[each.place].pieces
        if not np.isfinite(pieces):
            continue
        uses = weighted_counts(each.customer, each.uses, order.size)[order]
        total = np.cumsum(uses)
        over = np.flatnonzero(total > pieces + CLOSE * max(1.0, pieces))
        if not over.size:
            continue
        rank = int(over[0])
        row = int(order[rank])
        wanted = float(each.each[each.customer == row].sum() * crowd.market.people.weight[row])
        share = max(0.0, pieces - float(total[rank] - uses[rank])) / wanted
        group = -1 if alone else int(crowd.market.people.category[each.place[0]])
        found = rank, each.place, row, share
        first[group] = min(first.get(group, found), found)
    # A row is split once at a time: what a second line leaves to its parts is known after that.
    sure = {row: (place, row, share) for _, place, row, share in sorted(first.values(), reverse=True)}
    return list(sure.values())


def _evening(crowd: Crowd, taken: Sequence[Taken], rations: Mapping[Place, Ration]) -> dict[Place, Ration]:
    """What is left of the rations after a day."""
    left = dict(rations)
    for each in taken:
        ration = left[each.place]
        used = ration.used.copy()
        today = weighted_counts(each.customer, each.each, crowd.root.size)
        # Parts of a customer who were treated differently: nobody among them may have more than the cap.
        most = np.zeros(used.size)
        np.maximum.at(most, crowd.root, today)
        left[each.place] = Ration(pieces=max(0.0, ration.pieces - float(each.uses.sum())), used=used + most)
    return left
