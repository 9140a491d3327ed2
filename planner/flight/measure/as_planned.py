"""What a plan expects of single offers up to a period: whom their lines reach, and what they add to sales."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag, Float
from scenarios.flight.basket_row import sold_in_all
from scenarios.flight.pieces import counts_pieces
from scenarios.grid import Grid
from scenarios.language.words import BASKET, Layer
from scenarios.response.coefficients import Coefficients
from scenarios.response.reachable import EVERYBODY, by_channel
from scenarios.response.totals import sold_by
from surrogate.flight.measure.effects_measured import contacted_share

APART = 0.5
"""Share of what an offer brings alone that it must bring beside public prices to be told as itself."""
Reached = dict[tuple[str, str], Float]
"""By offer and product (or the basket): [S, T] coverage of each segment by its lines, 0 without one: a share of the
customers whom the offer's channel can reach."""


def reached_by(grid: Grid, plan: NDArray[np.int8], last: int) -> Reached:
    """Whom lines up to a period reach; public ones reach everybody."""
    found: Reached = {}
    for line in grid.lines(plan):
        period = grid.scenario.horizon.period_of(line.date)
        if period > last:
            continue
        shares = found.setdefault((line.offer, line.product), np.zeros((len(grid.segments), grid.shape[2])))
        shares[grid.segment_index.get(line.segment, slice(None)), period] = line.coverage
    return found


def lines_reach(known: Reached, grid: Grid, offer: str, product: str | None, segment: str) -> bool:
    """Whether any line of an offer, on a product or on any, reaches a segment."""
    row = grid.segment_index[segment]
    return any(name == offer and product in (None, on) and bool(x[row].any()) for (name, on), x in known.items())


