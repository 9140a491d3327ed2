"""Searches that are hardly ones, for tests of what comes before or after them, not of how good they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import planner.evolution.joining.joined
import planner.evolution.operators.restart
import planner.evolution.shown.distinct
import planner.pareto.first
import planner.replan.rest.warm
import planner.run.cross_fit
import planner.run.no_plan.none_found
import planner.run.opening
import planner.run.warm_start
from planner.bound.inputs import Prices
from planner.bound.lowering.params import BoundParams
from planner.bound.problem import BoundProblem
from planner.evolution.apart import ApartParams
from planner.evolution.guided import GuidedParams
from planner.evolution.joining.joined import JoinParams
from planner.evolution.start.first import FirstParams
from planner.run.cross_fit import CrossFitParams
from planner.run.deepening import APART
from planner.run.effort import BOUND, WORK, Effort
from planner.run.no_plan.none_found import EFFORTS, NoneFoundParams

FIRST = FirstParams(step=GuidedParams(iterations=30))
BESIDE = ApartParams(plans=1, first=FirstParams(starts=1, relaxes=False, step=FIRST.step))
COARSE = BoundParams(naive_iterations=1, iterations=1, states=2, fine_states=2, load_cuts=())
SHORT = BoundParams(naive_iterations=2, iterations=5, states=4, fine_states=6, load_cuts=(0.17,))
"""Steps of both descents, with and without caps on what dips are lent."""
STEPS = (
    (planner.evolution.joining.joined, "STEP", 8),
    (planner.evolution.operators.restart, "RESTART", 12),
    (planner.replan.rest.warm, "FIRST", 8),
    (planner.run.warm_start, "GENTLE", 8),
    (planner.pareto.first, "END", 30),
    (planner.pareto.first, "NEXT", 12),
)
"""Guided steps, and how many iterations they have."""
JOIN = JoinParams(made=1)
HALF = CrossFitParams(first=GuidedParams(iterations=4, first_step=0.1), work=0.5)


def little_work(patch: pytest.MonkeyPatch, work: float = 4.0) -> None:
    """Let any effort be the first generations and the bound at its first prices, and guided steps be short.

    Every stage of a run still runs; where there is no plan, what mends that is looked for twice, not ten times, and
    plans that differ from a given one are made once in each way.
    """
    little_search(patch, work)
    first_bound(patch)


def little_search(patch: pytest.MonkeyPatch, work: float = 4.0) -> None:
    """Let the search alone be as little as that; the bound stays as it is."""
    patch.setattr(planner.run.opening, "first_params", lambda *_: FIRST)
    patch.setattr(planner.run.cross_fit, "CrossFitParams", lambda: HALF)
    for effort in Effort:
        patch.setitem(WORK, effort, work)
        patch.setitem(APART, effort, BESIDE)
        patch.setitem(EFFORTS, effort, NoneFoundParams(least=1, most=2, taken=2))
    patch.setattr(planner.evolution.shown.distinct, "TRIES", 1)
    patch.setattr(planner.evolution.joining.joined, "JoinParams", lambda: JOIN)
    patch.setattr(planner.run.warm_start, "MATES", 2)
    for module, name, iterations in STEPS:
        patch.setattr(module, name, replace(getattr(module, name), iterations=iterations))


def no_composing(patch: pytest.MonkeyPatch) -> None:
    """Let no plan be composed of whole schedules, where there is none to be found that way either."""
    for asked in ("worth_mending", "worth_composing_runs"):
        patch.setattr(planner.run.opening, asked, lambda _: False)


def short_bound(patch: pytest.MonkeyPatch) -> None:
    """Let quick effort's bound descend by its compiled slopes, through all of its stages, in few short steps."""
    patch.setitem(BOUND, Effort.QUICK, SHORT)


def first_bound(patch: pytest.MonkeyPatch) -> None:
    """Value the bound at its first prices, coarsely and by NumPy: to compile its slopes takes too long."""
    for effort in Effort:
        patch.setitem(BOUND, effort, COARSE)
    patch.setattr(BoundProblem, "slope", _values)


def _values(problem: BoundProblem, *, naive: bool, capped: bool = True) -> Callable[[Prices], tuple[float, Prices]]:
    """Values and no slopes, which leave every price where it is: no value is asked for twice."""
    known: dict[bytes, float] = {}

    def at(prices: Prices) -> tuple[float, Prices]:
        here = b"".join(each.tobytes() for each in prices)
        if here not in known:
            known[here] = problem.evaluate(prices, naive=naive)[0]
        return known[here], Prices(*(np.zeros_like(each) for each in prices))

    return at
