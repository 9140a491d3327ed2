"""Regular prices of a scenario beside those that were usual in the data, at which its baselines were sold."""

from __future__ import annotations

from scenarios.currency import price_text
from scenarios.first_few import first_few
from surrogate.scoring.axes import Axes

FAR = 0.05
"""Share of the usual price from which on another one is told.

A usual price is a mean over packages and weeks, which moves by a few percent with what is bought. And at usual
elasticities, about 2, five percent move demand by ten, as far as baselines are off anyhow.
"""
BEGINNING = "Regular prices of the scenario "
"""How the sentence begins."""
_NAMED = 4


def other_prices(axes: Axes) -> list[str]:
    """Say which products the scenario sells at another regular price than the data did, and that demand is the data's.

    Demand does not follow: what cuts below a price that stays sell, and what another price sells for good, are not the
    same, and the data shows the first.
    """
    found = []
    for product, index in zip(axes.products, axes.index, strict=True):
        usual = float(axes.model.regular_price[index])
        if product.price is None or not usual > 0:
            continue
        change = float(product.price) / usual - 1
        if not abs(change) < FAR:
            found.append((product.id, float(product.price), usual, change))
    if not found:
        return []
    found.sort(key=lambda each: -abs(each[3]))  # of equal changes the scenario's order stays
    currency = axes.scenario.currency
    named = first_few(
        [
            f"{name} {price_text(price, currency)} ({abs(change):.0%} {'above' if change > 0 else 'below'} "
            f"{price_text(usual, currency)})"
            for name, price, usual, change in found
        ],
        _NAMED,
    )
    return [
        f"{BEGINNING}differ by {FAR:.0%} or more from those that were usual in the data: {named}. Their "
        "baselines are what was sold at the data's prices and do not follow, although demand would: train on data that "
        "holds weeks at the new prices, give effects and a baseline of your own as tables, or leave price out where "
        "nothing has changed."
    ]
