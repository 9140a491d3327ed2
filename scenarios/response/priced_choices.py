"""Every choice of a grid priced: the money per unit and per order of each offer, and of each pair that may meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from scenarios.arrays import Flag, Float
from scenarios.grid import Blocks, Grid
from scenarios.language.schema import Gift, Offer, Product
from scenarios.language.words import Mechanic
from scenarios.response.economics import (
    PRICE_MECHANICS,
    Economics,
    order_saving,
    order_worth,
    price_of,
    saving_per_unit,
    unit_cost_of,
    units_per_use,
)
from scenarios.response.funding import funding_tables
from scenarios.response.gifts import GiftPerUnit, gift_of, gift_per_order, gift_per_unit
from scenarios.response.net_factors import kept_shares, mean_factor, net_factors, returned_costs
from scenarios.response.reachable import told


class PerUnit(NamedTuple):
    """Of products: fields as those of `Economics`."""

    saving: tuple[Float, Float]
    apart: Float
    uses: tuple[Float, Float]
    gift_cost: tuple[Float, Float]
    gift_less: tuple[Float, Float]
    worth: tuple[Float, Float]
    stacked: Flag
    used: Flag


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
    offers = Blocks(*([scenario.offers[choice.offer] for choice in block] for block in grid.choices))
    price = np.array([float(price_of(product)) for product in products])

    once = [told(grid, block) for block in range(4)]

    def fixed(block: int) -> Float:
        return np.array([0.0] + [float(offer.fixed_cost) for offer in offers[block]]) * once[block]

    def savings(block: list[Offer]) -> Float:
        return np.array([0.0] + [order_saving(offer) for offer in block])

    def order_gifts(block: list[Offer]) -> Float:
        return np.array([0.0] + [gift_per_order(offer, scenario.gifts).cost for offer in block])

    basket_stacked, basket_used = _basket_pairs(offers, scenario.gifts)
    suppliers = [product.vendor for product in products]
    paid = [funding_tables(offers[block], suppliers if block < 2 else [None]) for block in range(4)]
    sold = np.full(len(products), np.nan) if base_units is None else base_units.sum(axis=(0, 2))
    return Economics(
        net=net,
        basket_net=float(mean_factor(net, sold * price)),
        price=price,
        sales=price * net,
        cost=np.array([float(unit_cost_of(product)) for product in products]) * kept + returned_costs(products, terms),
        fee=terms.fee_rate * price,
        fee_rate=terms.fee_rate,
        in_time=np.array([1.0] + [choice.quantity for choice in grid.choices.public]),
        funded=(paid[0].share, paid[1].share),
        unit_funding=((kept[:, None] * paid[0].per_unit)[..., None], (kept[:, None] * paid[1].per_unit)[:, None]),
        fixed=(fixed(0), fixed(1)),
        line_funding=(paid[0].per_line * once[0], paid[1].per_line * once[1]),
        basket_saving=(savings(offers.basket_public), savings(offers.basket_targeted)),
        basket_gift=(order_gifts(offers.basket_public), order_gifts(offers.basket_targeted)),
        basket_funded=(paid[2].share[0], paid[3].share[0]),
        basket_line_funding=(paid[2].per_line[0] * once[2], paid[3].per_line[0] * once[3]),
        basket_fixed=(fixed(2), fixed(3)),
        basket_stacked=basket_stacked,
        basket_used=basket_used,
        **_per_unit(products, offers, scenario.gifts, price, net)._asdict(),
    )


def _per_unit(
    products: Sequence[Product], offers: Blocks[list[Offer]], gifts: Sequence[Gift], price: Float, net: Float
) -> PerUnit:
    """Price the offers on products, alone and under each other."""
    k_total, count_p, count_q = len(products), len(offers.public) + 1, len(offers.targeted) + 1
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
        return gift_per_unit(offer, gift_of(offer, gifts), per_use(offer, products[k]), paid, float(net[k]))

    for k, product in enumerate(products):
        for p, offer in enumerate(offers.public, start=1):
            uses_p[k, p, 0] = per_use(offer, product)
            saving_p[k, p, 0] = saving_per_unit(offer, product, price[k])
            gift_p[k, p, 0], worth = given(offer, k, price[k])
            worth_p[k, p] = saving_p[k, p, 0] + worth
        for q, offer in enumerate(offers.targeted, start=1):
            uses_q[k, 0, q] = per_use(offer, product)
            saving_q[k, :, q] = saving_per_unit(offer, product, price[k])
            gift_q[k, 0, q], worth = given(offer, k, price[k])
            worth_q[k, q] = saving_q[k, 0, q] + worth
            for p, public in enumerate(offers.public, start=1):
                stacked[p, q] = _may_stack(public, offer)
                used[k, p, q] = stacked[p, q] or worth_q[k, q] > worth_p[k, p]
                if stacked[p, q]:
                    reduced = price[k] - saving_p[k, p, 0]
                    full = reduced if public.mechanic in PRICE_MECHANICS else price[k]
                    saving_q[k, p, q] = min(saving_per_unit(offer, product, full), reduced)
                    less_p[k, p, q] = gift_p[k, p, 0] - given(public, k, price[k] - saving_q[k, p, q]).cost
                    less_q[k, p, q] = gift_q[k, 0, q] - given(offer, k, reduced).cost
                    if not _everybodys(public):
                        apart[k, p, q] = saving_q[k, 0, q] - saving_q[k, p, q]
    return PerUnit(
        saving=(saving_p, saving_q),
        apart=apart,
        uses=(uses_p, uses_q),
        gift_cost=(gift_p, gift_q),
        gift_less=(less_p, less_q),
        worth=(worth_p, worth_q),
        stacked=stacked,
        used=used,
    )


def _basket_pairs(offers: Blocks[list[Offer]], gifts: Sequence[Gift]) -> tuple[Flag, Flag]:
    """[V, U] twice: where two offers on orders apply to the same ones, and where the targeted one is taken."""
    stacked = np.ones((len(offers.basket_public) + 1, len(offers.basket_targeted) + 1), dtype=bool)
    used = stacked.copy()
    for v, public in enumerate(offers.basket_public, start=1):
        for u, offer in enumerate(offers.basket_targeted, start=1):
            stacked[v, u] = public.stacks or offer.stacks
            used[v, u] = stacked[v, u] or order_worth(offer, gifts) > order_worth(public, gifts)
    return stacked, used


def _may_stack(public: Offer, targeted: Offer) -> bool:
    """Two offers meet on the same units where one says so, or where one is only visibility."""
    visible = Mechanic.FEATURE in (public.mechanic, targeted.mechanic)
    return public.stacks or targeted.stacks or visible


def _everybodys(public: Offer) -> bool:
    """Whether every unit is sold under a public offer: a shelf price without pieces and caps."""
    return public.mechanic in PRICE_MECHANICS and public.quantity is None and public.per_customer is None
