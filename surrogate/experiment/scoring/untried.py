"""Offers of a scenario that an experiment did not try, by mechanic and layer; told before anything is learned."""

from __future__ import annotations

from collections.abc import Collection

from scenarios.language.schema import Offer, Scenario
from scenarios.language.words import Layer, Mechanic
from scenarios.problems import Problem
from surrogate.experiment.prepared.offers import KIN

Tried = Collection[tuple[Mechanic, Layer]]
"""What an experiment tried."""


def answering(mechanics: Collection[Mechanic], mechanic: Mechanic) -> Mechanic | None:
    """Return the tried mechanic that answers for one: itself, or its kin."""
    for one in (mechanic, KIN.get(mechanic)):
        if one in mechanics:
            return one
    return None


def untried(scenario: Scenario, tried: Tried) -> dict[str, Problem]:
    """Return a problem by id of every offer whose mechanic, or layer of it, was not tried."""
    found = {offer.id: _problem(scenario, offer, tried) for offer in scenario.offers}
    return {name: problem for name, problem in found.items() if problem is not None}


def _problem(scenario: Scenario, offer: Offer, tried: Tried) -> Problem | None:
    mechanic = answering({one for one, _ in tried}, offer.mechanic)
    layers = {layer for one, layer in tried if one is mechanic}
    what = f"offers.{offer.id}"
    if mechanic is None:
        known = ", ".join(f"{one.value} ({layer.value})" for one, layer in tried)
        remedy = "delete the offer, or give all effects as a table: effects: {table: effects.csv}"
        expected = f"a mechanic that the experiment tried: {known}"
        return Problem(where=scenario.scenario, what=what, expected=expected, got=offer.mechanic.value, remedy=remedy)
    if offer.layer not in layers:
        expected = f"layer: {' or '.join(sorted(one.value for one in layers))}, as the experiment tried it"
        remedy = "write that layer here, or the offer's own layer in the experiment's file"
        return Problem(where=scenario.scenario, what=what, expected=expected, got=offer.layer.value, remedy=remedy)
    return None
