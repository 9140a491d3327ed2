"""Vendors that scopes, products and offers name exist, and who is to pay for its own products supplies some of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scenarios.language.checks.facts import Facts
from scenarios.language.schema import Offer
from scenarios.language.schemas.funding import OF_PRODUCT
from scenarios.language.where import names_product
from scenarios.problems import Path, Problem, shown

MEANT = frozenset({"own", "each", "all", "any", "every", "product", "products", "vendor", "supplier", "own_vendor"})
"""What people write who mean the vendor of each product."""
OWN = f"write {OF_PRODUCT}, if each product's own vendor is to pay"


def vendors_known(facts: Facts) -> Iterator[Problem]:
    """Whoever is named is a vendor; ``of_product`` is a word of funding only, and names none."""
    vendors = facts.vendors()
    for path, word in _named(facts):
        if word == OF_PRODUCT:
            expected = f"a vendor by name; {OF_PRODUCT} stands for the vendor of each product, in funding only"
            remedy = "rename the vendor" if path[-1] == "id" else "name one, or delete the key"
            yield facts.problem(path, expected, remedy=remedy)
        elif vendors is not None and word not in vendors:
            problem = facts.unknown(path, "vendor", word, vendors - {OF_PRODUCT})
            yield replace(problem, remedy=OWN) if "funding" in path and word.lower() in MEANT else problem


def _named(facts: Facts) -> Iterator[tuple[Path, str]]:
    """Yield every vendor that is named, and where; of funding those that stand for themselves."""
    for path, vendor in facts.members("vendors", facts.scenario.vendors):
        if vendor.id == OF_PRODUCT:
            yield (*path, "id"), vendor.id
    for path, scope in facts.scopes():
        if scope.vendor is not None:
            yield (*path, "vendor"), scope.vendor
    for path, offer in facts.members("offers", facts.scenario.offers):
        yield from ((at, word) for at, word in _funders(path, offer) if word != OF_PRODUCT)
    for path, product in facts.members("products", facts.products):
        if product.vendor is not None:
            yield (*path, "vendor"), product.vendor


def _funders(path: Path, offer: Offer) -> list[tuple[Path, str]]:
    """Return what an offer's funding names, and where."""
    listed = isinstance(offer.funding, tuple)
    return [
        ((*path, "funding", *((at,) if listed else ()), "vendor"), each.vendor) for at, each in enumerate(offer.funders)
    ]


def own_products(facts: Facts) -> Iterator[Problem]:
    """Vendors that pay for their own products supply one at least that the offer applies to."""
    if not facts.whole("products") or not facts.products:
        return
    known = facts.vendors()
    for path, offer in facts.members("offers", facts.scenario.offers):
        listed = isinstance(offer.funding, tuple)
        suppliers = {each.vendor for each in facts.products if names_product(offer.applies_to, each)} - {None}
        funders = _funders(path, offer)
        for at, word in funders:
            if word == OF_PRODUCT and not suppliers:
                expected = f"products with a vendor, who is the one to pay for {offer.id}"
                remedy = "add vendor to the products, or name the vendor that pays"
                yield facts.problem(at, expected, "none that it applies to has one", remedy)
            elif listed and word != OF_PRODUCT and word not in suppliers and (known is None or word in known):
                expected = f"a vendor of products that {offer.id} applies to, because in a list each pays on its own"
                only = f"write funding: {{vendor: {word}, ...}} without a list, to let it pay on all products"
                yield facts.problem(at, expected, shown(word), f"add vendor: {word} to its products; or {only}")
            elif word == OF_PRODUCT and suppliers == {each for _, each in funders if each != OF_PRODUCT}:
                expected = "a product whose vendor the list does not name, for of_product to pay on"
                yield facts.problem(at, expected, "none", "delete this entry")


CHECKS = (vendors_known, own_products)
"""Every check of vendors."""
