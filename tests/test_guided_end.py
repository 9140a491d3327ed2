"""A guided step ends with the best of its later plans, not with the one it happened to swing to last."""

from __future__ import annotations

import numpy as np
import pytest
from one_budget import one_budget

from planner.evaluation.evaluator import Evaluator
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Plan
from scenarios.streams import stream

PARAMS = GuidedParams()


class Recorded(Workspace):
    """A workspace that remembers what it scored."""

    def score(self, plan: Plan) -> Candidate:
        """The same, remembered."""
        self.seen.append(super().score(plan))
        return self.seen[-1]


def test_no_later_plan_is_worth_more_at_dear_overuse() -> None:
    """Twice the learned prices, or a tenth of their natural size: whatever uses too much pays for its mending."""
    problem = one_budget(1800.0)
    space = Recorded(Evaluator(problem.model, problem.limits), problem.rulebook)
    swung = 0
    for seed in range(2):
        space.seen = []
        plan, prices = guided(
            space, space.rules.locked_plan(), space.no_prices(), space.whole, PARAMS, stream(seed, "end")
        )
        dear = Prices(
            np.maximum(2.0 * prices.scalar, 0.1 * space.unit.scalar),
            np.maximum(2.0 * prices.stock, 0.1 * space.unit.stock),
        )
        worth = [space.worth(each, dear) for each in space.seen[-80:]]  # the last two fifths of 200
        ended = space.worth(space.score(plan), dear)
        assert ended == pytest.approx(max(worth))
        swung += worth[-1] < ended
    assert swung


def test_overuse_cannot_be_cheaper_than_its_price() -> None:
    """A penalty below 1 would pay for breaking limits."""
    with pytest.raises(ValueError, match="penalty of at least 1"):
        GuidedParams(penalty=0.5)
