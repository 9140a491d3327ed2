"""Optimistic bounds are valid: no plan goes below them, whatever interacts; without interactions they are reached."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_factory import rng_of, tiny_scenario

from constraints.infeasible.flow_reach import reach_of
from constraints.infeasible.optimistic import combined, least, row_tables
from constraints.rulebook import build_rulebook
from scenarios.grid import build_grid
from scenarios.language.scope import Scope
from scenarios.language.words import RATIOS, Measure
from scenarios.response.coefficients import build_coefficients
from scenarios.response.measures import measure_functional
from scenarios.response.priced_choices import build_economics
from scenarios.response.totals import evaluate

SUMS = [measure for measure in Measure if measure not in RATIOS]
SCOPES = [
    Scope(),
    Scope.model_validate({"layer": "targeted"}),
    Scope.model_validate({"products": ["k0"], "periods": ["2026-11-02..2026-11-09"]}),
    Scope.model_validate({"mechanics": ["coupon", "gift"], "segments": ["s0"]}),
]


def _case(seed, **options):
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng, limits=False, **options)
    grid = build_grid(scenario)
    model = build_coefficients(grid, effects, baskets)
    return rng, model, build_rulebook(grid, build_economics(grid))


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.integers(0, 2**31))
def test_no_plan_beats_the_bound(seed):
    """For random measures, scopes, signs and locked slots, the bound lies below every random plan, sums of rows too."""
    rng, model, book = _case(seed)
    base = book.base.copy()
    held = np.flatnonzero(rng.random(len(base)) < rng.choice([0.0, 0.4]))
    plans = [
        np.where(base, rng.random(base.shape), -1.0).argmax(axis=1).astype(np.int8) * (rng.random(len(base)) < busy)
        for busy in (0.1, 0.4, 0.9)
    ]
    plans = [plan.astype(np.int8) for plan in plans]
    for plan in plans[1:]:
        plan[held] = plans[0][held]
    base[held] = False
    base[held, plans[0][held]] = True
    reach = reach_of(model, base)
    functionals = [
        measure_functional(model.grid, model.economics, measure, SCOPES[int(rng.integers(len(SCOPES)))])
        for measure in (SUMS[n] for n in rng.choice(len(SUMS), size=4, replace=False))
    ]
    signs = rng.choice([-1.0, 1.0], size=4)
    rows = [row_tables(model, f, sign, reach) for f, sign in zip(functionals, signs, strict=True)]
    weights = rng.uniform(0, 2, size=4)
    bounds = [least(row, reach).value for row in rows] + [least(combined(rows, weights), reach).value]
    for plan in plans:
        values = [sign * float(evaluate(f, model, plan, np)) for f, sign in zip(functionals, signs, strict=True)]
        values.append(float(weights @ values))
        for value, bound in zip(values, bounds, strict=True):
            assert value >= bound - 1e-9 * (1 + abs(bound))


def test_without_interactions_the_bound_is_reached():
    """With one targeted layer and no interaction, the pairs that the bound picks are a plan with just that value."""
    for seed in range(20):
        _, model, book = _case(
            seed, interactions=False, public_offers=0, baskets=False, rules=False, history=False, stock=False
        )
        reach = reach_of(model, book.base)
        functional = measure_functional(model.grid, model.economics, Measure.DISCOUNT, Scope())
        for sign in (1.0, -1.0):
            found = least(row_tables(model, functional, sign, reach), reach)
            plan = model.grid.empty()
            plan[model.grid.offsets[1] : model.grid.offsets[2]] = found.pairs.ravel()
            assert sign * float(evaluate(functional, model, plan, np)) == pytest.approx(found.value, abs=1e-6)
