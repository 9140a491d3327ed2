"""The terms of the bridge from extra sales to profit, in the words of screens and workbooks alike."""

from __future__ import annotations

from typing import NamedTuple


class Term(NamedTuple):
    """What one term is called, and what it holds."""

    label: str
    holds: str


TERMS = {
    "gross_bump": Term("extra sales at full margin", "nothing borrowed, stolen or discounted"),
    "fatigue": Term("customers tired of offers", "what they no longer buy for it"),
    "cannibalisation": Term("taken from rival products", "what the rivals of promoted products sell less"),
    "pull_forward": Term("bought ahead of later sales", "borrowed within the horizon and beyond"),
    "halo": Term("sold along with it", "brought to other products"),
    "basket": Term("extra orders by basket offers", "less what is bought ahead"),
    "discount_on_base": Term("discount on what would have sold anyway", "fees spared taken off"),
    "discount_on_bump": Term("discount on the extra sales", "fees spared taken off"),
    "gifts": Term("gifts", "what they cost"),
    "contacts": Term("messages", "what they cost"),
    "fixed_costs": Term("fixed costs of lines", "set-up of offers"),
    "vendor_funding": Term("vendors pay back", "by the shares, amounts and funds that were agreed"),
}
"""By the field of a bridge."""
