"""How fast plans are evaluated: values and exact gains of the search against NumPy, plan by plan.

A slot is one place of one plan where a line may lie. Three figures, in slots a second of the clock:

- value: objective, all uses and stock of a plan, float64 (what the search judges plans by);
- gains: the objective's exact change for every other choice of every slot, limits priced in (what it moves by);
- NumPy: the ledger's own formulas for the objective alone, one plan after the other.

Values are compared with NumPy's, so that nothing is fast and wrong. Clocks start after compilation, and each figure is
the best of some rounds that take turns, because machines are shared.

``python benchmarks/evaluator_speed.py singles-day [--plans 20] [--rounds 5]``
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Workspace
from planner.problem import build_problem
from scenarios.response.measures import objective_functional
from scenarios.response.totals import evaluate
from scenarios.streams import stream

FILLED = 0.3
"""Share of the slots that hold a line: more than in good plans, so that nothing is fast for want of lines."""
EXACT = 1e-9
"""Relative error of a value that is rounding."""


def random_plans(space: Workspace, count: int, seed: int) -> NDArray[np.int8]:
    """Return plans [P, N] of random choices that slots allow, most of them empty."""
    rng, allowed = stream(seed, "evaluator speed"), space.rules.possible
    weight = rng.random((count, *allowed.shape)) * allowed
    weight[..., 0] = 0.0
    plans = weight.argmax(axis=-1)
    return np.where(rng.random(plans.shape) < FILLED, plans, 0).astype(np.int8)


def seconds(work: Callable[[], object]) -> float:
    """Seconds of the clock that something takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def run(name: str, count: int, rounds: int) -> None:
    """Measure one scenario and print its figures."""
    problem = build_problem(name)
    model, evaluator = problem.model, Evaluator(problem.model, problem.limits)
    space = Workspace(evaluator, problem.rulebook)
    plans, objective = random_plans(space, count, 0), objective_functional(model)
    prices = space.price_units()

    def by_numpy() -> NDArray[np.float64]:
        return np.array([float(evaluate(objective, model, plan, np)) for plan in plans])

    works: dict[str, Callable[[], object]] = {
        "value": lambda: evaluator.value(plans),
        "gains": lambda: [space.gains_everywhere(plan, prices) for plan in plans],
        "NumPy": by_numpy,
    }
    empty = float(evaluate(objective, model, model.grid.empty(), np))
    off = np.abs(evaluator.value(plans).objective + empty - by_numpy()).max() / np.abs(by_numpy()).max()
    if off > EXACT:
        raise SystemExit(f"{name}: values are off by {off:.0e} of NumPy's")
    works["gains"]()
    best = dict.fromkeys(works, np.inf)
    for _ in range(rounds):
        best = {word: min(best[word], seconds(work)) for word, work in works.items()}
    speed = {word: count * model.grid.slots / spent for word, spent in best.items()}
    print(f"{name}: {model.grid.slots:,} slots, {count} plans, values within {off:.0e} of NumPy's")
    for word, slots in speed.items():
        print(f"  {word:6s} {slots / 1e6:8.1f} million slots/s  {slots / speed['NumPy']:6.2f} x NumPy plan by plan")


def main() -> None:
    """Measure scenarios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="+", metavar="SCENARIO")
    parser.add_argument("--plans", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for name in options.scenarios:
        run(name, options.plans, options.rounds)


if __name__ == "__main__":
    main()
