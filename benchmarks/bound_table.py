"""How tight the bound is: naive, tightened, and on tiny scenarios the true gap, by interaction.

A shipped scenario is planned and bounded as it is and with interactions switched off; the gap counts against the best
plan found, so it is what the search misses and what the bound gives away together. Tiny scenarios are enumerated: what
is left there is the bound's alone.

``PYTHONPATH=tests python benchmarks/bound_table.py phone-flash-sale singles-day --work 600 --tiny 20``
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np
from all_plans import gains_and_feasible, plans_of, thin
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import build_limits
from constraints.rulebook import build_rulebook
from planner.bound.lowering.bound import Bound
from planner.bound.lowering.tight import tight_bound
from planner.evaluation.evaluator import Evaluator
from planner.evolution.evolve import EvolveParams, evolve
from planner.evolution.finish import FULL, Finish
from planner.evolution.guided import GuidedParams, guided
from planner.evolution.state import begin
from planner.evolution.workspace import Workspace
from planner.problem import Problem, build_problem, problem_of
from planner.run.effort import Effort, bound_of
from scenarios.grid import build_grid
from scenarios.language.schema import ResponseTerms
from scenarios.response.coefficients import build_coefficients
from scenarios.streams import stream

NOTHING = {"fatigue": 0.0, "cannibalisation": 0.0, "halo": 0.0}
SWITCHES = ("as it is", "without fatigue", "without cannibalisation", "without pull-forward", "without interactions")
TINY = ({}, {"segments": 1, "products": 1, "periods": 6}, {"segments": 1, "products": 3}, {"baskets": True})


def switched(terms: ResponseTerms, switch: str) -> ResponseTerms:
    """Response terms with one interaction, or all, switched off."""
    still = terms.pull_forward.model_copy(update={"share": 0.0})
    update: dict[str, object] = {}
    if switch in ("without fatigue", "without interactions"):
        update["fatigue"] = 0.0
    if switch in ("without cannibalisation", "without interactions"):
        update["cannibalisation"] = 0.0
    if switch in ("without pull-forward", "without interactions"):
        update["pull_forward"] = still
    if switch == "without interactions":
        update["halo"] = 0.0
    return terms.model_copy(update=update)


def variant(problem: Problem, switch: str) -> Problem:
    """The same question with interactions switched off."""
    scenario = problem.loaded.scenario
    changed = scenario.model_copy(update={"response": switched(scenario.response, switch)})
    return problem_of(replace(problem.loaded, scenario=changed), problem.learned)


def best_plan(problem: Problem, work: float) -> float:
    """Objective of a plan that keeps the expected limits: the guided step, then some evolution."""
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    finish = Finish(space)
    start = space.rules.locked_plan()
    plan, prices = guided(space, start, space.no_prices(), space.whole, GuidedParams(), stream(0, "first"))
    best = finish(plan, prices, FULL)
    if work and best.feasible:
        *_, last = evolve(space, finish, begin(best, prices), EvolveParams(work=work), stream(0, "evolve"))
        best = last.best
    return best.objective if best.feasible else float("nan")


def bounded(problem: Problem, effort: Effort) -> Bound:
    """Bound with every rule, at an effort's work."""
    book = problem.rulebook
    params = bound_of(effort, problem.grid.slots)
    return tight_bound(problem.model, problem.limits, book.base, book.locked_lines(), params=params, rules=book.rules)


def tiny_gaps(count: int) -> tuple[np.ndarray, np.ndarray]:
    """[count] naive and tightened gap to the enumerated optimum, as shares of the bound."""
    naive, tight = [], []
    seed = 0
    while len(tight) < count:
        seed += 1
        scenario, effects, baskets = tiny_scenario(
            rng_of(seed), own_rates=False, order_gifts=False, **TINY[seed % len(TINY)]
        )
        model = build_coefficients(build_grid(scenario), effects, baskets)
        limits, book = build_limits(model), build_rulebook(model.grid, model.economics)
        allowed = thin(rng_of(seed), book.base, 2000)
        plans = plans_of(allowed)
        plans = plans[[not book.violations(plan) for plan in plans]]
        gains, kept = gains_and_feasible(model, limits, plans, at_risk=True)
        if not kept.any():
            continue
        best = float(gains[kept].max())
        bound = tight_bound(model, limits, allowed, book.locked_lines(), rules=book.rules)
        if bound.value < best:
            raise AssertionError(f"tiny scenario {seed}: the bound {bound.value} lies below the optimum {best}")
        naive.append((bound.naive - best) / max(1.0, abs(bound.naive)))
        tight.append((bound.value - best) / max(1.0, abs(bound.value)))
    return np.array(naive), np.array(tight)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", default=["phone-flash-sale"])
    parser.add_argument("--work", type=float, default=600.0, help="evolution before the gap is counted")
    parser.add_argument("--effort", type=Effort, default=Effort.NORMAL, help="work of the bound")
    parser.add_argument("--tiny", type=int, default=0, help="tiny scenarios that are enumerated")
    parser.add_argument("--switches", nargs="*", default=list(SWITCHES), choices=SWITCHES)
    options = parser.parse_args()
    print("| scenario | interactions | best plan | naive gap | tightened gap | of the gain | bound, s |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for name in options.scenarios:
        whole = build_problem(name)
        for switch in options.switches:
            problem = variant(whole, switch)
            best = best_plan(problem, options.work)
            begun = time.monotonic()
            bound = bounded(problem, options.effort)
            seconds = time.monotonic() - begun
            gaps = [(value - best) / max(1.0, abs(value)) for value in (bound.naive, bound.value)]
            print(
                f"| {name} | {switch} | {best:,.0f} | {gaps[0]:.1%} | {gaps[1]:.2%} | "
                f"{(bound.value - best) / max(1.0, abs(best)):.2%} | {seconds:.0f} |",
                flush=True,
            )
    if options.tiny:
        naive, tight = tiny_gaps(options.tiny)
        medians = f"{np.median(naive):.1%} | {np.median(tight):.2%}"
        print(f"| {options.tiny} tiny, median | as drawn | enumerated | {medians} | | |")


if __name__ == "__main__":
    main()
