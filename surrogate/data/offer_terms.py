"""Parameters of offers in data: the same ones as those of a scenario's offer, under the same names."""

from __future__ import annotations

from typing import Any

from scenarios.language.schemas.offer import Offer
from scenarios.language.values import Money, Positive, Record, Share
from scenarios.language.words import Mechanic

WITH_ORDERS = "leave this offer and what the data holds of it out, and give its effects as a table"
"""The remedy for a gift from an order value on, in data to learn from."""


class OfferTerms(Record):
    """A mechanic with its parameters."""

    mechanic: Mechanic
    depth: Share | None = None
    at_most: Money | None = None
    price: Money | None = None
    value: Money | None = None
    spend: Money | None = None
    save: Money | None = None
    buy: Positive | None = None
    get: Positive | None = None

    def terms(self) -> dict[str, Any]:
        """Return the mechanic and those parameters that are given."""
        named = {name: getattr(self, name) for name in OfferTerms.model_fields}
        return {name: value for name, value in named.items() if value is not None}

    def offer(self, name: str, **more: Any) -> Offer:
        """Return the offer as a scenario would write it, with more of its keys; its checks are the scenario's.

        Raises
        ------
        ValueError
            When the mechanic takes other parameters.
        """
        return Offer.model_validate({"id": name, **self.terms(), **more})
