"""What is left of a price after tax and returns: one factor a product, and the one of savings on whole orders.

A product may have rates of tax and of returns of its own; every net amount of the product is made with its factor. A
saving on a whole order is taken off all that is in the order, each part with the tax of its product. What the orders
hold is not known, so that the mean of the factors stands for them, weighted by what customers pay for each product
without promotion.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import MoneyTerms, Product


def net_factors(products: Sequence[Product], money: MoneyTerms) -> Float:
    """[K] what is left of an amount that includes tax: (1 - returns) / (1 + tax)."""
    with_tax = np.array([1 + money.tax_of(product) for product in products])
    return np.asarray(kept_shares(products, money) / with_tax)


def kept_shares(products: Sequence[Product], money: MoneyTerms) -> Float:
    """[K] share of the sold units that do not come back."""
    return np.array([1 - money.returns_of(product) for product in products])


def returned_costs(products: Sequence[Product], money: MoneyTerms) -> Float:
    """[K] what units that come back cost, spread over all that are sold: share of returns times cost of one."""
    return np.array([money.returns_of(product) * float(money.cost_of_return(product)) for product in products])


def mean_factor(factors: Float, paid: Float) -> Float:
    """Mean of factors [K], weighted by what is paid for the products, [..., K]; the plain mean where nothing is paid.

    Products of one factor keep exactly this one, whatever is paid.
    """
    if (factors == factors[0]).all():
        return np.full(paid.shape[:-1], factors[0])
    whole = paid.sum(axis=-1)
    return np.asarray(
        np.divide((paid * factors).sum(axis=-1), whole, out=np.full(whole.shape, factors.mean()), where=whole != 0)
    )
