"""Money per unit: what one unit sold under an offer costs, saves and brings, net of tax and returns.

Conventions (docs/money.md): prices and savings are written as the customer sees them, tax included. With a product's
tax rate x and return rate r, and fee rate f, one unit at price p brings ``p * net`` with ``net = (1 - r) / (1 + x)``,
costs ``unit_cost * (1 - r) + return_cost * r`` and a fee ``f * p`` that is not given back. A saving s per unit is a
discount of ``s * net`` and spares a fee of ``f * s``; of savings on whole orders see `scenarios.response.net_factors`.
Vendors pay their share of a line's discount, gifts and fixed cost, and an amount a per unit sold under it:
``a * (1 - r)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.language.schema import Gift, Offer, Product
from scenarios.language.words import Mechanic
from scenarios.response.gifts import gift_per_order

PRICE_MECHANICS = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE)


@dataclass(frozen=True, kw_only=True, eq=False)
class Economics:
    """Major currency units per unit (products) or per order (baskets). P, Q, V, U as in `scenarios.grid`."""

    net: Float
    """[K] what is left of an amount that includes tax after tax and returns."""
    basket_net: float
    """The same of a saving on a whole order."""
    price: Float
    """[K] regular price, tax included."""
    sales: Float
    """[K] regular price net of tax and returns."""
    cost: Float
    """[K] unit cost after returns, and what they cost."""
    fee: Float
    """[K] fee at the regular price."""
    fee_rate: float
    saving: tuple[Float, Float]
    """[K, P, 1] and [K, P, Q] saving per unit under the public and the targeted line, tax included; of stacked lines
    that of units which get both."""
    apart: Float
    """[K, P, Q] what a unit under the stacked targeted line saves more where it is not under the public line as well,
    because that is no shelf price, counts pieces or has a cap per customer."""
    in_time: Float
    """[P] level of quantity: share of the units under a targeted line that get the public price as well."""
    uses: tuple[Float, Float]
    """[K, P, 1] and [K, 1, Q] granted benefits per unit under the line."""
    gift_cost: tuple[Float, Float]
    """[K, P, 1] and [K, 1, Q] net cost of gifts per unit under the line, at the regular price."""
    gift_less: tuple[Float, Float]
    """[K, P, Q] twice: how much less the gift of the public, of the targeted line costs on a unit under both, because
    points are a share of what is paid."""
    funded: tuple[Float, Float]
    """[K, P] and [K, Q] share of discount, gift and fixed cost that a vendor pays."""
    unit_funding: tuple[Float, Float]
    """[K, P, 1] and [K, 1, Q] what a vendor pays besides for a unit under the line, after returns."""
    fixed: tuple[Float, Float]
    """[P] and [Q] fixed cost of one line."""
    line_funding: tuple[Float, Float]
    """[K, P] and [K, Q] what a vendor pays besides for one line."""
    worth: tuple[Float, Float]
    """[K, P] and [K, Q] what the offer is worth to a customer per unit, tax included."""
    stacked: Flag
    """[P, Q] both offers apply to the same units (also where one of them is none)."""
    used: Flag
    """[K, P, Q] the targeted offer is worth taking beside the public one."""
    basket_saving: tuple[Float, Float]
    """[V] and [U] saving per order, tax included."""
    basket_gift: tuple[Float, Float]
    """[V] and [U] net cost of the gift per order."""
    basket_funded: tuple[Float, Float]
    basket_line_funding: tuple[Float, Float]
    """[V] and [U]"""
    basket_fixed: tuple[Float, Float]
    basket_stacked: Flag
    """[V, U]"""
    basket_used: Flag
    """[V, U]"""

    @property
    def unit_margin(self) -> Float:
        """[K] what one unit at the regular price leaves: sales - cost - fee."""
        return self.sales - self.cost - self.fee

    def net_of(self, amount: Float) -> Float:
        """Amounts [K, ...] that include tax, net of tax and returns."""
        return np.asarray(amount * self.net.reshape(-1, *[1] * (amount.ndim - 1)))

    @property
    def fee_share(self) -> Float:
        """[K + 1] fee on what is one unit of money net of tax and returns; the last is of savings on whole orders."""
        net = np.append(self.net, self.basket_net)
        return np.asarray(np.divide(self.fee_rate, net, out=np.zeros_like(net), where=net > 0))

    def line_money(self, layer: int) -> Float:
        """[K, P, 1] or [K, P, Q] profit per unit that the line of a layer adds on top of `unit_margin`."""
        saving, gifts = self.saving[layer], self.gift_cost[layer]
        funded = self.funded[0][:, :, None] if layer == 0 else self.funded[1][:, None, :]
        discount = self.net_of(saving)
        return -discount + self.fee_rate * saving - gifts + funded * (discount + gifts) + self.unit_funding[layer]


def price_of(product: Product) -> Decimal:
    """The regular price; a resolved product has one.

    Raises
    ------
    ValueError
        For a product without one.
    """
    if product.price is None:
        raise ValueError(f"product {product.id} has no price")
    return product.price


def unit_cost_of(product: Product) -> Decimal:
    """The unit cost in money; a resolved product has one.

    Raises
    ------
    ValueError
        For a product without one, or with one that is a share.
    """
    if not isinstance(product.unit_cost, Decimal):
        raise ValueError(f"product {product.id} has no unit cost in money")
    return product.unit_cost


def units_per_use(offer: Offer, product: Product) -> float:
    """Units that one granted benefit spans: a bundle spans all its pieces."""
    if offer.mechanic is Mechanic.BUNDLE:
        return float(offer.pieces)
    return product.units_per_use


def units_per_value(offer: Offer, product: Product) -> float:
    """Units that an amount off is for: one at a lower shelf price, else those of one use."""
    return 1.0 if offer.mechanic in PRICE_MECHANICS else units_per_use(offer, product)


def saving_per_unit(offer: Offer, product: Product, price: float) -> float:
    """What the customer saves per unit under an offer when a unit costs ``price``, tax included, never above it.

    A cut price that the offer rounds is the rounded one. Loading refuses a price that would be rounded to nothing; one
    that data tells only later stays as it is there.
    """
    saving = 0.0
    if offer.off_each is not None:
        saving = price * offer.off_each
    elif offer.depth is not None and offer.at_most is not None:
        saving = min(price * offer.depth, float(offer.at_most) / units_per_value(offer, product))
    elif offer.price is not None:  # of one piece, or of all pieces of a bundle together
        saving = price - float(offer.price) / max(offer.pieces, 1)
    elif offer.value is not None:
        saving = float(offer.value) / units_per_value(offer, product)
    if offer.round is not None and saving > 0:
        rounded = float(offer.round.price(Decimal(float(price - saving))))
        saving = price - rounded if rounded > 0 else saving
    return min(max(saving, 0.0), price)


def order_saving(offer: Offer) -> float:
    """What a basket offer saves per order, tax included."""
    saved = offer.save if offer.mechanic is Mechanic.THRESHOLD else offer.value
    return 0.0 if saved is None else float(saved)


def order_worth(offer: Offer, gifts: Sequence[Gift]) -> float:
    """What a basket offer is worth to a customer per order: what it saves, or its gift."""
    return order_saving(offer) + gift_per_order(offer, gifts).worth
