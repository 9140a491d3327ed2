"""The search against peers on the same evaluator, rules and seconds: ``python benchmarks/search_peers.py SCENARIO``.

Peers: the guided step alone (multi-start, and as an ascent with its neighbourhoods), plain DEAP with drop-ratio repair,
greedy, uniform. Clocks start after compilation. Limits at risk are held at their expected use for everybody.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import deap_repair
import numpy as np

from planner.bound.tight import naive_bound, tight_bound
from planner.evaluation.evaluator import Evaluator
from planner.evolution import evolve as evolution
from planner.evolution.baselines import greedy, uniform
from planner.evolution.evolve import EvolveParams, begin
from planner.evolution.finish import Finish
from planner.evolution.first import FirstParams, first_plans
from planner.evolution.workspace import Candidate, Prices, Workspace
from planner.opening import FIRST
from planner.problem import build_problem
from scenarios.streams import stream


def first_plan(space: Workspace, finish: Finish, rng: np.random.Generator) -> tuple[Candidate, Prices]:
    """One guided plan from the empty plan, mended as the search does."""
    found, prices = begun(space, finish, FirstParams(starts=1), rng)
    return found[0], prices


def begun(
    space: Workspace, finish: Finish, params: FirstParams, rng: np.random.Generator
) -> tuple[tuple[Candidate, ...], Prices]:
    """Guided plans from the empty plan that keep every limit; the locked lines alone where none does."""
    locked = space.rules.locked_plan()
    plans, prices = first_plans(space, finish, locked, params, rng)
    return tuple(plan for plan in plans if plan.feasible) or (space.score(locked),), prices


def evolved(space: Workspace, finish: Finish, seconds: float, seed: int) -> Candidate:
    """The product's search."""
    rng, end = stream(seed, "bench"), time.monotonic() + seconds
    (best, *others), prices = begun(space, finish, FIRST, rng)
    state = begin(best, prices, tuple(others))
    for generation in evolution.evolve(space, finish, state, EvolveParams(work=float("inf")), rng):
        state = generation
        if time.monotonic() > end:
            break
    return state.best


def ascent(space: Workspace, finish: Finish, seconds: float, seed: int) -> Candidate:
    """The guided step alone with its neighbourhoods: one plan, no crossover, no polish, no restart."""
    kept = evolution.MUTATIONS, evolution.CROSSOVERS
    evolution.MUTATIONS = tuple(each for each in kept[0] if each.__name__.startswith("mutate"))
    evolution.CROSSOVERS = ()
    rng, end = stream(seed, "bench"), time.monotonic() + seconds
    state = begin(*first_plan(space, finish, rng))
    try:
        params = EvolveParams(work=float("inf"), patience=10**9)
        for generation in evolution.evolve(space, finish, state, params, rng):
            state = generation
            if time.monotonic() > end:
                break
    finally:
        evolution.MUTATIONS, evolution.CROSSOVERS = kept
    return state.best


def multi_start(space: Workspace, finish: Finish, seconds: float, seed: int) -> Candidate:
    """The guided step alone from the empty plan, again and again."""
    rng, end = stream(seed, "bench"), time.monotonic() + seconds
    best, _ = first_plan(space, finish, rng)
    while time.monotonic() < end:
        found, _ = first_plan(space, finish, rng)
        best = max(best, found, key=lambda candidate: candidate.objective)
    return best


def main() -> None:
    """Run all peers and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--peers", nargs="*", help="only peers whose name begins so; the evolution always runs")
    options = parser.parse_args()
    problem = build_problem(options.scenario)
    space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
    finish = Finish(space)
    evolved(space, finish, 1.0, 99)
    peers: dict[str, Callable[[int], Candidate]] = {
        "evolution": lambda seed: evolved(space, finish, options.seconds, seed),
        "guided ascent": lambda seed: ascent(space, finish, options.seconds, seed),
        "guided multi-start": lambda seed: multi_start(space, finish, options.seconds, seed),
        "DEAP, drop-ratio repair": lambda seed: deap_repair.run(space, options.seconds, seed),
    }
    if options.peers is not None:
        chosen = ("evolution", *options.peers)
        peers = {name: peer for name, peer in peers.items() if name.startswith(chosen)}
    found: dict[str, list[float]] = {name: [] for name in peers}
    for seed in range(options.seeds):
        for name, peer in peers.items():
            candidate = peer(seed)
            assert candidate.feasible
            assert space.rules.violations(candidate.plan) == 0
            found[name].append(candidate.objective)
            print(f"seed {seed}  {name:24s} {candidate.objective:14,.0f}", flush=True)
    for name, method in (("greedy", greedy), ("uniform", uniform)):
        begun = time.monotonic()
        candidate = method(space)
        value = float("nan") if candidate is None else candidate.objective
        print(f"{name:32s} {value:14,.0f}  {time.monotonic() - begun:6.1f} s")
    ours = np.array(found["evolution"])
    begun = time.monotonic()
    arguments = (problem.model, problem.limits, problem.rulebook.base, problem.rulebook.locked_lines())
    naive = naive_bound(*arguments)
    tight = tight_bound(*arguments, target=float(ours.max()), rules=problem.rulebook.rules).value
    print(f"bounds: naive {naive:,.0f}, tightened {tight:,.0f} in {time.monotonic() - begun:.1f} s")
    for name, values in found.items():
        ratio = 100 * (ours / np.array(values) - 1)
        interval = 2.132 * ratio.std(ddof=1) / np.sqrt(len(ratio)) if len(ratio) > 1 else float("nan")
        middle = statistics.median(values)
        gaps = f"gap {100 * (tight - middle) / tight:5.1f} % (naive {100 * (naive - middle) / naive:5.1f} %)"
        print(
            f"{name:24s} median {middle:14,.0f}  {gaps}  "
            f"evolution ahead {ratio.mean():+8.2f} % (paired 90 % +-{interval:.2f})"
        )


if __name__ == "__main__":
    main()
