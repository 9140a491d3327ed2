"""Who pays for an offer: one vendor, the vendor of each product, or several that each pay for their own products.

On one product, and on orders, at most one vendor pays. Which one hangs on who supplies the product.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Discriminator, Tag, model_validator

from scenarios.language.offer_values import no_share
from scenarios.language.values import FineMoney, Id, Money, Record, Share, refused

OF_PRODUCT = "of_product"
"""Stands for the vendor of each product that an offer lies on; no vendor may have it for an id."""


class Funding(Record):
    """A vendor pays a share of what a line costs, an amount for each unit sold under it, or one for each line."""

    vendor: Id
    """Who pays: a vendor, or of_product, the vendor of the product that the line is on."""
    share: Share = 0.0
    """Share of discount, gift and fixed cost that the vendor pays, at most 100%."""
    per_unit: Annotated[FineMoney, BeforeValidator(no_share)] = Decimal(0)
    """Net amount for each unit that is sold under the line and not returned (offers on products)."""
    per_line: Annotated[Money, BeforeValidator(no_share)] = Decimal(0)
    """Net amount for each line, whatever it sells: an ad, a display, a place at the end of an aisle."""

    @model_validator(mode="after")
    def _pays(self) -> Funding:
        """Say what the vendor pays."""
        if not {"share", "per_unit", "per_line"} & self.model_fields_set:
            remedy = "add share: 40% of all costs, per_unit: 0.40 for each unit sold, or per_line: 500.00 for each line"
            raise refused("share, per_unit or per_line", got="none of them", remedy=remedy)
        return self


def _each_once(funders: tuple[Funding, ...]) -> tuple[Funding, ...]:
    """A list names at least one vendor, and each once: on one product there is one who pays."""
    if not funders:
        raise refused("at least one vendor in the list", got="none", remedy="add one, or delete funding")
    twice = [vendor for vendor, count in Counter(each.vendor for each in funders).items() if count > 1]
    if twice:
        remedy = "write share, per_unit and per_line of one vendor in one entry"
        raise refused("every vendor once in the list", got=f"{twice[0]} again", remedy=remedy)
    return funders


FundingInput = Annotated[
    Annotated[Funding, Tag("<one>")] | Annotated[tuple[Funding, ...], AfterValidator(_each_once), Tag("<list>")],
    Discriminator(lambda value: "<list>" if isinstance(value, list | tuple) else "<one>"),
]
"""One vendor who pays on all products, or a list of vendors that each pay on their own."""


class Terms(NamedTuple):
    """What is paid on one product, or on orders, and by whom."""

    payer: str | None
    """The vendor; None where nobody pays."""
    share: float
    per_unit: Decimal
    per_line: Decimal


UNFUNDED = Terms(None, 0.0, Decimal(0), Decimal(0))


def written(funding: Funding | tuple[Funding, ...] | None) -> tuple[Funding, ...]:
    """Return the terms of all vendors, as they are written."""
    if funding is None:
        return ()
    return (funding,) if isinstance(funding, Funding) else funding


def terms_on(funding: Funding | tuple[Funding, ...] | None, supplier: str | None) -> Terms:
    """Return what is paid on a product of a supplier; None stands for a product without one, and for orders.

    One vendor pays whoever supplies the product. In a list each pays for its own products, and ``of_product`` stands
    for all suppliers that the list does not name.
    """
    if isinstance(funding, Funding) and funding.vendor != OF_PRODUCT:
        return _terms(funding, funding.vendor)
    own = {each.vendor: each for each in written(funding)}
    found = own.get(supplier or "", own.get(OF_PRODUCT))
    return UNFUNDED if supplier is None or found is None else _terms(found, supplier)


def _terms(funding: Funding, payer: str) -> Terms:
    return Terms(payer, funding.share, funding.per_unit, funding.per_line)


def without(funding: Funding | tuple[Funding, ...] | None, vendor: str) -> Funding | tuple[Funding, ...] | None:
    """Let a vendor pay nothing, and keep the vendor's name, so that scopes still find the offer."""
    nothing = {"share": 0.0, "per_unit": Decimal(0), "per_line": Decimal(0)}
    if isinstance(funding, Funding) and funding.vendor not in (vendor, OF_PRODUCT):
        return funding
    if isinstance(funding, Funding) and funding.vendor == vendor:
        return funding.model_copy(update=nothing)
    funders = written(funding)
    named = tuple(each.model_copy(update=nothing) if each.vendor == vendor else each for each in funders)
    if named != funders or all(each.vendor != OF_PRODUCT for each in funders):
        return named if funders else None
    return (*funders, Funding(vendor=vendor, share=0.0))
