"""Who may be contacted on each channel, by a column of the customers' file: who has not consented gets no message."""

from __future__ import annotations

from dataclasses import dataclass

from constraints.assign.terms import Terms
from planner.assign.customer_file import CustomerFile
from planner.consent import asked_of, why_asked
from scenarios.language.schema import Scenario
from scenarios.problems import InvalidInput, Problem
from surrogate.data.customer_file import in_words


@dataclass(frozen=True, kw_only=True)
class Consent:
    """A column of the customers' file that says whom a channel may reach."""

    column: str
    channel: str
    offers: tuple[int, ...]
    """Indices of the channel's offers."""


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
