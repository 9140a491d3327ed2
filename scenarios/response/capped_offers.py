"""Caps per customer that cannot be kept in the account, because nobody tells how many units an order holds."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.first_few import first_few
from scenarios.language.schema import Product, Scenario, Segment
from scenarios.language.where import offered
from scenarios.problems import Places, Problem
from scenarios.response.baskets import Baskets


def caps_without_quantities(
    scenario: Scenario,
    segments: tuple[Segment, ...],
    products: tuple[Product, ...],
    baskets: Baskets | None,
    places: Places,
) -> Iterator[Problem]:
    """Yield a problem for each cap per customer of an offer on products whose quantities in orders are not known."""
    for number, unknown_segments, unknown_products in _unknown(scenario, segments, products, baskets):
        offer = scenario.offers[number]
        table = "the baskets table" if scenario.baskets is None else scenario.baskets.table
        expected = f"how many units of {first_few(unknown_products)} an order holds, which a cap per customer cuts"
        add = "add baskets: {table: FILE} with" if scenario.baskets is None else f"add to {table}"
        yield Problem(
            where=places.at(("offers", number, "per_customer")),
            what=f"offers.{offer.id}.per_customer",
            expected=expected,
            got=f"no such rows in {table} for {first_few(unknown_segments)}",
            remedy=f"{add} rows of segment, product, orders and units, or delete per_customer",
        )


def _unknown(
    scenario: Scenario, segments: tuple[Segment, ...], products: tuple[Product, ...], baskets: Baskets | None
) -> Iterator[tuple[int, list[str], list[str]]]:
    """Yield offers whose cap lacks the quantities of orders: number, segments and products without them."""
    for number, offer in enumerate(scenario.offers):
        if offer.per_customer is None or offer.is_basket:
            continue
        where = offered(offer, segments, products, scenario.horizon)
        missing = [
            (segment.id, product.id)
            for segment, in_segment in zip(segments, where.segments, strict=True)
            for product, in_product in zip(products, where.products, strict=True)
            if in_segment and in_product and not _known(baskets, segment, product)
        ]
        if missing:
            yield number, list(dict.fromkeys(s for s, _ in missing)), list(dict.fromkeys(k for _, k in missing))


def _known(baskets: Baskets | None, segment: Segment, product: Product) -> bool:
    return baskets is not None and bool(baskets.quantities_of(segment.id, product.id))
