"""The bridge: its terms add up to the profit change, and each is zero where its cause is absent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_factory import rng_of, tiny_scenario

from scenarios.answer.bridge import bridge
from scenarios.answer.outcome import account
from scenarios.answer.sums import measured
from scenarios.grid import build_grid
from scenarios.language.scope import Scope
from scenarios.language.words import Measure
from scenarios.response.coefficients import build_coefficients
from scenarios.rounding import to_decimal


def _case(seed: int, **options):
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng, **options)
    model = build_coefficients(build_grid(scenario), effects, baskets)
    allowed = model.grid.allowed_flat
    scores = np.where(allowed, rng.random(allowed.shape), -1.0)
    plan = np.where(rng.random(model.grid.slots) < 0.6, scores.argmax(axis=1), 0).astype(np.int8)
    return model, plan


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_terms_add_up_to_the_profit_change(seed):
    """All terms add up to `net`, and `net` is the account's profit change to the cent."""
    model, plan = _case(seed)
    book, empty = account(model, plan), account(model, model.grid.empty())
    found = bridge(model, book, empty)
    change = measured(book, Measure.PROFIT, Scope()) - measured(empty, Measure.PROFIT, Scope())
    assert sum(amount for _, amount in found.terms) == found.net == to_decimal(change, book.digits)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_interactions_that_are_off_cost_nothing(seed):
    """Without interactions and baskets their terms are 0, to the cent."""
    model, plan = _case(seed, interactions=False, baskets=False)
    found = bridge(model, account(model, plan), account(model, model.grid.empty()))
    assert found.fatigue == found.cannibalisation == found.pull_forward == found.halo == found.basket == 0


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_terms_of_lines_that_do_not_exist_are_zero(seed):
    """A plan without basket lines has a basket term of 0, whatever the rounding; the empty plan has no term."""
    model, plan = _case(seed)
    plan[model.grid.offsets[2] :] = 0
    empty = account(model, model.grid.empty())
    assert bridge(model, account(model, plan), empty).basket == 0
    assert bridge(model, empty, empty).net == 0


@settings(derandomize=True, deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_costs_are_never_gains(seed):
    """Gifts, messages and fixed costs lower the profit, vendor funding raises it."""
    model, plan = _case(seed)
    found = bridge(model, account(model, plan), account(model, model.grid.empty()))
    assert found.gifts <= 0
    assert found.contacts <= 0
    assert found.fixed_costs <= 0
    assert found.vendor_funding >= 0


def test_the_empty_plan_has_an_empty_bridge():
    """Nothing is switched on without lines."""
    model, plan = _case(5)
    empty = account(model, np.zeros_like(plan))
    quiet = replace(empty)
    found = bridge(model, quiet, empty)
    assert found.net == 0
    assert found.discount_on_base == 0
