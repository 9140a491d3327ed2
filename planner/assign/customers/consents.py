"""Who may be contacted on each channel, by a column of the customers' file: who has not consented gets no message."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.assign.terms import Terms
from planner.assign.customers.customer_file import CustomerFile
from planner.consent import asked_of, why_asked
from scenarios.language.schema import Scenario
from scenarios.problems import InvalidInput, Problem
from surrogate.data.files.customer_file import in_words


@dataclass(frozen=True, kw_only=True)
class Consent:
    """A column of the customers' file that says whom a channel may reach."""

    column: str
    channel: str
    offers: tuple[int, ...]
    """Indices of the channel's offers."""


@dataclass(frozen=True, kw_only=True)
class NotConsented:
    """How many of the customers in a file a channel may not reach."""

    channel: str
    column: str
    customers: int


class ConsentCounts:
    """Counts who has not consented, block by block of a file."""

    def __init__(self, consents: tuple[Consent, ...]) -> None:
        self.consents = consents
        self.without = [0] * len(consents)

    def note(self, may: tuple[NDArray[np.bool_], ...]) -> None:
        """Count some customers: who may be contacted by each of the columns."""
        self.without = [count + int((~yes).sum()) for count, yes in zip(self.without, may, strict=True)]

    @property
    def found(self) -> tuple[NotConsented, ...]:
        """What came out, channel by channel."""
        return tuple(
            NotConsented(channel=one.channel, column=one.column, customers=count)
            for one, count in zip(self.consents, self.without, strict=True)
        )

    def said(self, customers: int) -> tuple[str, ...]:
        """Say of how many customers who has not consented."""
        return tuple(
            f"{one.customers:,} of {customers:,} have not consented to {one.channel} ({one.column}), "
            "and get no offer over it"
            for one in self.found
            if one.customers
        )


def consents_read(file: CustomerFile, scenario: Scenario, terms: Terms) -> tuple[Consent, ...]:
    """Return the columns that say who may be contacted.

    Raises
    ------
    InvalidInput
        Where the file lacks one: nobody may be written to on a guess.
    """
    over: dict[str, tuple[int, ...]] = {}
    for number, offer in enumerate(terms.offers):
        if offer.channel is not None:
            over[offer.channel] = (*over.get(offer.channel, ()), number)
    found, problems = [], []
    for channel, column in asked_of(scenario, frozenset(over)):
        if column not in file.columns:
            expected, got = f"the column {column}", in_words(file.columns)
            remedy = why_asked(channel)
            problems.append(Problem(where=str(file.path), what="header", expected=expected, got=got, remedy=remedy))
        found.append(Consent(column=column, channel=channel, offers=over[channel]))
    if problems:
        raise InvalidInput(problems)
    return tuple(found)
