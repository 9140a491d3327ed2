"""A careful objective in the search: which futures matter is learned from the best plan, again and again.

Mean - k * sd and CVaR of a plan are the smallest of many weighted sums of its gains over the futures. The search
follows one weighted sum at a time, on effects that are tilted by the weights (`scenarios.futures.tilted`), where every
gain is exact; then the best plan's own futures say which weights hurt it most, and the tilt moves part of the way
there. Moving part of the way, less each time, keeps plan and weights from chasing each other (Brown's fictitious play).
Only the true worth over the futures decides which plan is best.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from constraints.ledger import Ledger
from planner.evaluation.tilted import TiltedEvaluator
from planner.evolution.elites import Elites
from planner.evolution.state import State
from planner.evolution.workspace import Candidate, Float, Workspace
from planner.problem import Problem
from scenarios.futures.aim import careful_value, caution_of, draw_weights
from scenarios.futures.tilted import tilted
from scenarios.response.coefficients import build_coefficients

TILTED = (0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9)
"""Shares of the work at which the tilt moves."""
TRIED = 5
"""Best plans of the search whose true worth is looked at each time."""


class Careful:
    """What a run with a careful objective keeps beside its state.

    Parameters
    ----------
    problem
        The question; its objective must be careful.
    evaluator
        The run's own, whose objective is tilted.
    ledger
        Whose futures decide.
    """

    def __init__(self, problem: Problem, evaluator: TiltedEvaluator, ledger: Ledger) -> None:
        caution = caution_of(problem.grid.scenario.objective)
        if caution is None:
            raise ValueError("the objective is not careful: it is taken from the account")
        self._caution = caution
        self._problem, self._evaluator, self._ledger = problem, evaluator, ledger
        self._weights = np.full(len(ledger.draws), 1.0 / len(ledger.draws))
        self._moves = 0
        self.elites = Elites()
        """The plans of the highest true worth so far, which stands as their objective."""

    def consider(self, state: State) -> Float:
        """Look at the futures of a state's best plans, keep the best so far, and return the gains of the first."""
        gains = [self._ledger.gained(member.plan) for member in state.elites.members[:TRIED]]
        for member, gained in zip(state.elites.members, gains, strict=False):
            self.elites = self.elites.with_plan(replace(member, objective=careful_value(self._caution, gained)))
        return gains[0]

    def best(self, space: Workspace, count: int) -> tuple[Candidate, ...]:
        """The best plans by their true worth, valued as the search values them now."""
        return tuple(space.score(member.plan) for member in self.elites.members[:count])

    def moved(self, space: Workspace, state: State) -> State:
        """Look at the best plans' futures, tilt the objective, and value all plans of a state anew."""
        gained = self.consider(state)
        if isinstance(self._caution, str):
            return state
        wanted = draw_weights(self._caution, gained)
        self._moves += 1
        step = 2.0 / (self._moves + 1.0)
        self._weights = (1.0 - step) * self._weights + step * wanted
        effects = tilted(self._problem.effects, self._ledger.draws, self._weights)
        self._evaluator.tilt(build_coefficients(self._problem.grid, effects, self._problem.baskets))
        return self._valued(space, state)

    def _valued(self, space: Workspace, state: State) -> State:
        """The same plans under the tilt in force; what descended under another may descend again."""
        population = [space.score(plan) for plan in state.population]
        elites = Elites(capacity=state.elites.capacity)
        for candidate in (*population, *(space.score(member.plan) for member in state.elites.members)):
            elites = elites.with_plan(candidate)
        if not elites.members:
            return replace(state, descending=None, descended=frozenset())
        objectives = tuple(member.objective for member in population)
        return replace(state, objectives=objectives, elites=elites, descending=None, descended=frozenset())
