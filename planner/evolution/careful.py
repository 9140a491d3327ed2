"""A careful objective in the search: which futures matter is learned from the best plan, again and again.

Mean - k * sd and CVaR of a plan are the smallest of many weighted sums of its gains over the futures. The search
follows one weighted sum at a time, on effects that are tilted by the weights (`scenarios.futures.tilted`), where every
gain is exact; then the best plan's own futures say which weights hurt it most, and the tilt moves part of the way
there. Moving part of the way, less each time, keeps plan and weights from chasing each other (Brown's fictitious play).
Only the true worth over the futures decides which plan is best, and every new tilt finds the best so far among its
plans. A search for expected profit goes before: where caution changes little, its plan is a good one, and no careful
search may end below it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from constraints.ledger import Ledger
from planner.evaluation.tilted import TiltedEvaluator
from planner.evolution.elites import MIN_DIFFERENCE, Elites, difference
from planner.evolution.state import State
from planner.evolution.workspace import Candidate, Workspace
from planner.problem import Problem
from scenarios.arrays import Float, Plan
from scenarios.futures.tilted import tilted, tilted_strengths
from scenarios.language.aim import careful_value, caution_of, draw_weights
from scenarios.response.coefficients import build_coefficients

PLAIN = 0.25
"""Share of the work, beyond it, or of a limited time that a careful search follows expected profit first."""
TILTED = (0.0, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9)
"""Shares of the work after that at which the tilt moves."""
LAST = 0.5
"""Share of the work, beyond it, that last changes over the futures have at most."""
TRIED = 5
"""Best plans of the search whose true worth is looked at each time; the futures of a plan take long ..."""
HURRIED = 2
"""... so that there are fewer where time is limited."""
HELD = 4
"""Plans of the highest true worth that go on under a new tilt, beside those of the search."""


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
    tried
        Best plans of the search whose futures are looked at each time.
    """

    def __init__(self, problem: Problem, evaluator: TiltedEvaluator, ledger: Ledger, *, tried: int = TRIED) -> None:
        caution = caution_of(problem.grid.scenario.objective)
        if caution is None:
            raise ValueError("the objective is not careful: it is taken from the account")
        self._caution = caution
        self._problem, self._evaluator, self._ledger = problem, evaluator, ledger
        self._weights = np.full(len(ledger.draws), 1.0 / len(ledger.draws))
        self._moves, self._tried = 0, tried
        self._gains: dict[bytes, Float] = {}
        self.elites = Elites()
        """The plans of the highest true worth so far, which stands as their objective."""

    def gained(self, plan: Plan) -> Float:
        """[D] what a plan gains in the futures, which are looked at once."""
        known = plan.tobytes()
        if known not in self._gains:
            self._gains[known] = self._ledger.gained(plan)
        return self._gains[known]

    def worth(self, plan: Plan) -> float:
        """What a plan is truly worth, over the futures."""
        return careful_value(self._caution, self.gained(plan))

    def consider(self, state: State) -> Float:
        """Look at the futures of a state's best plans, keep the best so far, and return the gains of the first."""
        for member in state.elites.members[: self._tried]:
            self.keep(member)
        return self.gained(state.best.plan)

    def beside(self, state: State, plain: State) -> State:
        """Plans as they were before a search for expected profit, with the best that it found among them.

        What was made first has seen no steps for profit alone, and may go elsewhere under a tilt.
        """
        self.consider(plain)
        if any(np.array_equal(plain.best.plan, plan) for plan in state.population):
            return replace(plain, population=state.population, objectives=state.objectives)
        population = np.concatenate([state.population, plain.best.plan[None]])
        return replace(plain, population=population, objectives=(*state.objectives, plain.best.objective))

    def keep(self, candidate: Candidate) -> None:
        """Keep a plan, if it is among those of the highest true worth."""
        self.elites = self.elites.with_plan(replace(candidate, objective=self.worth(candidate.plan)))

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
        self._tilt(self._weights)
        return self._valued(space, state)

    def lean(self, plan: Plan) -> None:
        """Tilt the objective by the futures of one plan: the slope of its true worth by every choice."""
        self._tilt(draw_weights(self._caution, self.gained(plan)))

    def settled(self, space: Workspace, state: State) -> State:
        """A state led by the plan of the highest true worth, under the tilt of its own futures."""
        self.consider(state)
        if not self.elites.members:
            return state
        best = self.elites.members[0]
        self.lean(best.plan)
        state = self._valued(space, state)
        led = Elites(members=(space.score(best.plan),), capacity=state.elites.capacity)
        others = (each for each in state.elites.members if difference(each.plan, best.plan) >= MIN_DIFFERENCE)
        return replace(state, elites=replace(led, members=(*led.members, *others)[: led.capacity]))

    def _tilt(self, weights: Float) -> None:
        """Take the objective from what some weights [D] of the futures expect."""
        effects = tilted(self._problem.effects, self._ledger.draws, weights)
        strength = tilted_strengths(self._problem.model, self._ledger.draws, weights)
        grid, baskets = self._problem.grid, self._problem.baskets
        self._evaluator.tilt(build_coefficients(grid, effects, baskets, strength=strength))

    def _valued(self, space: Workspace, state: State) -> State:
        """The same plans under the tilt in force, the best so far beside them; what descended may descend again."""
        population = [space.score(plan) for plan in state.population]
        held = [space.score(member.plan) for member in self.elites.members[:HELD]]
        elites = Elites(capacity=state.elites.capacity)
        for candidate in (*population, *(space.score(member.plan) for member in state.elites.members), *held):
            elites = elites.with_plan(candidate)
        if not elites.members:
            return replace(state, descending=None, descended=frozenset())
        population = _with_first(population, held)
        return replace(
            state,
            population=np.stack([member.plan for member in population]),
            objectives=tuple(member.objective for member in population),
            elites=elites,
            descending=None,
            descended=frozenset(),
        )


def _with_first(population: list[Candidate], held: list[Candidate]) -> list[Candidate]:
    """A population with the first feasible one of some plans: in place of its worst one, or beside the only one."""
    first = next((each for each in held if each.feasible), None)
    if first is None or any(np.array_equal(first.plan, each.plan) for each in population):
        return population
    worst = min(range(len(population)), key=lambda place: population[place].objective)
    return [*(each for place, each in enumerate(population) if place != worst or len(population) == 1), first]
