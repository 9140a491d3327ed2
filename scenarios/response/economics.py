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
from scenarios.grid import Grid
from scenarios.language.schema import Gift, Offer, Product
from scenarios.language.words import Mechanic
from scenarios.response.funding import funding_tables
from scenarios.response.gifts import GiftPerUnit, gift_of, gift_per_order, gift_per_unit
from scenarios.response.net_factors import kept_shares, mean_factor, net_factors, returned_costs

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
    """What the customer saves per unit under an offer when a unit costs ``price``, tax included, never above it."""
    saving = 0.0
    if offer.off_each is not None:
        saving = price * offer.off_each
    elif offer.depth is not None and offer.at_most is not None:
        saving = min(price * offer.depth, float(offer.at_most) / units_per_value(offer, product))
    elif offer.price is not None:  # of one piece, or of all pieces of a bundle together
        saving = price - float(offer.price) / max(offer.pieces, 1)
    elif offer.value is not None:
        saving = float(offer.value) / units_per_value(offer, product)
    return min(max(saving, 0.0), price)


def order_saving(offer: Offer) -> float:
    """What a basket offer saves per order, tax included."""
    saved = offer.save if offer.mechanic is Mechanic.THRESHOLD else offer.value
    return 0.0 if saved is None else float(saved)


def order_worth(offer: Offer, gifts: Sequence[Gift]) -> float:
    """What a basket offer is worth to a customer per order: what it saves, or its gift."""
    return order_saving(offer) + gift_per_order(offer, gifts).worth


def _may_stack(public: Offer, targeted: Offer) -> bool:
    """Two offers meet on the same units where one says so, or where one is only visibility."""
    visible = Mechanic.FEATURE in (public.mechanic, targeted.mechanic)
    return public.stacks or targeted.stacks or visible


def _everybodys(public: Offer) -> bool:
    """Whether every unit is sold under a public offer: a shelf price without pieces and caps."""
    return public.mechanic in PRICE_MECHANICS and public.quantity is None and public.per_customer is None


