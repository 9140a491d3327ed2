"""Whole messages: what dropping and entering them gains, and the guided step that moves them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.evaluation.evaluator import Evaluator
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.workspace import Workspace
from scenarios.grid import build_grid
from scenarios.language.schema import Limit
from scenarios.response.coefficients import build_coefficients

SEEDS = (11, 60, 170)
"""Their scenarios have the shape of `test_search_steps`, so that they share what is compiled."""


def space_of(seed: int, most: float) -> Workspace:
    """A tiny scenario in which lines interact by nothing but their messages, and these are limited."""
    scenario, effects, baskets = tiny_scenario(
        rng_of(seed), segments=2, products=3, periods=4, interactions=False, baskets=True, history=False, rules=False
    )
    on_goods = np.ones_like(effects.lift[0])
    on_goods[:, -1] = 0.0  # offers on baskets send messages and do nothing else
    effects = replace(effects, lift=effects.lift * on_goods, take_up=effects.take_up * on_goods)
    people = sum(segment.customers for segment in build_grid(scenario).segments)
    limit = Limit.model_validate({"id": "messages", "measure": "contacts", "max": round(most * people * 3)})
    stockless = tuple(product.model_copy(update={"stock": None}) for product in build_grid(scenario).products)
    scenario = scenario.model_copy(update={"limits": (limit,), "products": stockless})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    return Workspace(Evaluator(model, build_limits(model)), build_rulebook(model.grid, model.economics))


@pytest.mark.parametrize("seed", SEEDS)
def test_joint_gains_are_true(seed):
    """Dropping or entering a whole message changes the priced objective as told, where nothing else interacts."""
    space, rng = space_of(seed, 0.5), rng_of(seed)
    messages = space.evaluator.messages
    assert messages is not None
    plan = space.rules.locked_plan()
    targeted = np.arange(*space.grid.offsets[1:3])
    for slot in targeted[rng.random(len(targeted)) < 0.5]:
        plan[slot] = rng.choice(np.flatnonzero(space.rules.base[slot]))
    prices = space.no_prices()._replace(scalar=0.7 * (np.array(space.limits.ids) == "messages"))
    gain = space.gains_everywhere(plan, prices)
    worth = messages.priced(space.evaluator.weighed(1.0, prices.scalar))

    def priced(each: np.ndarray) -> float:
        scored = space.score(each)
        return scored.objective - float((prices.scalar * space.limits.sign) @ scored.uses)

    checked = 0
    for groups in (
        messages.dropped(plan, gain, worth, np.ones(len(plan), dtype=bool)),
        messages.entered(plan, gain, worth, space.rules.base),
    ):
        for scope, segment, period in np.argwhere(np.isfinite(groups.gain)):
            rows = np.flatnonzero(groups.lines[scope, segment, :, period])
            other = plan.copy()
            other[messages.place[segment, rows, period]] = groups.choices[scope, segment, rows, period]
            change = priced(other) - priced(plan)
            assert groups.gain[scope, segment, period] == pytest.approx(change, rel=1e-4, abs=1e-3)
            checked += 1
    assert checked > 0


def test_prices_of_messages_are_felt_where_many_lines_share_one():
    """The guided step drops whole messages until their limit nearly holds; single lines alone leave it far away."""
    over = {}
    for moves in (True, False):
        space = space_of(SEEDS[0], 0.2)
        start, step = space.rules.locked_plan(), GuidedParams(iterations=80, messages=moves)
        plan, _ = guided(space, start, space.no_prices(), space.whole, step, rng_of(0))
        over[moves] = space.score(plan).uses[0] / space.bound[0]
    assert over[True] < 1.25 < over[False]
