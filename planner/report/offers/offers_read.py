"""What every offer is, in words: so that a mechanic that was written otherwise than meant is seen before the plan."""

from __future__ import annotations

from planner.report.offers.effects import named
from planner.report.table import Column, FittedTable
from scenarios.language.offer_words import offer_meaning
from scenarios.language.schema import Scenario


def offers_in_words(scenario: Scenario) -> dict[str, str]:
    """By id what an offer is."""
    return {offer.id: offer_meaning(offer, scenario.currency, scenario.gifts) for offer in scenario.offers}


def show_offers(scenario: Scenario) -> FittedTable:
    """One row an offer: its name, and what it is as the scenario was read."""
    said = offers_in_words(scenario)
    return FittedTable(
        title="What each offer is",
        columns=(Column(title="offer", least=14), Column(title="what it is", least=30)),
        rows=tuple((named(offer.id, offer.name), said[offer.id]) for offer in scenario.offers),
        empty="no offer",
    )
