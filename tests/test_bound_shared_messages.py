"""Messages that rivals share: what each pays hangs on how many of them are on offer; no plan lies above the bound."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from all_plans import gains_and_feasible, plans_of, thin
from bound_questions import NO_BOUND, random_prices
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import Limits, build_limits
from planner.bound.gap.story import explain_gap
from planner.bound.layout import SHARED_CUTS
from planner.bound.lowering.params import BoundParams
from planner.bound.problem import BoundProblem
from planner.bound.relaxed.shared_messages import Shared, shares_moved
from scenarios.grid import build_grid
from scenarios.language.scope import Scope
from scenarios.response.coefficients import Coefficients, build_coefficients

SEEDS = (1, 2, 3, 4, 5, 6)


def question(seed: int, products: int = 3, cost: str = "0.6") -> tuple[Coefficients, Limits]:
    """A tiny question of products that all rob each other, with targeted offers on any of them and dear messages."""
    scenario, effects, baskets = tiny_scenario(
        rng_of(seed), rules=False, limits=False, stock=False, segments=1, products=products, periods=2,
        baskets=seed % 3 == 0,
    )  # fmt: skip
    update = {
        "products": tuple(each.model_copy(update={"rivals": "all"}) for each in build_grid(scenario).products),
        "channels": tuple(each.model_copy(update={"cost_per_contact": Decimal(cost)}) for each in scenario.channels),
        "offers": tuple(each.model_copy(update={"applies_to": Scope()}) for each in scenario.offers),
    }
    model = build_coefficients(build_grid(scenario.model_copy(update=update)), effects, baskets)
    return model, build_limits(model)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_plan_lies_above_the_bound_whatever_rivals_pay_for_messages(seed: int) -> None:
    """At any shares by load, and any prices beside them."""
    model, limits = question(seed)
    rng = rng_of(seed)
    allowed = thin(rng, model.grid.allowed_flat, 1500)
    gains, kept = gains_and_feasible(model, limits, plans_of(allowed))
    assert kept.any()
    problem = BoundProblem(model, limits, allowed, None, 4)
    assert problem.layout.sent_by_load
    for size in (0.0, 0.3, 3.0):
        prices = random_prices(rng, problem, size)
        prices = prices._replace(message=rng.normal(0, 2.0, prices.message.shape))
        for naive in (True, False):
            assert problem.evaluate(prices, naive=naive)[0] >= gains[kept].max()


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_the_parts_of_the_gap_add_up(seed: int) -> None:
    """What lines pay for messages at the load of a plan is the messages' part, and nothing else of it is negative."""
    model, limits = question(seed)
    rng = rng_of(seed)
    allowed = thin(rng, model.grid.allowed_flat, 300)
    plans = plans_of(allowed)
    gains, kept = gains_and_feasible(model, limits, plans)
    asked = model, limits, allowed, model.grid.empty()
    problem = BoundProblem(*asked, BoundParams().fine_states, (), BoundParams().load_cuts)
    prices = random_prices(rng, problem, 0.3)
    value, parts = problem.evaluate(prices, naive=False)
    found = replace(NO_BOUND, value=value, parts=parts, at=prices)
    for number in np.flatnonzero(kept)[:: max(1, int(kept.sum()) // 8)]:
        story = explain_gap(*asked, (), found, plans[number])
        assert story is not None
        assert sum(part.amount for part in story.parts) == pytest.approx(value - gains[number], rel=1e-9, abs=1e-6)
        assert min(part.amount for part in story.parts) >= -1e-6 * (1.0 + abs(value))


def test_shares_by_load_are_for_dear_messages_of_several_rivals() -> None:
    """Where messages cost next to nothing, or carry one of a group, nothing of it is in the program."""
    cheap, two, three = (
        BoundProblem(*asked, asked[0].grid.allowed_flat, None, 4, (), (0.3,))
        for asked in (question(1, cost="0.00001"), question(1, products=2), question(1))
    )
    assert not cheap.layout.sent_by_load and len(cheap.start.message) == 1 and cheap.layout.cuts == (0.3,)
    assert two.layout.sent_by_load and two.layout.cuts == (0.3,) and len(two.start.message) == 3
    assert three.layout.sent_by_load and three.layout.cuts == SHARED_CUTS


def test_a_rival_that_goes_alone_pays_alone() -> None:
    """Where the load has room for one of three rivals each pays all of the message, for two a half, for all a third."""
    sets = np.array([each for each in np.ndindex(2, 2, 2) if any(each)], dtype=float)
    room = (sets.sum(axis=1) <= np.array([[1.0], [2.0], [3.0]])).astype(float)
    of_group, group = np.ones((len(sets), 1)), np.ones((3, 1))
    shared = Shared(sets, of_group, group, room.reshape(3, 1, 1, 1, -1))
    thirds = np.full((1, 1, 1, 3), 1.0 / 3.0)
    moved = thirds + shares_moved(thirds, np.zeros((3, 1, 1, 1, 3)), shared, np)
    assert moved[:, 0, 0, 0] == pytest.approx(np.array([[1.0] * 3, [0.5] * 3, [1.0 / 3.0] * 3]))
    uneven = thirds + shares_moved(thirds, np.array([2.0, 0.0, -1.0]) * np.ones((3, 1, 1, 1, 1)), shared, np)
    most = (uneven[:, 0, 0, 0] @ sets.T * room).max(axis=1)
    assert most == pytest.approx(1.0)
