"""What a pass of a repair has to choose from: changes that relieve broken limits at least loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from constraints.enforce.protocol import Rules
from constraints.repairing.places import product_slots
from constraints.repairing.trials import RepairView, State, until_relieved
from constraints.repairing.windowed import Windowed
from scenarios.arrays import Flag, Float, Int

_NONE = np.empty(0, dtype=np.int64)
LEAST = 1e-9
"""Share of what is wanted that is rounding."""


def most_broken(state: State, rows: int) -> Int:
    """At most ``rows`` broken rows, the worst first; of one product's stock only the worst period."""
    count = len(state.uses)
    excess = state.excess.copy()
    by_product = excess[count:].reshape(state.stock.shape)
    worst = np.zeros(by_product.shape, dtype=bool)
    worst[np.arange(len(by_product)), by_product.argmax(axis=1)] = True
    by_product[~worst] = -1.0
    broken = np.flatnonzero(excess > 0)
    return broken[np.argsort(-excess[broken], kind="stable")][:rows]


def relieving(
    view: RepairView,
    rulebook: Rules,
    state: State,
    worst: Int,
    asked: float,
    prices: Float,
    stock_prices: Float,
    scale: Float,
    banned: Flag,
    windowed: Windowed | None = None,
    several: Int = _NONE,
    stocks: Int = _NONE,
    least: float = 0.0,
) -> tuple[Int, Int]:
    """Compatible changes by least loss per relief, enough to relieve more than is asked: slots and choices.

    What a change takes of kept limits costs their prices; what it gives back to them is not counted, because it
    relieves nothing that is broken.

    Parameters
    ----------
    worst
        Rows that are to be relieved, each at the cost of one pass of exact marginals.
    asked
        By how much, as a multiple of their excess.
    prices, stock_prices : [L], [K, T]
        What use of the limits is worth.
    scale : [L + K * T]
        What each row's excess is measured in.
    banned : bool [N, width]
        Changes that are not considered.
    windowed, several
        Limits with windows, and those of them of which all broken rows are to be relieved, each limit at one pass.
    stocks
        Rows of stock of different products that are to be relieved beside these, all at one pass: each by changes of
        its own product, less what those press on the others.
    least
        Share of what is wanted in all that a change relieves at least.
    """
    count, shape = len(state.uses), state.stock.shape

    def split(values: Float) -> tuple[Float, Float]:
        return values[:count], values[count:].reshape(shape)

    def alone(row: int) -> Float:
        """Prices that are zero but for one row."""
        only = np.zeros(len(state.excess))
        only[row] = 1.0 / scale[row]
        return only

    parts = [
        Relief(amount=view.gains(state.plan, 0.0, *split(alone(int(row)))), wanted=state.excess[[row]] * asked)
        for row in worst
    ]
    if windowed is not None:
        for number in several:
            rows = windowed.rows[number][state.excess[windowed.rows[number]] > 0]
            share = windowed.shares(number, lambda weights: view.gains(state.plan, 0.0, weights, np.zeros(shape)))
            covers = windowed.covered(rows, np.arange(len(state.plan)))
            parts.append(Relief(amount=share, wanted=state.excess[rows] * asked, covers=covers))
            worst = np.concatenate([worst, rows])
    if len(stocks):
        together = sum(alone(int(row)) for row in stocks)
        share = view.gains(state.plan, 0.0, *split(np.asarray(together)))
        covers = product_slots(len(state.plan), shape)[(stocks - count) // shape[1]]
        parts.append(Relief(amount=share, wanted=state.excess[stocks] * asked, covers=covers))
        worst = np.concatenate([worst, stocks])
    pure = view.gains(state.plan, 1.0, *split(np.zeros(len(state.excess))))
    others = np.ones(len(state.excess))
    others[worst] = 0.0
    kept, kept_stock = split(others)
    priced = view.gains(state.plan, 1.0, prices * kept, stock_prices * kept_stock)
    allowed = rulebook.allowed(state.plan)
    possible = allowed & ~banned & np.isfinite(pure)
    possible[np.arange(len(possible)), state.plan] = False
    useful = np.where(possible, sum(part.useful() for part in parts), 0.0)
    wanted = np.concatenate([part.wanted for part in parts])
    possible &= useful > max(least, LEAST) * wanted.sum()
    loss = -np.minimum(pure, priced)
    ratio = np.full(loss.shape, np.inf)
    ratio[possible] = np.where(loss[possible] > 0, loss[possible] / useful[possible], loss[possible])
    best = ratio.argmin(axis=1)
    score = ratio[np.arange(len(best)), best]
    slots = np.flatnonzero(np.isfinite(score))
    slots = slots[np.argsort(score[slots], kind="stable")]
    slots = slots[rulebook.compatible(state.plan, slots, best[slots], -score[slots], allowed)]
    relief = np.concatenate([part.of(slots, best[slots]) for part in parts])
    slots = slots[until_relieved(relief, 2.0 * wanted)]
    return slots, best[slots]


@dataclass(frozen=True, kw_only=True, eq=False)
class Relief:
    """What single changes relieve of one broken row, or of several that count different slots."""

    amount: Float
    """[N, width] of each row that counts a slot; -inf where a slot lacks a choice."""
    wanted: Float
    """[rows]"""
    covers: Flag | None = None
    """[rows, N] which rows count each slot; all without it."""

    def useful(self) -> Float:
        """[N, width] what is relieved of all rows, of each no more than is wanted."""
        if self.covers is None:
            return np.asarray(np.minimum(self.amount, self.wanted[0]))
        total = np.zeros(self.amount.shape)
        for covered, wanted in zip(self.covers, self.wanted, strict=True):
            total[covered] += np.minimum(self.amount[covered], wanted)
        return total

    def of(self, slots: Int, choices: Int) -> Float:
        """[rows, M] what some changes relieve of each row."""
        amount = self.amount[slots, choices][None]
        return amount if self.covers is None else self.covers[:, slots] * amount


def apart(state: State, worst: Int) -> tuple[Int, Int]:
    """Rows of limits among those that are looked at, and rows of stock of all products that are sold out."""
    everything, count = most_broken(state, len(state.excess)), len(state.uses)
    return worst[worst < count], everything[everything >= count]


def broken_rows(state: State, windowed: Windowed, rows: int) -> tuple[Int, Int]:
    """Other broken rows, at most ``rows``, the worst first; and limits with windows of which several are broken."""
    broken = np.flatnonzero(state.excess > 0)
    several = [number for number in windowed.of(broken) if np.isin(windowed.rows[number], broken).sum() > 1]
    inside = np.concatenate([_NONE, *(windowed.rows[number] for number in several)])
    others = most_broken(state, len(state.excess))
    return others[~np.isin(others, inside)][:rows], np.array(several, dtype=np.int64)
