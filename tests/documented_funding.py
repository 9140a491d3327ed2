"""Who pays for an offer on a product: `Each product's own vendor` in docs/scenario-language.md."""

from __future__ import annotations


def funders(offer) -> list[dict]:
    """The vendors of an offer with their terms: a list, or one."""
    funding = offer.get("funding", [])
    return [funding] if isinstance(funding, dict) else funding


def funder(offer, supplier: str | None) -> dict:
    """Terms of whoever pays on a product of a supplier, with the vendor's name; empty where nobody does."""
    if isinstance(offer.get("funding"), dict) and offer["funding"]["vendor"] != "of_product":
        return offer["funding"]
    terms = {each["vendor"]: each for each in funders(offer)}
    own = terms.get(supplier, terms.get("of_product")) if supplier else None
    return own | {"vendor": supplier} if own else {}
