"""How customers are told: channels, what a message costs, and how many of a segment each channel can reach."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, SerializerFunctionWrapHandler, Tag, model_serializer

from scenarios.language.offer_values import column_name
from scenarios.language.spoken import Words
from scenarios.language.values import Count, Days, FineMoney, Id, Record, Share, refused


class ContactCap(Record):
    """At most ``max`` messages to one customer in any ``days`` consecutive days."""

    max: Count
    """Messages to one customer."""
    days: Days
    """Length of the window in days."""


def _named(value: Any) -> Any:
    """Refuse shares by segment that name none."""
    if value == {}:
        raise refused("a share, or shares by segment, {loyal: 62%, lapsed: 28%}", got="{}", remedy="delete reach")
    return value


Reach = Annotated[
    Annotated[dict[Id, Share], BeforeValidator(_named), Tag("<by segment>")] | Annotated[Share, Tag("<of all>")],
    Discriminator(lambda value: "<by segment>" if isinstance(value, dict) else "<of all>"),
]
"""One share for all segments, or one for each that is named."""


class Channel(Record):
    """A way to reach customers."""

    id: Id
    """Short name that offers and scopes use."""
    name: Words | None = None
    """Name for people, in any script."""
    cost_per_contact: FineMoney = Decimal(0)
    """Net cost of one message to one customer."""
    contacts_per_customer: ContactCap | None = None
    """Cap on messages to one customer in any window of days."""
    reach: Reach | None = None
    """Share of a segment's customers whom the channel can reach at all, ``62%``, or by segment, ``{loyal: 62%, lapsed:
    28%}``; segments that are not named: 100%."""
    consent: Annotated[str | None, BeforeValidator(column_name)] = None
    """Column of the customers' files that says, yes or no, whom the channel may reach; without it everybody."""

    @model_serializer(mode="wrap")
    def _without_reach(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave reach out where there is none, so that plans without one keep their bytes and hashes."""
        data: dict[str, Any] = serialise(self)
        return {key: data[key] for key in data if key != "reach" or self.reach is not None}

    def reaches(self, segment: str) -> float:
        """Share of a segment's customers whom the channel can reach, by the segment's id."""
        if isinstance(self.reach, dict):
            return self.reach.get(segment, 1.0)
        return 1.0 if self.reach is None else self.reach
