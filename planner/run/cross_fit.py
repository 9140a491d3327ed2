"""Optimism by cross-fitting: plan on one half of the futures, value on the other, both ways (docs/risk.md).

A plan that was picked for what it looks like looks better than it is, because it was picked (the winner's curse). Each
half of the drawn futures makes a table of mean effects; a short search plans on it and says what its plan promises
there; the other half, which had no part in picking the lines, says what that plan is worth. The difference is the
optimism. Only what limits are worth, where the search's prices start, is known from all futures.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from constraints.ledger import Ledger
from constraints.limits.book import build_limits
from planner.evaluation.evaluator import Evaluator
from planner.evaluation.tilted import TiltedEvaluator
from planner.evolution.careful import Careful
from planner.evolution.evolve import EvolveParams, evolve
from planner.evolution.finish import Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.state import begin
from planner.evolution.workspace import Candidate, Prices, Workspace
from planner.problem import Problem
from scenarios.arrays import Plan
from scenarios.futures.draws import Draws
from scenarios.futures.funds import Funds
from scenarios.futures.optimism import HalfPlan
from scenarios.futures.outcomes import outcomes
from scenarios.futures.tilted import tilted, tilted_strengths
from scenarios.language.aim import careful_value, caution_of
from scenarios.response.coefficients import build_coefficients
from scenarios.response.measures import objective_functional
from scenarios.response.totals import evaluate
from scenarios.streams import stream


@dataclass(frozen=True, kw_only=True, eq=False)
class CrossFit:
    """What planning on each half of the futures gave."""

    halves: tuple[HalfPlan, ...]
    """One entry a half; none where a half finds no feasible plan."""
    plans: tuple[Plan, ...]
    """The plans behind them, int8 [N]: made apart from each other and from everything else in the run."""


@dataclass(frozen=True, kw_only=True)
class CrossFitParams:
    """How much a half may cost: a fixed work, a fraction of a quick search.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    first: GuidedParams = field(default_factory=lambda: GuidedParams(iterations=50, first_step=0.1))
    """The guided step that makes the first plan; it starts from prices that are about right."""
    work: float = 40.0
    """Passes over all columns of the evolution after it."""

    def __post_init__(self) -> None:
        if not (self.work > 0):
            raise ValueError(f"expected work above 0, got {self.work}")


def cross_fit(
    problem: Problem,
    space: Workspace,
    ledger: Ledger,
    prices: Prices,
    seed: int,
    params: CrossFitParams | None = None,
) -> CrossFit:
    """Plan on each half of a ledger's draws and value on the other.

    Parameters
    ----------
    space
        The run's workspace: its bounds in force, tightened where limits must hold at risk, hold here too.
    prices
        What limits are worth on all futures: where the halves' prices start. Lines are picked from nothing.
    """
    settings = CrossFitParams() if params is None else params
    middle = len(ledger.draws) // 2
    halves = ledger.draws.part(0, middle), ledger.draws.part(middle, len(ledger.draws))
    caution = caution_of(problem.grid.scenario.objective)
    found: list[HalfPlan] = []
    plans: list[Plan] = []
    for number, (own, other) in enumerate((halves, halves[::-1])):
        planned = _planned(problem, space, own, prices, stream(seed, "cross-fit", str(number)), settings)
        if planned is None:
            return CrossFit(halves=(), plans=tuple(plans))
        candidate, promised = planned
        plans.append(candidate.plan)
        gains, given = (_gained(problem, candidate, draws) for draws in (own, other))
        worth = float(given.mean()) if caution is None else careful_value(caution, given)
        found.append(HalfPlan(promised=promised, worth=worth, own=gains, other=given))
    return CrossFit(halves=tuple(found), plans=tuple(plans))


def _planned(
    problem: Problem,
    space: Workspace,
    own: Draws,
    prices: Prices,
    rng: np.random.Generator,
    params: CrossFitParams,
) -> tuple[Candidate, float] | None:
    """A short search on the mean effects of some draws, and what its plan promises there; None without a plan."""
    alike = np.full(len(own), 1.0 / len(own))
    effects, strength = tilted(problem.effects, own, alike), tilted_strengths(problem.model, own, alike)
    model = build_coefficients(problem.grid, effects, problem.baskets, strength=strength)
    limits = build_limits(model)
    caution = caution_of(problem.grid.scenario.objective)
    evaluator = Evaluator(model, limits) if caution is None else TiltedEvaluator(model, limits)
    half = Workspace(evaluator, problem.rulebook, space.interrupt, unit=space.unit)
    half.keep(space.kept)
    half.bound, half.available = space.bound.copy(), space.available.copy()
    finish = Finish(half)
    start = half.rules.locked_plan()
    plan, prices = guided(half, start, prices, half.whole, params.first, rng)
    first = max((finish(plan, prices), finish.trim(start)), key=lambda each: (each.feasible, each.objective))
    if not first.feasible:
        return None
    state, evolution = begin(first, prices), EvolveParams(work=params.work)
    if not isinstance(evaluator, TiltedEvaluator) or caution is None:
        *_, state = evolve(half, finish, state, evolution, rng)
        nothing, functional = problem.grid.empty(), objective_functional(model)
        worth, empty = (float(evaluate(functional, model, each, np)) for each in (state.best.plan, nothing))
        return state.best, worth - empty
    ledger = Ledger(problem.model, problem.effects, own)
    careful = Careful(problem, evaluator, ledger)
    *_, state = evolve(half, finish, careful.moved(half, state), evolution, rng)
    careful.consider(state)
    best = careful.elites.members[0]
    return best, best.objective


def _gained(problem: Problem, candidate: Candidate, draws: Draws) -> NDArray[np.float64]:
    """[D] what a plan gains in some draws, as a change against the empty plan."""
    functional = [Funds(problem.model).objective()]
    with_plan, without = (
        outcomes(problem.model, problem.effects, plan, draws, functional).values[:, 0]
        for plan in (candidate.plan, problem.grid.empty())
    )
    return np.asarray(with_plan - without)
