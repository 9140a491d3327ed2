"""Caps on what customers save that look past gifts and points: credit on a card is no saving to them."""

from __future__ import annotations

from collections.abc import Iterator

from scenarios.first_few import first_few
from scenarios.language.schema import Scenario
from scenarios.language.schemas.rule import MaxDepth
from scenarios.loading.offers_there import lies_in


def doubtful_depths(scenario: Scenario) -> Iterator[str]:
    """Say of each `max_depth` that leaves ``counts_gifts`` out which gifts lie in its scope and count nothing in it."""
    for rule in scenario.rules:
        if not isinstance(rule, MaxDepth) or "counts_gifts" in rule.model_fields_set:
            continue
        given = [offer.id for offer in scenario.offers if offer.gift and lies_in(scenario, rule.where, offer)]
        if given:
            yield (
                f"rule {rule.id}: what the gifts and points of {first_few(given)} are worth does not count in "
                "it; counts_gifts: true counts it beside price cuts and coupons, as laws may ask; write false if it is "
                "not to"
            )
