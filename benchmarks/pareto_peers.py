"""Fronts against pymoo's NSGA-II, all else equal: ``python benchmarks/pareto_peers.py``.

The same evaluator, rules, limits and seconds for all.

Problems: phone-flash-sale with profit against spend, and with units as well; the basic template with profit, customers
reached and spend; singles-day with profit against spend, whose first plan alone takes some ten seconds. Clocks start
after compilation. Limits at risk are held at their expected use for everybody. Hypervolume counts from a tenth below
the worst values of the best front known, each measure on its range there; 100 % is the front of everything that any
search has found in any run.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import pymoo_front
from numpy.typing import NDArray
from peers.ours import first_plan

from planner.evaluation.evaluator import Evaluator
from planner.evolution.finish import Finish
from planner.evolution.state import begin
from planner.evolution.workspace import Workspace
from planner.pareto.evolve import FrontParams, evolve_front
from planner.pareto.first import first_front
from planner.pareto.space import AimedSpace
from planner.problem import Problem, build_problem
from scenarios.answer.front import dominated, hypervolume
from scenarios.language.aim import senses_of
from scenarios.streams import stream

Float = NDArray[np.float64]

PROBLEMS = {
    "phone: profit, spend": ("phone-flash-sale", "{profit: max, spend: min}"),
    "phone: profit, units, spend": ("phone-flash-sale", "{profit: max, units: max, spend: min}"),
    "basic: profit, reached, spend": ("template-basic", "{profit: max, customers_reached: max, spend: min}"),
    "singles-day: profit, spend": ("singles-day", "{profit: max, spend: min}"),
}


def spaces(problem: Problem) -> tuple[Workspace, AimedSpace]:
    """Fresh workspaces of the leading measure and of all of them."""
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    return space, AimedSpace(space, problem.limits, senses_of(problem.grid.scenario.objective) or {})


def ours(problem: Problem, seconds: float, seed: int) -> Float:
    """Points of the product's population at the end."""
    rng, end = stream(seed, "bench"), time.monotonic() + seconds
    space, aimed = spaces(problem)
    finish = Finish(space)
    first, prices = first_plan(space, finish, rng)
    leading = begin(first if first.feasible else finish.trim(first.plan), prices)
    mend = Finish(aimed)
    for state in first_front(aimed, mend, leading, rng):
        if time.monotonic() > end:
            return state.population.points
    for later in evolve_front(aimed, mend, state, FrontParams(work=float("inf")), rng):
        if time.monotonic() > end:
            return later.population.points
    return state.population.points


def volume(points: Float, best: Float) -> float:
    """Hypervolume of some points on the ranges of the best front known."""
    low, span = best.min(axis=0), np.maximum(np.ptp(best, axis=0), 1e-9)
    return hypervolume((points - low) / span, np.full(best.shape[1], -0.1)) if len(points) else 0.0


def main() -> None:
    """Run all peers and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", nargs="*", default=list(PROBLEMS), help="only problems whose name begins so")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=0)
    options = parser.parse_args()
    for name, (scenario, pareto) in PROBLEMS.items():
        if not name.startswith(tuple(options.problems)):
            continue
        problem = build_problem(scenario, (f"objective={{pareto: {pareto}}}",))
        ours(problem, 1.0, 99)
        peers: dict[str, Callable[[int], Float]] = {
            "the product": lambda seed, asked=problem: ours(asked, options.seconds, seed),
            "pymoo NSGA-II, repair": lambda seed, asked=problem: pymoo_front.run(
                spaces(asked)[1], options.seconds, seed, tuned=True
            ),
            "pymoo NSGA-II, default": lambda seed, asked=problem: pymoo_front.run(
                spaces(asked)[1], options.seconds, seed, tuned=False
            ),
        }
        seeds = range(options.first_seed, options.first_seed + options.seeds)
        found = {peer: [search(seed) for seed in seeds] for peer, search in peers.items()}
        everything = np.concatenate([points for runs in found.values() for points in runs])
        best = np.unique(everything, axis=0)
        best = best[~dominated(best)]
        whole = volume(best, best)
        print(f"{name}, {options.seconds:g} s, seeds {seeds[0]} to {seeds[-1]}", flush=True)
        for peer, runs in found.items():
            shares = [volume(points, best) / whole for points in runs]
            sizes = [int((~dominated(np.unique(points, axis=0))).sum()) if len(points) else 0 for points in runs]
            spread = f"{100 * min(shares):.1f} to {100 * max(shares):.1f}"
            print(f"  {peer:24s} {100 * statistics.median(shares):6.1f} % ({spread}), plans {sizes}")


if __name__ == "__main__":
    main()
