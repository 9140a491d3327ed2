"""The money of a simulated run: what was sold and earned, cell by cell, in integer minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import partial

import numpy as np

from scenarios.arrays import Float, Int
from scenarios.language.price_share import amount_at
from scenarios.language.schema import MoneyTerms, Product
from scenarios.response.net_factors import kept_shares, mean_factor, net_factors, returned_costs

Minor = Int
DIGITS = 2
"""Digits of the minor unit of most currencies."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Tally:
    """What happened, in natural units and gross money. S segments, K products (row K is the basket), T periods."""

    units: Float
    """[S, K + 1, T]; the basket row holds none."""
    listed: Float
    """[S, K + 1, T] units at regular prices, tax included."""
    discount: Float
    """[S, K + 1, T] all savings given, tax included; savings on whole baskets stand in the basket row."""
    cost: Float
    """[S, K + 1, T] units at unit cost, net."""
    gift_units: Float
    """[S, K + 1, T]"""
    gift_cost: Float
    """[S, K + 1, T] net."""
    uses: Float
    """[S, K + 1, T] units under offers by what one use spans (baskets: orders that used one), two accounts together."""
    contacts: Float
    """[S, K + 1, T] messages; they belong to segments and channels and stand in the basket row."""
    contact_cost: Float
    """[S, K + 1, T] net."""
    fixed_cost: Float
    """[S, K + 1, T] net; a public line's cost is split by customers."""
    funding: Float
    """[S, K + 1, T] what vendors pay: shares of net discounts, gifts and fixed costs, and for units, up to a fund."""
    orders: Float
    """[S, K + 1, T] orders, in the basket row."""
    topped_up: Float
    """[S, K + 1, T] units that customers added to reach a basket offer."""

    @classmethod
    def empty(cls, segments: int, products: int, periods: int) -> Tally:
        """Return a tally of zeros to add to."""
        return cls(**{f.name: np.zeros((segments, products + 1, periods)) for f in fields(cls)})


def net_shares(products: Sequence[Product], money: MoneyTerms, paid: Float) -> Float:
    """Return what is left of gross amounts after tax and returns, [S, K + 1, ...].

    Savings on whole baskets, in the last row, are spread over the products by what was ``paid`` for each, [S, K, ...].
    """
    own = net_factors(products, money)
    baskets = mean_factor(own, np.moveaxis(paid, 1, -1))
    rows = np.broadcast_to(own.reshape(-1, *[1] * (paid.ndim - 2)), paid.shape)
    return np.concatenate([rows, baskets[:, None]], axis=1)


def net_unit_costs(products: Sequence[Product], money: MoneyTerms) -> Float:
    """Return net unit costs, [K]; a share is one of the price net of tax."""
    net = [float(product.price or 0) / (1 + money.tax_of(product)) for product in products]
    return np.array([amount_at(product.unit_cost, price) for product, price in zip(products, net, strict=True)])


def to_minor(amount: Float, digits: int) -> Minor:
    """Round money to minor units of so many digits, halves to even."""
    return np.rint(amount * float(10**digits)).astype(np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Account:
    """Money of a run per segment, product (last row: basket) and period, in minor units, net of tax and returns.

    ``list_revenue - discount = revenue`` and ``revenue - cost_of_goods - fees + vendor_funding = margin`` and
    ``margin - gift_cost - contact_cost - fixed_cost = profit`` hold exactly in every cell.
    """

    list_revenue: Minor
    discount: Minor
    revenue: Minor
    cost_of_goods: Minor
    fees: Minor
    vendor_funding: Minor
    margin: Minor
    gift_cost: Minor
    contact_cost: Minor
    fixed_cost: Minor
    profit: Minor

    def totals(self, digits: int = DIGITS) -> dict[str, Decimal]:
        """Return the sum of every row over all cells, in major units, from list revenue down to profit."""
        return {f.name: Decimal(int(getattr(self, f.name).sum())).scaleb(-digits) for f in fields(self)}


def account_of(tally: Tally, products: Sequence[Product], money: MoneyTerms, digits: int = DIGITS) -> Account:
    """Turn a tally of some products into money, in minor units of so many digits.

    What customers pay includes tax; a returned unit gives back its price and its unit cost, but not its fee, and costs
    what taking it back does. Fees are a share of what was paid, tax included. Each figure is rounded once, in its cell.
    """
    keep = net_shares(products, money, (tally.listed - tally.discount)[:, :-1])
    minor = partial(to_minor, digits=digits)
    list_revenue = minor(tally.listed * keep)
    discount = minor(tally.discount * keep)
    revenue = list_revenue - discount
    kept = np.append(kept_shares(products, money), 1.0)  # baskets themselves cost nothing
    taken_back = np.append(returned_costs(products, money), 0.0)
    cost_of_goods = minor(tally.cost * kept[:, None] + tally.units * taken_back[:, None])
    fees = minor((tally.listed - tally.discount) * money.fee_rate)
    funding, fixed_cost = minor(tally.funding), minor(tally.fixed_cost)
    margin = revenue - cost_of_goods - fees + funding
    gift_cost, contact_cost = minor(tally.gift_cost), minor(tally.contact_cost)
    return Account(
        list_revenue=list_revenue,
        discount=discount,
        revenue=revenue,
        cost_of_goods=cost_of_goods,
        fees=fees,
        vendor_funding=funding,
        margin=margin,
        gift_cost=gift_cost,
        contact_cost=contact_cost,
        fixed_cost=fixed_cost,
        profit=margin - gift_cost - contact_cost - fixed_cost,
    )
