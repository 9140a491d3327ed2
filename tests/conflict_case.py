"""A shop whose offers lift alike, and what its limits and rules are told about conflicts."""

import numpy as np
from rule_shop import SHOP, line

from constraints.infeasible.clash import Conflict
from constraints.infeasible.conflict import why_infeasible
from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from scenarios.grid import build_grid
from scenarios.language.schema import Scenario
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.effects import Effects

CALM = {"fatigue": 0.0, "pull_forward": {"share": 0.0, "periods": 1}, "cannibalisation": 0.0, "halo": 0.0}


def alike_effects(scenario: Scenario, lift: float = 0.5) -> Effects:
    """Return effects under which every offer lifts every product alike, and nothing is uncertain."""
    grid = build_grid(scenario)
    s, k, t = grid.shape
    offers = scenario.offers
    here = np.ones((s, k + 1, t, len(offers)))
    for number, offer in enumerate(offers):
        here[:, slice(0, k) if offer.is_basket else slice(k, k + 1), :, number] = 0.0
    public = np.array([1.0 if offer.layer.value == "public" else 0.3 for offer in offers])
    return Effects(
        base_units=np.full((1, s, k, t), 10.0),
        base_cv=np.zeros((s, k)),
        lift=lift * here[None],
        lift_sd=np.zeros(here.shape),
        take_up=here * public,
        take_up_cv=np.zeros(here.shape),
        evidence=("assumed",) * len(offers),
        source="made up",
    )


def explained(limits=(), rules=(), **changes) -> tuple[Conflict, Coefficients]:
    """Return why the shop has no plan under these limits and rules, and its model."""
    document = SHOP | {"limits": list(limits), "rules": list(rules), "response": CALM} | changes
    scenario = Scenario.model_validate(document)
    model = build_coefficients(build_grid(scenario), alike_effects(scenario), None)
    found = build_limits(model)
    return why_infeasible(model, found, build_rulebook(model.grid, model.economics)), model


def locked(*shorts, rule="keep"):
    """Return a rule that locks lines, each said in short."""
    return {"id": rule, "rule": "locked", "lines": [line(short).model_dump() for short in shorts]}
