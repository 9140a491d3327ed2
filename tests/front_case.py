"""Tiny fronts that enumeration knows; all of one shape, so that they share what is compiled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from all_plans import plans_of, sold_by_all, thin
from scenario_factory import rng_of, tiny_scenario
from search_case import TERMS, WIDTHS
from tiny_problem import problem

from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import FULL, Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.state import begin
from planner.evolution.workspace import Workspace
from planner.pareto.evolve import FrontParams, FrontState, evolve_front
from planner.pareto.first import first_front
from planner.pareto.space import AimedSpace
from planner.problem import Problem
from scenarios.answer.front import dominated
from scenarios.grid import build_grid
from scenarios.language.aim import senses_of
from scenarios.language.scope import Scope
from scenarios.response import totals
from scenarios.response.measures import measure_functional


def front_problem(seed: int, objective: object, at_risk: float | None = None) -> Problem:
    """Draw tiny scenarios with every interaction until one has the common shape; two layers, a limit at least.

    Limits must hold in a share ``at_risk`` of the futures, or as expected.
    """
    for attempt in range(1000):
        scenario, effects, baskets = tiny_scenario(
            rng_of(1000 * seed + attempt),
            segments=1,
            products=2,
            periods=3,
            baskets=False,
            rules=False,
            own_rates=False,
            own_ahead=False,
            order_gifts=False,
        )
        pull = scenario.response.pull_forward.model_copy(update={"periods": 2})
        response = scenario.response.model_copy(update={**TERMS, "pull_forward": pull})
        risk = scenario.risk.model_copy(update={"service": None})
        limits = tuple(limit.model_copy(update={"at_risk": at_risk}) for limit in scenario.limits)
        data = scenario.model_dump(mode="json") | {"objective": objective}
        found = (
            type(scenario)
            .model_validate(data)
            .model_copy(update={"response": response, "risk": risk, "limits": limits})
        )
        if tuple(build_grid(found).widths) == WIDTHS and found.limits:
            return problem(found, effects, baskets)
    raise AssertionError("no tiny scenario of the common shape")


def aimed_space(seed: int, objective: object) -> AimedSpace:
    """Make the workspace of a tiny front."""
    asked = front_problem(seed, objective)
    space = Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)
    return AimedSpace(space, asked.limits, senses_of(asked.grid.scenario.objective))


@dataclass(frozen=True, kw_only=True, eq=False)
class FrontCase:
    """A tiny search for a front, with everything that enumeration says."""

    problem: Problem
    space: Workspace
    allowed: np.ndarray
    """[N, width] choices that are left after thinning out."""

    def everything(self) -> tuple[np.ndarray, np.ndarray]:
        """Points [P, M] of all plans that keep limits and rules, turned so that more is better, and the plans."""
        model, limits = self.problem.model, self.problem.limits
        plans = plans_of(self.allowed)
        plans = plans[self.space.rules.keeps(plans)]
        what = sold_by_all(model, plans)
        kept = np.ones(len(plans), dtype=bool)
        for functional, sign, bound in zip(limits.functionals, limits.sign, limits.bound, strict=True):
            kept &= sign * (totals.value(functional, model, what, np) - bound) <= 1e-9 * (1 + abs(bound))
        stock = np.cumsum(what.units.sum(axis=-3), axis=-1)
        kept &= (stock <= model.available + 1e-9).all(axis=(-2, -1))
        senses = senses_of(model.grid.scenario.objective)
        columns = []
        for measure, sense in senses.items():
            functional = measure_functional(model.grid, model.economics, measure, Scope())
            nothing = float(totals.evaluate(functional, model, model.grid.empty(), np))
            columns.append(sense.sign * (totals.value(functional, model, what, np) - nothing))
        return np.stack(columns, axis=1)[kept], plans[kept]

    def front(self) -> np.ndarray:
        """Points of the plans that no other one dominates."""
        points, _ = self.everything()
        points = np.unique(points.round(9), axis=0)
        return points[~dominated(points)]


def front_case(seed: int, most: int, objective: object) -> FrontCase:
    """Make a tiny search for a front with at most ``most`` plans."""
    asked = front_problem(seed, objective)
    space = Workspace(Evaluator(asked.model, asked.limits), asked.rulebook)
    allowed = thin(rng_of(seed), asked.rulebook.base, most)
    return FrontCase(problem=asked, space=space, allowed=allowed)


def search_front_case(case: FrontCase, seed: int, work: float) -> tuple[FrontState, AimedSpace] | None:
    """Search as a run does, within the choices that are left; None where no plan keeps the limits."""
    space, rng = case.space, rng_of(seed)
    slots, choices = np.nonzero(~case.allowed & space.rules.base)
    with space.banned(slots, choices.astype(np.int8)):
        finish, start = Finish(space), space.rules.locked_plan()
        plan, prices = guided(space, start, space.no_prices(), space.whole, GuidedParams(iterations=60), rng)
        found = sorted((finish(plan, prices, FULL), space.score(start)), key=lambda c: (-c.feasible, -c.objective))
        if not found[0].feasible:
            return None
        aimed = AimedSpace(space, case.problem.limits, senses_of(case.problem.grid.scenario.objective))
        mend = Finish(aimed)
        *_, state = first_front(aimed, mend, begin(found[0], prices), rng)
        *_, state = evolve_front(aimed, mend, state, FrontParams(work=work), rng)
    return state, aimed
