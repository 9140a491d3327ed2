"""Limits at risk: how often futures break them, the rows of a limit jointly, and that the verdict keeps few enough."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_factory import rng_of, tiny_scenario

from constraints.ledger import Ledger
from scenarios.futures.draws import draw
from scenarios.futures.outcomes import outcomes
from scenarios.grid import build_grid
from scenarios.language.schema import Limit
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import build_coefficients
from scenarios.response.measures import measure_functional
from scenarios.tolerance import may_break

DRAWS = 200


def _ledger(seed: int, *limits: Limit, service: float | None = None):
    """A ledger of a tiny scenario with some limits, and a plan of it."""
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng, rules=False, limits=False, stock=service is not None)
    risk = scenario.risk.model_copy(update={"service": service})
    grid = build_grid(scenario.model_copy(update={"limits": limits, "risk": risk}))
    model = build_coefficients(grid, effects, baskets)
    scores = np.where(grid.allowed_flat, rng.random(grid.allowed_flat.shape), -1.0)
    plan = np.where(rng.random(grid.slots) < 0.6, scores.argmax(axis=1), 0).astype(np.int8)
    return Ledger(model, effects, draw(grid, effects, seed, count=DRAWS)), plan


@settings(derandomize=True, deadline=None, max_examples=10)
@given(st.integers(0, 10**6), st.sampled_from(["max", "min"]), st.booleans())
def test_a_limit_that_holds_is_broken_in_few_draws(seed, sense, windows):
    """At the use at risk as its bound a limit holds and few draws break it; a cent tighter it does not hold."""
    spans = {"each": "period"} if windows else {}
    loose = Limit(id="cap", measure="units", at_risk=0.9, **{sense: 1}, **spans)
    ledger, plan = _ledger(seed, loose)
    (risky,) = (limit.used_at_risk for limit in ledger.audit(plan).limits if limit.id == "cap")
    assert risky is not None
    step = Decimal("0.001") if sense == "max" else Decimal("-0.001")
    for bound, kept in ((risky, True), (risky - step, False)):
        grid = ledger.grid
        limits = (loose.model_copy(update={sense: bound}),)
        changed = replace(
            ledger.model, grid=replace(grid, scenario=grid.scenario.model_copy(update={"limits": limits}))
        )
        judge = Ledger(changed, ledger.effects, ledger.draws)
        verdict = next(limit for limit in judge.audit(plan).limits if limit.id == "cap")
        left = bound - verdict.used_at_risk if sense == "max" else verdict.used_at_risk - bound
        assert (left >= 0) == kept
        if kept:
            assert judge.overruns(plan)["cap"] <= may_break(DRAWS, 0.9) / DRAWS + 1e-9


def test_rows_break_a_limit_jointly():
    """A limit on every period is broken in a future as soon as one period is above it."""
    limit = Limit(id="daily", measure="units", max=40, each="period", at_risk=0.95)
    ledger, plan = _ledger(3, limit)
    grid = ledger.grid
    days = [f"{day}..{day}" for day in grid.scenario.horizon.dates]
    scopes = [Scope.model_validate({"periods": [day]}) for day in days]
    rows = [measure_functional(grid, ledger.model.economics, Measure.UNITS, scope) for scope in scopes]
    uses = outcomes(ledger.model, ledger.effects, plan, ledger.draws, rows).values
    for bound in np.quantile(uses.max(axis=1), [0.1, 0.5, 0.9]):
        limits = (limit.model_copy(update={"max": Decimal(str(round(float(bound), 3)))}),)
        scenario = grid.scenario.model_copy(update={"limits": limits})
        judge = Ledger(replace(ledger.model, grid=replace(grid, scenario=scenario)), ledger.effects, ledger.draws)
        expected = (uses > float(limits[0].max) + 1e-3).any(axis=1).mean()
        assert judge.overruns(plan)["daily"] == pytest.approx(expected, abs=0.011)


def test_service_counts_the_draws_that_lack_stock():
    """A product's stock stands beside the limits where a service level is asked for, and nowhere else."""
    ledger, plan = _ledger(2, service=0.95)
    found = ledger.overruns(plan)
    assert any(name.startswith("stock:") for name in found)
    for limit in ledger.audit(plan).limits:
        if limit.id in found and limit.ok:
            assert found[limit.id] <= may_break(DRAWS, 0.95) / DRAWS
    other, plan = _ledger(2)
    assert other.overruns(plan) == {}
