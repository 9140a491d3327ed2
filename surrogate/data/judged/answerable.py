"""What a scenario may ask of purchases: products, mechanics, days and currency, told before anything is learned.

The same checks hold for a trained model. Nothing here needs JAX: ``validate`` looks at the data file's own words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from scenarios.language.schema import Product, Scenario
from scenarios.language.words import Mechanic
from scenarios.problems import Problem, did_you_mean
from scenarios.word_list import listed

SHELF_TEACHES = (Mechanic.PRICE_DISCOUNT, Mechanic.FLASH_SALE, Mechanic.COUPON, Mechanic.FEATURE)
"""Mechanics that purchase data with shelf discounts, coupons, displays and mailers can teach."""


def taught_by(past: Collection[Mechanic] | None) -> frozenset[Mechanic]:
    """Return the mechanics that purchases teach: those they show, and those pooled with them.

    Data with declared offers pools every mechanic on products, and one on baskets where another basket offer ran.

    Parameters
    ----------
    past
        Mechanics of the past offers that the data declares; None where it declares none.
    """
    if past is None:
        return frozenset(SHELF_TEACHES)
    baskets = any(mechanic.is_basket for mechanic in past)
    return frozenset(mechanic for mechanic in Mechanic if baskets or not mechanic.is_basket)


def unknown_products(
    scenario: Scenario, products: tuple[Product, ...], known: Collection[str], *, of: str, named: str
) -> list[Problem]:
    """Return a problem for every product that a model does not know.

    ``of`` says whose products are known and ``named`` which file names them, in a planner's words.
    """
    return [
        Problem(
            where=scenario.scenario,
            what=f"products.{product.id}",
            expected=f"a product of the {of}",
            got=product.id,
            remedy=f"{did_you_mean(product.id, known)} (products are named in the {named})",
        )
        for product in products
        if product.id not in known
    ]


def untaught(scenario: Scenario, known: frozenset[Mechanic]) -> list[Problem]:
    """Return a problem for every offer of a mechanic that the purchases do not teach."""
    words = sorted(mechanic.value for mechanic in known)
    return [
        Problem(
            where=scenario.scenario,
            what=f"offers.{offer.id}",
            expected=f"{listed(words, 'or')}: the purchase data shows no other mechanic",
            got=offer.mechanic.value,
            remedy="delete the offer, add past ones of its kind to the data file (past_offers), "
            "or give all effects as a table: effects: {table: effects.csv}",
        )
        for offer in scenario.offers
        if offer.mechanic not in known
    ]


def too_early(scenario: Scenario, last: dt.date) -> list[Problem]:
    """Return a problem where the horizon starts inside the data, whose last day is given."""
    if scenario.horizon.start > last:
        return []
    remedy = "start later, or move train_until and test_until in the data file to earlier Sundays"
    got = str(scenario.horizon.start)
    return [
        Problem(where=scenario.scenario, what="horizon.start", expected=f"a day after {last}", got=got, remedy=remedy)
    ]


def other_currency(scenario: Scenario, currency: str) -> list[Problem]:
    """Return a problem where the purchases are in another currency; blank where they name none."""
    if currency in ("", scenario.currency):
        return []
    expected, got = f"{currency}, the currency of the purchases that prices are learned from", scenario.currency
    remedy = f"write currency: {currency}, or convert the purchases and their currency in the data file"
    return [Problem(where=scenario.scenario, what="currency", expected=expected, got=got, remedy=remedy)]
