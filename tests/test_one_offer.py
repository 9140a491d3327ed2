"""What an offer does for a single customer is what the response model says of a segment of one."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_factory import rng_of, tiny_scenario

from scenarios.grid import Grid, build_grid
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import Coefficients, build_coefficients, still_sold
from scenarios.response.effects import Effects
from scenarios.response.measures import measure_functional
from scenarios.response.one_offer import OneOffer, Surround, on_baskets, on_products, weighed
from scenarios.response.totals import evaluate

MEASURES = (Measure.PROFIT, Measure.REVENUE, Measure.SPEND, Measure.DISCOUNT, Measure.USES, Measure.VENDOR_FUNDING)


def _alone(model: Coefficients, effects: Effects, block: int, choice: int) -> OneOffer:
    """Let the only segment's one customer have an offer, with the model's own figures."""
    grid = model.grid
    around = Surround(
        grid=grid,
        economics=model.economics,
        strengths=model.strengths,
        halo=model.halo,
        still_sold=still_sold(model.sold, model.strengths.pull_forward_periods)[:, 0],
    )
    offer = grid.choices[block][choice - 1].offer
    base, per_unit = model.base_units[:, :, 0], model.orders_per_unit[:, :, 0]
    lift = effects.lift.mean(axis=0)[:, :, 0, offer] * model.kept[:, :, offer]
    take_up = effects.take_up[:, :, 0, offer] * model.kept[:, :, offer]
    if block == 3:
        return on_baskets(around, base, lift[:, -1], take_up[:, -1], per_unit)
    return on_products(around, base, lift[:, :-1], take_up[:, :-1], per_unit)


def _plan(grid: Grid, block: int, choice: int) -> np.ndarray:
    """Put an offer wherever it may be chosen."""
    plan = grid.empty()
    for slot in range(grid.offsets[block], grid.offsets[block + 1]):
        if grid.allowed_flat[slot, choice]:
            plan[slot] = choice
    return plan


@given(seed=st.integers(0, 10**6), baskets=st.booleans())
@settings(max_examples=12, deadline=None, derandomize=True)
def test_one_customer_is_a_segment_of_one(seed: int, baskets: bool) -> None:
    """Every measure of an offer alone, fixed costs left out, is the account's of a plan that sends it to one."""
    scenario, effects, orders = tiny_scenario(
        rng_of(seed), segments=1, periods=1, baskets=baskets, history=False, stock=False, limits=False, rules=False,
        terms=False, reach=False,
    )  # fmt: skip
    assert isinstance(scenario.segments, tuple)
    response = scenario.response.model_copy(update={"carry_over": "ignore", "fatigue": 0.0})
    one = scenario.segments[0].model_copy(update={"customers": 1})
    scenario = scenario.model_copy(update={"segments": (one,), "response": response})
    grid = build_grid(scenario)
    model = build_coefficients(grid, effects, orders)
    for block in (1, 3):
        for choice, picked in enumerate(grid.choices[block], start=1):
            if picked.served != 1.0:
                continue
            plan = _plan(grid, block, choice)
            if not plan.any():
                continue
            sold = _alone(model, effects, block, choice)
            for measure in MEASURES:
                functional = measure_functional(grid, model.economics, measure, Scope())
                change = evaluate(functional, model, plan, np) - evaluate(functional, model, grid.empty(), np)
                lines = np.flatnonzero(grid.split(plan)[block].reshape(-1) > 0)
                table = functional.basket_targeted_line[None] if block == 3 else functional.targeted_line
                fixed = float(table[lines, choice].sum())  # one segment, one period: a line's place is its product
                found = weighed(functional, sold, choice, basket=block == 3)
                expected = change - fixed
                assert np.isclose(found[0], expected, rtol=1e-9, atol=1e-9), (measure, block, choice)