def build_economics(grid: Grid, base_units: Float | None = None) -> Economics:
    """Price every choice of the grid per unit and per order.

    Parameters
    ----------
    base_units : [S, K, T]
        Baseline, by whose revenue the factors of products are weighted for savings on whole orders. Rules need none:
        without it, and where products differ, no money of orders is known (nan).
    """
    scenario, products = grid.scenario, grid.products
    terms = scenario.money
    net, kept = net_factors(products, terms), kept_shares(products, terms)
    offers = [[scenario.offers[choice.offer] for choice in block] for block in grid.choices]
    count_p, count_q, count_v, count_u = grid.widths
    k_total = len(products)
    price = np.array([float(price_of(product)) for product in products])
    saving_p, worth_p = np.zeros((k_total, count_p, 1)), np.zeros((k_total, count_p))
    saving_q, worth_q = np.zeros((k_total, count_p, count_q)), np.zeros((k_total, count_q))
    uses_p, uses_q = np.zeros((k_total, count_p, 1)), np.zeros((k_total, 1, count_q))
    gift_p, gift_q = np.zeros((k_total, count_p, 1)), np.zeros((k_total, 1, count_q))
    less_p, less_q = np.zeros((2, k_total, count_p, count_q))
    stacked, used = np.ones((count_p, count_q), dtype=bool), np.ones((k_total, count_p, count_q), dtype=bool)
    apart = np.zeros((k_total, count_p, count_q))

    def per_use(offer: Offer, product: Product) -> float:
        return 0.0 if offer.mechanic is Mechanic.FEATURE else 1.0 / units_per_use(offer, product)

    def given(offer: Offer, k: int, paid: float) -> GiftPerUnit:
        gift, uses = gift_of(offer, scenario.gifts), per_use(offer, products[k])
        return gift_per_unit(offer, gift, uses, paid, float(net[k]))

    in_time = np.array([1.0] + [choice.quantity for choice in grid.choices[0]])
    partial = [False] + [not _everybodys(offer) for offer in offers[0]]
    for k, product in enumerate(products):
        for p, offer in enumerate(offers[0], start=1):
            uses_p[k, p, 0] = per_use(offer, product)
            saving_p[k, p, 0] = saving_per_unit(offer, product, price[k])
            gift_p[k, p, 0], worth = given(offer, k, price[k])
            worth_p[k, p] = saving_p[k, p, 0] + worth
        for q, offer in enumerate(offers[1], start=1):
            uses_q[k, 0, q] = per_use(offer, product)
            saving_q[k, :, q] = saving_per_unit(offer, product, price[k])
            gift_q[k, 0, q], worth = given(offer, k, price[k])
            worth_q[k, q] = saving_q[k, 0, q] + worth
            for p, public in enumerate(offers[0], start=1):
                stacked[p, q] = _may_stack(public, offer)
                used[k, p, q] = stacked[p, q] or worth_q[k, q] > worth_p[k, p]
                if stacked[p, q]:
                    reduced = price[k] - saving_p[k, p, 0]
                    full = reduced if public.mechanic in PRICE_MECHANICS else price[k]
                    saving_q[k, p, q] = min(saving_per_unit(offer, product, full), reduced)
                    less_p[k, p, q] = gift_p[k, p, 0] - given(public, k, price[k] - saving_q[k, p, q]).cost
                    less_q[k, p, q] = gift_q[k, 0, q] - given(offer, k, reduced).cost
                    if partial[p]:
                        apart[k, p, q] = saving_q[k, 0, q] - saving_q[k, p, q]

    def fixed(block: list[Offer]) -> Float:
        return np.array([0.0] + [float(offer.fixed_cost) for offer in block])

    def savings(block: list[Offer]) -> Float:
        return np.array([0.0] + [order_saving(offer) for offer in block])

    def order_gifts(block: list[Offer]) -> Float:
        return np.array([0.0] + [gift_per_order(offer, scenario.gifts).cost for offer in block])

    basket_stacked, basket_used = np.ones((count_v, count_u), dtype=bool), np.ones((count_v, count_u), dtype=bool)
    for v, public in enumerate(offers[2], start=1):
        for u, offer in enumerate(offers[3], start=1):
            basket_stacked[v, u] = public.stacks or offer.stacks
            better = order_worth(offer, scenario.gifts) > order_worth(public, scenario.gifts)
            basket_used[v, u] = basket_stacked[v, u] or better
    suppliers = [product.vendor for product in products]
    paid = [funding_tables(offers[block], suppliers if block < 2 else [None]) for block in range(4)]
    sold = np.full(k_total, np.nan) if base_units is None else base_units.sum(axis=(0, 2))
    return Economics(
        net=net,
        basket_net=float(mean_factor(net, sold * price)),
        price=price,
        sales=price * net,
        cost=np.array([float(unit_cost_of(product)) for product in products]) * kept + returned_costs(products, terms),
        fee=terms.fee_rate * price,
        fee_rate=terms.fee_rate,
        saving=(saving_p, saving_q),
        apart=apart,
        in_time=in_time,
        uses=(uses_p, uses_q),
        gift_cost=(gift_p, gift_q),
        gift_less=(less_p, less_q),
        funded=(paid[0].share, paid[1].share),
        unit_funding=((kept[:, None] * paid[0].per_unit)[..., None], (kept[:, None] * paid[1].per_unit)[:, None]),
        fixed=(fixed(offers[0]), fixed(offers[1])),
        line_funding=(paid[0].per_line, paid[1].per_line),
        worth=(worth_p, worth_q),
        stacked=stacked,
        used=used,
        basket_saving=(savings(offers[2]), savings(offers[3])),
        basket_gift=(order_gifts(offers[2]), order_gifts(offers[3])),
        basket_funded=(paid[2].share[0], paid[3].share[0]),
        basket_line_funding=(paid[2].per_line[0], paid[3].per_line[0]),
        basket_fixed=(fixed(offers[2]), fixed(offers[3])),
        basket_stacked=basket_stacked,
        basket_used=basket_used,
    )
