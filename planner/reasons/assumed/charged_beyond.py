"""How much of a plan's profit is charged beyond the horizon, on which products, and by which keys of the response."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from planner.figures import money_style, part
from scenarios.answer.cells import Account
from scenarios.answer.plan import Outcome
from scenarios.currency import minor_digits
from scenarios.first_few import first_few
from scenarios.rounding import to_decimal

TELLING = Decimal("0.1")
"""Share of what a plan earns within the horizon from which on what is charged beyond it is worth a sentence."""
MOST_OF_IT = 0.8
"""Share of the charges that the products which are named carry at least, where so few do."""


def charged_beyond(account: Account, outcome: Outcome, name: str = "the plan") -> tuple[str, ...]:
    """Say of a plan what it charges beyond the horizon, where that is more than a tenth of what it earns before.

    Both charges take sales to go on after the last day as before it, but for products with a last sale. What is bought
    ahead without a place later is told where it is as much, and beside the others, so that the sentences add up.
    """
    nowhere = outcome.unplaced or Decimal(0)
    charges, earned = outcome.charges - nowhere, outcome.profit_change + outcome.charges
    if not (earned > 0 and charges > TELLING * earned):
        return _without_place(account, outcome, name) if nowhere > TELLING * earned > 0 else ()
    currency, cells = account.grid.scenario.currency, account.cells
    digits = minor_digits(currency)
    ahead = to_decimal(int(cells.borrowed.sum() + cells.ahead.sum()), digits) - nowhere
    tired = to_decimal(int(cells.left_fatigue.sum()), digits)
    money = money_style(currency, [earned, ahead, tired])
    causes = [f"{money(ahead)} for what is bought ahead (response.pull_forward)"] * bool(ahead)
    causes += [f"{money(tired)} for customers tired of offers (response.carry_over)"] * bool(tired)
    return (
        f"of {money(earned)} {currency} that {name} earns within the horizon, {money(charges)} "
        f"({part(float(charges / earned))}) are charged beyond the horizon, most of it on "
        f"{_products(account)}: {' and '.join(causes)}. Sales are taken to go on after it as before: goods that are "
        "not sold then say so by their last_sale",
        *(_without_place(account, outcome, name) if nowhere else ()),
    )


def _without_place(account: Account, outcome: Outcome, name: str) -> tuple[str, ...]:
    """Say what is charged for units bought ahead of days in the horizon on which too little is sold for them."""
    earned, nowhere = outcome.profit_change + outcome.charges, outcome.unplaced or Decimal(0)
    currency = account.grid.scenario.currency
    money = money_style(currency, [earned, nowhere])
    return (
        f"of {money(earned)} {currency} that {name} earns within the horizon, {money(nowhere)} "
        f"({part(float(nowhere / earned))}) are charged for what is bought ahead of days of it on which nothing, or "
        "too little, is sold: it is missed on other days",
    )


def _products(account: Account) -> str:
    """Name the products that carry most of the charges, the largest first."""
    cells, products = account.cells, account.grid.products
    each = (cells.borrowed + cells.ahead + cells.left_fatigue).sum(axis=(0, 2))
    order = np.argsort(-each, kind="stable")
    enough = int(np.searchsorted(np.cumsum(each[order]), MOST_OF_IT * each.sum())) + 1
    return first_few([products[int(k)].id for k in order[:enough]])
