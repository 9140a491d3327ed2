"""Messages that customers have had already: columns ``contacts_CHANNEL`` beside the caps of channels."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.assign.terms import Terms
from planner.assign.customers.customer_file import CustomerFile
from scenarios.language.schema import Scenario
from scenarios.problems import InvalidInput, Problem

_CONTACTS = "contacts"


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """A column of the customers' file, and how many messages a channel's cap allows."""

    column: str
    channel: str
    offers: tuple[int, ...]
    """Indices of the channel's offers."""
    most: int

    def full(self, had: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether who has had so many messages gets no other one; blank is none."""
        return np.asarray(np.nan_to_num(had) + 1 > self.most)


def contacts_read(file: CustomerFile, scenario: Scenario, terms: Terms) -> tuple[Contacts, ...]:
    """Return the columns ``contacts_CHANNEL`` that the file has.

    Raises
    ------
    InvalidInput
        Where such a column is written otherwise: left alone, it would let customers have more than the cap.
    """
    wanted = tuple(_capped(scenario, terms))
    names = {f"{_CONTACTS}_{channel.id}" for channel in scenario.channels}
    problems = []
    for one in wanted:
        other = next((name for name in file.columns if name not in names and _meant(name, one.channel)), None)
        if one.column not in file.columns and other is not None:
            remedy = f"write {one.column} for the messages that customers have had on {one.channel}"
            expected = f"the column {one.column}"
            problems.append(Problem(where=str(file.path), what="header", expected=expected, got=other, remedy=remedy))
    if problems:
        raise InvalidInput(problems)
    return tuple(one for one in wanted if one.column in file.columns)


def taken_as_none(scenario: Scenario, terms: Terms, read: tuple[Contacts, ...]) -> tuple[str, ...]:
    """Say of which channels nobody is taken to have had a message yet, because the file does not tell."""
    channels = {one.channel for one in read}
    return tuple(
        f"messages on {one.channel}: nobody has had any yet (no column {one.column} in the file); the cap is {one.most}"
        for one in _capped(scenario, terms)
        if one.channel not in channels
    )


def _capped(scenario: Scenario, terms: Terms) -> Iterator[Contacts]:
    for channel in scenario.channels:
        offers = tuple(number for number, offer in enumerate(terms.offers) if offer.channel == channel.id)
        if channel.contacts_per_customer is not None and offers:
            most = channel.contacts_per_customer.max
            yield Contacts(column=f"{_CONTACTS}_{channel.id}", channel=channel.id, offers=offers, most=most)


def _meant(name: str, channel: str) -> bool:
    """Whether a column's name is a slip for the messages of a channel: ``Contact_mail``, ``contacts_e-mail``."""
    first, _, rest = name.lower().partition("_")
    alike = difflib.get_close_matches(first, [_CONTACTS], 1, 0.8) and difflib.get_close_matches(
        rest, [channel.lower()], 1, 0.75
    )
    return bool(alike)
