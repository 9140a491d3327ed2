"""What vendors would pay by the returns that the actuals tell, in place of those that the account assumes.

A vendor pays for no unit that comes back: neither his share of its discount and its points, nor his amount for it. What
goods that were given away and fixed costs take stays, and so do offers on orders, of which no row tells returns.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.flight.returned import returned_shares
from scenarios.answer.as_paid import as_paid
from scenarios.answer.cells import Account
from scenarios.arrays import Float, Int
from scenarios.flight.actuals import Actuals
from scenarios.language.price_share import PriceShare
from scenarios.response.gifts import gift_of
from scenarios.rounding import UNIT_DIGITS


def by_told_returns(asked: Account, actuals: Actuals) -> Account | None:
    """Return an account as vendors would pay it, until their funds are empty; None where no returns are told.

    Parameters
    ----------
    asked
        What ran and was sold up to the last observed period, as vendors are asked for it at the assumed rates.
    """
    rows, scenario = asked.rows, asked.grid.scenario
    shares = returned_shares(actuals)
    on_product = rows.product >= 0
    told = np.full(len(rows.product), np.nan)
    at = rows.segment[on_product], rows.product[on_product], rows.period[on_product]
    told[on_product] = shares[at]
    assumed = np.array([*(scenario.money.returns_of(each) for each in asked.grid.products), 0.0])[rows.product]
    seen = np.isfinite(told) & (assumed < 1.0)
    if not seen.any():
        return None
    change = np.where(seen, (assumed - told) / np.where(seen, 1.0 - assumed, 1.0), 0.0)
    funding = np.rint(rows.funding + change * _of_kept_units(asked, assumed)).astype(np.int64)
    return as_paid(replace(asked, rows=replace(rows, funding=np.maximum(funding, 0)))).account


def _of_kept_units(asked: Account, assumed: Float) -> Float:
    """[R] minor units that the terms pay for units that do not come back."""
    rows, scenario = asked.rows, asked.grid.scenario
    share, per_unit = (np.zeros(len(rows.offer)) for _ in range(2))
    points: Int = np.zeros(len(rows.offer), dtype=np.int64)
    for offer, product in {*zip(rows.offer.tolist(), rows.product.tolist(), strict=True)}:
        if product < 0:
            continue
        here = (rows.offer == offer) & (rows.product == product)
        one = scenario.offers[offer]
        terms = one.terms_on(asked.grid.products[product].vendor)
        share[here], per_unit[here] = terms.share, float(terms.per_unit)
        gift = gift_of(one, scenario.gifts)
        if gift is not None and isinstance(gift.unit_cost, PriceShare):
            points[here] = rows.gift_cost[here]
    each = per_unit * 10.0 ** (asked.digits - UNIT_DIGITS) * (1.0 - assumed)
    return np.asarray(share * (rows.discount + points) + each * rows.units)
