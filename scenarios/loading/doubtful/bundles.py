"""Bundles that are valid and hardly meant: "3 for 2" written as buy 3, get 2, and a price of one piece for all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scenarios.language.read_in import listed_products
from scenarios.language.schema import Offer, Product, Scenario
from scenarios.language.where import names_product
from scenarios.language.words import Mechanic

_START = r"(?<![0-9.])(?<![0-9],)"
_TIMES = "days?|weeks?|tage?n?|wochen?|jours?|semaines?|d[ií]as?|semanas?"
_FOR = re.compile(
    rf"{_START}([0-9]{{1,2}})[ _-]*(?:for|für|pour|por|per)[ _-]*([0-9]{{1,2}})"
    rf"(?![^\W_]|[.]|,[0-9]|\s*[%€$£¥]|[ _-]*(?:{_TIMES})\b)",
    re.IGNORECASE,
)
"""``3 for 2`` in a name or an id: no amount of money, no share, no span of time."""
_X = re.compile(rf"{_START}([2-5])x([1-4])(?![.]|,[0-9]|\s*[%€$£¥]|[ _-]*[^\W_])", re.IGNORECASE)
"""``3x2``, which means a bundle in some countries and a pack size in all: only one piece free, and no unit behind."""


def doubtful_bundles(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for each bundle that is probably another one than was meant."""
    products = listed_products(scenario)
    for offer in scenario.offers:
        if offer.mechanic is not Mechanic.BUNDLE or offer.buy is None:
            continue
        if offer.get is not None and offer.depth is None:
            yield from _free(offer, offer.buy, offer.get)
        elif offer.price is not None:
            yield from _priced(offer, [product for product in products if names_product(offer.applies_to, product)])


def _free(offer: Offer, buy: int, get: int) -> Iterator[str]:
    """Yield a note where the name says another n for m, or where n for m seems to be written as buy n, get m."""
    said = [each for text in (offer.name or "", offer.id) for each in _said(text)]
    meant = said or [(buy, get)] * (1 < get == buy - 1)
    if not meant or (offer.pieces, buy) in meant:
        return
    pieces, paid = meant[0]
    yield (
        f"offer {offer.id}: buy {buy}, get {get} free gives {offer.pieces} for the price of {buy}; {pieces} for the "
        f"price of {paid} is written buy: {paid}, get: {pieces - paid}"
    )


def _said(text: str) -> Iterator[tuple[int, int]]:
    """Yield each n for m of a name."""
    for n, m in _FOR.findall(text):
        if 0 < int(m) < int(n):
            yield int(n), int(m)
    for n, m in _X.findall(text):
        if int(n) == int(m) + 1:
            yield int(n), int(m)


def _priced(offer: Offer, products: list[Product]) -> Iterator[str]:
    """Yield a note where all pieces together cost less than one does: the price is probably that of one."""
    for product in products:
        if product.price is not None and offer.price is not None and offer.price < product.price:
            yield (
                f"offer {offer.id}: price {offer.price} is what all {offer.buy} pieces cost together, and one "
                f"{product.id} costs {product.price}; {offer.price} each is price: {offer.price * offer.pieces}"
            )
            return
