"""Natural sizes of the bound's prices: by them first steps are measured."""

from __future__ import annotations

import numpy as np

from planner.bound.inputs import Prices
from planner.bound.problem import BoundProblem
from planner.bound.relaxed.messages import message_prices
from scenarios.arrays import Float, Int

LEAST_WORTH = 0.1
"""Share of what is sold without offers that limits may be worth where no offer gains, as floors under losses do."""

OF_FLOORS = 3.0
"""Lines that a rule asks for may lose more than caps of lines are worth: their prices have farther to go."""


def natural_sizes(problem: BoundProblem, use: Float, gain: float) -> Prices:
    """Sizes of all prices, from the uses [F - 1] and the gain of the unlimited relaxation."""
    margin = np.abs(problem.data.unit_margin)
    worth = problem.data.cells.units * margin
    bound, empty = problem.data.bound - problem.offset, problem.empty[1:] - problem.offset
    size = np.maximum(np.abs(use - problem.offset), np.maximum(np.abs(bound), np.abs(empty)))
    return Prices(
        limit=max(abs(gain), LEAST_WORTH * float(worth.sum())) / np.maximum(size, 1e-9),
        stock=np.broadcast_to(margin, problem.start.stock.shape) + 1e-9,
        theft=np.ones(1),
        load=0.1 * worth,
        dip=np.ones(1),
        basket=np.ones(1),
        public=worth.mean(axis=1)[:, None, :, None],
        basket_public=worth.sum(axis=-1).mean(axis=1)[:, None, None] * 0.05,
        message=np.ones(1),
        message_floor=_of_messages(problem),
        reached=np.ones(1),
        **_of_rules(problem, 0.1 * worth),
    )


def _of_messages(problem: BoundProblem) -> Float:
    """Of the prices of floors of messages: what these messages cost on average."""
    floors, weights, people = problem.data.message_floors, problem.data.weights, problem.data.people
    objective, free = np.eye(len(weights.message))[0], np.zeros(len(floors.least))
    cost = -message_prices(objective, free, weights, floors, people, np)
    return np.asarray((floors.counted * cost).sum(axis=(1, 2, 3)) / floors.counted.sum(axis=(1, 2, 3)))


def _of_rules(problem: BoundProblem, worth: Float) -> dict[str, Float]:
    """Of the prices of rules: what the lines' slots are worth, by what cells [T, S, K] are."""
    basket = worth.sum(axis=2)
    slots = np.concatenate(
        [
            worth.sum(axis=1).T.ravel(),
            worth.transpose(1, 2, 0).ravel(),
            basket.sum(axis=1).ravel(),
            basket.T.ravel(),
        ]
    )
    rules, shape = problem.data.rules, problem.layout.rules

    def mean(cell: Int, slot: Int, size: int) -> Float:
        count = np.bincount(cell, minlength=size)
        return np.asarray(np.bincount(cell, slots[slot], minlength=size) / np.maximum(count, 1))

    words = mean(rules.words.cell, rules.words.slot, shape.cells)
    first = len(rules.window_cap)
    return {
        "count": mean(rules.counted.cell, rules.counted.slot, len(rules.count_cap))
        * np.where(rules.count_sign < 0, OF_FLOORS, 1.0),
        "window": words[:first],
        "word": words[first:],
        "literal": np.ones(1),
    }