class AsPlanned:
    """The offers of a plan, one by one.

    Parameters
    ----------
    model
        Tables of the problem that was planned; where the plan counts pieces, those of customers who were not kept out.
    plan
        The flat plan [N].
    last
        Last period that counts.
    kept_out : [S]
        Share of each segment that was kept out; a line reaches no more than the others, where the model reckons so.
    sent : [S, K + 1, T, O]
        How many times as many messages of each line were sent as planned, see `sent_shares`; as planned by default.
    """

    def __init__(
        self, model: Coefficients, plan: NDArray[np.int8], last: int, kept_out: Float, sent: Float | None = None
    ) -> None:
        self._model, self._plan = model, plan
        self._grid = grid = model.grid
        self._reached = reached_by(grid, plan, last)
        pieces, everybody = counts_pieces(grid, plan), np.ones(len(grid.segments))
        self._left = 1.0 - kept_out if pieces else everybody
        self._really = self._reached if sent is None else self._as_sent(sent, 1.0 - kept_out)
        """The same by the messages that were sent."""
        self._of_model = self._really if pieces else self._reached
        """Whom the model has them reach."""
        self._all = sold_in_all(sold_by(model, plan, np))
        self._without = cache(self._counted_without)
        self._alone = cache(self._counted_alone)
        self._nothing = cache(lambda: sold_in_all(sold_by(model, np.zeros_like(plan), np)))

    def runs(self, offer: str, product: str, segment: str) -> Flag:
        """[T] periods up to the last one in which a line of an offer reaches a segment."""
        table, t = self._reached.get((offer, product)), self._grid.shape[2]
        return np.zeros(t, dtype=bool) if table is None else np.asarray(table[self._grid.segment_index[segment]] > 0)

    def unsent(self, offer: str, product: str, segment: str) -> Flag:
        """[T] those of them in which nothing was sent, as the actuals tell."""
        row, runs = self._grid.segment_index[segment], self.runs(offer, product, segment)
        return runs & (self._really[offer, product][row] == 0) if runs.any() else runs

    def reaches(
        self, offer: str, product: str | None, segment: str, kept_out: float, periods: Flag | None = None
    ) -> float | None:
        """Share of a segment's customers who were not kept out that lines of an offer reached; None where nobody.

        Each line by itself, weighed by what the segment would buy without: what one of them cannot reach of those who
        are left, no other makes up for.

        Parameters
        ----------
        product
            Or the basket; None for all that the offer is on.
        kept_out
            Share of the segment that was kept out, below 1.
        periods : [T]
            Those that count; all up to the last by default.
        """
        row = self._grid.segment_index[segment]
        weighed, shares, weights = 0.0, [], 0.0
        for (name, on), table in self._reached.items():
            if name != offer or product not in (None, on):
                continue
            where = (table[row] > 0) & (True if periods is None else periods)
            plain = self._without(offer, on)[row, where]
            reached = contacted_share(self._really[name, on][row, where], kept_out) * self._reach(name)[row]
            weighed += float(reached @ plain)
            weights += float(plain.sum())
            shares += reached.tolist()
        if not any(shares):
            return None
        # Rounding may leave a mean of shares above the largest of them, and nobody reaches more than all.
        return min(weighed / weights if weighed > 0 else float(np.mean(shares)), 1.0)

    def reached_products(self, offer: str, segment: str, kept_out: float) -> tuple[tuple[str, ...], tuple[float, ...]]:
        """Products on which lines of an offer reached a segment, and what each weighs in a lift of all of them.

        By what those who were reached would buy without, as in `reaches`.
        """
        row, units = self._grid.segment_index[segment], dict[str, float]()
        for name, on in self._reached:
            where = self.runs(offer, on, segment)
            reached = self.reaches(offer, on, segment, kept_out) if name == offer and where.any() else None
            if reached is not None:
                units[on] = reached * float(self._without(offer, on)[row, where].sum())
        whole = sum(units.values())
        return tuple(units), tuple(each / whole for each in units.values()) if whole > 0 else ()

    def shadowed(self, offer: str, product: str, segment: str) -> Flag:
        """[T] periods in which a line of a targeted offer brings less than half of what it brings alone.

        A public price of the plan runs on the product then, and customers take the better of the two.
        """
        row, runs = self._grid.segment_index[segment], self.runs(offer, product, segment)
        prices = [table[row] for (name, on), table in self._reached.items() if on == product and self._public(name)]
        if self._public(offer) or product == BASKET or not prices or not runs.any():
            return np.zeros_like(runs)
        there = runs & (np.array(prices) > 0).any(axis=0)
        one, other = self._all[row, self._row(product)], self._without(offer, product)[row]
        alone = self._alone(offer, product)[row] / np.maximum(self._nothing()[row, self._row(product)], 1e-12) - 1.0
        brings = one / np.maximum(other, 1e-12) - 1.0
        return np.asarray(there & (alone > 0) & (brings < APART * alone))

    def lift(self, offer: str, product: str, segment: str | None, periods: Flag | None = None) -> float | None:
        """Extra units by an offer over the units without it, where it runs, per customer reached; None where nobody is.

        Of an offer on whole baskets they are orders. All segments together, where none is named; of some periods [T],
        where these are named.
        """
        table = self._reached.get((offer, product))
        rows = slice(None) if segment is None else [self._grid.segment_index[segment]]
        where = None if table is None else (table[rows] > 0) & (True if periods is None else periods)
        if where is None or not where.any():
            return None
        public = self._public(offer)
        model = self._of_model[offer, product]
        share = np.minimum(model, 1.0 if public else self._left[:, None]) * self._reach(offer)[:, None]
        share = share[rows][where]
        plain = self._without(offer, product)[rows][where]
        if not (share @ plain > 0):
            return None
        real = self._all[:, self._row(product)][rows][where].sum()
        return float(real / plain.sum() - 1.0) / float(share @ plain / plain.sum())

    def plain(self, offer: str, product: str) -> Float:
        """[S, T] units of a product, of baskets orders, without an offer on it."""
        return self._without(offer, product)

    def _as_sent(self, sent: Float, left: Float) -> Reached:
        """Whom lines reached by the messages that were sent: of those who were not kept out, so many more or fewer."""
        found: Reached = {}
        for (offer, product), table in self._reached.items():
            times = sent[:, self._row(product), :, self._grid.offer_index[offer]]
            found[offer, product] = np.where(times == 1.0, table, np.minimum(table, left[:, None]) * times)
        return found

    def _reach(self, offer: str) -> Float:
        """[S] share of each segment's customers whom an offer's channel can reach."""
        channel = self._grid.scenario.offers[self._grid.offer_index[offer]].channel
        reach = by_channel(self._grid).get(channel or "", EVERYBODY)
        return np.broadcast_to(reach, len(self._grid.segments))

    def _row(self, product: str) -> int:
        return self._grid.shape[1] if product == BASKET else self._grid.product_index[product]

    def _public(self, offer: str) -> bool:
        return self._grid.scenario.offers[self._grid.offer_index[offer]].layer is Layer.PUBLIC

    def _counted_alone(self, offer: str, product: str) -> Float:
        alone = np.zeros_like(self._plan)
        for line in self._grid.lines(self._plan):
            if line.offer == offer and line.product == product:
                number = self._grid.slot_number(self._grid.locate(line)[0])
                alone[number] = self._plan[number]
        return sold_in_all(sold_by(self._model, alone, np))[:, self._row(product)]

    def _counted_without(self, offer: str, product: str) -> Float:
        left = self._plan.copy()
        for line in self._grid.lines(self._plan):
            if line.offer == offer and line.product == product:
                slot, _ = self._grid.locate(line)
                left[self._grid.slot_number(slot)] = 0
        return sold_in_all(sold_by(self._model, left, np))[:, self._row(product)]
