"""A first plan from the linear relaxation, where what offers do adds up: its prices, best choices, and exchange.

Without interactions the linear model holds for all changes at once. Its optimal prices then need not be learned by
steps, and all but as many slots as there are limits hold their best choice at them; the rest is mended, filled and
exchanged on the linear model (`constraints.repairing.exchange`). True evaluation decides, as everywhere.
"""

from __future__ import annotations

import numpy as np

from constraints.repairing.exchange import exchange
from constraints.solver.prices import PriceError, PriceProgramme
from planner.evolution.linearise import linearise
from planner.evolution.start.priced import as_prices
from planner.evolution.workspace import Prices, Workspace
from scenarios.arrays import Plan
from scenarios.response.coefficients import Coefficients


def adds_up(model: Coefficients) -> bool:
    """Whether what lines do adds up over slots: no interaction is on, and no two layers meet in a cell."""
    strengths = model.strengths
    alone = sum(width > 1 for width in model.grid.widths) <= 1
    still = not (strengths.fatigue or strengths.pull_forward.any() or strengths.cannibalisation or model.halo.any())
    return bool(alone and still)


def relaxed(space: Workspace, start: Plan) -> tuple[Plan, Prices] | None:
    """A plan that keeps all rules, and limits nearly, with the relaxation's prices; None where it has no solution.

    Parameters
    ----------
    start : int8 [N]
        A plan that keeps all rules; it should hold little, because limits are linearised around it.
    """
    linear = linearise(space, space.score(start), space.whole, every_window=True)
    options = linear.options(start, space.rules.base)
    space.work += 1.0
    try:
        with PriceProgramme(linear, start, space.rules.base) as programme:
            found = programme.prices
    except PriceError:
        return None
    prices = as_prices(space, linear, found)
    row, at, choice, value, _ = linear.rows(options)
    worth = np.where(options, linear.gain, -np.inf)
    worth[np.arange(len(worth)), start[linear.slots]] = 0.0
    np.subtract.at(worth, (at, choice), np.concatenate([found.scalar, found.stock])[row] * value)
    best = worth.argmax(axis=1)
    gain = worth[np.arange(len(best)), best]
    moving = np.flatnonzero(gain > 0)
    slots, choices = linear.slots[moving], best[moving]
    kept = space.rules.compatible(start, slots, choices, gain[moving])
    plan = start.copy()
    plan[slots[kept]] = choices[kept].astype(np.int8)
    there = linearise(space, space.score(plan), space.whole, every_window=True)
    rows = np.concatenate([prices.scalar, prices.stock[there.stock.product, there.stock.period]])
    exchanged = exchange(there, space.rules.base, plan, rows)
    return space.rules.repair(exchanged), prices
