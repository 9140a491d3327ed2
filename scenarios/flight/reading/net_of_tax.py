"""Revenue that seems to be told net of tax, while every file of actuals holds what customers paid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.currency import price_text
from scenarios.flight.actuals import Actuals
from scenarios.flight.reading.price_of_one import price_of_one
from scenarios.flight.reading.unit_of_revenue import unit_of_revenue
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import Mechanic
from scenarios.response.economics import price_of

MOSTLY, SAME_PRICE = 0.5, 0.005
"""Share of the products' periods that counts as most of them, and how near a price counts as the same."""
SPREAD, NEARLY_ALL, MOST_PRODUCTS = 0.05, 0.9, 0.8
"""How far from a price lie the means of what one product holds several articles of, as a share of it, how much of all
sales, by what they are worth, must lie there, and of how many of the products, so that a dear one decides nothing."""
LEAST_TAX, LEAST_PRODUCTS = 0.1, 3
"""Share of a price that a tax takes at least, and products at least, where prices are only near the one without it:
discounts of a few percent, or one product whose articles are sold otherwise than they were, look the same."""
_SAME_TO_PAY = (Mechanic.FEATURE, Mechanic.GIFT)


def net_of_tax(actuals: Actuals, lines: Sequence[PlanLine] = ()) -> tuple[str, ...]:
    """Say that most sales are at the regular price less tax, and mostly not at the regular price itself.

    A product that holds several articles has no price of its own: what is paid for it goes round the regular one, which
    is a mean. So it is said, too, where nearly everything lies around the price less tax.

    Parameters
    ----------
    lines
        Of the plan, which ran where the file does not say what did. Sales under an offer that lowers what is paid say
        nothing of the tax and are left out.
    """
    money = actuals.grid.scenario.money
    tax = np.array([money.tax_of(product) for product in actuals.grid.products])[:, None]
    worth = np.array([[float(price_of(product))] for product in actuals.grid.products]) * actuals.units_total
    with np.errstate(invalid="ignore", divide="ignore"):
        paid = actuals.revenue_total / worth
    told = np.isfinite(paid) & (tax > SAME_PRICE) & ~_cheaper_by_offers(actuals, lines)
    if not told.any():
        return ()
    about = "" if _at_it(paid, tax, told) else "about "
    if about and not _around_it(paid, worth, tax, told):
        return ()
    by = " or ".join(f"{1.0 + rate:g}" for rate in sorted({rate for rate in tax[:, 0].tolist() if rate > SAME_PRICE}))
    return (
        f"revenue in {actuals.name} seems to be net of tax: most sales are at {about}the regular price divided by "
        f"{by}; write it as customers paid",
    )


def _at_it(paid: Float, tax: Float, told: Flag) -> bool:
    """Whether most products and periods were paid exactly the price less tax."""
    net, gross = (float((np.abs(paid - at) < SAME_PRICE)[told].mean()) for at in (1.0 / (1.0 + tax), 1.0))
    return net > MOSTLY and gross < 1.0 - MOSTLY


def _around_it(paid: Float, worth: Float, tax: Float, told: Flag) -> bool:
    """Whether nearly all sales of several products lie around the price less tax."""
    told = told & (tax / (1.0 + tax) >= LEAST_TAX)
    if told.any(axis=1).sum() < LEAST_PRODUCTS:
        return False
    near = told & (np.abs(paid * (1.0 + tax) - 1.0) <= SPREAD)
    mine, in_all = (np.where(each, worth, 0.0).sum(axis=1) for each in (near, told))
    of_products = (mine >= NEARLY_ALL * in_all)[in_all > 0]
    return bool(mine.sum() >= NEARLY_ALL * in_all.sum() and of_products.mean() >= MOST_PRODUCTS)


def _cheaper_by_offers(actuals: Actuals, lines: Sequence[PlanLine]) -> Flag:
    """[K, T] where an offer ran that lowers what is paid for a product."""
    grid = actuals.grid
    cheaper = np.zeros(grid.shape[1:], dtype=bool)
    places = {product.id: k for k, product in enumerate(grid.products)}
    lowers = [offer.mechanic not in _SAME_TO_PAY for offer in grid.scenario.offers]
    if actuals.ran is not None:
        for each in actuals.ran:
            if each.product is not None and lowers[each.offer]:
                cheaper[each.product, each.period] = True
        return cheaper
    for line in lines:
        period = grid.scenario.horizon.period_of(line.date)
        known = line.product in places and line.offer in grid.offer_index and 0 <= period < grid.shape[2]
        if known and lowers[grid.offer_index[line.offer]]:
            cheaper[places[line.product], period] = True
    return cheaper


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
