"""Revenue that seems to be told net of tax, while every file of actuals holds what customers paid."""

from __future__ import annotations

import numpy as np

from scenarios.currency import price_text
from scenarios.flight.actuals import Actuals
from scenarios.flight.price_of_one import price_of_one
from scenarios.flight.unit_of_revenue import unit_of_revenue
from scenarios.response.economics import price_of

MOSTLY, SAME_PRICE = 0.5, 0.005
"""Share of the products' periods that counts as most of them, and how near a price counts as the same."""


def net_of_tax(actuals: Actuals) -> tuple[str, ...]:
    """Say that most sales are at the regular price less tax, and mostly not at the regular price itself."""
    money = actuals.grid.scenario.money
    tax = np.array([money.tax_of(product) for product in actuals.grid.products])[:, None]
    price = np.array([float(price_of(product)) for product in actuals.grid.products])[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        paid = actuals.revenue_total / (price * actuals.units_total)
    told = np.isfinite(paid) & (tax > SAME_PRICE)
    if not told.any():
        return ()
    net, gross = (float((np.abs(paid - at) < SAME_PRICE)[told].mean()) for at in (1.0 / (1.0 + tax), 1.0))
    if not (net > MOSTLY and gross < 1.0 - MOSTLY):
        return ()
    by = " or ".join(f"{1.0 + rate:g}" for rate in sorted({rate for rate in tax[:, 0].tolist() if rate > SAME_PRICE}))
    return (
        f"revenue in {actuals.name} seems to be net of tax: most sales are at the regular price divided by "
        f"{by}; write it as customers paid",
    )


def with_what_is_missing(actuals: Actuals) -> tuple[str, ...]:
    """What makes money wrong, and by how much where the account of what happened rests on revenue."""
    currency, money = actuals.grid.scenario.currency, actuals.grid.scenario.money
    tax = np.array([money.tax_of(product) for product in actuals.grid.products])[:, None]
    unit = unit_of_revenue(actuals)
    left_out = tax if unit is None else unit.factor - 1.0
    missing = price_text(round(float(np.nansum(actuals.revenue_total * left_out))), currency, grouped=True)
    taken = f" {missing} {currency} of what they paid are taken for missing:"
    low, prices = "whatever rests on revenue (margin and profit, too) is too low", price_of_one(actuals)
    # the price of one unit says itself how much is missing
    return tuple(f"{text}. Until then{'' if text in prices else taken} {low}" for text in actuals.attention)
