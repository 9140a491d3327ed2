"""Contributions of lines equal what evaluating the plan without them says."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_factory import rng_of, tiny_scenario

from scenarios.answer.contributions import contribution_amounts, contributions
from scenarios.answer.outcome import account
from scenarios.grid import build_grid
from scenarios.language.aim import Aim
from scenarios.language.words import Measure
from scenarios.response.coefficients import build_coefficients
from scenarios.response.measures import objective_functional
from scenarios.response.slopes import leave_one_out
from scenarios.response.totals import evaluate


def _model(seed: int):
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng)
    if rng.random() < 0.5:
        weights = {
            "profit": 1.0,
            "revenue": 0.1,
            "customers_reached": 0.02,
            "orders": 0.3,
            "units": -0.2,
            "spend": -1.0,
            "max_liability": -0.1,
        }
        aim = Aim(weights={Measure(word): weight for word, weight in weights.items()})
        scenario = scenario.model_copy(update={"objective": aim})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    scores = np.where(model.grid.allowed_flat, rng.random(model.grid.allowed_flat.shape), -1.0)
    return model, np.where(rng.random(model.grid.slots) < 0.7, scores.argmax(axis=1), 0).astype(np.int8)


@settings(derandomize=True, deadline=None, max_examples=20)
@given(st.integers(0, 10**6))
def test_contributions_are_exact(seed):
    """Dropping a line loses its contribution, to float64 precision, with all interactions and any objective."""
    model, plan = _model(seed)
    functional = objective_functional(model)
    full = float(evaluate(functional, model, plan, np))
    for slot, amount in zip(np.flatnonzero(plan), contributions(model, plan), strict=True):
        without = plan.copy()
        without[slot] = 0
        lost = full - float(evaluate(functional, model, without, np))
        assert abs(lost - amount) <= 1e-9 * (1 + abs(full)), model.grid.line(int(slot), int(plan[slot]))


@settings(derandomize=True, deadline=None, max_examples=20)
@given(st.integers(0, 10**6))
def test_contributions_and_interaction_add_up(seed):
    """Rounded contributions and the interaction are the objective, to the cent."""
    model, plan = _model(seed)
    objective = Decimal("12.34")
    amounts, interaction = contribution_amounts(model, account(model, plan), objective)
    assert sum(amounts, start=interaction) == objective


def test_leave_one_out_survives_zeros():
    """Products without one factor are right where factors are zero."""
    factors = np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 5.0]])
    assert leave_one_out(factors, 1).tolist() == [[0.0, 6.0, 0.0], [0.0, 0.0, 0.0]]
