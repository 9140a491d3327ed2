"""Limits that a scenario has: those it writes, and those that vendors' funds and stocks of gifts imply."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from scenarios.language.implied_ids import FUND, GIFT
from scenarios.language.schema import Limit, Scenario
from scenarios.language.scope import Scope


class NamedLimit(NamedTuple):
    """A limit, and the id it is reported under."""

    id: str
    limit: Limit
    origin: str
    """``limit`` (written in the scenario), ``fund`` (a vendor's) or ``gift`` (its stock)."""


def written_and_implied(scenario: Scenario) -> tuple[NamedLimit, ...]:
    """Limits of a scenario in its order, then vendors' funds (``fund:ID``) and stocks of gifts (``gift:ID``)."""
    found = [NamedLimit(limit.id, limit, "limit") for limit in scenario.limits]
    for vendor in scenario.vendors:
        if vendor.fund is not None:
            fund = Limit(id=vendor.id, measure="vendor_funding", max=vendor.fund, where=Scope(vendor=vendor.id))
            found.append(NamedLimit(f"{FUND}{vendor.id}", fund, "fund"))
    for gift in scenario.gifts:
        offers = tuple(offer.id for offer in scenario.offers if offer.gift == gift.id)
        if gift.stock is not None and offers:
            stock = Limit(id=gift.id, measure="gifts", max=Decimal(gift.stock), where=Scope(offers=offers))
            found.append(NamedLimit(f"{GIFT}{gift.id}", stock, "gift"))
    return tuple(found)
