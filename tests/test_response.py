"""Claims of the response model: multilinear, nobody sells below baseline for a rival's equal offer, dips keep half.

300 random scenarios with layers, baskets, history and all interactions.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from all_plans import sold_by_all
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_factory import rng_of, tiny_scenario

from scenarios.answer.outcome import account
from scenarios.grid import build_grid
from scenarios.response.changes import Changes
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.interactions import kept_lift, theft_share
from scenarios.response.measures import objective_functional
from scenarios.response.model import choose, flows, pair_indices, setting
from scenarios.response.totals import evaluate, sold_by, value
from scenarios.response.two_layers import pair_up
from surrogate.quick_compile import QUICK


def tiny_model(seed: int, **options) -> tuple[Coefficients, np.random.Generator]:
    """Return the tables of a random tiny scenario and the stream that made it."""
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng, limits=False, rules=False, **options)
    return build_coefficients(build_grid(scenario), effects, baskets), rng


def random_plan(model: Coefficients, rng: np.random.Generator) -> np.ndarray:
    """Return a flat plan with most of its slots filled."""
    scores = np.where(model.grid.allowed_flat, rng.random(model.grid.allowed_flat.shape), -1.0)
    return np.where(rng.random(model.grid.slots) < 0.7, scores.argmax(axis=1), 0).astype(np.int8)


@settings(derandomize=True, deadline=None, max_examples=120)
@given(st.integers(0, 10**6))
def test_slopes_give_the_exact_gain_of_every_single_change(seed):
    """Multilinear: slope times change of coefficients = re-evaluation, within 1e-9 of the objective, in float64."""
    model, rng = tiny_model(seed)
    plan = random_plan(model, rng)
    functional = objective_functional(model)
    changes = Changes(model, functional, plan)
    slots, choices = np.nonzero(model.grid.allowed_flat)
    places = rng.permutation(len(slots))[:8]
    plans = np.repeat(plan[None], len(places) + 1, axis=0)
    plans[np.arange(len(places)), slots[places]] = choices[places]
    *values, full = value(functional, model, sold_by_all(model, plans), np)
    for place, gain in zip(places, np.array(values) - full, strict=True):
        slot, choice = int(slots[place]), int(choices[place])
        block = model.grid.slot(slot).block
        claimed = changes.to(block, choice).ravel()[slot - model.grid.offsets[block]]
        assert abs(claimed - gain) <= 1e-9 * (1 + abs(full)), model.grid.slot(slot)


def test_baskets_that_an_offer_keeps_away_are_no_credit():
    """A basket lift below 0 borrows nothing: nothing is charged for it, or paid, and gains stay exact."""
    rng = rng_of(4)
    scenario, effects, baskets = tiny_scenario(rng, limits=False, rules=False, baskets=True, history=False)
    lift = effects.lift.copy()
    lift[:, :, -1] = -np.abs(lift[:, :, -1]) - 0.01
    model = build_coefficients(build_grid(scenario), replace(effects, lift=lift), baskets)
    assert (model.strengths.pull_forward > 0).all()
    plan = model.grid.empty()
    blocks = model.grid.split(plan)
    for block in (blocks.basket_public, blocks.basket_targeted):
        block[...] = 1
    book = account(model, plan)
    assert book.cells.orders.sum() < account(model, model.grid.empty()).cells.orders.sum()
    assert not book.cells.ahead.any()
    functional = objective_functional(model)
    changes, full = Changes(model, functional, plan), float(evaluate(functional, model, plan, np))
    changed = plan.copy()
    at = int(model.grid.offsets[3])
    changed[at] = 0
    gain = float(evaluate(functional, model, changed, np)) - full
    assert changes.to(3, 0).ravel()[0] == pytest.approx(gain, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", [1, 2])
def test_numpy_and_jax_agree(seed):
    """Evaluated under JAX in float64, the response gives the same value as under NumPy."""
    jax = pytest.importorskip("jax")
    model, rng = tiny_model(seed, segments=2, products=2, periods=3, baskets=True)
    plan = random_plan(model, rng)
    functional = objective_functional(model)
    with jax.enable_x64(True):
        compiled = jax.jit(lambda one: evaluate(functional, model, one, jax.numpy), compiler_options=QUICK)
        traced = float(compiled(plan))
    assert traced == pytest.approx(float(evaluate(functional, model, plan, np)), rel=1e-11, abs=1e-9)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.integers(0, 10**6))
def test_nothing_sells_negative_amounts(seed):
    """Units, units under lines and orders are never negative."""
    model, rng = tiny_model(seed)
    what = sold_by(model, random_plan(model, rng), np)
    for amount in (what.units, what.public_base, what.targeted_base, what.orders):
        assert (amount >= -1e-12).all()


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    lift=st.floats(0, 5),
    units=st.lists(st.floats(0.1, 100), min_size=2, max_size=6),
    kappa=st.floats(0, 1),
)
def test_one_offer_on_a_whole_group_never_sells_below_baseline(lift, units, kappa):
    """The same lift on every member of a rival group, however unequal they are, leaves nobody below baseline."""
    base = np.array(units)
    others = base.sum() - base
    count = np.full(len(base), len(base) - 1)
    theft = theft_share(np.full(len(base), lift), base, others, count, kappa, np)
    kept = kept_lift(np.full(len(base), lift), theft, base, others, kappa, np)
    left = np.array([np.prod(np.delete(1.0 - theft, k)) for k in range(len(base))])
    assert (left * (1.0 + kept) >= 1.0 - 1e-9).all()


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(0, 10**6))
def test_dips_leave_half_of_the_baseline(seed):
    """All lines before a period, history included, borrow at most half of its baseline."""
    model, rng = tiny_model(seed)
    cell, basket = pair_indices(model.grid.split(random_plan(model, rng)), model.grid.widths, np)
    chosen, here = choose(model, cell, basket, np), setting(model)
    nothing = np.zeros_like(chosen.theft)
    alone = chosen._replace(theft=nothing, spill=nothing, basket_lift=np.zeros_like(chosen.basket_lift))
    base = flows(alone, here, model, np).base
    assert (base >= 0.5 * model.base_units - 1e-9).all()


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    lift_p=st.floats(-0.5, 3),
    take_q=st.floats(0, 1),
    lift_q=st.floats(-0.5, 3),
    coverage=st.floats(0, 1),
    stacked=st.booleans(),
    used=st.booleans(),
)
def test_a_targeted_offer_never_lowers_who_gets_the_shelf_price_or_better(
    lift_p, take_q, lift_q, coverage, stacked, used
):
    """Beside a shelf price, every base unit is still sold at it, or under a targeted offer that is worth more."""
    pair = pair_up(lift_p, 1.0, lift_q, take_q, coverage, stacked, used or stacked, np)
    at_shelf_or_better = pair.base_public + pair.base_targeted - pair.base_both
    assert at_shelf_or_better == pytest.approx(1.0, abs=1e-12)
    assert pair.lift >= -0.5 - 1e-12
    assert pair.bump_public + pair.bump_targeted - pair.bump_both == pytest.approx(pair.lift, abs=1e-9)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    lift_p=st.floats(0, 3),
    served=st.floats(0, 1),
    take_q=st.floats(0, 1),
    lift_q=st.floats(-0.5, 3),
    coverage=st.floats(0, 1),
    stacked=st.booleans(),
    used=st.booleans(),
)
def test_beside_counted_pieces_a_targeted_offer_never_lowers_who_gets_the_shelf_price_or_better(
    lift_p, served, take_q, lift_q, coverage, stacked, used
):
    """All who find a piece keep their shelf price or a better one; who comes too late may use the targeted offer."""
    alone = (served * lift_p, served, lift_q, take_q)
    pair = pair_up(*alone, coverage, stacked, used or stacked, np, served)
    better = pair.base_public + pair.base_targeted * (used or stacked) - pair.base_both
    everybody = pair.base_public + pair.base_targeted - pair.base_both
    assert served - 1e-12 <= better <= everybody + 1e-12 <= 1.0 + 2e-12
    under = pair.bump_public + pair.bump_targeted - pair.bump_both
    lost_elsewhere = max(served * lift_p - pair.lift, 0.0) * (1.0 - everybody)
    assert pair.lift - 1e-9 <= under <= pair.lift + lost_elsewhere + 1e-9


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(0, 10**6))
def test_layers_share_out_every_unit(seed):
    """Units under the lines of a cell never exceed the units sold in it."""
    model, rng = tiny_model(seed)
    plan = random_plan(model, rng)
    what = sold_by(model, plan, np)
    under = what.public + what.targeted - what.both
    assert (under <= what.units + 1e-9).all()
    for each in (what.public, what.targeted, what.both):
        assert (each >= -1e-9).all()


def test_fatigue_never_grows_a_lift():
    """More lines before never raise the bump of a later line."""
    for seed in range(20):
        model, rng = tiny_model(seed, periods=4)
        plan = random_plan(model, rng)
        blocks = model.grid.split(plan.copy())
        cell, basket = pair_indices(blocks, model.grid.widths, np)
        chosen, here = choose(model, cell, basket, np), setting(model)
        quiet = chosen._replace(theft=np.zeros_like(chosen.theft))
        rested = quiet._replace(reach=np.zeros_like(chosen.reach), basket_reach=np.zeros_like(chosen.basket_reach))
        assert (flows(quiet, here, model, np).plain_bump <= flows(rested, here, model, np).plain_bump + 1e-12).all()
