"""``--set offers.OFFER.funding.VENDOR.share=80%`` where ``of_product`` stands for the vendor: an entry of its own.

Terms of `of_product` hold for every supplier that has none of its own. Changing them for one vendor takes a list in
which this vendor has the same terms but for what is set.
"""

from __future__ import annotations

from typing import Any

from scenarios.language.schemas.funding import OF_PRODUCT, Funding

_KEYS = frozenset(Funding.model_fields) - {"vendor"}


def own_entry(funding: Any, words: list[str], products: Any) -> list[Any] | None:
    """Return funding with an entry for the vendor that words name; None where they ask for none, or it has one.

    Parameters
    ----------
    funding
        As it is written: one vendor's terms, or a list.
    words
        The rest of the path: the vendor, whose id may hold dots, then a key of funding.
    products
        The section of the scenario: where it is a list in which every vendor has an entry then, nobody is left for
        ``of_product`` to stand for, and its entry goes.
    """
    vendor = ".".join(words[:-1])
    if not vendor or words[-1] not in _KEYS:
        return None
    funders = list(funding) if isinstance(funding, list) else [funding]
    named = {each.get("vendor"): each for each in funders if isinstance(each, dict)}
    if OF_PRODUCT not in named or vendor in named:
        return None
    own = [{**named[OF_PRODUCT], "vendor": vendor}, *funders]
    if isinstance(products, list):
        suppliers = {each.get("vendor") for each in products if isinstance(each, dict)}
        if suppliers <= {None, vendor, *named}:
            own.remove(named[OF_PRODUCT])
    return own
