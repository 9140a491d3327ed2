"""What a pass of a repair has to choose from: changes that relieve broken limits at least loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from constraints.enforce.protocol import Rules
from constraints.rules.forms import Bools, Ints
from constraints.trials import RepairView, State, until_relieved

Float = NDArray[np.float64]


def most_broken(state: State, rows: int) -> Ints:
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
    worst: Ints,
    asked: float,
    prices: Float,
    stock_prices: Float,
    scale: Float,
    banned: Bools,
) -> tuple[Ints, Ints]:
    """Compatible changes by least loss per relief, enough to relieve more than is asked: slots and choices.

    What a change takes of kept limits costs their prices; what it gives back to them is not counted, because it
    relieves nothing that is broken.

    Parameters
    ----------
    worst
        Rows that are to be relieved.
    asked
        By how much, as a multiple of their excess.
    prices, stock_prices : [L], [K, T]
        What use of the limits is worth.
    scale : [L + K * T]
        What each row's excess is measured in.
    banned : bool [N, width]
        Changes that are not considered.
    """
    count, shape = len(state.uses), state.stock.shape

    def split(values: Float) -> tuple[Float, Float]:
        return values[:count], values[count:].reshape(shape)

    def alone(row: int) -> Float:
        """Prices that are zero but for one row."""
        only = np.zeros(len(state.excess))
        only[row] = 1.0 / scale[row]
        return only

    pure = view.gains(state.plan, 1.0, *split(np.zeros(len(state.excess))))
    others = np.ones(len(state.excess))
    others[worst] = 0.0
    kept, kept_stock = split(others)
    priced = view.gains(state.plan, 1.0, prices * kept, stock_prices * kept_stock)
    allowed = rulebook.allowed(state.plan)
    possible = allowed & ~banned & np.isfinite(pure)
    possible[np.arange(len(possible)), state.plan] = False
    wanted = state.excess[worst] * asked
    relief = np.stack([view.gains(state.plan, 0.0, *split(alone(int(row)))) for row in worst])
    relief = np.where(possible, relief, 0.0)
    useful = np.minimum(relief, wanted[:, None, None]).sum(axis=0)
    possible &= useful > 1e-9 * wanted.sum()
    loss = -np.minimum(pure, priced)
    ratio = np.full(loss.shape, np.inf)
    ratio[possible] = np.where(loss[possible] > 0, loss[possible] / useful[possible], loss[possible])
    best = ratio.argmin(axis=1)
    score = ratio[np.arange(len(best)), best]
    slots = np.flatnonzero(np.isfinite(score))
    slots = slots[np.argsort(score[slots], kind="stable")]
    slots = slots[rulebook.compatible(state.plan, slots, best[slots], -score[slots], allowed)]
    slots = slots[until_relieved(relief[:, slots, best[slots]], 2.0 * wanted)]
    return slots, best[slots]
